"""A desk over stores in memory: hedged trades, venues that answer what the test says, a paper account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from dutchbook.ports.notices import Notice
from dutchbook.usecases.settle_positions import Desk, PassReport, settle_positions
from tests.support.builders import NOW_MS, a_fill, a_limits, a_trade, an_agent
from tests.support.ledger import MemoryAgents, MemoryLedger, MemoryMarketStore
from tests.support.market_data import FakeClock
from tests.support.markets import a_market
from tests.support.paper_store import InMemoryPaperStore
from tests.support.settlements import MemorySettlements
from venues.paper.redeem import PaperRedeemer

KALSHI = MarketKey(Venue.KALSHI, "kalshi-market")
POLYMARKET = MarketKey(Venue.POLYMARKET, "polymarket-market")


@dataclass
class SaidBy:
    """ports.Resolutions: what a venue says (open, unless told); `failure` is raised instead when set."""

    answers: dict[str, Resolution] = field(default_factory=dict)
    delisted: set[str] = field(default_factory=set)
    failure: DutchbookError | None = None
    asked: list[str] = field(default_factory=list)

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        if self.failure is not None:
            raise self.failure
        self.asked += [market.market_id for market in markets]
        return {
            market.market_id: self.answers.get(market.market_id, Resolution(market.key, Stage.OPEN))
            for market in markets
            if market.market_id not in self.delisted
        }


class Office:
    """One agent's books and what the venues say of its markets."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW_MS)
        self.agents = MemoryAgents(self.clock)
        self.ledger = MemoryLedger(self.agents)
        self.settlements = MemorySettlements(self.ledger)
        self.markets = MemoryMarketStore(self.clock)
        self.markets.put_markets([a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)])
        self.markets.put_pair(Pair("pair_1", KALSHI, POLYMARKET, Relation.SAME, PairStatus.APPROVED))
        self.paper = InMemoryPaperStore()
        self.said = {Venue.KALSHI: SaidBy(), Venue.POLYMARKET: SaidBy()}
        self.notices: list[Notice] = []
        self.agents.add(an_agent())
        self.desk = Desk(
            self.settlements,
            self.ledger,
            self.agents,
            self.markets,
            self.said,
            self.redeemer,
            self,
            self.clock,
        )

    def redeemer(self, position: Position) -> PaperRedeemer | None:
        return PaperRedeemer(self.paper) if position.simulated else None

    def send(self, notice: Notice) -> None:
        self.notices.append(notice)

    def say(self, key: MarketKey, yes_value: int | None, stage: Stage = Stage.PAYABLE) -> None:
        self.said[key.venue].answers[key.market_id] = Resolution(key, stage, yes_value)

    def run(self) -> PassReport:
        return settle_positions(self.desk)

    def hedge(self, trade_id: str = "trd_01", shares: int = 10 * ONE, **changes: Any) -> Trade:
        """YES on Kalshi at 0.40 and NO on Polymarket at 0.50, in the ledger and on the paper venue alike."""
        trade = self.start(trade_id, shares, **changes)
        self.end(trade_id, TradeState.HEDGED, shares // 10)
        return trade

    def start(self, trade_id: str = "trd_01", shares: int = 10 * ONE, **changes: Any) -> Trade:
        defaults: dict[str, Any] = {
            "shares": shares,
            "expected_cost": shares * 9 // 10,
            "expected_profit": shares // 10,
        }
        self.ledger.reserve(a_trade(trade_id, **{**defaults, **changes}), a_limits())
        self.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
        legs = ((KALSHI, Outcome.YES, 400_000), (POLYMARKET, Outcome.NO, 500_000))
        for index, (key, outcome, price) in enumerate(legs):
            self.ledger.book_fills(trade_id, index, [a_fill(f"{trade_id}-{index}", shares, price)])
            self.paper.move_balance("agt_1", key.venue, 1_000 * ONE, "opening")
            self.paper.move_balance("agt_1", key.venue, -shares * price // ONE, trade_id)
            self.paper.move_shares("agt_1", key, outcome, shares, trade_id)
        return self.ledger.stored[trade_id]

    def end(self, trade_id: str, state: TradeState, locked: int = 0) -> None:
        self.ledger.finish(trade_id, TradeState.OPENING, state, reason="", locked=locked)

    def trade(self, trade_id: str = "trd_01") -> Trade:
        return self.ledger.stored[trade_id]

    def cash(self, venue: Venue) -> tuple[int, int]:
        """(by the ledger, by the paper venue)."""
        budget = self.agents.budgets("agt_1", simulated=True)[venue]
        return budget.available + budget.reserved, self.paper.balance("agt_1", venue)
