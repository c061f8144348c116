"""What must be refused is refused with its family named; what is unknown goes to an operator."""

import json
from pathlib import Path

import pytest

from dutchbook.domain.matching.judge import judge
from dutchbook.domain.matching.listing import Listing

PAIRS = json.loads((Path(__file__).parents[2] / "fixtures" / "matching" / "rule_pairs.json").read_text())[
    "pairs"
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_a_rule_pair_comes_out_as_a_careful_reader_would_say(pair):
    left, right = (Listing(side, side, **pair[side]) for side in ("left", "right"))
    judgement = judge(left, right)
    assert judgement.relation == pair["expected"], judgement
    families = {veto.family.value for veto in (*judgement.vetoes, *judgement.doubts)}
    assert set(pair["families"]) <= families, judgement
