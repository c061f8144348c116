"""Does the money add up? Start, fills, payouts, the venue's own record and the ledger, to the millionth."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.paper import DynamoPaperStore
from dutchbook.adapters.settlements import DynamoSettlements
from dutchbook.domain.accounting import cash_of
from dutchbook.domain.agent import DEMO_BUDGET
from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Venue
from dutchbook.ports.paging import pages
from local.demo.live import opening_cash

_PAGE = 50


@dataclass(frozen=True)
class BalanceRow:
    """Cash of one venue, micros of a dollar."""

    venue: Venue
    start: int
    fills: int
    payouts: int
    venues_own: int
    """What the venue says: the paper venue, or a simulator's ledger for an agent that trades live on it."""
    ledger: int

    @property
    def agrees(self) -> bool:
        return self.expected == self.venues_own == self.ledger

    @property
    def expected(self) -> int:
        return self.start + self.fills + self.payouts

    def cells(self) -> tuple[str, ...]:
        money = (self.start, self.fills, self.payouts, self.expected, self.venues_own, self.ledger)
        return (self.venue.value, *(format_micros(amount) for amount in money))


def reconcile(agent_id: str, live_cash: Mapping[str, int] | None = None) -> list[BalanceRow]:
    """One row a venue. Reads the stores directly: the API could repeat a mistake of the ledger.

    `live_cash` is what each venue says that the account holds (micros), for an agent that trades live.
    """
    simulated = live_cash is None
    clock = SystemClock()
    table = Table(os.environ["LEDGER_TABLE"])
    agents, ledger = DynamoAgents(table, clock), DynamoLedger(table, clock)
    paper = DynamoPaperStore(Table(os.environ["MARKETS_TABLE"]), clock)
    fills = dict.fromkeys(Venue, 0)
    for trade in trades_of(ledger, agent_id):
        for leg in trade.legs:
            fills[leg.venue] += sum(cash_of(leg.side, fill) for fill in leg.fills if not fill.failed)
    payouts = _payouts(DynamoSettlements(table, clock), agent_id, simulated=simulated)
    rows = []
    for venue, budget in sorted(agents.budgets(agent_id, simulated=simulated).items()):
        if live_cash is not None:
            start, own = opening_cash(), live_cash[venue.value]
        else:
            start = DEMO_BUDGET
            # the paper venue opens an account with its first order
            own = paper.balance(agent_id, venue) if fills[venue] else DEMO_BUDGET
        cash = budget.available + budget.reserved
        rows.append(BalanceRow(venue, start, fills[venue], payouts[venue], own, cash))
    return rows


def _payouts(settlements: DynamoSettlements, agent_id: str, *, simulated: bool) -> dict[Venue, int]:
    sums = dict.fromkeys(Venue, 0)
    for page in pages(partial(settlements.history, agent_id, _PAGE, simulated=simulated)):
        for paid in page.items:
            sums[paid.key.venue] += paid.payout
    return sums


def trades_of(ledger: DynamoLedger, agent_id: str) -> Iterator[Trade]:
    for page in pages(partial(ledger.trades, agent_id, _PAGE)):
        for listed in page.items:
            # listed trades carry no fills: read each whole
            trade = ledger.trade(listed.trade_id)
            if trade is not None:
                yield trade
