"""Clients of AWS services, made on first use and once a process, and what their errors mean to us.

They come from botocore, not from boto3, which adds resources and parallel transfers to S3 that nothing here
uses: a tenth of a cold start.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any

import botocore
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.loaders import Loader
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory
from botocore.session import Session

from dutchbook.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECT_SECONDS = 1
READ_SECONDS = 2
ATTEMPTS = 3
"""All of them take 3 × (1 + 2) s at most: under the shortest timeout of a function that writes."""

_RETRYABLE = frozenset(
    {
        "InternalServerError",
        "InternalServiceError",
        "InternalErrorException",
        "InternalError",
        "KMSThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "Throttled",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


_SERVICES = ("dynamodb", "secretsmanager", "stepfunctions", "sns", "s3")


class _OwnServices(Loader):
    """Knows which services there are. botocore opens eight hundred folders to find out whether the one that
    is asked for exists: a third of the time in which a client is made."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's signature
        return list(_SERVICES)


class _ItemsAsSent(JSONParser):
    """Leaves DynamoDB's items in the form of the wire, which `adapters.dynamo` reads. botocore looks at each
    value of each item for blobs to decode; we store none, and it takes most of the time of a large read."""

    def _handle_map(self, shape: Any, value: Any) -> Any:
        whole: Any = super()
        return value if shape.name == "AttributeMap" else whole._handle_map(shape, value)


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> ResponseParser:
        return _ItemsAsSent() if protocol_name == "json" else super().create_parser(protocol_name)


@cache
def session() -> Session:
    """One for all clients: they share what it has loaded."""
    made = Session()
    made.register_component("data_loader", _OwnServices())
    if _reads_maps_as_we_know_it():
        made.register_component("response_parser_factory", _Parsers())
    return made


def _reads_maps_as_we_know_it() -> bool:
    """The runtime's botocore moves on without us: what it has made otherwise is left to it, and is slower."""
    method = getattr(JSONParser, "_handle_map", None)
    return method is not None and list(signature(method).parameters) == ["self", "shape", "value"]


def _client(service: str) -> Any:
    # SAM hands over declared variables even when they are empty: empty means the real service
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or None
    return session().create_client(
        service,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            # a local stack on a busy machine is slower than any DynamoDB
            read_timeout=int(os.environ.get("STORE_READ_SECONDS") or READ_SECONDS),
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # missing in the stubs
            tcp_keepalive=True,
            # the service checks them too: to do it here as well takes a fifth of a large transaction's time
            parameter_validation=False,
            # botocore puts its own together anew for each request
            user_agent=f"Dutchbook Botocore/{botocore.__version__}",
        ),
    )


@cache
def dynamodb() -> "DynamoDBClient":
    client: DynamoDBClient = _client("dynamodb")
    return client


@cache
def secretsmanager() -> "SecretsManagerClient":
    client: SecretsManagerClient = _client("secretsmanager")
    return client


@cache
def stepfunctions() -> "SFNClient":
    client: SFNClient = _client("stepfunctions")
    return client


@cache
def sns() -> "SNSClient":
    client: SNSClient = _client("sns")
    return client


@cache
def s3() -> Any:
    """For recorded books alone."""
    return _client("s3")


def forget_clients() -> None:
    """The next use makes new clients: for tests, each with an AWS of its own."""
    for factory in (session, dynamodb, secretsmanager, stepfunctions, sns, s3):
        factory.cache_clear()


def error_code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def service_errors(what: str) -> Iterator[None]:
    """Turns outages, timeouts and throttling into StoreUnavailable; anything else is a fault of ours and
    passes unchanged (missing permission, malformed request)."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in _RETRYABLE:
            raise StoreUnavailable(f"{what}: {error_code(error)}") from error
        raise
    except (BotoConnectionError, HTTPClientError) as error:
        raise StoreUnavailable(f"{what}: {type(error).__name__}") from error
