"""The sample events of execute are what the state machine sends, and the handlers take them."""

import json
from pathlib import Path
from typing import Any

import pytest

from dutchbook.domain.plan import TradePlan
from dutchbook.domain.trade_states import TradeState
from dutchbook.entry.bootstrap import execute as bootstrap
from functions.execute import app
from tests.support.execution import TRADE_ID, World, a_plan
from tests.support.venue import REJECTED

ROOT = Path(__file__).parents[2]
STATES = json.loads((ROOT / "statemachines" / "execute_pair.asl.json").read_text())["States"]
ANSWER = {"next": str, "leg": str, "round": int, "wait": int, "reason": str}

EVENTS = {
    "buy_leg": ("BuyLeg", app.buy_leg),
    "sell_leg": ("SellLeg", app.sell_leg),
    "trade_reserve": ("Reserve", app.trade),
    "trade_recover": ("Recover", app.trade),
    "trade_repair": ("Repair", app.trade),
    "trade_finish": ("Finish", app.trade),
    "trade_quarantine": ("Quarantine", app.trade),
}
BEFORE = {
    "buy_leg": ("trade_reserve",),
    "sell_leg": ("trade_reserve", "buy_leg"),
    "trade_reserve": (),
    "trade_recover": ("trade_reserve",),
    "trade_repair": ("trade_reserve", "buy_leg", "sell_leg"),
    "trade_finish": ("trade_reserve", "buy_leg", "sell_leg"),
    "trade_quarantine": ("trade_reserve", "buy_leg"),
}
NEXT = {
    "buy_leg": "sell",
    "sell_leg": "finish",
    "trade_reserve": "buy",
    "trade_recover": "finish",
    "trade_repair": "sell",
    "trade_finish": "HEDGED",
    "trade_quarantine": "QUARANTINED",
}


class Context:
    function_name = "execute"
    memory_limit_in_mb = 768
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:execute"
    aws_request_id = "request"


def event(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return content


@pytest.fixture
def world(monkeypatch):
    world = World()
    monkeypatch.setattr(bootstrap, "execution", lambda: world.execution)
    return world


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_has_the_keys_that_the_state_machine_sends(name):
    state, _ = EVENTS[name]
    payload = STATES[state]["Parameters"]["Payload"]
    assert set(event(name)) == {key.removesuffix(".$") for key in payload}


@pytest.mark.parametrize("name", EVENTS)
def test_a_handler_takes_its_event_and_says_what_is_next(world, name):
    if name == "trade_repair":
        world.polymarket.script = [REJECTED]
    for earlier in BEFORE[name]:
        EVENTS[earlier][1](event(earlier), Context())
    answer = EVENTS[name][1](event(name), Context())
    assert {key: type(value) for key, value in answer.items()} == ANSWER
    assert answer["next"] == NEXT[name]


def test_the_executions_input_is_a_plan():
    assert TradePlan.from_payload(event("execute_pair")) == a_plan()


def test_a_step_that_does_not_exist_is_refused(world):
    with pytest.raises(Exception, match="step: none of reserve, recover, repair, finish, quarantine"):
        app.trade({**event("trade_finish"), "step": "dance"}, Context())


@pytest.mark.parametrize(
    ("failed", "following"),
    [
        ({"failure": {"Error": "States.Timeout"}}, "wait_buy"),
        # as an execution sends it that began under an older definition
        ({"error": "NotSent", "cause": "{}"}, "finish"),
    ],
)
def test_whatever_is_known_of_a_failure_the_ledger_says_how_to_go_on(world, failed, following):
    app.trade(event("trade_reserve"), Context())
    recover = {key: value for key, value in event("trade_recover").items() if key != "failure"}
    assert app.trade({**recover, **failed}, Context())["next"] == following


def test_an_error_leaves_under_its_category_with_its_own_name_in_the_text(world):
    world.ledger.flights["agt_1", "pair_1"] = "trd_other"
    with pytest.raises(Exception, match="AlreadyReserved: ") as caught:
        app.trade(event("trade_reserve"), Context())
    assert type(caught.value).__name__ == "Conflict"


def test_a_plan_that_is_none_is_refused_and_nothing_written(world):
    broken = event("trade_reserve")
    broken["plan"]["legs"][0]["shares"] = "-1"
    with pytest.raises(Exception, match="must be positive"):
        app.trade(broken, Context())
    assert world.ledger.trade(TRADE_ID) is None


def test_a_leg_event_for_a_trade_that_was_never_reserved_is_a_broken_invariant(world):
    with pytest.raises(Exception, match="no trade") as caught:
        app.buy_leg(event("buy_leg"), Context())
    assert type(caught.value).__name__ == "InvariantBroken"
    assert TradeState.RESERVED not in {trade.state for trade in world.ledger.stored.values()}
