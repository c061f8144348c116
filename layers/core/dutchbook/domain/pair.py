"""A pair: two markets of which the rules say that they ask the same (or the exactly opposite) question."""

from dataclasses import dataclass, replace
from enum import StrEnum

from dutchbook.domain.errors import WrongState
from dutchbook.domain.ids import short_hash
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM


class Relation(StrEnum):
    SAME = "same"
    INVERSE = "inverse"
    CONTAINS = "contains"
    """The event of one asks, among others, what the other asks, and it is not shown that this market does:
    for an operator to read, never to trade on."""


class PairStatus(StrEnum):
    """proposed or unsure → approved or rejected, by an operator; back again when a text changes (ADR 18)."""

    PROPOSED = "proposed"
    UNSURE = "unsure"
    """The matcher neither refuted nor showed it: an operator reads both texts."""
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    """Taken out by the tripwire: a price gap no real pair shows."""
    CLOSED = "closed"
    """A market of it is no longer traded."""


@dataclass(frozen=True, slots=True)
class Pair:
    """YES of `a` pays when YES of `b` pays (same), or exactly when it does not (inverse).

    Of a pair that only `contains` nothing follows from one payout for the other.

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
    """Of both markets' texts and closing months as they were when the pair was judged."""
    reason: str = ""
    evidence: tuple[str, ...] = ()
    """What the matcher found to agree."""
    doubts: tuple[str, ...] = ()
    """What it found to differ or could not settle."""

    @property
    def is_hedge(self) -> bool:
        """Whether a bet on one of its markets can be hedged on the other."""
        return self.relation is not Relation.CONTAINS

    def may_be_tried(self, threshold: int) -> bool:
        """Whether demo agents may trade it unapproved: the same question, and the score (ppm) high enough.

        A reason is somebody's word on it (the tripwire's, a changed text): then a human looks first.
        """
        return (
            self.status is PairStatus.PROPOSED
            and self.relation is Relation.SAME
            and not (self.doubts or self.reason)
            and self.score_ppm >= threshold
        )


def pair_id_of(a: MarketKey, b: MarketKey) -> str:
    """The same id whichever market comes first."""
    first, second = sorted((str(a), str(b)))
    return "pair_" + short_hash(first, second)


def rules_hash_of(a: Market, b: Market) -> str:
    """Changes when a title, outcome, rule text or closing month of either does; the order does not matter.

    Blanks do not count, nor do prices and volume: they change and the question does not. Closing times count
    by the month: where no text names a date they are the question's deadline, and hours of a game's are not.
    """
    texts = sorted(
        (str(market.key), *(" ".join(text.split()) for text in _texts(market))) for market in (a, b)
    )
    return short_hash(*(part for each in texts for part in each))


def _texts(market: Market) -> tuple[str, ...]:
    closes = f"{market.closes_at:%Y-%m}" if market.closes_at else ""
    return market.title, market.event_title, market.outcome_title, market.rules, closes


def on_texts(pair: Pair, rules_hash: str) -> Pair:
    """The pair, decided on these texts ("": whatever they are). Raises WrongState when judged on others."""
    if not rules_hash or pair.rules_hash == rules_hash:
        return pair
    if pair.rules_hash:
        raise WrongState(f"{pair.pair_id} was judged on other texts: the next catalogue pass judges it anew")
    return replace(pair, rules_hash=rules_hash)


def judged_again(known: Pair, found: Pair) -> Pair:
    """What becomes of a known pair that the matcher has now found like this.

    When a text changed, nothing that was decided holds any longer: it was decided on other words. Else what
    was decided stands. A pair decided before texts were noted is taken to have been decided on these.
    """
    if known.rules_hash and known.rules_hash != found.rules_hash:
        return replace(found, reason="reopened: a title or rule text changed")
    if known.status is PairStatus.CLOSED:
        return replace(found, reason="reopened: traded again")
    if known.status in (PairStatus.PROPOSED, PairStatus.UNSURE) and not known.reason:
        return found
    facts = replace(found, status=known.status, reason=known.reason)
    return replace(facts, relation=known.relation)
