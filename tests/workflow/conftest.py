"""The real state machine over the real handlers; only the world behind the ports is made up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dutchbook.entry.bootstrap import execute as bootstrap
from functions.execute import app
from local.dispatch import Handler, StateMachine, state_machine
from tests.support.execution import World

DEFINITION = Path(__file__).parents[2] / "statemachines" / "execute_pair.asl.json"
FUNCTIONS = {
    "BuyLegFunctionArn": "buy-leg",
    "SellLegFunctionArn": "sell-leg",
    "TradeFunctionArn": "trade",
}


class Context:
    """What Powertools reads of an invocation."""

    function_name = "execute"
    memory_limit_in_mb = 768
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:execute"
    aws_request_id = "request"


def handlers() -> dict[str, Handler]:
    def lambda_of(handler: Callable[[dict[str, Any], Any], Any]) -> Handler:
        return lambda event: handler(event, Context())

    return {
        "buy-leg": lambda_of(app.buy_leg),
        "sell-leg": lambda_of(app.sell_leg),
        "trade": lambda_of(app.trade),
    }


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`with machine(world) as m: m.run(name, input)`; handlers may be replaced by name."""

    @contextmanager
    def over(world: World, **replaced: Handler) -> Iterator[StateMachine]:
        monkeypatch.setattr(bootstrap, "execution", lambda: world.execution)
        named = {name.replace("_", "-"): handler for name, handler in replaced.items()}
        with state_machine(DEFINITION, FUNCTIONS, {**handlers(), **named}, world.clock.sleep) as running:
            yield running

    return over
