"""What roles of the expanded template allow, and what a run asks of AWS, as (action, resource) under the
template's names."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.expanded import resources

type Right = tuple[str, str]

AGENTS_SECRETS = "agents' secrets"
EXECUTIONS = "executions of ExecutePair"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_FAMILIES = {
    f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:/dutchbook/${{Stage}}/agents/*": AGENTS_SECRETS,
    f"arn:${{AWS::Partition}}:states:{_HERE}:execution:dutchbook-${{Stage}}-execute-pair:*": EXECUTIONS,
}


def roles() -> dict[str, set[Right]]:
    """All that each role allows, policies attached from outside and AWS's own managed ones included."""
    found: dict[str, set[Right]] = {}
    for name, role in resources("AWS::IAM::Role").items():
        properties = role["Properties"]
        found[name] = {("managed", arn.rsplit("/", 1)[1]) for arn in properties.get("ManagedPolicyArns", [])}
        for policy in properties.get("Policies", []):
            found[name] |= _allowed(policy["PolicyDocument"])
    for policy in resources("AWS::IAM::RolePolicy").values():
        found[policy["Properties"]["RoleName"]["Ref"]] |= _allowed(policy["Properties"]["PolicyDocument"])
    return found


def _allowed(document: dict[str, Any]) -> set[Right]:
    found = set()
    for statement in document["Statement"]:
        # nothing here may widen a right in a way that this reading would miss
        assert set(statement) == {"Effect", "Action", "Resource"}, statement
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            found |= {(action, _named(resource)) for resource in _listed(statement["Resource"])}
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(resource: Any) -> str:
    """LedgerTable, LedgerTable/index/gsi1, agents' secrets; any other text as it stands."""
    if isinstance(resource, str):
        return resource
    ((kind, value),) = resource.items()
    if kind == "Ref":
        return str(value)
    if kind == "Fn::GetAtt":
        name, attribute = value
        assert attribute == "Arn", resource
        return str(name)
    if value in _FAMILIES:
        return _FAMILIES[value]
    index = re.fullmatch(r"\$\{(\w+)\.Arn\}(/index/\w+)", value)
    return index[1] + index[2] if index else str(value)


class Recorder:
    """Notes what is asked of AWS while a function is running; registered with botocore's session."""

    def __init__(self) -> None:
        self.used: dict[str, set[Right]] = defaultdict(set)
        self.running = ""

    @contextmanager
    def of(self, function: str) -> Iterator[None]:
        self.running = function
        try:
            yield
        finally:
            self.running = ""

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """botocore's hook before each request: a transaction counts as its parts, as IAM sees it."""
        if self.running:
            self.used[self.running] |= set(_asked(model.service_model.service_name, model.name, params))


def _asked(service: str, operation: str, params: dict[str, Any]) -> Iterator[Right]:
    if operation == "TransactWriteItems":
        for part in params["TransactItems"]:
            ((kind, request),) = part.items()
            yield f"dynamodb:{kind}Item", request["TableName"]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in params["RequestItems"]:
            yield f"dynamodb:{operation}", table
    elif service == "dynamodb":
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", params["TableName"] + index
    else:
        yield _OF_SERVICES[service, operation]


_OF_SERVICES = {
    ("stepfunctions", "StartExecution"): ("states:StartExecution", "ExecutePair"),
    ("stepfunctions", "DescribeExecution"): ("states:DescribeExecution", EXECUTIONS),
    ("sns", "Publish"): ("sns:Publish", "NotifyTopic"),
    ("secretsmanager", "GetSecretValue"): ("secretsmanager:GetSecretValue", AGENTS_SECRETS),
}
