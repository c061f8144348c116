"""When the closing of a hedged set stops half-way: one leg is sold, the other is still held and unhedged.

Selling the rest finishes the exit; buying back what was sold restores the hedge. Whichever comes out better
is done, unless it loses more than stopLoss of what the sets were to bring: then a human is called.
"""

from dataclasses import dataclass

from dutchbook.domain.book import Ladder
from dutchbook.domain.dust import REMAINDER_LIMIT, too_small
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE, PPM, format_micros
from dutchbook.domain.quoting import missed_minimum, quote_buy, quote_sell
from dutchbook.domain.repair import Complete, Dust, Quarantine, Unwind
from dutchbook.domain.venue import Outcome, Side


@dataclass(frozen=True, slots=True)
class HalfSold:
    """Shares that were sold of one leg and not yet of the other. Micros."""

    sold: Market
    sold_outcome: Outcome
    shares: int
    proceeds: int
    """What these shares of the sold leg brought, net of fees."""
    left: Market
    left_outcome: Outcome
    expected: int
    """What these shares of all legs together were to bring."""


def choose_exit_repair(
    half: HalfSold, left_bids: Ladder, sold_asks: Ladder, stop_loss: int
) -> Complete | Unwind | Dust | Quarantine:
    """One step, for as much as the books take; the caller asks again after the fill. `stop_loss` in ppm.

    What is below both venues' minimums and was to bring no more than REMAINDER_LIMIT is left as dust.
    """
    options = [option for option in (_sell_rest(half, left_bids), _buy_back(half, sold_asks)) if option]
    if not options and _below_minimums(half, sold_asks) and half.expected <= REMAINDER_LIMIT:
        return Dust(half.shares)
    if not options:
        return Quarantine(
            f"{format_micros(half.shares)} shares on {half.left.venue} can neither be sold nor hedged again"
        )
    best = min(options, key=lambda option: option.loss * PPM // option.quote.net_shares)
    bound = half.expected * best.quote.net_shares // half.shares * stop_loss // PPM
    if best.loss > bound:
        return Quarantine(
            f"the cheaper way out loses ${format_micros(best.loss)}, allowed are ${format_micros(bound)}"
        )
    return best


def _below_minimums(half: HalfSold, asks: Ladder) -> bool:
    price = asks[0][0] if asks else ONE
    return too_small(half.left, Side.SELL, half.shares, ONE) and too_small(
        half.sold, Side.BUY, half.shares, price
    )


def _sell_rest(half: HalfSold, bids: Ladder) -> Complete | None:
    quote = quote_sell(half.left, half.left_outcome, bids, half.shares)
    if quote is None or missed_minimum(half.left, quote):
        return None
    return Complete(quote, _part(half.expected - half.proceeds, quote.shares, half) + quote.cost)


def _buy_back(half: HalfSold, asks: Ladder) -> Unwind | None:
    depth = sum(half.sold.fees.net_of(price, size) for price, size in asks)
    lots = min(half.shares, depth) // half.sold.size_step
    # one lot less where the last one would need more than the book shows
    for wanted in (lots * half.sold.size_step, (lots - 1) * half.sold.size_step):
        quote = quote_buy(half.sold, half.sold_outcome, asks, wanted) if wanted > 0 else None
        if quote is not None and not missed_minimum(half.sold, quote):
            return Unwind(quote, quote.cost - _part(half.proceeds, wanted, half))
    return None


def _part(amount: int, shares: int, half: HalfSold) -> int:
    return amount * min(shares, half.shares) // half.shares
