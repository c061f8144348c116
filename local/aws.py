"""Makes the template's tables, secret, topic and state machines by API on moto.

moto's CloudFormation skips the HTTP API and the scheduler and puts state machines in a backend that does not
execute, so the resources are made one by one from the same template instead.
"""

import json
import re
from typing import Any

import boto3
from botocore.config import Config

from local.template import ACCOUNT, REGION, ROOT, Template

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def create_stack(template: Template, endpoint: str | None = None) -> Template:
    """Creates everything that has state and fills in the template's refs and arns. Returns the template."""
    for logical_id in template.resources("AWS::KMS::Key"):
        template.refs[logical_id] = template.arns[logical_id] = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/local"
    for logical_id, properties in template.resources("AWS::DynamoDB::Table").items():
        _create_table(template, logical_id, properties, endpoint)
    for logical_id, properties in template.resources("AWS::SecretsManager::Secret").items():
        _create_secret(template, logical_id, properties, endpoint)
    for logical_id, properties in template.resources("AWS::SNS::Topic").items():
        sns = client("sns", endpoint)
        arn = sns.create_topic(Name=template.resolve(properties["TopicName"]))["TopicArn"]
        template.refs[logical_id] = template.arns[logical_id] = arn
    for logical_id, properties in template.resources("AWS::SQS::Queue").items():
        sqs = client("sqs", endpoint)
        name = template.resolve(properties["QueueName"])
        template.refs[logical_id] = sqs.create_queue(QueueName=name)["QueueUrl"]
        template.arns[logical_id] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    functions = template.resources("AWS::Serverless::Function")
    for logical_id, properties in functions.items():
        name = template.resolve(properties["FunctionName"])
        template.refs[logical_id] = name
        template.arns[logical_id] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    for logical_id, properties in template.resources("AWS::Serverless::StateMachine").items():
        _create_state_machine(template, logical_id, properties, endpoint)
    return template


def shared_environment(template: Template) -> dict[str, str]:
    """All functions' variables together: one process plays them all, and no two differ in a value."""
    merged: dict[str, str] = {}
    for function in template.resources("AWS::Serverless::Function"):
        for name, value in template.environment(function).items():
            if merged.setdefault(name, value) != value:
                raise ValueError(f"{name} differs between functions: one process cannot play both")
    return merged


def client(service: str, endpoint: str | None) -> Any:
    """A client of the cloud on this machine; what fails is not tried again behind our back."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )


def _create_table(
    template: Template, logical_id: str, properties: dict[str, Any], endpoint: str | None
) -> None:
    name = f"dutchbook-{template.parameters['Stage']}-{logical_id}"
    create_table(client("dynamodb", endpoint), name, properties)
    template.refs[logical_id] = name
    template.arns[logical_id] = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def create_table(dynamodb: Any, name: str, properties: dict[str, Any]) -> None:
    """A table with the template's keys, indexes and TTL."""
    request = {
        key: properties[key]
        for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        if key in properties
    }
    dynamodb.create_table(TableName=name, **request)
    if "TimeToLiveSpecification" in properties:
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def _create_secret(
    template: Template, logical_id: str, properties: dict[str, Any], endpoint: str | None
) -> None:
    secrets = client("secretsmanager", endpoint)
    if "SecretString" in properties:
        value = template.resolve(properties["SecretString"])
    else:
        value = json.dumps(_generated(secrets, properties["GenerateSecretString"]))
    arn = secrets.create_secret(Name=template.resolve(properties["Name"]), SecretString=value)
    template.refs[logical_id] = template.arns[logical_id] = arn["ARN"]


def _generated(secrets: Any, made: dict[str, Any]) -> dict[str, str]:
    password = secrets.get_random_password(
        PasswordLength=made["PasswordLength"], ExcludePunctuation=made["ExcludePunctuation"]
    )["RandomPassword"]
    return {**json.loads(made["SecretStringTemplate"]), made["GenerateStringKey"]: password}


def _create_state_machine(
    template: Template, logical_id: str, properties: dict[str, Any], endpoint: str | None
) -> None:
    text = (ROOT / properties["DefinitionUri"]).read_text()
    values = {key: template.resolve(value) for key, value in properties["DefinitionSubstitutions"].items()}
    definition = _PLACEHOLDER.sub(lambda found: values[found[1]], text)
    arn = client("stepfunctions", endpoint).create_state_machine(
        name=template.resolve(properties["Name"]),
        definition=definition,
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/local",
        type=properties["Type"],
    )["stateMachineArn"]
    template.refs[logical_id] = template.arns[logical_id] = arn
