"""The sharing rule, whatever the agents, the depth and the minimum."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from dutchbook.domain.allocation import Claim, in_turn, led_by_first, places, share_out

LOT = 10_000
LOTS = st.integers(0, 4_000).map(lambda lots: lots * LOT)


@st.composite
def situations(draw):
    depth = draw(st.integers(1, 40_000_000))
    minimum = draw(st.integers(1, 500)) * LOT
    ends = draw(st.lists(st.integers(0, 45_000_000), min_size=1, max_size=4))
    claims = [
        Claim(f"agt_{number}", draw(st.sampled_from(ends)), draw(st.integers(0, 50_000_000)))
        for number in range(draw(st.integers(0, 12)))
    ]
    return claims, depth, minimum


def shared(situation, seats=12):
    claims, depth, minimum = situation
    return dict(share_out(claims, depth, minimum, LOT, seats))


@settings(max_examples=300, deadline=None)
@given(situations())
def test_all_that_is_shared_out_lies_within_the_reach_of_each_so_any_order_will_do(situation):
    claims, depth, minimum = situation
    shares = shared(situation)
    by_name = {claim.name: claim for claim in claims}
    together = sum(shares.values())
    assert together <= depth
    for name, taken in shares.items():
        assert together <= by_name[name].reach
        assert minimum <= taken <= by_name[name].cap
        assert taken % LOT == 0


@settings(max_examples=300, deadline=None)
@given(situations())
def test_nobody_has_more_than_another_could_have_had(situation):
    """Max-min: whoever has a lot more than I could give it to me, unless I cannot use more."""
    claims, _, _ = situation
    shares = shared(situation)
    by_name = {claim.name: claim for claim in claims}
    for poor, mine in shares.items():
        if mine + LOT <= by_name[poor].cap and len(shares) > 1:
            assert max(shares.values()) <= mine + LOT


@settings(max_examples=300, deadline=None)
@given(situations())
def test_who_comes_later_with_a_shorter_reach_costs_nobody_before_him_anything(situation):
    claims, depth, minimum = situation
    shares = shared(situation)
    turns = [claim for claim in claims if claim.name in shares]
    for number, claim in enumerate(turns):
        before = turns[:number]
        if before and claim.reach < min(depth, *(one.reach for one in before)):
            alone = dict(share_out(before, depth, minimum, LOT, 12))
            both = dict(share_out([*before, claim], depth, minimum, LOT, 12))
            assert {name: both[name] for name in alone} == alone


@settings(max_examples=100, deadline=None)
@given(situations(), st.integers(1, 3))
def test_who_is_served_is_settled_by_the_turn(situation, seats):
    claims, depth, minimum = situation
    assert shared(situation) == shared(situation)
    usable = [claim for claim in claims if min(claim.cap, claim.reach, depth) // LOT * LOT >= minimum]
    served = shared(situation, seats)
    assert len(served) <= seats
    assert list(served) == [claim.name for claim in claims if claim.name in served]
    if usable:
        assert usable[0].name in served, "whoever is first in turn gets in"


@given(st.sets(st.text(min_size=1, max_size=8), max_size=30), st.text(max_size=8))
def test_the_turn_is_a_matter_of_seed_and_name_alone(names, seed):
    order = list(in_turn(seed, sorted(names)))
    assert sorted(order) == sorted(names)
    assert list(in_turn(seed, sorted(names, reverse=True))) == order
    without = [name for name in order if name != order[0]] if order else []
    assert list(in_turn(seed, without)) == without, "who is missing does not change the others' order"


def test_over_many_ticks_everybody_is_served():
    names = [f"agt_{number}" for number in range(40)]
    served = set()
    for tick in range(60):
        claims = [Claim(name, 10 * LOT, 10 * LOT) for name in in_turn(f"tick {tick}", names)]
        served |= {share.name for share in share_out(claims, 10 * LOT, 2 * LOT, LOT, 40)}
    assert served == set(names)


def test_over_many_ticks_the_choosy_are_served_as_often_as_the_others():
    """Who asks for more profit stands aside where others lead, and has the near end where he does."""
    reaches = {f"agt_{number}": (100 if number % 3 else 10) * LOT for number in range(30)}
    served = Counter()
    for tick in range(600):
        turn = led_by_first(list(in_turn(f"tick {tick}", reaches)), reaches.__getitem__)
        claims = [Claim(name, reaches[name], 100 * LOT) for name in turn]
        served.update(share.name for share in share_out(claims, 100 * LOT, 10 * LOT, LOT, 5))
    assert set(served) == set(reaches)
    choosy = [times for name, times in served.items() if reaches[name] == 10 * LOT]
    assert min(choosy) > 5, "one at a time, in a third of the ticks"


def test_those_with_the_leaders_reach_come_next():
    reach_of = {"a": 30, "b": 100, "c": 10, "d": 30, "e": 100}.__getitem__
    assert led_by_first(["a", "b", "c", "d", "e"], reach_of) == ["a", "d", "b", "e", "c"]
    assert led_by_first([], reach_of) == []


def test_equal_shares_and_what_a_small_purse_leaves_goes_to_the_others():
    claims = [Claim("a", 100, 100), Claim("b", 100, 10), Claim("c", 100, 100)]
    assert dict(share_out(claims, 100, 1, 1, 9)) == {"a": 45, "b": 10, "c": 45}


def test_the_first_in_turn_says_how_deep_it_is_shared_out():
    modest, picky = Claim("modest", 100, 100), Claim("picky", 30, 100)
    assert share_out([modest, picky], 100, 1, 1, 9) == [("modest", 100)]
    assert share_out([picky, modest], 100, 1, 1, 9) == [("picky", 15), ("modest", 15)]


def test_a_shorter_reach_finds_room_beside_those_who_cannot_use_more():
    claims = [Claim("poor", 100, 10), Claim("picky", 30, 100), Claim("late", 100, 100)]
    assert share_out(claims, 100, 1, 1, 9) == [("poor", 10), ("picky", 10), ("late", 10)]


def test_lots_that_do_not_divide_go_in_turn():
    claims = [Claim(name, 10, 10) for name in ("c", "a", "b")]
    assert dict(share_out(claims, 10, 1, 1, 9)) == {"c": 4, "a": 3, "b": 3}


def test_a_depth_below_the_minimum_serves_nobody():
    assert places(99, 100) == 0
    assert share_out([Claim("a", 99, 99)], 99, 100, 1, 9) == []
    assert share_out([], 100, 1, 1, 9) == []
