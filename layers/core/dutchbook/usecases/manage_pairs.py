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
    def judged_on_these_texts(self) -> bool:
        """Whether both texts are those that the pair was judged on; curated pairs note none."""
        a, b = self.markets
        if a is None or b is None:
            return False
        return not self.pair.rules_hash or self.pair.rules_hash == rules_hash_of(a, b)


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
    markets: MarketStore, agents: Agents, clock: Clock, pair_id: str, reason: str, operator: str
) -> Pair:
    """Lets the pair be traded. Raises NotFound, WrongState (approved already, or no hedge: `contains`)."""
    known = markets.pair(pair_id)
    if known is not None and not known.is_hedge:
        raise WrongState(f"{pair_id}: one event holds the other's question; this pair is no hedge")
    allowed = (PairStatus.PROPOSED, PairStatus.UNSURE, PairStatus.REJECTED, PairStatus.BLOCKED)
    pair = markets.set_pair_status(pair_id, allowed, PairStatus.APPROVED, reason, operator)
    _note(agents, clock, operator, "pair.approve", {"pair": pair_id, "reason": reason})
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
