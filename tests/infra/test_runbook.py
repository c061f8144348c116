"""The runbook has an entry for all that points to it, and what it says was tried is there."""

import json
import re

import pytest

from local.template import ROOT

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
ENTRIES = set(re.findall(r"^### ([\w-]+)$", RUNBOOK, re.MULTILINE))
SOURCES = [*(ROOT / "layers" / "core").rglob("*.py"), *(ROOT / "statemachines").glob("*.json")]
POINTERS = {
    (path.name, name) for path in SOURCES for name in re.findall(r"runbook: ([a-z-]+)", path.read_text())
}


@pytest.mark.parametrize(("source", "entry"), sorted(POINTERS))
def test_every_message_that_points_to_the_runbook_finds_its_entry(source: str, entry: str) -> None:
    assert entry in ENTRIES, source


def test_every_failure_of_the_state_machine_points_to_the_runbook() -> None:
    states = json.loads((ROOT / "statemachines" / "execute_pair.asl.json").read_text())["States"]
    for state in states.values():
        if state["Type"] == "Fail":
            assert re.search(r"runbook: ([a-z-]+)", state["Cause"])


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_every_entry_says_what_is_seen_what_it_means_what_to_do_and_how_it_was_tried(entry: str) -> None:
    text = RUNBOOK.partition(f"\n### {entry}\n")[2].partition("\n### ")[0]
    for part in ("**See.**", "**Means.**", "**Do.**", "Tried:"):
        assert part in text, part


def test_what_was_tried_is_a_test_that_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+(?:\.py)?)", RUNBOOK))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
