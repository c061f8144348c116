"""Real money needs evidence: enough trades, events and days, and a result that chance does not explain."""

from datetime import timedelta
from math import gamma, pi, sqrt

import pytest

from dutchbook.domain import readiness as page
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.readiness import Orders, joined, lower_bound, readiness
from dutchbook.domain.result import How, Result
from dutchbook.domain.venue import Venue
from tests.support.builders import NOW

LOSS = 50 * ONE


def results(count=20, events=5, days=7, realised=lambda number: ONE + number % 3):
    return [
        Result(
            f"trd_{number}",
            f"pair_{number % events}",
            "arbitrage",
            How.SETTLED,
            MarketKey(Venue.KALSHI, f"market-{number % events}"),
            realised(number),
            10 * ONE,
            NOW,
            NOW + timedelta(days=number % days),
        )
        for number in range(count)
    ]


def failed(found):
    return [check.name for check in found.checks if not check.passed]


def test_a_record_that_is_evidence():
    found = readiness(results(), {}, Orders(20, 16), LOSS)
    assert found.ready
    assert found.missing == ()


@pytest.mark.parametrize(
    ("record", "orders", "name", "missing"),
    [
        ({"count": 19}, Orders(10, 10), "trades", "1 more closed trades"),
        ({"events": 4}, Orders(10, 10), "events", "1 more different events"),
        ({"days": 5}, Orders(10, 10), "days", "2 more days"),
        ({}, Orders(100, 79), "fill_rate", "only 79 of 100"),
        ({}, Orders(0, 0), "fill_rate", "orders that were sent"),
    ],
)
def test_what_is_missing_is_named(record, orders, name, missing):
    found = readiness(results(**record), {}, orders, LOSS)
    assert failed(found) == [name]
    assert missing in found.missing[0]


def test_a_profit_that_chance_explains_is_no_evidence():
    """One event made nearly all of it."""
    lucky = results(realised=lambda number: 100 * ONE if number % 5 == 0 else 1)
    assert failed(readiness(lucky, {}, Orders(1, 1), LOSS)) == ["net_result"]


def test_trades_on_one_event_are_one_observation():
    events = {f"trd_{number}": "one" for number in range(20)}
    assert failed(readiness(results(), events, Orders(1, 1), LOSS)) == ["events", "net_result"]


def test_what_is_linked_through_others_has_one_name():
    names = joined([("p1", "k:1"), ("p2", "m:9"), ("p3", "k:3"), ("p1", "m:1"), ("p2", "m:1")])
    assert len({names[one] for one in ("p1", "p2", "k:1", "m:1", "m:9")}) == 1
    assert names["p3"] == names["k:3"] != names["p1"]


def test_a_drawdown_deeper_than_the_owners_daily_loss_fails():
    fell = results(realised=lambda number: -51 * ONE if number == 3 else 100 * ONE)
    assert "drawdown" in failed(readiness(fell, {}, Orders(1, 1), LOSS))
    assert "drawdown" not in failed(readiness(fell, {}, Orders(1, 1), 51 * ONE))


def test_an_empty_record_fails_everything_but_the_drawdown():
    found = readiness([], {}, Orders(0, 0), LOSS)
    assert failed(found) == ["trades", "events", "days", "net_result", "fill_rate"]


def test_the_bound_by_hand():
    # mean 2, deviation 1, n 3: 6 − 2.919986 × √3 = 0.942437…, rounded down
    assert lower_bound([ONE, 2 * ONE, 3 * ONE]) == 942_435
    assert lower_bound([ONE, ONE]) == 2 * ONE
    assert lower_bound([ONE]) is None


def test_the_table_is_students():
    """Integrates each density up to the table's quantile."""
    for freedom, quantile in enumerate(page._T_95, start=1):
        scale = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
        upper, steps = quantile / 1e6, 2_000
        width = upper / steps
        heights = [scale * (1 + (i * width) ** 2 / freedom) ** (-(freedom + 1) / 2) for i in range(steps + 1)]
        area = width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))
        assert area == pytest.approx(0.45, abs=1e-6), freedom
