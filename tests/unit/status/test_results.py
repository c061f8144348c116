"""What an owner sees of results: statistics, days, payouts and the checklist, and nobody else does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Side, Venue
from tests.support.api import Api
from tests.support.builders import NOW, WALLET, a_fill, a_leg, a_limits, a_trade, an_agent
from tests.support.markets import a_market, a_pair

AGENT = "agt_01KAQSM8000000000000000001"


@pytest.fixture
def api():
    """Two hedged pairs of nine dollars that pay ten, settled a day apart; one leg of a third is open."""
    api = Api()
    api.agents.add(an_agent(AGENT, wallet=WALLET))
    for number in range(3):
        trade_id = f"trd_{number:02d}"
        key = {"agent_id": AGENT, "pair_id": f"pair_{number}"}
        trade = a_trade(trade_id, **key, expected_cost=9 * ONE, expected_profit=ONE)
        legs = tuple(
            replace(leg, market_id=f"{leg.market_id}-{number}", submitted_at=trade.created_at)
            for leg in trade.legs
        )
        trade = replace(trade, legs=legs)
        api.ledger.reserve(trade, a_limits())
        api.ledger.move_trade(trade_id, TradeState.RESERVED, TradeState.OPENING)
        api.ledger.book_fills(trade_id, 0, [a_fill(f"a{number}", price=400_000, fee_usd=10_000)])
        api.ledger.book_fills(trade_id, 1, [a_fill(f"b{number}", price=500_000)])
        api.ledger.finish(trade_id, TradeState.OPENING, TradeState.HEDGED, reason="", locked=990_000)
    for number in range(2):
        api.clock.ms += int(timedelta(days=1).total_seconds() * 1000)
        for leg in api.ledger.stored[f"trd_{number:02d}"].legs:
            pay(api, leg.key)
    pay(api, api.ledger.stored["trd_02"].legs[0].key)
    return api


def pay(api, key):
    position = next(each for each in api.ledger.positions(AGENT) if each.key == key)
    api.settlements.settle(position, Resolution(key, Stage.PAYABLE, ONE))


def get(api, what, **how):
    return api.call("GET", f"/api/agent/{AGENT}/{what}", **how)


def test_stats_keep_their_names_and_gain_statistics(api):
    stats = api.call("GET", f"/api/agent/status/{AGENT}").body["stats"]
    assert (stats["total_trades"], stats["today_trades"]) == (3, 0)
    # two pairs made 0.99 each; the third's winning leg made 5.99 of which the other will lose 5
    assert stats["total_profit"] == "7.97"
    assert stats["locked_profit"] == "-5"
    assert stats["capital_locked"] == "5"
    assert stats["fees"] == "0.03"
    assert {each["venue"]: each["fees"] for each in stats["budgets"]} == {"kalshi": "0.03", "polymarket": "0"}
    found = stats["statistics"]
    assert (found["closed_trades"], found["wins"], found["win_rate"]) == (2, 2, "100")
    assert (found["profit_factor"], found["expectancy"], found["max_drawdown"]) == (None, "0.99", "0")
    # a day and two days
    assert found["average_holding_seconds"] == 129_600
    # 1.98 on 9.01 × 3 dollar-days
    assert found["annual_return"].startswith("2673.69")


def test_the_days_add_up_to_the_equity(api):
    body = get(api, "performance").body
    assert body["simulated"] is True
    assert [(day["date"], day["realised"], day["trades"]) for day in body["days"]] == [
        ("2026-11-23", "0", 3),
        ("2026-11-24", "0.99", 0),
        ("2026-11-25", "6.98", 0),
    ]
    # of the third pair one leg won 5.99, of which the other will lose 5: no result before that is paid
    assert [day["result"] for day in body["days"]] == ["0", "0.99", "0.99"]
    assert [day["total_result"] for day in body["days"]] == ["0", "0.99", "1.98"]
    assert [day["total_realised"] for day in body["days"]] == ["0", "0.99", "7.97"]
    assert [day["equity"] for day in body["days"]] == ["2000", "2000.99", "2001.98"]
    assert body["capital_locked"] == "5"


def test_payouts_come_newest_first_in_pages(api):
    first = get(api, "settlements", query={"limit": "2"}).body
    assert len(first["items"]) == 2
    rest = get(api, "settlements", query={"limit": "10", "cursor": first["next_cursor"]}).body
    paid = first["items"] + rest["items"]
    assert rest["next_cursor"] is None
    assert [item["payout"] for item in paid] == ["10", "0", "10", "0", "10"]
    assert paid[0]["worth"] == "1"
    assert paid[0]["realised"] == "5.99"


def test_readiness_says_what_is_missing(api):
    body = get(api, "readiness").body
    assert body["ready"] is False
    assert {check["name"]: check["passed"] for check in body["checks"]} == {
        "trades": False,
        "events": False,
        "days": False,
        "net_result": True,
        "fill_rate": True,
        "drawdown": True,
    }
    assert body["missing"][0] == "18 more closed trades"


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ({"kalshi-market-0": "K1", "kalshi-market-1": "K2"}, "2"),
        ({"kalshi-market-0": "K1", "kalshi-market-1": "K1"}, "1"),
        ({"kalshi-market-0": "K1", "polymarket-market-0": "P1", "polymarket-market-1": "P1"}, "1"),
    ],
    ids=["apart", "one event of the first leg's venue", "one event of the other leg's venue"],
)
def test_pairs_that_meet_in_an_event_of_either_leg_are_one_observation(api, events, count):
    for number in range(2):
        sides = [
            a_market(leg.venue, leg.market_id, event_id=events.get(leg.market_id, ""))
            for leg in api.ledger.stored[f"trd_{number:02d}"].legs
        ]
        api.markets.put_markets(sides)
        api.markets.put_pair(replace(a_pair(*sides), pair_id=f"pair_{number}"))
    checks = {check["name"]: check["actual"] for check in get(api, "readiness").body["checks"]}
    assert checks["events"] == count


@pytest.mark.parametrize(
    ("state", "sold", "actual"),
    [
        (TradeState.FLAT, 10 * ONE, "100.00 %"),
        (TradeState.FLAT, 0, "75.00 %"),
        (TradeState.QUARANTINED, 10 * ONE, "75.00 %"),
    ],
    ids=["a close-all that sold both legs", "one that sold a leg and bought it back", "a quarantined one"],
)
def test_an_exit_that_sold_what_it_planned_is_a_completed_order(api, state, sold, actual):
    legs = tuple(
        a_leg(
            index,
            venue,
            side=Side.SELL,
            purpose=LegPurpose.EXIT,
            submitted_at=NOW,
            filled=10 * ONE,
            net_filled=sold,
        )
        for index, venue in enumerate((Venue.KALSHI, Venue.POLYMARKET))
    )
    api.ledger.stored["trd_99"] = a_trade("trd_99", agent_id=AGENT, legs=legs, state=state)
    checks = {check["name"]: check["actual"] for check in get(api, "readiness").body["checks"]}
    assert checks["fill_rate"] == actual


def test_a_flag_and_the_end_show_on_the_trade(api):
    api.settlements.flag("trd_00", "the venues settled differently")
    trades = {each["trade_id"]: each for each in get(api, "trades").body["items"]}
    assert trades["trd_00"]["flag"] == "the venues settled differently"
    assert trades["trd_00"]["closed_at"] == "2026-11-24T12:00:00.000Z"
    assert (trades["trd_02"]["flag"], trades["trd_02"]["closed_at"]) == ("", None)


@pytest.mark.parametrize("what", ["performance", "settlements", "readiness"])
def test_strangers_see_nothing(api, what):
    assert get(api, what, wallet="0x" + "cd" * 20).status == 404
