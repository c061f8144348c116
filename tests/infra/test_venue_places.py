"""Where each venue lives can be told by variable and by template parameter, and the README lists them all."""

import re
from collections.abc import Mapping

from local.template import ROOT, Template
from tests.support.expanded import expanded_template
from venues import environments


class Noting(dict[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(key)
        return default


def variables() -> set[str]:
    env = Noting()
    for read in (environments.polymarket, environments.kalshi, environments.limitless):
        read(env)
    # read only where another variable is set
    return env.asked | {"ALLOW_PRIVATE_SIMULATORS"}


def made(parameters: Mapping[str, str]) -> Template:
    """The template as of a stack in which every resource is called by its logical id."""
    template = Template.load(parameters)
    template.refs.update({name: name for name in template.body["Resources"]})
    template.arns.update(template.refs)
    return template


def functions() -> Mapping[str, Mapping[str, str]]:
    template = made({})
    return {name: template.environment(name) for name in template.resources("AWS::Serverless::Function")}


def parameter_of(variable: str) -> str:
    """KALSHI_API_BASE is KalshiApiBase; an exchange's version keeps its capital."""
    return "".join(part.capitalize() for part in variable.lower().split("_"))


def test_each_variable_of_the_venues_table_is_a_parameter_that_some_function_gets() -> None:
    parameters = expanded_template()["Parameters"]
    told = {name for environment in functions().values() for name in environment}
    assert variables() - told == set()
    assert {parameter_of(name) for name in variables()} - set(parameters) == set()


def test_a_parameter_reaches_every_function_that_has_its_variable() -> None:
    chosen = {
        "KalshiStage": "demo",
        "PolymarketChainId": "80002",
        "PolymarketExchange": "0x" + "1" * 40,
        "PolymarketNegRiskExchange": "0x" + "2" * 40,
        "PolymarketExchangeV3": "0x" + "3" * 40,
        "AllowPrivateSimulators": "true",
        "PolymarketClobBase": "http://simulator:8000",
    }
    environment = made(chosen).environment("BuyLegFunction")
    assert environments.kalshi(environment) == environments.KALSHI_DEMO
    polymarket = environments.polymarket(environment)
    assert (polymarket.stage, polymarket.clob) == ("amoy", "http://simulator:8000")
    assert polymarket.exchanges.v3.address == "0x" + "3" * 40
    assert polymarket.exchanges.neg_risk.address == "0x" + "2" * 40


def test_without_parameters_every_function_reaches_the_real_venues() -> None:
    for name, environment in functions().items():
        assert environments.kalshi(environment) == environments.KALSHI_PROD, name
        assert environments.polymarket(environment) == environments.POLYMARKET_PROD, name
        assert environments.limitless(environment) == environments.LIMITLESS_PROD, name


def test_the_readmes_table_lists_every_parameter() -> None:
    table = (ROOT / "README.md").read_text().partition("## Configuration")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    listed = {name.strip() for row in rows[1:] for name in row.split(",") if "---" not in name}
    assert listed == set(expanded_template()["Parameters"])
