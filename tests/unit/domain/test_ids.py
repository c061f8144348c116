"""Ids are computed, so that a second try of the same thing finds the first."""

import uuid

import pytest

from dutchbook.domain.ids import client_order_id, new_agent_id, order_salt, trade_id, ulid, ulid_time

TICK = ("trd_tick", "pair_1", "kalshi:yes+polymarket:no", "agt_1")


def test_a_ulid_carries_its_time():
    assert ulid_time("01ARZ3NDEKTSV4RRFFQ69G5FAV") == 1_469_922_850_259
    assert ulid_time("trd_" + ulid(1_790_000_000_000, 5)) == 1_790_000_000_000
    assert ulid(0, 31) == "0" * 25 + "Z"


def test_ulids_sort_by_time():
    assert ulid(1_000, 2**80 - 1) < ulid(1_001, 0)


@pytest.mark.parametrize(("time", "low"), [(-1, 0), (1 << 48, 0), (0, -1), (0, 1 << 80)])
def test_a_ulid_has_room_for_so_many_bits(time, low):
    with pytest.raises(ValueError, match="48 time bits"):
        ulid(time, low)


def test_what_is_no_ulid_has_no_time():
    for text in ("", "trd_", "01ARZ3NDEK", "U" * 26):
        with pytest.raises(ValueError, match=r"not a ULID|substring not found"):
            ulid_time(text)


def test_the_same_trade_has_the_same_id_and_any_other_another():
    same = trade_id(1_790_000_000_000, *TICK)
    assert trade_id(1_790_000_000_000, *TICK) == same
    others = {trade_id(1_790_000_000_000, *TICK[:n], "x", *TICK[n + 1 :]) for n in range(len(TICK))}
    assert len(others | {same}) == 1 + len(TICK)


def test_a_trade_id_can_name_an_execution():
    name = trade_id(1_790_000_000_000, *TICK)
    assert len(name) <= 80
    assert name.replace("_", "").isalnum()


def test_each_attempt_of_a_leg_has_its_own_order_id():
    ids = {client_order_id("trd_1", leg, attempt) for leg in range(3) for attempt in range(3)}
    assert len(ids) == 9
    for text in ids:
        assert len(text) == 36
        assert uuid.UUID(text).version == 4
    assert client_order_id("trd_1", 0, 0) == client_order_id("trd_1", 0, 0)


def test_a_salt_is_never_zero_and_fits_a_javascript_number():
    salts = {order_salt("trd_1", leg, attempt) for leg in range(10) for attempt in range(10)}
    assert len(salts) == 100
    assert all(0 < salt < 1 << 53 for salt in salts)


def test_agents_registered_at_once_stay_two():
    assert new_agent_id(1_000) != new_agent_id(1_000)
