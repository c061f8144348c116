"""The matcher's answer and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Relation(StrEnum):
    """How two questions stand to each other. Only `same` and `inverse` can become a pair."""

    SAME = "same"
    INVERSE = "inverse"
    """YES of one pays exactly when NO of the other does."""
    CONTAINS = "contains"
    """One event asks, among others, a question of the other."""
    DIFFERENT = "different"
    UNSURE = "unsure"
    """Not refuted, not shown: an operator decides."""


class Family(StrEnum):
    """Why a pair is refused. The values are shown to operators and kept with the pair."""

    PLACEHOLDER = "placeholder"
    SUBJECT = "subject"
    OUTCOME = "outcome"
    PREDICATE = "predicate"
    PLAYER_PROP = "player_prop"
    STAGE = "stage_vs_winner"
    PERIOD = "period"
    TICKET = "ticket_vs_nominee"
    ANNOUNCED = "announced_vs_is"
    BASIS = "settlement_basis"
    TOUCH = "close_vs_touch"
    THRESHOLD = "threshold"
    BUCKET = "threshold_vs_bucket"
    DIRECTION = "direction"
    CENTRAL_BANK = "central_bank_direction"
    DATE = "date"
    DAY_BOUNDARY = "day_boundary"
    SEASON = "season"
    COMPETITION = "competition"
    OFFICE = "office"
    PARTY = "party"
    PLACE = "place"
    ASSET = "asset"
    INDICATOR = "indicator"
    BASKET = "basket_scope"
    CANDIDATES = "candidate_set"
    SOURCE = "source"
    STATION = "weather_station"
    DETERMINATION = "determination_time"
    VOID = "void_policy"


@dataclass(frozen=True, slots=True)
class Veto:
    """One rule that refuses the pair, with what each side says."""

    family: Family
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.family}: {self.left or '(nothing)'} / {self.right or '(nothing)'}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score_ppm` is how much of both questions was aligned (0 to 1,000,000); it ranks, it is no
    probability.

    `evidence` says field by field what agreed or was missing; `vetoes` refuse; `doubts` are the reasons
    for unsure.
    """

    relation: Relation
    score_ppm: int
    evidence: tuple[str, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    doubts: tuple[Veto, ...] = ()


VETOED: Final = Judgement(Relation.DIFFERENT, 0)
"""Of a comparison that stopped at its first veto."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A judged pair of a left and a right listing, by market or event id."""

    left_id: str
    right_id: str
    judgement: Judgement
    similarity: float
