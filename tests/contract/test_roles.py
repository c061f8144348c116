"""What each function asks of AWS is what its role in the expanded template allows, no less and no more."""

import pytest

from tests.support.plays import execute, http, scan
from tests.support.rights import Right, roles

# on one worker: what they all look at is played once
pytestmark = pytest.mark.xdist_group("roles")

MANAGED = {("managed", "AWSLambdaBasicExecutionRole"), ("managed", "AWSXrayWriteOnlyAccess")}
"""SAM gives them to every function: log streams and traces, on any resource."""
READS = {("kms:Decrypt", "DataKey")}
WRITES = READS | {("kms:GenerateDataKey", "DataKey")}
BREAKERS = {
    ("dynamodb:GetItem", "GuardsTable"),
    ("dynamodb:PutItem", "GuardsTable"),
    ("dynamodb:UpdateItem", "GuardsTable"),
}
UNTOLD = {("dynamodb:DeleteItem", "GuardsTable")}
DEAD_LETTERS = {("sqs:SendMessage", "MissedSchedules")}

UNPLAYED: dict[str, set[Right]] = {
    "Authorize": MANAGED | READS,
    "Register": MANAGED | WRITES,
    "Status": MANAGED | READS,
    # s3: only where the parameter RecordBooks names a bucket
    "Scan": MANAGED | WRITES | {("s3:PutObject", "arn:${AWS::Partition}:s3:::${RecordBooks}/books/*")},
    "Catalogue": MANAGED | WRITES,
    "Match": MANAGED | WRITES,
    "BuyLeg": MANAGED | WRITES | BREAKERS,
    # what is held of the other outcome, which a buy on Kalshi closes first
    "SellLeg": MANAGED | WRITES | BREAKERS | {("dynamodb:Query", "MarketsTable")},
    # the pair of a live trade, and a dead leg's order at the paper venue
    "Trade": MANAGED
    | WRITES
    | (BREAKERS - {("dynamodb:PutItem", "GuardsTable")})
    | UNTOLD
    | {("dynamodb:GetItem", "MarketsTable")},
    # Lambda itself reads the queue, with the function's role
    "Sweep": MANAGED
    | WRITES
    | UNTOLD
    | DEAD_LETTERS
    | {("dynamodb:GetItem", "GuardsTable")}
    | {
        (f"sqs:{what}", "FailedExecutions")
        for what in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    },
    "Notify": MANAGED
    | WRITES
    | {("secretsmanager:GetSecretValue", "WebhookSecret"), ("sqs:SendMessage", "UndeliveredNotices")},
    # a pair that the venues settle unlike is blocked and told of: Redeem's pass, which is the same, shows it
    "Settle": MANAGED
    | WRITES
    # only where the parameter RecordBooks names a bucket
    | {("s3:PutObject", "arn:${AWS::Partition}:s3:::${RecordBooks}/books/*")}
    | UNTOLD
    | DEAD_LETTERS
    | {
        ("dynamodb:GetItem", "MarketsTable"),
        ("dynamodb:DeleteItem", "MarketsTable"),
        ("dynamodb:PutItem", "GuardsTable"),
        ("sns:Publish", "NotifyTopic"),
    },
    "Redeem": MANAGED | WRITES | UNTOLD | DEAD_LETTERS,
}
"""Reviewed: what an AWS in memory does not ask for (KMS, logs, traces, Lambda's own reading, dead letters),
breakers of venues that fail (played for Scan), and markers of notices that SNS did not take."""

OTHERS: dict[str, set[Right]] = {
    # shifts traffic to new versions, and back
    "CodeDeployServiceRole": {("managed", "AWSCodeDeployRoleForLambda")},
    "AuthorizeInvokeRole": {("lambda:InvokeFunction", "AuthorizeFunction")},
    "TickerRole": {("managed", "AWSXrayWriteOnlyAccess"), ("lambda:InvokeFunction", "ScanFunction")},
    "CataloguePassRole": {
        ("managed", "AWSXrayWriteOnlyAccess"),
        ("lambda:InvokeFunction", "CatalogueFunction"),
        ("lambda:InvokeFunction", "MatchFunction"),
    },
    "ExecutePairRole": {
        ("managed", "AWSXrayWriteOnlyAccess"),
        ("lambda:InvokeFunction", "BuyLegFunction"),
        ("lambda:InvokeFunction", "SellLegFunction"),
        ("lambda:InvokeFunction", "TradeFunction"),
    },
    "TickerEveryMinuteRole": DEAD_LETTERS | {("states:StartExecution", "Ticker")},
    "CataloguePassEveryQuarterRole": DEAD_LETTERS | {("states:StartExecution", "CataloguePass")},
    "SweepFunctionEveryMinuteRole": DEAD_LETTERS | {("lambda:InvokeFunction", "SweepFunction")},
    "SettleFunctionEveryFiveMinutesRole": DEAD_LETTERS | {("lambda:InvokeFunction", "SettleFunction")},
    "RedeemFunctionEveryFiveMinutesRole": DEAD_LETTERS | {("lambda:InvokeFunction", "RedeemFunction")},
}
"""Roles of state machines, schedules and the gateway, whole: they call what they name and nothing else."""


@pytest.fixture(scope="module")
def used():
    found = {}
    for play in (http.play, scan.play, execute.play):
        with pytest.MonkeyPatch.context() as patch:
            found |= play(patch)
    return found


@pytest.mark.parametrize("function", sorted(UNPLAYED))
def test_a_role_allows_what_its_function_does_and_no_more(used, function):
    allowed, asked = roles()[f"{function}FunctionRole"], used.get(function, set())
    assert asked - allowed == set(), "missing from the role"
    assert allowed - asked - UNPLAYED[function] == set(), "more than the function asks for"
    assert UNPLAYED[function] - allowed == set(), "reviewed, and not in the role any more"
    assert UNPLAYED[function] & asked == set(), "played after all: take it out of the reviewed table"


def test_every_other_role_is_reviewed_too():
    functions = {f"{name}FunctionRole" for name in UNPLAYED}
    assert {name: rights for name, rights in roles().items() if name not in functions} == OTHERS
