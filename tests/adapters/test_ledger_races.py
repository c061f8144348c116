"""Many Lambdas at once: money is never spent twice, released twice or booked twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.domain.errors import DutchbookError, WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import VenueBudget
from tests.support.builders import a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI, POLYMARKET = Venue.KALSHI, Venue.POLYMARKET


def race(act, inputs):
    """What each of the racing calls came to: its answer's or its refusal's name, counted."""

    def outcome(given):
        try:
            act(given)
        except DutchbookError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(20) as pool:
        return Counter(pool.map(outcome, inputs))


def budget(money, venue=KALSHI):
    return money.agents.budgets("agt_1", simulated=True)[venue]


def opened(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())
    money.ledger.move_trade("trd_01", TradeState.RESERVED, TradeState.OPENING)


def test_twenty_racing_reservations_never_overspend_a_budget(money):
    money.agents.add(an_agent())
    limits = a_limits(max_position=100_000 * ONE)
    trades = [
        a_trade(f"trd_{number}", pair_id=f"pair_{number}", reserved={KALSHI: 150 * ONE, POLYMARKET: ONE})
        for number in range(20)
    ]

    assert race(lambda trade: money.ledger.reserve(trade, limits), trades) == {"done": 6, "LimitExceeded": 14}

    assert budget(money) == VenueBudget(KALSHI, 100 * ONE, 900 * ONE, 0, 1000 * ONE)
    assert budget(money, POLYMARKET).reserved == 6 * ONE
    assert money.agents.totals("agt_1", simulated=True).exposure == 906 * ONE
    assert money.agents.day("agt_1", "2026-11-23", simulated=True).trades == 6


def test_twenty_racing_reservations_never_exceed_max_position_or_max_trades(money):
    money.agents.add(an_agent())
    trades = [
        a_trade(f"trd_{number}", pair_id=f"pair_{number}", reserved={KALSHI: 10 * ONE})
        for number in range(20)
    ]

    capped = a_limits(max_position=49 * ONE)
    assert race(lambda trade: money.ledger.reserve(trade, capped), trades[:10])["done"] == 4
    counted = a_limits(max_trades=7)
    assert race(lambda trade: money.ledger.reserve(trade, counted), trades[10:])["done"] == 3


def test_of_racing_trades_on_one_pair_one_is_in_flight(money):
    money.agents.add(an_agent())
    trades = [a_trade(f"trd_{number}") for number in range(20)]

    outcomes = race(lambda trade: money.ledger.reserve(trade, a_limits()), trades)

    assert outcomes == {"done": 1, "AlreadyReserved": 19}
    assert budget(money).reserved == 5 * ONE


def test_a_racing_retry_of_one_reservation_reserves_once(money):
    money.agents.add(an_agent())

    outcomes = race(lambda trade: money.ledger.reserve(trade, a_limits()), [a_trade()] * 20)

    assert outcomes == {"done": 20}
    assert budget(money).reserved == 5 * ONE


def test_of_racing_senders_one_may_send(money):
    opened(money)
    claims = [
        a_leg(state=LegState.SUBMITTING, client_order_id="c-1", intent={"claimed_by": str(number)})
        for number in range(20)
    ]

    outcomes = race(lambda leg: money.ledger.move_leg("trd_01", leg, LegState.PLANNED), claims)

    assert outcomes == {"done": 1, "WrongState": 19}


def test_a_racing_retry_of_finish_releases_once(money):
    opened(money)

    outcomes = race(
        lambda _: money.ledger.finish("trd_01", TradeState.OPENING, TradeState.FLAT, reason="undone"),
        range(20),
    )

    assert outcomes == {"done": 20}
    assert budget(money) == VenueBudget(KALSHI, 1000 * ONE, 0, 0, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True).exposure == 0


def test_racing_reports_of_the_same_fills_book_each_once(money):
    opened(money)
    fills = [a_fill(f"f{number}", ONE) for number in range(5)]

    # overlapping reports: no two tell of the same set
    reports = [fills[first : first + 3] for first in range(4)] * 2
    assert race(lambda some: money.ledger.book_fills("trd_01", 0, some), reports) == {"done": 8}

    assert money.ledger.trade("trd_01").legs[0].filled == 5 * ONE
    assert budget(money) == VenueBudget(KALSHI, 995 * ONE, 3 * ONE, 2 * ONE, 1000 * ONE)


def test_a_fill_that_races_with_the_end_of_its_trade_is_paid_for_once(money):
    opened(money)

    def act(number):
        if number:
            money.ledger.book_fills("trd_01", 0, [a_fill()])
        else:
            money.ledger.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="unknown")

    assert race(act, [1, 0, 1, 0]) == {"done": 4}

    assert budget(money) == VenueBudget(KALSHI, 996 * ONE, 0, 4 * ONE, 1000 * ONE)
    assert money.agents.totals("agt_1", simulated=True).exposure == 4 * ONE


def test_a_racing_failure_is_reversed_once(money):
    opened(money)
    matched = a_fill(confirmed=False)
    money.ledger.book_fills("trd_01", 1, [matched])

    outcomes = race(
        lambda fill: money.ledger.book_fills("trd_01", 1, [fill]), [replace(matched, failed=True)] * 8
    )

    assert outcomes == {"done": 8}
    assert budget(money, POLYMARKET) == VenueBudget(POLYMARKET, 995 * ONE, 5 * ONE, 0, 1000 * ONE)


def test_a_change_goes_by_no_reading_that_another_lambda_has_made_old(tables, clock):
    """Each Lambda remembers the trade that it read last; the other one writes meanwhile."""
    money = SimpleNamespace(
        agents=DynamoAgents(tables.ledger, clock), ledger=DynamoLedger(tables.ledger, clock)
    )
    other = DynamoLedger(tables.ledger, clock)
    opened(money)
    sent = replace(a_leg(0), state=LegState.SUBMITTING, client_order_id="c-1", intent={"body": "1"})

    money.ledger.trade("trd_01")
    other.move_leg("trd_01", sent, LegState.PLANNED)
    with pytest.raises(WrongState):
        money.ledger.move_leg("trd_01", replace(sent, intent={"body": "2"}), LegState.PLANNED)

    money.ledger.trade("trd_01")
    other.book_fills("trd_01", 0, [a_fill()])
    booked = money.ledger.book_fills("trd_01", 0, [a_fill(), a_fill("fill_2")])
    assert booked.filled == sum(fill.shares for fill in booked.fills) == 2 * a_fill().shares

    money.ledger.trade("trd_01")
    other.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="the other was faster")
    assert money.ledger.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="").ends == 1
    assert other.trade("trd_01").reason == "the other was faster"


def test_an_end_is_not_computed_from_a_reading_that_met_a_new_leg_half_way(tables, clock):
    """A Query is not isolated: it may give the trade of after a leg was added, and the legs of before."""
    mine, other = DynamoLedger(tables.ledger, clock), DynamoLedger(tables.ledger, clock)
    opened(SimpleNamespace(agents=DynamoAgents(tables.ledger, clock), ledger=mine))
    other.put_leg("trd_01", a_leg(2, purpose=LegPurpose.COMPLETE, repairs=0))
    torn = [
        item for item in tables.ledger.query_all("#pk = :pk", pk="TRADE#trd_01") if item["sk"] != "LEG#002"
    ]
    query_all, mine._table.query_all = mine._table.query_all, lambda *_, **__: torn
    seen = mine.trade("trd_01")
    mine._table.query_all = query_all
    assert [leg.index for leg in seen.legs] == [0, 1]

    with pytest.raises(WrongState):
        mine.finish("trd_01", TradeState.OPENING, TradeState.QUARANTINED, reason="", seen=seen)
