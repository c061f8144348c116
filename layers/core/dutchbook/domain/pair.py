"""A pair: two markets of which the rules say that they ask the same (or the exactly opposite) question."""

from dataclasses import dataclass
from enum import StrEnum

from dutchbook.domain.ids import short_hash
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import PPM


class Relation(StrEnum):
    SAME = "same"
    INVERSE = "inverse"


class PairStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    """Taken out by the tripwire: a price gap no real pair shows."""


@dataclass(frozen=True, slots=True)
class Pair:
    """YES of `a` pays when YES of `b` pays (same), or exactly when it does not (inverse).

    `a` may equal `b`: one market's YES and NO bought under a dollar (intra-venue).
    """

    pair_id: str
    a: MarketKey
    b: MarketKey
    relation: Relation
    status: PairStatus
    score_ppm: int = PPM
    """How sure the matcher is; curated pairs are certain."""
    title: str = ""
    rules_hash: str = ""
    reason: str = ""


def pair_id_of(a: MarketKey, b: MarketKey) -> str:
    """The same id whichever market comes first."""
    first, second = sorted((str(a), str(b)))
    return "pair_" + short_hash(first, second)
