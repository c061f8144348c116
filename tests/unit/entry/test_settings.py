"""A function that is told nonsense says which variable, before it serves anybody."""

import pytest

from dutchbook.entry.settings.authorize import AuthorizeSettings
from dutchbook.entry.settings.execute import ExecuteSettings
from dutchbook.entry.settings.reading import SettingsError
from dutchbook.entry.settings.register import RegisterSettings
from dutchbook.entry.settings.scan import ScanSettings
from dutchbook.entry.settings.status import StatusSettings

FULL = {
    "STAGE": "demo",
    "LEDGER_TABLE": "ledger",
    "MARKETS_TABLE": "markets",
    "GUARDS_TABLE": "guards",
    "SECRETS_PREFIX": "dutchbook/demo",
    "TOKEN_SECRET_ID": "dutchbook/demo/token",
    "CURSOR_SECRET_ID": "dutchbook/demo/cursors",
    "SIWE_DOMAIN": "localhost:8080",
    "SITE_ORIGIN": "http://localhost:8080/",
    "LIVE_TRADING": "false",
    "EXECUTE_PAIR_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:execute-pair",
    "NOTIFY_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:notices",
    "OPERATOR_WALLETS": "0x" + "Ab" * 20 + ", 0x" + "01" * 20,
    "PAPER_LATENCY_MS": "120",
}
CLASSES = [RegisterSettings, StatusSettings, AuthorizeSettings, ScanSettings, ExecuteSettings]
TABLES = ("LEDGER_TABLE", "MARKETS_TABLE", "GUARDS_TABLE")
NEEDED = {
    RegisterSettings: ("STAGE", *TABLES, "SECRETS_PREFIX", "TOKEN_SECRET_ID", "SITE_ORIGIN", "LIVE_TRADING"),
    StatusSettings: ("STAGE", *TABLES, "CURSOR_SECRET_ID", "SITE_ORIGIN", "LIVE_TRADING"),
    AuthorizeSettings: ("TOKEN_SECRET_ID",),
    ScanSettings: ("STAGE", *TABLES, "EXECUTE_PAIR_ARN", "LIVE_TRADING"),
    ExecuteSettings: ("STAGE", *TABLES, "NOTIFY_TOPIC_ARN", "LIVE_TRADING"),
}


@pytest.mark.parametrize("settings", CLASSES)
def test_a_full_environment_is_read_and_frozen(settings):
    read = settings.from_env(FULL)
    with pytest.raises(AttributeError):
        read.aws_endpoint_url = "http://elsewhere"


@pytest.mark.parametrize(
    ("settings", "variable"),
    [(settings, name) for settings, names in NEEDED.items() for name in names],
)
def test_a_missing_variable_is_named(settings, variable):
    environment = {name: value for name, value in FULL.items() if name != variable}
    with pytest.raises(SettingsError, match=f"^{variable} "):
        settings.from_env(environment)


@pytest.mark.parametrize(
    ("settings", "variable", "value"),
    [
        (RegisterSettings, "LIVE_TRADING", "True"),
        (RegisterSettings, "LIVE_TRADING", "1"),
        (RegisterSettings, "SITE_ORIGIN", "localhost:8080"),
        (RegisterSettings, "SITE_ORIGIN", "https://example.com/?x=1"),
        (RegisterSettings, "SITE_ORIGIN", "https://example.com/path"),
        (RegisterSettings, "SITE_ORIGIN", "https://*"),
        (RegisterSettings, "SITE_ORIGIN", "https://*.example.com"),
        (StatusSettings, "SITE_ORIGIN", "https://u:p@example.com"),
        (RegisterSettings, "SIWE_DOMAIN", "https://example.com"),
        (RegisterSettings, "STAGE", "Prod Stage"),
        (RegisterSettings, "AWS_ENDPOINT_URL", "moto"),
        (ScanSettings, "EXECUTE_PAIR_ARN", "execute-pair"),
        (ScanSettings, "MAX_STARTS_PER_TICK", "0"),
        (ScanSettings, "MAX_STARTS_PER_TICK", "10001"),
        (ScanSettings, "DEMO_PAIR_THRESHOLD", "95"),
        (ScanSettings, "DEMO_PAIR_THRESHOLD", "1.1"),
        (ScanSettings, "DEMO_PAIR_THRESHOLD", "sure"),
        (ExecuteSettings, "PAPER_LATENCY_MS", "-1"),
        (ExecuteSettings, "PAPER_LATENCY_MS", "1.5"),
        (ExecuteSettings, "PAPER_LATENCY_MS", "60000"),
        (AuthorizeSettings, "OPERATOR_WALLETS", "0x12,"),
        (StatusSettings, "LEDGER_TABLE", "a table"),
    ],
)
def test_a_senseless_variable_is_named(settings, variable, value):
    with pytest.raises(SettingsError, match=f"^{variable} "):
        settings.from_env(FULL | {variable: value})


def test_operators_are_compared_in_lower_case():
    assert AuthorizeSettings.from_env(FULL).operators == {"0x" + "ab" * 20, "0x" + "01" * 20}
    assert AuthorizeSettings.from_env(FULL | {"OPERATOR_WALLETS": ""}).operators == frozenset()


def test_sign_in_names_the_dashboards_host_unless_told_otherwise():
    assert RegisterSettings.from_env(FULL | {"SIWE_DOMAIN": "app.example"}).siwe_domain == "app.example"
    assert RegisterSettings.from_env(FULL | {"SIWE_DOMAIN": ""}).siwe_domain == "localhost:8080"


def test_no_endpoint_means_aws_itself_and_a_last_slash_is_dropped():
    assert StatusSettings.from_env(FULL).aws_endpoint_url == ""
    assert StatusSettings.from_env(FULL | {"AWS_ENDPOINT_URL": "http://moto:1/"}).aws_endpoint_url == (
        "http://moto:1"
    )
    assert StatusSettings.from_env(FULL).site_origin == "http://localhost:8080"


@pytest.mark.parametrize(
    ("told", "ppm"),
    [("0.95", 950_000), ("1", 1_000_000), ("1.0", 1_000_000), ("0", 0), ("off", None), ("", None)],
)
def test_how_sure_a_pair_must_be_for_demo_agents(told, ppm):
    assert ScanSettings.from_env(FULL | {"DEMO_PAIR_THRESHOLD": told}).demo_pair_threshold == ppm
