"""`dutchbook.ports.secrets.SecretStore` on Secrets Manager: one secret for each agent and venue."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from dutchbook.adapters import aws
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.secrets import SecretStore

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_GONE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
"""Unknown, or marked for deletion."""


class SecretsManagerStore:
    """Credentials under ``PREFIX/AGENT/VENUE``, as a JSON object of strings.

    Nothing is kept in memory: what is read is what is stored now. (Live connectors keep the session that they
    open with it, for five minutes.) Removed secrets are gone at once and for good: a credential that its
    owner has taken back must not be restorable, and its name must be free for the next one.
    """

    def __init__(
        self,
        prefix: str,
        client: "Callable[[], SecretsManagerClient]" = aws.secretsmanager,
        kms_key_id: str = "",
    ) -> None:
        self._prefix = prefix.rstrip("/")
        self._client = client
        self._kms_key_id = kms_key_id

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None:
        name = self._name(agent_id, venue)
        text = json.dumps({field: secret.reveal() for field, secret in fields.items()})
        with aws.service_errors("credentials"):
            try:
                self._client().put_secret_value(SecretId=name, SecretString=text)
            except ClientError as error:
                if aws.error_code(error) not in _GONE:
                    raise
                self._create(name, text)

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        with aws.service_errors("credentials"):
            try:
                text = self._client().get_secret_value(SecretId=self._name(agent_id, venue))["SecretString"]
            except ClientError as error:
                if aws.error_code(error) in _GONE:
                    return None
                raise
        return {field: Secret(value) for field, value in json.loads(text).items()}

    def delete(self, agent_id: str, venue: Venue) -> None:
        name = self._name(agent_id, venue)
        with aws.service_errors("credentials"):
            try:
                self._client().delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
            except ClientError as error:
                if aws.error_code(error) not in _GONE:
                    raise

    def _create(self, name: str, text: str) -> None:
        key = {"KmsKeyId": self._kms_key_id} if self._kms_key_id else {}
        try:
            self._client().create_secret(Name=name, SecretString=text, **key)  # type: ignore[arg-type]
        except ClientError as error:
            if aws.error_code(error) != "ResourceExistsException":
                raise
            # another request created it a moment ago: the last one counts
            self._client().put_secret_value(SecretId=name, SecretString=text)

    def _name(self, agent_id: str, venue: Venue) -> str:
        return f"{self._prefix}/{agent_id}/{venue.value}"


class AuditedSecrets:
    """A store of which every read stands in the agent's audit: who looked, at which venue's keys, when.

    A function reads an agent's keys once in five minutes, when it opens a session, not at each order.
    """

    def __init__(self, inner: SecretStore, agents: Agents, clock: Clock, reader: str) -> None:
        self._inner = inner
        self._agents = agents
        self._clock = clock
        self._reader = reader

    def put(self, agent_id: str, venue: Venue, fields: Mapping[str, Secret]) -> None:
        self._inner.put(agent_id, venue, fields)

    def get(self, agent_id: str, venue: Venue) -> Mapping[str, Secret] | None:
        # written first: a read that nobody could write down does not happen
        now = utc(self._clock.now_ms())
        entry = AuditEntry(now, self._reader, "credentials.read", {"venue": venue.value})
        self._agents.write_audit(agent_id, entry)
        return self._inner.get(agent_id, venue)

    def delete(self, agent_id: str, venue: Venue) -> None:
        self._inner.delete(agent_id, venue)
