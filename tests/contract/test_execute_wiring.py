"""What execute is wired to: live connectors only where the stack says yes and the function may read keys."""

import sys

import pytest

from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import Halted
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import execute as bootstrap
from dutchbook.entry.settings.reading import SettingsError
from dutchbook.ports.venues import Account
from venues.paper.connector import PaperConnector

ENVIRONMENT = {
    "STAGE": "dev",
    "LEDGER_TABLE": "ledger",
    "MARKETS_TABLE": "markets",
    "GUARDS_TABLE": "guards",
    "NOTIFY_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:notify",
    "LIVE_TRADING": "false",
    "SECRETS_PREFIX": "/dutchbook/dev/agents",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def wired(monkeypatch):
    def wire(**changes):
        for name, value in {**ENVIRONMENT, **changes}.items():
            monkeypatch.setenv(name, value)
        bootstrap.settings.cache_clear()
        bootstrap.execution.cache_clear()
        return bootstrap.execution()

    yield wire
    bootstrap.settings.cache_clear()
    bootstrap.execution.cache_clear()


def test_a_demo_stack_trades_on_paper_alone(wired):
    execution = wired()
    account = Account("agt_1", Mode.LIVE)
    for venue in Venue:
        assert isinstance(execution.connectors.trading(venue, account, simulated=True), PaperConnector)
        with pytest.raises(Halted, match="switched off"):
            execution.connectors.trading(venue, account, simulated=False)
    assert execution.connectors.live == {}


def test_a_function_without_keys_has_no_live_connector_even_on_a_live_stack(wired):
    assert wired(LIVE_TRADING="true", SECRETS_PREFIX="").connectors.live == {}


def test_a_live_stack_wires_every_venue(wired):
    execution = wired(LIVE_TRADING="true")
    assert execution.live_trading
    assert set(execution.connectors.live) == set(Venue)
    with pytest.raises(Halted, match="not in live mode"):
        execution.connectors.trading(Venue.KALSHI, Account("agt_1", Mode.DEMO), simulated=False)
    assert "venues.live" in sys.modules


@pytest.mark.parametrize("name", ["LEDGER_TABLE", "NOTIFY_TOPIC_ARN", "LIVE_TRADING"])
def test_a_missing_variable_is_named(wired, name):
    with pytest.raises(SettingsError, match=name):
        wired(**{name: ""})
