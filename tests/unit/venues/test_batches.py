"""Many reads of one venue: what worked counts, and a deadline leaves what has come."""

import threading

import pytest

from dutchbook.domain.errors import NotSent, VenueUnreachable
from venues.batches import read_all


def failing():
    raise VenueUnreachable("no route")


def test_what_worked_is_given_in_order_and_what_did_not_is_left_out():
    assert read_all([lambda: 1, failing, lambda: 3], 2) == [1, 3]


def test_the_first_failure_is_told_when_none_worked():
    with pytest.raises(NotSent, match="no route"):
        read_all([failing, failing], 2)


def test_one_late_read_costs_itself_alone_and_those_behind_it_are_never_sent():
    gate, sent = threading.Event(), []

    def slow():
        gate.wait(5)
        return "late"

    def read(number):
        sent.append(number)
        return number

    reads = [slow, lambda: read(1), lambda: read(2), slow, lambda: read(3)]
    try:
        assert read_all(reads, 2, seconds=0.2) == [1, 2]
    finally:
        gate.set()
    assert sent == [1, 2]


def test_a_deadline_that_nothing_met_is_an_answer_that_never_came():
    gate = threading.Event()
    try:
        with pytest.raises(NotSent, match=r"no answer within 0.05 s"):
            read_all([lambda: gate.wait(5)], 1, seconds=0.05)
    finally:
        gate.set()


def test_a_single_read_that_may_take_its_time_needs_no_thread():
    assert read_all([threading.get_ident], 4) == [threading.get_ident()]
    assert read_all([threading.get_ident], 4, seconds=5) != [threading.get_ident()]
    with pytest.raises(NotSent):
        read_all([failing], 4)
