"""Hypothesis strategies for markets and ladders as venues have them: prices on ticks, sizes in hundredths."""

from hypothesis import strategies as st

from dutchbook.domain.book import Ladder, ask_ladder, bid_ladder
from dutchbook.domain.fees import FeeSchedule, KalshiFees, LimitlessFees, LimitlessUnknownFees, PolymarketFees
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from tests.support.markets import a_market

CENT = 10_000

prices = st.integers(1, 99).map(lambda cents: cents * CENT)
sizes = st.integers(1, 30_000).map(lambda hundredths: hundredths * CENT)
levels = st.lists(st.tuples(prices, sizes), min_size=1, max_size=6)
asks: st.SearchStrategy[Ladder] = levels.map(ask_ladder)
bids: st.SearchStrategy[Ladder] = levels.map(bid_ladder)
shares = st.integers(1, 10**10)

kalshi_fees = st.builds(
    KalshiFees,
    rate_ppm=st.sampled_from([70_000, 17_500]),
    multiplier_ppm=st.sampled_from([0, 500_000, 1_000_000]),
    precision=st.sampled_from([100, 10_000]),
)
polymarket_fees = st.builds(
    PolymarketFees,
    rate_ppm=st.sampled_from([0, 30_000, 40_000, 50_000, 70_000]),
    exponent=st.sampled_from([1, 2]),
)
limitless_fees = st.builds(LimitlessFees, rate_bps=st.integers(0, 300), collateral=st.booleans()) | st.builds(
    LimitlessUnknownFees, rate_bps=st.integers(0, 300)
)
schedules: st.SearchStrategy[FeeSchedule] = st.one_of(kalshi_fees, polymarket_fees, limitless_fees)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """A market of any venue, with fees of its kind."""
    venue = draw(st.sampled_from(Venue))
    fees = {
        Venue.KALSHI: kalshi_fees,
        Venue.POLYMARKET: polymarket_fees,
        Venue.LIMITLESS: limitless_fees,
    }[venue]
    return a_market(venue, fees=draw(fees))


def depth(ladder: Ladder) -> int:
    return sum(size for _, size in ladder)


def dearer(ladder: Ladder, by: int) -> Ladder:
    """The same sizes at higher prices, what would cost a dollar or more left out."""
    return ask_ladder((price + by, size) for price, size in ladder if price + by < ONE)
