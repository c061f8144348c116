"""What the steps of a trade need from the world, and the reads they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from dutchbook.domain.dust import dust, dust_limit
from dutchbook.domain.errors import InvariantBroken, MarketClosed
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.trade import Leg, Trade
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.notices import Notifier
from dutchbook.ports.settlement import Settlements
from dutchbook.ports.venues import Account, Connectors, VenueConnector


@dataclass(frozen=True, slots=True)
class Execution:
    """The ports of one invocation, and the stack's own yes to live orders."""

    ledger: Ledger
    agents: Agents
    markets: MarketStore
    connectors: Connectors
    notifier: Notifier
    clock: Clock
    live_trading: bool
    settlements: Settlements | None = None
    """Who closes the trades of which an exit has left nothing; not every function may."""
    claim: Callable[[], str] = lambda: uuid4().hex
    """Tells two Lambdas apart that have computed the same order; a replay counts instead of drawing."""
    on_end: Callable[[Trade], None] = lambda _: None
    """Hears of each end of a trade once, after it is written: for figures, never for money."""
    read: dict[MarketKey, Market] | None = None
    """Markets that this step has read; None: nothing is remembered, for that would outlive the step."""

    def for_step(self) -> "Execution":
        """The same for one step, in which each market is read once."""
        return replace(self, read={})

    def now(self) -> datetime:
        return utc(self.clock.now_ms())

    def trade(self, trade_id: str) -> Trade:
        """Strongly read. Raises InvariantBroken when there is none: a step follows a reservation."""
        return _there(self.ledger.trade(trade_id), trade_id)

    def latest(self, trade_id: str) -> Trade:
        """As this step has read or written it last, to say what follows. Raises InvariantBroken."""
        return _there(self.ledger.latest(trade_id), trade_id)

    def market(self, key: MarketKey) -> Market:
        """From the catalogue, else from the venue itself. Raises MarketClosed when neither knows it."""
        known = self._known([key])
        if key not in known:
            known = self._remember(
                {
                    market.key: market
                    for market in self.connectors.data(key.venue).markets([key.market_id]).values()
                }
            )
        if key not in known:
            raise MarketClosed(f"{key} is not listed any more")
        return known[key]

    def connector(self, trade: Trade, venue: Venue) -> VenueConnector:
        account = Account(trade.agent_id, trade.mode)
        return self.connectors.trading(venue, account, simulated=trade.simulated)

    def dust(self, trade: Trade) -> int:
        """Net shares (micros) by which the trade's legs may differ, for deciding what comes next."""
        return dust_limit(trade, self.markets_of(trade))

    def plain_dust(self, trade: Trade) -> int:
        """The same without what is left though it is more: nobody needs to be told of so little."""
        return dust(trade, self.markets_of(trade))

    def markets_of(self, trade: Trade) -> Mapping[MarketKey, Market]:
        """Those of its planned legs' markets that the catalogue knows."""
        return self._known(list({leg.key: None for leg in trade.planned_legs}))

    def _known(self, keys: Sequence[MarketKey]) -> Mapping[MarketKey, Market]:
        read = self.read or {}
        unread = [key for key in keys if key not in read]
        found = self._remember(self.markets.markets(unread)) if unread else {}
        return {key: read.get(key) or found[key] for key in keys if key in read or key in found}

    def _remember(self, found: Mapping[MarketKey, Market]) -> Mapping[MarketKey, Market]:
        if self.read is not None:
            self.read.update(found)
        return found


def _there(trade: Trade | None, trade_id: str) -> Trade:
    if trade is None:
        raise InvariantBroken(f"no trade {trade_id} in the ledger")
    return trade


def leg_of(trade: Trade, index: int) -> Leg:
    """Raises InvariantBroken when the trade has no leg of this index."""
    for leg in trade.legs:
        if leg.index == index:
            return leg
    raise InvariantBroken(f"{trade.trade_id} has no leg {index}")
