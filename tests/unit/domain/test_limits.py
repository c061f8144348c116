"""What the audit log says of an edit."""

from dataclasses import replace

from dutchbook.domain.agent import Limits

LIMITS = Limits(
    max_position=200_000_000, min_profit=20_000, max_trades=50, stop_loss=50_000, max_daily_loss=10_000_000
)


def test_an_edit_is_told_in_dollars_percent_and_counts():
    new = replace(LIMITS, max_position=250_500_000, min_profit=15_000, max_trades=10)
    assert LIMITS.changes(new) == {
        "max_position": "200 to 250.5",
        "min_profit": "2 to 1.5",
        "max_trades": "50 to 10",
    }


def test_no_change_is_nothing_to_tell():
    assert LIMITS.changes(LIMITS) == {}
