"""Rules that matter, held by the template as CloudFormation sees it."""

from typing import Any

import pytest

from local.gateway import routes_of
from local.template import ROOT, Template
from tests.support.expanded import expanded_template, resources

MONEY_TABLES = {"LedgerTable"}
# X-Ray and log delivery know no resource of their own; KMS key policies name the key they stand on
ALLOWED_STAR_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}


def statements() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, role in resources("AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", []):
            listed = policy["PolicyDocument"]["Statement"]
            found += [(name, statement) for statement in (listed if isinstance(listed, list) else [listed])]
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [str(function["Properties"]["Role"]) for function in resources("AWS::Lambda::Function").values()]
    assert len(roles) == len(set(roles)) > 0


@pytest.mark.parametrize(("role", "statement"), statements())
def test_no_action_is_a_wildcard(role: str, statement: dict[str, Any]) -> None:
    assert not [action for action in as_list(statement["Action"]) if "*" in action], role


@pytest.mark.parametrize(("role", "statement"), statements())
def test_only_reviewed_actions_reach_every_resource(role: str, statement: dict[str, Any]) -> None:
    if "*" in as_list(statement["Resource"]):
        assert set(as_list(statement["Action"])) <= ALLOWED_STAR_RESOURCES, role


@pytest.mark.parametrize(("role", "statement"), statements())
def test_nobody_may_scan_a_table(role: str, statement: dict[str, Any]) -> None:
    assert "dynamodb:Scan" not in as_list(statement["Action"]), role


def test_only_the_reviewed_functions_read_venue_secrets() -> None:
    readers = {
        role
        for role, statement in statements()
        if "secretsmanager:GetSecretValue" in as_list(statement["Action"])
        and "/agents/*" in str(statement["Resource"])
    }
    assert readers <= {
        "RegisterFunctionRole",
        "BuyLegFunctionRole",
        "SellLegFunctionRole",
        "SweepFunctionRole",
        "RedeemFunctionRole",
    }
    assert "StatusFunctionRole" not in readers


def test_every_function_logs_to_a_group_with_retention() -> None:
    groups = resources("AWS::Logs::LogGroup")
    assert all("RetentionInDays" in group["Properties"] for group in groups.values())
    for name, function in resources("AWS::Lambda::Function").items():
        assert function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] in groups, name


def test_functions_trace_and_time_out() -> None:
    for name, function in resources("AWS::Lambda::Function").items():
        properties = function["Properties"]
        assert properties["TracingConfig"]["Mode"] == "Active", name
        assert properties["Timeout"] <= 300, name
        assert properties["Runtime"] == "python3.13", name


def test_money_has_no_expiry_and_survives_the_stack() -> None:
    tables = resources("AWS::DynamoDB::Table")
    for name in MONEY_TABLES:
        assert "TimeToLiveSpecification" not in tables[name]["Properties"]
        assert tables[name]["DeletionPolicy"] == tables[name]["UpdateReplacePolicy"] == "Retain"
        assert tables[name]["Properties"]["DeletionProtectionEnabled"] is True
    for table in tables.values():
        properties = table["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert properties["SSESpecification"]["SSEEnabled"] is True


def test_live_trading_is_off_unless_somebody_says_so() -> None:
    assert expanded_template()["Parameters"]["LiveTrading"]["Default"] == "false"


def test_secrets_stand_in_no_environment() -> None:
    for name, function in resources("AWS::Lambda::Function").items():
        for variable in function["Properties"]["Environment"]["Variables"]:
            assert not variable.endswith(("_KEY", "_PASSWORD", "_TOKEN", "_SECRET")), f"{name}.{variable}"


def test_every_route_names_an_existing_function_once() -> None:
    routes = routes_of(Template.load({}))
    keys = [(route.method, route.path) for route in routes]
    assert len(keys) == len(set(keys)) > 0


PUBLIC = {
    ("GET", "/api/health"),
    ("GET", "/api/opportunities"),
    ("GET", "/api/venues"),
    ("GET", "/api/stats"),
    ("POST", "/api/auth/nonce"),
    ("POST", "/api/auth/verify"),
}


def test_only_the_reviewed_routes_need_no_token() -> None:
    public = {(route.method, route.path) for route in routes_of(Template.load({})) if route.public}
    assert public <= PUBLIC


def test_function_folders_hold_one_app_and_nothing_importable() -> None:
    """A sibling import would work in Lambda and fail in the tests, or the other way round."""
    for folder in (ROOT / "functions").iterdir():
        if folder.name.startswith(("__", ".")):
            continue
        assert [path.name for path in folder.glob("*.py")] == ["app.py"], folder
