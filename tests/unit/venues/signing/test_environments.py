import pytest

from venues.environments import (
    KALSHI_DEMO,
    KALSHI_PROD,
    LIMITLESS_PROD,
    POLYMARKET_PROD,
    InvalidEnvironment,
    kalshi,
    limitless,
    polymarket,
)
from venues.polymarket.contracts import AMOY_EXCHANGES

PRIVATE = {"ALLOW_PRIVATE_SIMULATORS": "true"}


def test_without_variables_everything_is_real():
    assert polymarket({}) == POLYMARKET_PROD
    assert kalshi({}) == KALSHI_PROD
    assert limitless({}) == LIMITLESS_PROD


def test_empty_variables_mean_the_real_thing():
    """SAM passes every declared variable; an unset one arrives empty."""
    blank = dict.fromkeys(
        ["POLYMARKET_CLOB_BASE", "POLYGON_RPC_URL", "POLYMARKET_CHAIN_ID", "POLYMARKET_EXCHANGE"], ""
    )

    assert polymarket(blank) == POLYMARKET_PROD
    assert kalshi({"KALSHI_API_BASE": " ", "KALSHI_STAGE": ""}) == KALSHI_PROD


@pytest.mark.parametrize(
    "base",
    [
        "http://localhost:9000",
        "http://127.0.0.1:9000/",
        "http://[::1]:9000",
        "http://host.docker.internal:9000",
        "https://localhost:9000",
    ],
)
def test_a_simulator_on_this_machine_may_be_plain_http(base):
    assert polymarket({"POLYMARKET_CLOB_BASE": base}).clob == base.rstrip("/")
    assert limitless({"LIMITLESS_API_BASE": base}).api == base.rstrip("/")
    assert kalshi({"KALSHI_API_BASE": base}).api == base.rstrip("/") + "/trade-api/v2"


@pytest.mark.parametrize(
    "base", ["http://10.0.0.5:9000", "http://simulators:9000", "https://sim.example.org"]
)
def test_any_other_simulator_needs_the_flag(base):
    with pytest.raises(InvalidEnvironment, match="ALLOW_PRIVATE_SIMULATORS"):
        polymarket({"POLYMARKET_CLOB_BASE": base})

    assert polymarket({"POLYMARKET_CLOB_BASE": base, **PRIVATE}).clob == base


@pytest.mark.parametrize(
    "base",
    [
        "http://clob.polymarket.com",
        "http://sim.example.org",
        "http://8.8.8.8",
        "ftp://localhost",
        "file:///etc/passwd",
        "clob.polymarket.com",
        "https://",
        "https://user:pass@localhost",
        "http://localhost:9000/?key=1",
        "http://localhost.evil.example",
    ],
)
def test_plain_http_abroad_and_unknown_schemes_are_refused_even_with_the_flag(base):
    with pytest.raises(InvalidEnvironment, match="POLYMARKET_CLOB_BASE"):
        polymarket({"POLYMARKET_CLOB_BASE": base, **PRIVATE})


def test_a_venue_is_not_reached_at_another_venues_host():
    with pytest.raises(InvalidEnvironment):
        limitless({"LIMITLESS_API_BASE": "https://clob.polymarket.com"})


@pytest.mark.parametrize(
    "host",
    [
        "trading-api.kalshi.com",
        "TRADING-API.kalshi.com",
        "trading-api.kalshi.com.",
        "api.kalshi.com",
        "demo-api.kalshi.com",
        "demo-api.elections.kalshi.com",
    ],
)
def test_kalshi_hosts_that_are_retired_or_never_were_are_refused_and_the_fix_is_named(host):
    with pytest.raises(InvalidEnvironment, match=r"use external-api\.(demo\.)?kalshi\.co"):
        kalshi({"KALSHI_API_BASE": f"https://{host}/trade-api/v2", **PRIVATE})


@pytest.mark.parametrize(
    ("base", "stage"),
    [
        ("https://external-api.kalshi.com", "prod"),
        ("https://api.elections.kalshi.com/trade-api/v2/", "prod"),
        ("https://external-api.demo.kalshi.co/trade-api/v2", "demo"),
        ("https://demo-api.kalshi.co", "demo"),
    ],
)
def test_each_known_kalshi_host_belongs_to_a_stage(base, stage):
    environment = kalshi({"KALSHI_API_BASE": base})

    assert environment.stage == stage
    assert environment.api.endswith("kalshi.com/trade-api/v2" if stage == "prod" else ".co/trade-api/v2")


def test_the_kalshi_demo_is_named_by_its_stage():
    assert kalshi({"KALSHI_STAGE": "demo"}) == KALSHI_DEMO
    assert kalshi({"KALSHI_STAGE": "demo", "KALSHI_API_BASE": "http://localhost:1"}).stage == "demo"


@pytest.mark.parametrize(
    "env",
    [
        {"KALSHI_STAGE": "demo", "KALSHI_API_BASE": "https://external-api.kalshi.com"},
        {"KALSHI_STAGE": "prod", "KALSHI_API_BASE": "https://demo-api.kalshi.co"},
        {"KALSHI_STAGE": "staging"},
        {"KALSHI_API_BASE": "https://external-api.kalshi.com/trade-api/v1"},
    ],
)
def test_a_kalshi_stage_and_base_that_disagree_are_refused(env):
    with pytest.raises(InvalidEnvironment, match="KALSHI_"):
        kalshi(env)


@pytest.mark.parametrize(
    "env",
    [
        {"POLYMARKET_CHAIN_ID": "80001"},
        {"POLYGON_RPC_URL": "https://rpc-mumbai.maticvigil.com"},
        {"POLYGON_RPC_URL": "https://polygon-mumbai.g.alchemy.com/v2/x"},
    ],
)
def test_mumbai_is_gone(env):
    with pytest.raises(InvalidEnvironment, match="Mumbai"):
        polymarket({**env, **PRIVATE})


def test_an_unknown_chain_is_refused():
    with pytest.raises(InvalidEnvironment, match="POLYMARKET_CHAIN_ID"):
        polymarket({"POLYMARKET_CHAIN_ID": "1"})


def test_amoy_is_for_a_simulator_because_no_public_book_runs_there():
    with pytest.raises(InvalidEnvironment, match="POLYMARKET_CLOB_BASE"):
        polymarket({"POLYMARKET_CHAIN_ID": "80002"})

    environment = polymarket({"POLYMARKET_CHAIN_ID": "80002", "POLYMARKET_CLOB_BASE": "http://localhost:1"})
    assert environment.exchanges == AMOY_EXCHANGES
    assert environment.contracts.conditional_tokens == "0x69308FB512518e39F9b16112fA8d994F4e2Bf8bB"
    assert environment.stage == "amoy"


@pytest.mark.parametrize("base", ["https://clob.polymarket.com:443", "https://CLOB.polymarket.com./"])
def test_the_real_host_is_known_however_it_is_spelled(base):
    assert polymarket({"POLYMARKET_CLOB_BASE": base}) == POLYMARKET_PROD
    with pytest.raises(InvalidEnvironment, match="Amoy has no public order book"):
        polymarket({"POLYMARKET_CHAIN_ID": "80002", "POLYMARKET_CLOB_BASE": base})
    kalshis = "https://External-API.kalshi.com:443/trade-api/v2/"
    assert kalshi({"KALSHI_API_BASE": kalshis}) == KALSHI_PROD


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("POLYMARKET_CLOB_BASE", "https://clob.polymarket.com:8443"),
        ("POLYMARKET_CLOB_BASE", "https://clob.polymarket.com/evil"),
        ("POLYMARKET_GEOBLOCK_URL", "https://polymarket.com/api/other"),
        ("KALSHI_API_BASE", "https://external-api.kalshi.com:99999"),
        ("KALSHI_API_BASE", "https://external-api.kalshi.com:8443"),
        ("KALSHI_API_BASE", "http://[bad"),
        ("LIMITLESS_API_BASE", "https://api.limitless.exchange/v1"),
        ("BASE_RPC_URL", "http://[bad"),
        ("POLYGON_RPC_URL", "https://node.example:port"),
    ],
)
def test_another_port_or_path_of_a_real_host_and_broken_urls_are_refused_by_name(variable, value):
    read = {"P": polymarket, "K": kalshi, "L": limitless, "B": limitless}[variable[0]]
    with pytest.raises(InvalidEnvironment, match=variable):
        read({variable: value, **PRIVATE})


@pytest.mark.parametrize(
    "variable", ["POLYMARKET_GAMMA_BASE", "POLYMARKET_DATA_BASE", "POLYMARKET_GEOBLOCK_URL"]
)
def test_no_simulator_speaks_beside_the_real_order_book(variable):
    """The geoblock check above all: it must not be switched off by a variable."""
    simulated = {variable: "http://127.0.0.1:1/x"}
    with pytest.raises(InvalidEnvironment, match=variable):
        polymarket(simulated)
    assert polymarket({**simulated, "POLYMARKET_CLOB_BASE": "http://127.0.0.1:1"}).stage == "prod"


def test_any_https_node_will_do_as_rpc_and_its_key_is_never_repeated():
    node = "https://polygon-mainnet.example.com/v2/topsecret"

    assert polymarket({"POLYGON_RPC_URL": node}).rpc == node
    for scheme in ("http", "ftp"):
        with pytest.raises(InvalidEnvironment) as caught:
            polymarket({"POLYGON_RPC_URL": node.replace("https", scheme)})
        assert "topsecret" not in str(caught.value)


def test_the_v1_exchange_of_old_set_ups_is_refused_with_the_reason():
    with pytest.raises(InvalidEnvironment, match=r"POLYMARKET_EXCHANGE: .*order_version_mismatch"):
        polymarket({"POLYMARKET_EXCHANGE": "0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E", **PRIVATE})


def test_another_exchange_is_for_simulators_alone():
    other = {"POLYMARKET_EXCHANGE_V3": "0x9fE6e61422AdB6F610d8597F9684b16912D50C3D"}

    with pytest.raises(InvalidEnvironment, match="not the live exchange"):
        polymarket(other)
    assert polymarket({**other, **PRIVATE}).exchanges.v3.address == other["POLYMARKET_EXCHANGE_V3"]
    with pytest.raises(InvalidEnvironment, match="POLYMARKET_EXCHANGE_V3"):
        polymarket({"POLYMARKET_EXCHANGE_V3": "0x1234", **PRIVATE})


def test_the_live_exchange_may_be_written_in_lower_case():
    address = POLYMARKET_PROD.exchanges.standard.address

    assert polymarket({"POLYMARKET_EXCHANGE": address.lower()}) == POLYMARKET_PROD
