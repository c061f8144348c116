"""The table: what is stored, what an AWS error means, and how long contention is borne."""

from decimal import Decimal

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from dutchbook.adapters import aws
from dutchbook.adapters.dynamo import ConditionFailed, Table, Write, from_wire, to_wire
from dutchbook.domain.errors import InvalidInput, StoreUnavailable

KEY = {"pk": "A", "sk": "1"}


class Scripted:
    """A client that fails with the given errors, one a call, and then works."""

    def __init__(self, errors, client=None):
        self.errors = list(errors)
        self.client = client
        self.calls = 0

    def __getattr__(self, name):
        def call(**request):
            self.calls += 1
            if self.errors:
                raise self.errors.pop(0)
            return getattr(self.client, name)(**request) if self.client else {}

        return call


def client_error(code, **more):
    return ClientError({"Error": {"Code": code, "Message": ""}, **more}, "Operation")


def cancelled(*codes):
    reasons = [{"Code": code} for code in codes]
    return client_error("TransactionCanceledException", CancellationReasons=reasons)


def table_on(client, slept=None):
    return Table("T", lambda: client, sleep=(slept if slept is not None else []).append)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=5), plain, max_size=4))
def test_plain_values_come_back_the_same(item):
    assert from_wire(to_wire(item)) == item


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), b"x", {1, 2}, object()])
def test_what_is_no_integer_or_text_is_not_stored(value):
    with pytest.raises(TypeError):
        to_wire({"amount": value})


@pytest.mark.parametrize("word", ["state", "status", "reason", "count", "values", "ttl"])
def test_reserved_words_are_ordinary_names(tables, word):
    tables.ledger.write(Write.put({**KEY, word: 1}))

    changed = tables.ledger.write(Write.update(KEY, f"SET #{word} = :new", f"#{word} = :old", new=2, old=1))

    assert changed == {**KEY, word: 2}


def test_a_failed_condition_tells_which_and_what_was_there_instead(tables):
    tables.ledger.write(Write.put({**KEY, "n": 1}))
    other = {"pk": "A", "sk": "2"}

    with pytest.raises(ConditionFailed) as single:
        tables.ledger.write(Write.put({**KEY, "n": 2}, "attribute_not_exists(#pk)"))
    with pytest.raises(ConditionFailed) as several:
        tables.ledger.transact(
            [
                Write.put({"pk": "A", "sk": "3"}),
                Write.check(KEY, "#n = :n", n=7),
                Write.delete(other, "attribute_exists(#pk)"),
            ]
        )

    assert single.value.item == {**KEY, "n": 1}
    assert several.value.items == {1: {**KEY, "n": 1}, 2: {}}
    assert tables.ledger.get({"pk": "A", "sk": "3"}) is None


def test_a_transaction_conflict_is_tried_again_with_growing_random_waits():
    slept = []
    client = Scripted([cancelled("None", "TransactionConflict"), cancelled("TransactionConflict")])

    table_on(client, slept).transact([Write.put(KEY)])

    assert client.calls == 3
    assert len(slept) == 2
    assert 0 <= slept[0] <= 0.01
    assert 0 <= slept[1] <= 0.02


def test_a_condition_that_failed_beside_a_conflict_is_an_answer():
    client = Scripted([cancelled("TransactionConflict", "ConditionalCheckFailed")])

    with pytest.raises(ConditionFailed) as failure:
        table_on(client).transact([Write.put(KEY), Write.put(KEY)])

    assert failure.value.items == {1: {}}


def test_contention_is_borne_for_ten_attempts():
    client = Scripted([cancelled("TransactionConflict")] * 50)

    with pytest.raises(StoreUnavailable, match="contended"):
        table_on(client).transact([Write.put(KEY)])

    assert client.calls == 10


def test_a_single_write_waits_for_a_transaction_that_holds_its_item():
    client = Scripted([client_error("TransactionConflictException")])

    table_on(client).write(Write.put(KEY))

    assert client.calls == 2


@pytest.mark.parametrize("error", [cancelled("ValidationError"), client_error("AccessDeniedException")])
def test_a_fault_of_ours_is_not_mistaken_for_an_outage(error):
    with pytest.raises(ClientError):
        table_on(Scripted([error])).transact([Write.put(KEY)])
    with pytest.raises(ClientError):
        table_on(Scripted([client_error("ValidationException")])).write(Write.put(KEY))


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("ProvisionedThroughputExceededException"),
        client_error("InternalServerError"),
        ReadTimeoutError(endpoint_url="https://example.invalid"),
    ],
)
@pytest.mark.parametrize(
    "act",
    [
        lambda table: table.get(KEY),
        lambda table: table.get_many([KEY]),
        lambda table: table.query("#pk = :pk", pk="A"),
        lambda table: table.write(Write.put(KEY)),
        lambda table: table.transact([Write.put(KEY)]),
        lambda table: table.put_many([KEY]),
    ],
)
def test_an_outage_is_said_to_be_one_whatever_was_asked(act, error):
    with pytest.raises(StoreUnavailable):
        act(table_on(Scripted([error])))


class Stingy:
    """Answers one key of a batch at a time, as DynamoDB does when it is short of capacity or space."""

    def __init__(self, client):
        self.client = client

    def batch_get_item(self, RequestItems):  # noqa: N803
        ((name, asked),) = RequestItems.items()
        first, left = asked["Keys"][:1], asked["Keys"][1:]
        answer = self.client.batch_get_item(RequestItems={name: {**asked, "Keys": first}})
        return {**answer, "UnprocessedKeys": {name: {**asked, "Keys": left}} if left else {}}

    def batch_write_item(self, RequestItems):  # noqa: N803
        ((name, asked),) = RequestItems.items()
        self.client.batch_write_item(RequestItems={name: asked[:1]})
        return {"UnprocessedItems": {name: asked[1:]} if asked[1:] else {}}


def test_batches_go_on_until_nothing_is_left_over(tables):
    stingy = Stingy(boto3.client("dynamodb"))
    table = Table("MarketsTable", lambda: stingy, sleep=lambda _: None)
    keys = [{"pk": "A", "sk": f"{number:03d}"} for number in range(30)]

    table.put_many(keys)

    assert sorted(item["sk"] for item in table.get_many(keys)) == [key["sk"] for key in keys]


class Mute:
    """Never gets anything done."""

    def batch_get_item(self, RequestItems):  # noqa: N803
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    def batch_write_item(self, RequestItems):  # noqa: N803
        return {"UnprocessedItems": RequestItems}


def test_batches_that_get_nowhere_are_given_up():
    with pytest.raises(StoreUnavailable):
        table_on(Mute()).get_many([KEY])
    with pytest.raises(StoreUnavailable):
        table_on(Mute()).put_many([KEY])


def test_pages_are_followed_and_their_cursor_is_text(tables):
    for number in range(7):
        tables.ledger.write(Write.put({"pk": "A", "sk": str(number)}))

    first, cursor = tables.ledger.query("#pk = :pk", pk="A", limit=3)
    every = list(tables.ledger.query_all("#pk = :pk", pk="A", limit=3))

    assert [item["sk"] for item in first] == ["0", "1", "2"]
    assert len(every) == 7
    assert cursor.isascii()
    with pytest.raises(InvalidInput):
        tables.ledger.query("#pk = :pk", pk="A", start="garbage!")


def test_clients_are_made_once_with_short_timeouts_and_an_empty_endpoint_means_aws(tables, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")

    for factory in (aws.dynamodb, aws.secretsmanager, aws.stepfunctions, aws.sns):
        client = factory()
        assert client is factory()
        assert client.meta.endpoint_url.endswith(".amazonaws.com")
        assert client.meta.config.connect_timeout == aws.CONNECT_SECONDS
        assert client.meta.config.read_timeout == aws.READ_SECONDS

    aws.forget_clients()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:5999")
    assert aws.dynamodb().meta.endpoint_url == "http://localhost:5999"


def test_the_system_clock_tells_unix_milliseconds():
    import time

    from dutchbook.adapters.clock import SystemClock

    assert abs(SystemClock().now_ms() - time.time() * 1000) < 5000
