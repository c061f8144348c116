"""What an order gets from a ladder, level by level, in lots, with the venue's fees."""

from dutchbook.domain.book import Ladder, Level
from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE, format_micros, mul_ceil, mul_floor
from dutchbook.domain.opportunity import LegQuote
from dutchbook.domain.venue import Outcome, Side


def quote_buy(market: Market, outcome: Outcome, asks: Ladder, net_shares: int) -> LegQuote | None:
    """Buys so that at least `net_shares` (micros) are held after a fee in shares, in whole lots.

    What is held above `net_shares` is less than a lot. None when the ladder is too thin, or when no price
    on the market's grid reaches the level.
    """
    takes = _grossed_up(market, asks, net_shares)
    limit = _grid_up(market, takes[-1][0]) if takes else None
    if not takes or limit is None:
        return None
    notional = fee_usd = fee_shares = 0
    for price, shares in takes:
        notional += mul_ceil(price, shares)
        charge = market.fees.charge(Side.BUY, price, shares)
        fee_usd += charge.usd
        fee_shares += charge.shares
    gross = sum(shares for _, shares in takes)
    return LegQuote(
        venue=market.venue,
        market_id=market.market_id,
        outcome=outcome,
        side=Side.BUY,
        limit_price=limit,
        shares=gross,
        net_shares=gross - fee_shares,
        notional=notional,
        fee_usd=fee_usd,
        fee_shares=fee_shares,
        levels=len(takes),
        depth=sum(size for price, size in asks if price <= limit),
        # rounding of several fills can exceed one fill at the limit by a few micros
        reserve=max(worst_cost(market, gross, limit), notional + fee_usd),
    )


def quote_sell(market: Market, outcome: Outcome, bids: Ladder, shares: int) -> LegQuote | None:
    """Sells up to `shares` (micros) in whole lots, as far as the ladder reaches; None where nothing sells."""
    left = min(shares, sum(size for _, size in bids))
    left -= left % market.size_step
    takes: list[Level] = []
    for price, size in bids:
        if not left:
            break
        takes.append((price, min(left, size)))
        left -= takes[-1][1]
    limit = _grid_down(market, takes[-1][0]) if takes else None
    if limit is None:
        return None
    gross = sum(taken for _, taken in takes)
    return LegQuote(
        venue=market.venue,
        market_id=market.market_id,
        outcome=outcome,
        side=Side.SELL,
        limit_price=limit,
        shares=gross,
        net_shares=gross,
        notional=sum(mul_floor(price, taken) for price, taken in takes),
        fee_usd=sum(market.fees.charge(Side.SELL, price, taken).usd for price, taken in takes),
        fee_shares=0,
        levels=len(takes),
        depth=sum(size for price, size in bids if price >= limit),
        reserve=0,
    )


def worst_cost(market: Market, shares: int, limit_price: int) -> int:
    """What a BUY of `shares` gross costs if all of it fills at the limit, fees in: the money to set aside.

    No level at or below the limit costs more a share, fees in: price plus fee rises with the price.
    """
    return mul_ceil(limit_price, shares) + market.fees.charge(Side.BUY, limit_price, shares).usd


def missed_minimum(market: Market, quote: LegQuote) -> str:
    """The venue's minimum that the order is below, in words; empty when it is below none.

    The least notional is asked of buys only: no venue states one for sells, and one that refused would
    refuse without harm.
    """
    if quote.shares < market.min_size:
        return f"{market.venue}'s minimum of {format_micros(market.min_size)} shares"
    if quote.side is Side.BUY and quote.notional < market.min_notional:
        return f"{market.venue}'s minimum of ${format_micros(market.min_notional)}"
    return ""


def _grossed_up(market: Market, asks: Ladder, net_shares: int) -> list[Level]:
    """What to take of each level, in whole lots altogether; empty when the ladder is too thin."""
    fees, wanted = market.fees, net_shares
    takes: list[Level] = []
    gross = 0
    for price, size in asks:
        if wanted > 0:
            needed = min(size, fees.gross_up(price, wanted))
            wanted -= needed - fees.charge(Side.BUY, price, needed).shares
        else:
            needed = 0
        if wanted <= 0:
            # the last lot is completed from this level and, where it ends, from the next
            needed += min(size - needed, -(gross + needed) % market.size_step)
        if needed:
            takes.append((price, needed))
            gross += needed
        if wanted <= 0 and gross % market.size_step == 0:
            return takes
    return []


def _grid_up(market: Market, price: int) -> int | None:
    """Lowest price of the market's grid at or above this one."""
    for band in sorted(market.price_bands):
        if price <= band.end:
            least = max(price, band.start)
            least += (band.start - least) % band.step
            if least <= band.end and 0 < least < ONE:
                return least
    return None


def _grid_down(market: Market, price: int) -> int | None:
    """Highest price of the market's grid at or below this one."""
    for band in sorted(market.price_bands, reverse=True):
        if price >= band.start:
            most = min(price, band.end)
            most -= (most - band.start) % band.step
            if most >= band.start and 0 < most < ONE:
                return most
    return None
