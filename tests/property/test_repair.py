"""What holds for every way out of an unhedged leg."""

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.dust import REMAINDER_LIMIT, dust_of
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.repair import Complete, Dust, Quarantine, Unhedged, Unwind, choose_repair
from dutchbook.domain.venue import Outcome, Side
from tests.support import strategies as some

unhedged = st.builds(
    Unhedged,
    held=some.markets(),
    held_outcome=st.sampled_from(Outcome),
    shares=st.integers(1, 500 * ONE),
    cost=st.integers(1, 500 * ONE),
    short=some.markets(),
    short_outcome=st.sampled_from(Outcome),
)
ladders = st.one_of(st.just(()), some.bids)
askers = st.one_of(st.just(()), some.asks)


@given(unhedged, ladders, askers, st.integers(0, PPM))
def test_a_repair_mends_no_more_than_is_unhedged_and_loses_no_more_than_allowed(bet, bids, asks, stop_loss):
    found = choose_repair(bet, bids, asks, stop_loss)
    dust = dust_of(bet.held, bet.short)
    if isinstance(found, Dust):
        too_little = bet.shares < bet.held.min_size or bet.shares < bet.held.size_step
        assert bet.shares <= dust or (too_little and bet.cost <= REMAINDER_LIMIT)
        return
    assert bet.shares > dust
    if isinstance(found, Quarantine):
        assert found.reason
        return
    quote = found.quote
    assert 0 < quote.net_shares <= bet.shares + (dust if isinstance(found, Complete) else 0)
    mended = min(quote.net_shares, bet.shares)
    assert found.loss * bet.shares * PPM <= (bet.cost * mended + bet.shares) * stop_loss
    market, outcome, side = (
        (bet.short, bet.short_outcome, Side.BUY)
        if isinstance(found, Complete)
        else (bet.held, bet.held_outcome, Side.SELL)
    )
    assert (quote.key, quote.outcome, quote.side) == (market.key, outcome, side)
    assert quote.shares >= market.min_size
    assert quote.shares <= some.depth(asks if side is Side.BUY else bids)


@given(unhedged, ladders, askers)
def test_the_cheaper_way_out_is_taken(bet, bids, asks):
    both = choose_repair(bet, bids, asks, 10**12)
    alone = [choose_repair(bet, bids, (), 10**12), choose_repair(bet, (), asks, 10**12)]
    options = [option for option in alone if isinstance(option, Complete | Unwind)]
    if options:
        assert isinstance(both, Complete | Unwind)
        cheapest = min(option.loss * PPM // option.quote.net_shares for option in options)
        assert both.loss * PPM // both.quote.net_shares == cheapest
    else:
        assert isinstance(both, Dust | Quarantine)


@given(unhedged, ladders, askers)
def test_what_is_left_can_be_sold_or_ignored(bet, bids, asks):
    found = choose_repair(bet, bids, asks, 10**12)
    if isinstance(found, Complete | Unwind):
        rest = bet.shares - found.quote.net_shares
        lot = max(bet.held.size_step, bet.short.size_step)
        nothing_better = bet.shares < 2 * bet.held.min_size + lot
        assert rest <= dust_of(bet.held, bet.short) or rest >= bet.held.min_size or nothing_better
