"""The bill grows with what is used, adds up, and is the one that docs/cost.md shows."""

import re
import sys

import pytest

from bench import cost
from local.template import ROOT

PAGE = (ROOT / "docs/cost.md").read_text()
SIZES = [cost.Size(10, 50, 15), cost.Size(1_000, 300, 15), cost.Size(100_000, 1_000, 15)]


def bill(size):
    return cost.monthly(size, cost.Counted(), cost.Assumed())


def test_more_agents_more_pairs_and_shorter_ticks_never_cost_less():
    middle = bill(SIZES[1])
    for larger in (cost.Size(2_000, 300, 15), cost.Size(1_000, 600, 15), cost.Size(1_000, 300, 10)):
        more = bill(larger)
        assert all(more[service] >= dollars for service, dollars in middle.items())
        assert sum(more.values()) > sum(middle.values())


def test_trades_stop_at_the_places_of_a_tick():
    assumed = cost.Assumed(trades_a_day=1e9)
    assert SIZES[0].trades(assumed) == 4 * 60 * 24 * 30 * assumed.max_starts


@pytest.mark.parametrize("size", SIZES)
def test_the_page_shows_the_models_own_figures(size):
    column = SIZES.index(size)
    shown = {}
    for row in re.findall(r"^\| \**([\w .-]+?)\** \|(.+)\|$", PAGE, re.MULTILINE):
        cells = [cell.strip(" *").replace(",", "") for cell in row[1].split("|")]
        if len(cells) == 3 and all(cell.isdigit() for cell in cells):
            shown[row[0]] = int(cells[column])
    expected = {service: round(dollars) for service, dollars in bill(size).items()}
    assert shown == {**expected, "total": round(sum(bill(size).values()))}


def test_the_command_prints_dollars_by_service(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["cost", "--agents", "1000", "--pairs", "300", "--tick", "15"])
    cost.main()
    lines = capsys.readouterr().out.splitlines()
    amounts = {line[:16].strip(): float(line[16:].split()[0].replace(",", "")) for line in lines}
    parts = sum(amount for name, amount in amounts.items() if name not in ("total", "a trade"))
    assert amounts["total"] == pytest.approx(parts, abs=0.1)
