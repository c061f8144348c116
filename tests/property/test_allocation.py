"""The sharing rule, whatever the agents, the depth and the minimum."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dutchbook.domain.allocation import Claim, in_turn, places, share_out

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


@settings(max_examples=300, deadline=None)
@given(situations())
def test_no_slice_is_sold_twice_and_every_share_is_worth_an_order(situation):
    claims, depth, minimum = situation
    shares = dict(share_out(claims, depth, minimum, LOT))
    by_name = {claim.name: claim for claim in claims}
    for name, taken in shares.items():
        assert minimum <= taken <= min(by_name[name].cap, by_name[name].reach, depth)
        assert taken % LOT == 0
    for end in {claim.reach for claim in claims} | {depth}:
        inside = sum(taken for name, taken in shares.items() if min(by_name[name].reach, depth) <= end)
        assert inside <= min(end, depth)


@settings(max_examples=300, deadline=None)
@given(situations())
def test_nobody_has_more_than_another_could_have_had(situation):
    """Max-min: whoever has a lot more than I could give it to me, unless mine is full or out of my reach."""
    claims, depth, minimum = situation
    shares = dict(share_out(claims, depth, minimum, LOT))
    by_name = {claim.name: claim for claim in claims}
    room = {
        end: end - sum(taken for name, taken in shares.items() if min(by_name[name].reach, depth) <= end)
        for end in {min(claim.reach, depth) for claim in claims}
    }
    for poor, mine in shares.items():
        reach = min(by_name[poor].reach, depth)
        if mine + LOT > min(by_name[poor].cap, reach):
            continue
        full = [end for end, left in room.items() if end >= reach and left < LOT]
        assert full, "depth is left within reach of somebody who could use it"
        # some reach around mine is full, and nobody inside it has more than rounding to lots explains
        assert any(
            all(
                taken <= mine + LOT
                for name, taken in shares.items()
                if min(by_name[name].reach, depth) <= end
            )
            for end in full
        )


@settings(max_examples=100, deadline=None)
@given(situations())
def test_who_is_served_is_settled_by_the_turn_and_served_from_the_near_end(situation):
    claims, depth, minimum = situation
    shares = share_out(claims, depth, minimum, LOT)
    reach = {claim.name: min(claim.reach, depth) for claim in claims}
    assert [reach[share.name] for share in shares] == sorted(reach[share.name] for share in shares)
    assert shares == share_out(claims, depth, minimum, LOT)
    usable = [claim for claim in claims if min(claim.cap, reach[claim.name]) // LOT * LOT >= minimum]
    if usable:
        assert usable[0].name in {share.name for share in shares}, "whoever is first in turn gets in"


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
        served |= {share.name for share in share_out(claims, 10 * LOT, 2 * LOT, LOT)}
    assert served == set(names)


def test_equal_shares_and_what_a_small_purse_leaves_goes_to_the_others():
    claims = [Claim("a", 100, 100), Claim("b", 100, 10), Claim("c", 100, 100)]
    assert dict(share_out(claims, 100, 1, 1)) == {"a": 45, "b": 10, "c": 45}


def test_who_asks_for_more_profit_has_the_near_end_alone_only_when_others_reach_further():
    claims = [Claim("modest", 100, 100), Claim("picky", 30, 100)]
    assert share_out(claims, 100, 1, 1) == [("picky", 30), ("modest", 70)]
    assert share_out([Claim("a", 30, 100), Claim("b", 30, 100)], 100, 1, 1) == [("a", 15), ("b", 15)]


def test_lots_that_do_not_divide_go_in_turn():
    claims = [Claim(name, 10, 10) for name in ("c", "a", "b")]
    assert dict(share_out(claims, 10, 1, 1)) == {"c": 4, "a": 3, "b": 3}


def test_a_depth_below_the_minimum_serves_nobody():
    assert places(99, 100) == 0
    assert share_out([Claim("a", 99, 99)], 99, 100, 1) == []
    assert share_out([], 100, 1, 1) == []
