"""Operators' decisions: which pairs may be traded for real, and the kill switch. All of it is audited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dutchbook.domain.book import OrderBook
from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.pair import Pair, PairStatus, rules_hash_of
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Control, Ledger
from dutchbook.ports.markets import MarketStore, Quote

QUOTES_SHOWN = 500
OPERATORS_AUDIT = "operators"
"""Audit entries of operators stand under this name, beside those of the agents."""


@dataclass(frozen=True, slots=True)
class PairDetail:
    """A pair with what both venues say: a market that is no longer listed is None."""

    pair: Pair
    markets: tuple[Market | None, Market | None]
    books: tuple[OrderBook | None, OrderBook | None]
    history: Mapping[MarketKey, Sequence[Quote]]

    @property
    def rules_hash(self) -> str:
        """Of both texts as they are now; "" while a market is not listed."""
        a, b = self.markets
        return "" if a is None or b is None else rules_hash_of(a, b)

    @property
    def judged_on_these_texts(self) -> bool:
        """Whether both texts are those that the pair was judged on; curated pairs note none."""
        return bool(self.rules_hash) and self.pair.rules_hash in ("", self.rules_hash)


def detail(markets: MarketStore, pair_id: str, since: datetime) -> PairDetail:
    """Raises NotFound."""
    pair = markets.pair(pair_id)
    if pair is None:
        raise NotFound(f"no pair {pair_id}")
    keys = (pair.a, pair.b)
    listed, books = markets.markets(keys), markets.books(keys)
    return PairDetail(
        pair=pair,
        markets=(listed.get(pair.a), listed.get(pair.b)),
        books=(books.get(pair.a), books.get(pair.b)),
        history={key: markets.quotes(key, since, QUOTES_SHOWN) for key in keys},
    )


def approve(
    markets: MarketStore,
    agents: Agents,
    clock: Clock,
    pair_id: str,
    reason: str,
    operator: str,
    rules_hash: str,
) -> Pair:
    """Lets the pair be traded by the texts that the operator has read: `rules_hash` is theirs.

    Raises NotFound, WrongState (approved already, no hedge, or the texts are others now).
    """
    known = markets.pair(pair_id)
    if known is None:
        raise NotFound(f"no pair {pair_id}")
    if not known.is_hedge:
        raise WrongState(f"{pair_id}: one event holds the other's question; this pair is no hedge")
    listed = markets.markets((known.a, known.b))
    if len(listed) < len({known.a, known.b}):
        raise WrongState(f"{pair_id}: a market of it is not listed, so nobody can have read its rules")
    if rules_hash != rules_hash_of(listed[known.a], listed[known.b]):
        raise WrongState(f"{pair_id}: the texts are others than those that were read", "rules_hash")
    allowed = (PairStatus.PROPOSED, PairStatus.UNSURE, PairStatus.REJECTED, PairStatus.BLOCKED)
    # excludes approving a pair that was judged anew, on other words, since its texts were read above
    pair = markets.set_pair_status(pair_id, allowed, PairStatus.APPROVED, reason, operator, rules_hash)
    _note(
        agents, clock, operator, "pair.approve", {"pair": pair_id, "reason": reason, "rules_hash": rules_hash}
    )
    return pair


def reject(
    markets: MarketStore, agents: Agents, clock: Clock, pair_id: str, reason: str, operator: str
) -> Pair:
    """Takes the pair out of trading. Raises NotFound, WrongState (rejected already)."""
    allowed = (PairStatus.PROPOSED, PairStatus.UNSURE, PairStatus.APPROVED, PairStatus.BLOCKED)
    pair = markets.set_pair_status(pair_id, allowed, PairStatus.REJECTED, reason, operator)
    _note(agents, clock, operator, "pair.reject", {"pair": pair_id, "reason": reason})
    return pair


def set_control(
    ledger: Ledger, agents: Agents, clock: Clock, *, trading: bool, reason: str, operator: str
) -> Control:
    """The kill switch: legs re-check it before they place, so it also stops trades under way."""
    control = Control(trading, reason, utc(clock.now_ms()), operator)
    ledger.set_control(control)
    detail = {"trading": str(trading).lower(), "reason": reason}
    _note(agents, clock, operator, "control", detail)
    return control


def _note(agents: Agents, clock: Clock, operator: str, action: str, detail: Mapping[str, str]) -> None:
    agents.write_audit(OPERATORS_AUDIT, AuditEntry(utc(clock.now_ms()), operator, action, detail))
