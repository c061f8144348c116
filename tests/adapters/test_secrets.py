"""Credentials: kept in Secrets Manager alone, cached shortly, never shown."""

import boto3
import pytest
from botocore.exceptions import ClientError

from dutchbook.adapters.secrets import AuditedSecrets, SecretsManagerStore
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from tests.support.agents import MemoryAgents


@pytest.fixture
def store(tables):
    return SecretsManagerStore("/dutchbook/test/agents")


def revealed(fields):
    return None if fields is None else {name: secret.reveal() for name, secret in fields.items()}


def test_credentials_come_back_as_secrets(store):
    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("id-1"), "private_key": Secret("pem\nline")})

    fields = store.get("agt_1", Venue.KALSHI)

    assert revealed(fields) == {"key_id": "id-1", "private_key": "pem\nline"}
    assert "id-1" not in repr(fields)
    assert store.get("agt_1", Venue.POLYMARKET) is None


def test_each_agent_and_venue_has_a_secret_of_its_own(store):
    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("id-1")})

    names = [found["Name"] for found in boto3.client("secretsmanager").list_secrets()["SecretList"]]

    assert names == ["/dutchbook/test/agents/agt_1/kalshi"]


def test_a_rotated_or_removed_credential_is_so_at_once_everywhere(store):
    elsewhere = SecretsManagerStore("/dutchbook/test/agents")
    assert elsewhere.get("agt_1", Venue.KALSHI) is None
    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("old")})
    assert revealed(elsewhere.get("agt_1", Venue.KALSHI)) == {"key_id": "old"}

    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("new")})

    assert revealed(elsewhere.get("agt_1", Venue.KALSHI)) == {"key_id": "new"}
    store.delete("agt_1", Venue.KALSHI)
    assert elsewhere.get("agt_1", Venue.KALSHI) is None


def test_a_removed_credential_is_gone_and_its_place_is_free(store):
    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("old")})
    store.get("agt_1", Venue.KALSHI)

    store.delete("agt_1", Venue.KALSHI)
    store.delete("agt_1", Venue.KALSHI)

    assert store.get("agt_1", Venue.KALSHI) is None
    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("new")})
    assert revealed(store.get("agt_1", Venue.KALSHI)) == {"key_id": "new"}


class Racing:
    """Secrets Manager in which another request creates the secret just before ours does."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        return getattr(self.client, name)

    def create_secret(self, **request):
        self.client.create_secret(Name=request["Name"], SecretString="{}")
        return self.client.create_secret(**request)


def test_two_requests_that_create_one_secret_both_succeed(tables):
    racing = Racing(boto3.client("secretsmanager"))
    store = SecretsManagerStore("/dutchbook/test/agents", lambda: racing)

    store.put("agt_1", Venue.KALSHI, {"key_id": Secret("ours")})

    assert revealed(store.get("agt_1", Venue.KALSHI)) == {"key_id": "ours"}


class Forbidden:
    def __getattr__(self, name):
        def refuse(**request):
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, name)

        return refuse


def test_a_missing_permission_is_not_mistaken_for_missing_credentials():
    store = SecretsManagerStore("/dutchbook/test/agents", Forbidden)

    with pytest.raises(ClientError):
        store.get("agt_1", Venue.KALSHI)
    with pytest.raises(ClientError):
        store.put("agt_1", Venue.KALSHI, {"key_id": Secret("a")})
    with pytest.raises(ClientError):
        store.delete("agt_1", Venue.KALSHI)


def test_every_read_is_written_down_before_it_happens(store, clock):
    agents = MemoryAgents(clock)
    audited = AuditedSecrets(store, agents, clock, "execute")
    audited.put("agt_1", Venue.KALSHI, {"key_id": Secret("id-1")})
    assert revealed(audited.get("agt_1", Venue.KALSHI)) == {"key_id": "id-1"}
    (entry,) = agents.audit("agt_1", 10).items
    assert (entry.actor, entry.action, entry.detail) == ("execute", "credentials.read", {"venue": "kalshi"})
    audited.delete("agt_1", Venue.KALSHI)
    assert store.get("agt_1", Venue.KALSHI) is None


def test_what_cannot_be_written_down_is_not_read(store, clock):
    class Away(MemoryAgents):
        def write_audit(self, agent_id, entry):
            raise StoreUnavailable("away")

    class Unread:
        def get(self, agent_id, venue):
            raise AssertionError("read all the same")

    with pytest.raises(StoreUnavailable):
        AuditedSecrets(Unread(), Away(clock), clock, "execute").get("agt_1", Venue.KALSHI)
