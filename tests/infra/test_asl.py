"""The rules of state machines that no validator checks: time limits, safe retries, catches, known names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dutchbook.domain import errors
from dutchbook.domain.trade_states import TERMINAL_TRADE_STATES
from dutchbook.usecases.execute_pair import Step
from dutchbook.usecases.execute_pair.confirm import SENDER_LIFETIME_MS
from dutchbook.usecases.execute_pair.sweep import LEASE_SECONDS

ROOT = Path(__file__).parents[2]
MACHINES = sorted((ROOT / "statemachines").glob("*.asl.json"))
EXECUTE_PAIR = json.loads((ROOT / "statemachines" / "execute_pair.asl.json").read_text())

OUR_NAMES = {error.__name__ for error in (*errors.CATEGORIES, errors.StoreUnavailable)}
SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
PROCESS_DIED = {"Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout"}
SAFE_ANYWHERE = SERVICE_ERRORS | {"NotSent", "StoreUnavailable"}
PLACES_ORDERS = {"BuyLeg", "SellLeg"}


def states_of(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Name, state and the names of its siblings, of a machine and the maps and branches inside it."""
    siblings = set(machine["States"])
    for name, state in machine["States"].items():
        yield name, state, siblings
        inner = [state[key] for key in ("ItemProcessor", "Iterator") if key in state]
        for nested in (*inner, *state.get("Branches", [])):
            yield from states_of(nested)


def all_states() -> list[Any]:
    return [
        pytest.param(name, state, siblings, id=f"{path.name.partition('.')[0]}.{name}")
        for path in MACHINES
        for name, state, siblings in states_of(json.loads(path.read_text()))
    ]


def tasks() -> list[Any]:
    return [param for param in all_states() if param.values[1]["Type"] == "Task"]


def targets(state: dict[str, Any]) -> Iterator[str]:
    for holder in (state, *state.get("Choices", []), *state.get("Catch", [])):
        if "Next" in holder:
            yield holder["Next"]
    if "Default" in state:
        yield state["Default"]


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_a_machine_has_a_start_and_ends_by_itself(path):
    machine = json.loads(path.read_text())
    assert machine["StartAt"] in machine["States"]
    assert 0 < machine["TimeoutSeconds"] <= 3_600


@pytest.mark.parametrize(("name", "state", "siblings"), all_states())
def test_no_next_dangles_and_no_state_is_a_dead_end(name, state, siblings):
    assert set(targets(state)) <= siblings
    assert state["Type"] in ("Choice", "Succeed", "Fail") or "Next" in state or state.get("End") is True


@pytest.mark.parametrize(("name", "state", "siblings"), tasks())
def test_every_task_has_a_time_limit_and_catches_everything_last(name, state, siblings):
    assert 0 < state["TimeoutSeconds"] <= 60
    assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    for catch in state["Catch"][:-1]:
        assert "States.ALL" not in catch["ErrorEquals"]
        assert set(catch["ErrorEquals"]) <= OUR_NAMES


@pytest.mark.parametrize(("name", "state", "siblings"), tasks())
def test_only_what_is_safe_to_repeat_is_retried(name, state, siblings):
    """A leg's process that died may have sent its order: it is recovered, never just run again."""
    safe = SAFE_ANYWHERE if name in PLACES_ORDERS else SAFE_ANYWHERE | PROCESS_DIED
    for retry in state["Retry"]:
        assert set(retry["ErrorEquals"]) <= safe
        assert 1 <= retry["IntervalSeconds"] <= 5
        assert 1 <= retry["MaxAttempts"] <= 6


@pytest.mark.parametrize(("name", "state", "siblings"), tasks())
def test_a_time_limit_is_longer_than_the_functions_own(name, state, siblings):
    template = (ROOT / "template.yaml").read_text()
    placeholder = re.fullmatch(r"\$\{(\w+)Arn\}", state["Parameters"]["FunctionName"])
    assert placeholder
    block = template.partition(f"\n  {placeholder[1]}:\n")[2].partition("\n  # ---")[0]
    assert int(re.search(r"Timeout: (\d+)", block)[1]) < state["TimeoutSeconds"]


def test_every_state_of_execute_pair_can_be_reached():
    reached, ahead = set(), [EXECUTE_PAIR["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(targets(EXECUTE_PAIR["States"][name]))
    assert reached == set(EXECUTE_PAIR["States"])


def test_route_knows_every_step_and_quarantines_what_it_does_not_know():
    route = EXECUTE_PAIR["States"]["Route"]
    assert {choice["StringEquals"] for choice in route["Choices"]} == {step.value for step in Step}
    assert {state.value for state in TERMINAL_TRADE_STATES} <= {step.value for step in Step}
    assert route["Default"] == "Quarantine"


def test_legs_go_to_the_function_that_the_data_names():
    def function(state: str) -> str:
        return EXECUTE_PAIR["States"][state]["Parameters"]["FunctionName"]

    branches = {one["StringEquals"]: one["Next"] for one in EXECUTE_PAIR["States"]["Route"]["Choices"]}
    assert function(branches["buy"]) == "${BuyLegFunctionArn}"
    assert function(branches["sell"]) == "${SellLegFunctionArn}"
    for word in ("buy", "sell"):
        assert EXECUTE_PAIR["States"][branches[f"wait_{word}"]]["Next"] == branches[word]


def test_every_fail_has_a_name_and_only_a_quarantine_fails():
    fails = {name: state for name, state in EXECUTE_PAIR["States"].items() if state["Type"] == "Fail"}
    assert {state["Error"] for state in fails.values()} == {"Quarantined", "QuarantineFailed"}


def test_placeholders_are_the_templates_substitutions():
    template = (ROOT / "template.yaml").read_text()
    block = template.partition("DefinitionUri: statemachines/execute_pair.asl.json")[2]
    given = block.partition("DefinitionSubstitutions:")[2].partition("Logging:")[0]
    assert set(re.findall(r"\$\{(\w+)\}", json.dumps(EXECUTE_PAIR))) == set(
        re.findall(r"^\s+(\w+): !GetAtt", given, re.MULTILINE)
    )


def test_no_secret_book_or_number_of_money_is_named_in_a_payload():
    text = json.dumps(EXECUTE_PAIR).lower()
    for word in ("secret", "private", "apikey", "credential", "order_book", "price"):
        assert word not in text


@pytest.mark.parametrize("function", ["BuyLegFunction", "SellLegFunction", "SweepFunction"])
def test_a_sender_cannot_outlive_the_time_after_which_it_is_taken_for_dead(function):
    template = (ROOT / "template.yaml").read_text()
    block = template.partition(f"\n  {function}:\n")[2]
    timeout = int(re.search(r"Timeout: (\d+)", block)[1])
    assert timeout * 1_000 < SENDER_LIFETIME_MS
    assert timeout < LEASE_SECONDS
