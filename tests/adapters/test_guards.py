"""Nonces and credential stubs in DynamoDB, token keys in Secrets Manager (moto)."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest

from dutchbook.adapters.credentials import DynamoCredentials
from dutchbook.adapters.guards import DynamoLeases, DynamoNonces, DynamoReplays
from dutchbook.adapters.token_secret import read_secret
from dutchbook.domain.errors import WrongState
from dutchbook.domain.venue import Venue
from dutchbook.usecases.manage_credentials import CredentialRecord
from local.template import REGION
from tests.support.market_data import FakeClock

AGENT = "agt_01KAQSM8000000000000000001"
NOW = 1_795_435_200


def test_a_nonce_is_consumed_once_and_in_time(tables):
    nonces = DynamoNonces(tables.guards)
    nonces.add("abc", NOW + 300)
    assert nonces.consume("abc", NOW) is True
    assert nonces.consume("abc", NOW) is False
    assert nonces.consume("never", NOW) is False
    nonces.add("late", NOW + 300)
    assert nonces.consume("late", NOW + 300) is False


def test_an_answer_is_remembered_for_its_request_and_owner(tables):
    replays = DynamoReplays(tables.guards)
    assert replays.begin("w|key", "hash-1", NOW + 100, NOW) is None
    replays.finish("w|key", "hash-1", "agt_1", NOW + 100)
    found = replays.begin("w|key", "hash-1", NOW + 100, NOW)
    assert (found.request, found.answer) == ("hash-1", "agt_1")
    assert replays.begin("w|key", "hash-2", NOW + 100, NOW).request == "hash-1"
    assert replays.begin("other|key", "hash-1", NOW + 100, NOW) is None


def test_a_request_under_way_has_no_answer_and_a_failed_one_leaves_nothing(tables):
    replays = DynamoReplays(tables.guards)
    replays.begin("w|key", "hash-1", NOW + 100, NOW)
    assert replays.begin("w|key", "hash-1", NOW + 100, NOW).answer == ""
    replays.forget("w|key", "hash-1")
    assert replays.begin("w|key", "hash-1", NOW + 100, NOW) is None


def test_an_expired_answer_is_not_one_even_before_ttl_has_tidied_up(tables):
    replays = DynamoReplays(tables.guards)
    replays.begin("w|key", "hash-1", NOW + 100, NOW)
    assert replays.begin("w|key", "hash-2", NOW + 300, NOW + 100) is None


def test_stubs_are_kept_beside_the_agent(tables):
    records = DynamoCredentials(tables.ledger)
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    kalshi = CredentialRecord(Venue.KALSHI, "rsa key", "key-1", "US-NY", at)
    limitless = CredentialRecord(Venue.LIMITLESS, "token", "0xab", "CH", at, verified_at=at)
    records.put(AGENT, kalshi)
    records.put(AGENT, limitless)
    records.put("agt_other", kalshi)
    assert records.of_agent(AGENT) == [kalshi, limitless]
    records.delete(AGENT, Venue.KALSHI)
    records.delete(AGENT, Venue.KALSHI)
    assert records.of_agent(AGENT) == [limitless]


def test_a_stub_that_was_set_anew_or_removed_is_not_put_back_by_a_test(tables):
    records = DynamoCredentials(tables.ledger)
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    first = CredentialRecord(Venue.KALSHI, "rsa key", "key-1", "US-NY", at, set_id="a")
    second = replace(first, set_id="b")
    records.put(AGENT, first)
    records.verified(AGENT, replace(first, verified_at=at))
    assert records.of_agent(AGENT) == [replace(first, verified_at=at)]
    records.put(AGENT, second)
    with pytest.raises(WrongState):
        records.verified(AGENT, replace(first, verified_at=at))
    assert records.of_agent(AGENT) == [second]
    records.delete(AGENT, Venue.KALSHI)
    with pytest.raises(WrongState):
        records.verified(AGENT, replace(second, verified_at=at))
    assert records.of_agent(AGENT) == []


def test_token_keys_are_read_as_text(tables):
    text = json.dumps({"kid": "k1", "current": "c" * 64})
    boto3.client("secretsmanager", region_name=REGION).create_secret(Name="token", SecretString=text)
    assert read_secret("token") == text


def test_a_lease_has_one_owner_and_counts_how_often_it_was_taken(tables):
    clock = FakeClock(NOW * 1000)
    mine, other = DynamoLeases(tables.guards, clock), DynamoLeases(tables.guards, clock)
    assert mine.take("trd_1", 60) == 1
    assert other.take("trd_1", 60) == 0
    assert other.take("trd_2", 60) == 1
    mine.give_back("trd_1")
    assert other.take("trd_1", 60) == 2
    clock.advance(59_000)
    assert mine.take("trd_1", 60) == 0
    # whoever died with it keeps it no longer than it was taken for, TTL or not
    clock.advance(1_000)
    assert mine.take("trd_1", 60) == 3


def test_giving_back_what_was_never_taken_makes_nothing(tables):
    leases = DynamoLeases(tables.guards, FakeClock(NOW * 1000))
    leases.give_back("trd_1")
    assert leases.take("trd_1", 60) == 1
