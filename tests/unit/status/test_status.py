"""What an owner sees: exact strings, honest profit, nobody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.agent import Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.money import ONE
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue
from dutchbook.ports.ledger import Control
from dutchbook.ports.markets import OpportunityRecord, VenueHealth
from tests.support.api import Api, registration
from tests.support.builders import NOW, NOW_MS, WALLET, a_fill, a_trade

OTHER = "0x" + "cd" * 20
TRADE = "trd_01KAQSM800" + "A" * 16
SECOND = "trd_01KAQSM800" + "B" * 16


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def agent_id(api):
    agent = api.call("POST", "/api/agent/register", registration(maxPosition=500)).body["agent_id"]
    api.call("POST", "/api/agent/activate", {"agent_id": agent})
    return agent


@pytest.fixture
def trade(api, agent_id):
    """Ten shares bought on Kalshi at 0.40 with a fee of 0.17, nothing yet on Polymarket."""
    planned = a_trade(TRADE, agent_id)
    api.ledger.reserve(planned, api.agents.agents[agent_id].limits)
    api.ledger.move_trade(TRADE, TradeState.RESERVED, TradeState.OPENING)
    leg = replace(planned.legs[0], state=LegState.SUBMITTING, client_order_id="c-1", submitted_at=NOW)
    api.ledger.move_leg(TRADE, leg, LegState.PLANNED)
    api.ledger.book_fills(TRADE, 0, [a_fill(fee_usd=170_000)])
    return api.ledger.trade(TRADE)


def test_status_has_the_original_contracts_fields(api, agent_id, trade):
    answer = api.call("GET", f"/api/agent/status/{agent_id}")
    assert answer.status == 200
    body = answer.body
    assert set(body) == {"agent", "credentials", "live", "stats", "recent_positions"}
    assert body["agent"]["active"] is True
    assert body["agent"]["limits"]["maxPosition"] == "500"
    assert body["agent"]["limits"]["minProfit"] == "2"
    stats = body["stats"]
    assert (stats["total_trades"], stats["today_trades"], stats["total_profit"]) == (1, 1, "0")
    assert (stats["locked_profit"], stats["fees"], stats["simulated"]) == ("0", "0.17", True)
    (position,) = body["recent_positions"]
    assert position["type"] == "arbitrage"
    assert position["market"] == "Will it rain?"
    assert position["expected_profit"] == "2"
    assert position["spread"] == "0.2"
    assert position["buy_order_id"] == "c-1"
    assert position["simulated"] is True
    kalshi = next(budget for budget in stats["budgets"] if budget["venue"] == "kalshi")
    sums = [float(kalshi[name]) for name in ("available", "reserved", "spent")]
    assert sum(sums) == float(kalshi["funded"])


def test_live_money_is_not_mixed_with_the_demos(api, agent_id, trade):
    api.agents.agents[agent_id] = replace(api.agents.agents[agent_id], mode=Mode.LIVE)
    stats = api.call("GET", f"/api/agent/status/{agent_id}").body["stats"]
    assert (stats["simulated"], stats["total_trades"], stats["fees"]) == (False, 0, "0")


def test_a_trade_shows_its_legs_fills_and_timeline(api, trade):
    body = api.call("GET", f"/api/trade/{TRADE}").body
    assert [leg["venue"] for leg in body["legs"]] == ["kalshi", "polymarket"]
    assert body["legs"][0]["average_price"] == "0.4"
    assert body["legs"][1]["average_price"] is None
    assert body["fills"][0]["shares"] == "10"
    happened = [event["what"] for event in body["timeline"]]
    assert "reserved" in happened
    assert "leg 0 on kalshi: filled 10 at 0.4" in happened
    assert [event["at"] for event in body["timeline"]] == sorted(event["at"] for event in body["timeline"])


def test_a_fill_names_its_leg_its_transaction_and_when_that_was_confirmed(api, trade):
    at = trade.created_at + timedelta(seconds=20)
    settled = a_fill("p1", price=500_000, tx_hash="0xabc", confirmed_at=at)
    api.ledger.book_fills(TRADE, 1, [settled])

    body = api.call("GET", f"/api/trade/{TRADE}").body

    first, second = body["fills"]
    assert (first["leg"], first["tx_hash"], first["confirmed_at"]) == (0, "", None)
    assert (second["leg"], second["tx_hash"]) == (1, "0xabc")
    assert "leg 1 on polymarket: confirmed on chain" in [event["what"] for event in body["timeline"]]


def test_what_was_signed_is_not_shown(api, trade):
    api.ledger.stored[TRADE] = replace(
        trade, legs=(replace(trade.legs[0], intent={"body": "SIGNED-BYTES"}), *trade.legs[1:])
    )
    assert "SIGNED-BYTES" not in api.call("GET", f"/api/trade/{TRADE}").text


def test_positions_are_valued_at_bids_that_take_all_of_them(api, agent_id, trade):
    path = f"/api/agent/{agent_id}/positions"
    (held,) = api.call("GET", path).body["items"]
    assert (held["shares"], held["cost"], held["value"], held["unrealised"]) == ("10", "4.17", None, None)
    api.markets.put_books(
        [OrderBook.from_bids(trade.legs[0].key, [(450_000, 4 * ONE), (440_000, 20 * ONE)], [], NOW_MS)]
    )
    (held,) = api.call("GET", path).body["items"]
    # 4 at 0.45 and 6 at 0.44 bring 4.44; the market is not known, so each fill pays Kalshi's dearest fee
    assert (held["value"], held["unrealised"]) == ("4.26", "0.09")
    assert (held["stage"], held["worth"]) == ("open", None)
    api.markets.put_books([OrderBook.from_bids(trade.legs[0].key, [(450_000, 4 * ONE)], [], NOW_MS)])
    assert api.call("GET", path).body["items"][0]["value"] is None


def test_status_names_each_yes_that_a_live_trade_lacks(api, agent_id):
    path = f"/api/agent/status/{agent_id}"
    live = api.call("GET", path).body["live"]
    assert live["ready"] is False
    missing = {check["name"] for check in live["checks"] if not check["ok"]}
    assert missing == {"live_trading", "mode", "credentials.polymarket", "credentials.kalshi"}
    api.agents.agents[agent_id] = replace(
        api.agents.agents[agent_id], mode=Mode.LIVE, credentials=(Venue.KALSHI, Venue.POLYMARKET)
    )
    checks = api.call("GET", path).body["live"]["checks"]
    assert {check["name"] for check in checks if not check["ok"]} == {"live_trading"}


def test_lists_come_in_pages_that_join_without_gap_or_repeat(api, agent_id):
    limits = api.agents.agents[agent_id].limits
    for number in range(5):
        trade = replace(a_trade(f"{SECOND[:-1]}{number}", agent_id), pair_id=f"pair_{number}")
        api.ledger.reserve(trade, limits)
    seen, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        body = api.call("GET", f"/api/agent/{agent_id}/trades", query=query).body
        seen += [trade["trade_id"] for trade in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"{SECOND[:-1]}{number}" for number in (4, 3, 2, 1, 0)]


def test_a_cursor_serves_one_list_of_one_owner_for_an_hour(api, agent_id):
    for _ in range(3):
        api.call("POST", "/api/agent/register", registration())
    cursor = api.call("GET", "/api/agents", query={"limit": "1"}).body["next_cursor"]
    path = "/api/agents"
    assert api.call("GET", path, query={"limit": "1", "cursor": cursor}).status == 200
    broken = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for where, text, who in [
        (path, broken, WALLET),
        (path, "not-a-cursor", WALLET),
        (path, "%%%", WALLET),
        (path, cursor, OTHER),
        (f"/api/agent/{agent_id}/audit", cursor, WALLET),
    ]:
        answer = api.call("GET", where, query={"cursor": text}, wallet=who)
        assert (answer.status, answer.fields) == (400, {"cursor"}), text
    api.clock.ms += 3_601_000
    assert api.call("GET", path, query={"cursor": cursor}).status == 400


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", ""])
def test_a_limit_is_from_1_to_100(api, limit):
    answer = api.call("GET", "/api/agents", query={"limit": limit})
    assert (answer.status, answer.fields) == (422, {"limit"})


def test_audit_tells_who_did_what(api, agent_id):
    entries = api.call("GET", f"/api/agent/{agent_id}/audit").body["items"]
    assert {entry["action"] for entry in entries} == {"register", "state"}
    assert {entry["actor"] for entry in entries} == {WALLET}


def test_another_wallets_things_answer_like_things_that_are_not_there(api, agent_id, trade):
    nobody = "agt_" + "0" * 26
    for path in (
        "/api/agent/status/{}",
        "/api/agent/{}/trades",
        "/api/agent/{}/positions",
        "/api/agent/{}/audit",
    ):
        there = api.call("GET", path.format(agent_id), wallet=OTHER)
        nowhere = api.call("GET", path.format(nobody), wallet=OTHER)
        assert there.status == nowhere.status == 404
        assert there.text == nowhere.text.replace(nobody, agent_id)
    assert api.call("GET", f"/api/trade/{TRADE}", wallet=OTHER).status == 404
    assert agent_id not in api.call("GET", f"/api/trade/{TRADE}", wallet=OTHER).text
    assert api.call("GET", "/api/agents", wallet=OTHER).body["items"] == []


def test_an_unchanged_answer_is_not_sent_again(api, agent_id):
    path = f"/api/agent/status/{agent_id}"
    first = api.call("GET", path)
    again = api.call("GET", path, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    api.call("POST", "/api/agent/deactivate", {"agent_id": agent_id})
    changed = api.call("GET", path, headers={"if-none-match": first.headers["ETag"]})
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_what_is_not_there_is_a_problem_too(api):
    answer = api.call("GET", "/api/nothing")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


# ------------------------------------------------------------------------------------ public


def record(**changes):
    base = OpportunityRecord(
        "t1", "pair_" + "0" * 16, "kalshi:yes+polymarket:no", "Rain?", NOW, "rejected", "fees"
    )
    return replace(base, **changes)


def test_everybody_may_see_what_the_scan_saw(api):
    api.markets.put_opportunities(
        [
            record(),
            record(pair_id="pair_" + "1" * 16, verdict="taken", reason="", net_return=25_000, trades=2),
            record(tick_id="t0", seen_at=NOW - timedelta(seconds=15)),
        ]
    )
    items = api.call("GET", "/api/opportunities", wallet=None).body["items"]
    assert {(item["verdict"], item["reason"]) for item in items} >= {("rejected", "fees"), ("taken", "")}
    assert {item["net_return"] for item in items} >= {"2.5"}
    stats = api.call("GET", "/api/stats", wallet=None).body
    assert (stats["tick_id"], stats["opportunities"], stats["taken"], stats["trades"]) == ("t1", 2, 1, 2)


def test_before_the_first_tick_there_is_nothing_rather_than_an_error(api):
    assert api.call("GET", "/api/stats", wallet=None).body["tick_id"] is None
    assert api.call("GET", "/api/opportunities", wallet=None).body == {"items": [], "next_cursor": None}


def test_health_tells_whether_trading_is_on(api):
    assert api.call("GET", "/api/health", wallet=None).body == {
        "status": "ok",
        "stage": "test",
        "trading": True,
        "live_trading": False,
    }
    api.ledger.set_control(Control(trading=False))
    assert api.call("GET", "/api/health", wallet=None).body["trading"] is False


def test_a_venue_that_is_down_says_why(api):
    api.markets.put_health([VenueHealth(Venue.KALSHI, False, "answers HTML", NOW, breaker="open")])
    (venue,) = api.call("GET", "/api/venues", wallet=None).body["items"]
    assert (venue["venue"], venue["healthy"], venue["reason"]) == ("kalshi", False, "answers HTML")
    assert (venue["book_age_ms"], venue["rate_limit_headroom"]) == (None, None), "nothing was measured"
