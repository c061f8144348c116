"""Pairs written by hand in the venues' wordings before the matcher was asked: a floor under what it finds.

A half marked `held_out` was scored before it was looked at pair by pair; docs/adr/0007 has those first
figures, which say what an unseen pair may expect. `python -m bench.match_eval FILE` prints today's.
"""

import json
from pathlib import Path

import pytest

from bench.match_eval import NEGATIVE, POSITIVE, judge_row
from dutchbook.domain.matching.judgement import Relation

FIXTURES = Path(__file__).parents[2] / "fixtures" / "matching"
LEAST_FOUND = {
    ("fresh_markets", "tune"): 0.93,
    ("fresh_markets", "held_out"): 0.86,
    ("more_markets", "tune"): 0.92,
    ("more_markets", "held_out"): 0.93,
    ("fresh_events", "tune"): 0.95,
    ("fresh_events", "held_out"): 0.95,
}


def rows(name, split):
    lines = (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


@pytest.mark.parametrize(("name", "split"), LEAST_FOUND)
def test_most_of_the_same_questions_are_found(name, split):
    positives = [row for row in rows(name, split) if row["label"] in POSITIVE]
    found = [row for row in positives if judge_row(row).relation is Relation.SAME]
    assert len(found) >= LEAST_FOUND[name, split] * len(positives)


@pytest.mark.parametrize(("name", "split"), LEAST_FOUND)
def test_no_near_miss_is_called_the_same(name, split):
    near = [row for row in rows(name, split) if row["label"] in NEGATIVE]
    taken = [row["pair_id"] for row in near if judge_row(row).relation in {Relation.SAME, Relation.INVERSE}]
    assert near
    assert taken == []


def test_the_other_side_of_a_two_way_match_is_the_opposite():
    opposite = [row for row in rows("fresh_markets", "tune") if row["label"] == "inverse"]
    assert [judge_row(row).relation for row in opposite] == [Relation.INVERSE]
