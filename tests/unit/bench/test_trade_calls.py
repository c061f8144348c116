"""The counts that docs/cost.md reckons with: reads by their strength, writes by the item."""

from types import SimpleNamespace

import pytest

from bench.trade_calls import Meter

KEYS = [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}]


def seen(operation, **params):
    meter = Meter()
    meter.note(params=params, model=SimpleNamespace(name=operation), event_name="provide-client-params")
    return dict(meter.seen)


@pytest.mark.parametrize(
    ("operation", "params", "counted"),
    [
        ("GetItem", {"ConsistentRead": True}, {"strong_reads": 1}),
        ("Query", {}, {"eventual_reads": 1}),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": KEYS, "ConsistentRead": True}}},
            {"strong_reads": 2},
        ),
        ("TransactWriteItems", {"TransactItems": [{}, {}, {}]}, {"transacted_items": 3}),
        ("BatchWriteItem", {"RequestItems": {"t": [{}, {}]}}, {"single_writes": 2}),
        ("UpdateItem", {}, {"single_writes": 1}),
    ],
)
def test_what_is_asked_is_counted_as_dynamodb_bills_it(operation, params, counted):
    assert seen(operation, **params) == counted


def test_a_request_of_a_new_kind_is_not_left_out_in_silence():
    with pytest.raises(ValueError, match="Scan"):
        seen("Scan")
