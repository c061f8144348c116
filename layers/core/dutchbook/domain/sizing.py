"""How much of a curve one agent may take, priced to the millionth."""

from collections.abc import Iterable, Mapping
from itertools import accumulate, takewhile
from math import lcm
from typing import NamedTuple

from dutchbook.domain.fees import PICO
from dutchbook.domain.money import ONE, PPM, div_ceil, format_micros
from dutchbook.domain.opportunity import Curve, LegQuote, Opportunity, Reason, Rejection
from dutchbook.domain.quoting import missed_minimum, quote_buy
from dutchbook.domain.ranking import annualised, days_until, settles_at
from dutchbook.domain.venue import Venue

_NO_MONEY = PICO**2
"""The strain of anything on nothing."""

_HARDER_FIRST: Mapping[Venue, int] = {Venue.LIMITLESS: 0, Venue.KALSHI: 1, Venue.POLYMARKET: 2}


class _Priced(NamedTuple):
    """Both legs at one size, and what it costs, fees in."""

    shares: int
    cost: int
    legs: tuple[LegQuote, LegQuote]


def cut(
    curve: Curve,
    min_profit: int,
    max_cost: int,
    budgets: Mapping[Venue, int],
    max_shares: int | None = None,
) -> Opportunity | Rejection:
    """The largest size whose every slice returns at least `min_profit` (ppm) and that the money allows.

    `max_cost` caps what must be set aside for both legs, `budgets` what may be set aside on each venue
    (a venue that is not named has nothing), micros of a dollar. What is set aside is the worst case: each
    leg at its limit price. `max_shares` caps the net shares, where the depth is not for one agent alone. The
    curve says how far it pays; that size is rounded down to lots and priced with
    every rounding the venues do, and its last slice must still pay after that.
    """
    if curve.best_return < min_profit:
        return _reject(curve, Reason.BELOW_MIN_PROFIT, curve.best_return, min_profit)
    ends = _paying_ends(curve, min_profit)
    deepest = _deepest(curve, ends[-1] if max_shares is None else min(max_shares, ends[-1]))
    affordable = _affordable(curve, deepest, max_cost, budgets)
    best = _still_paying(curve, affordable, ends, min_profit)
    if affordable and not best:
        return _reject(curve, Reason.BELOW_MIN_PROFIT, _net_return(affordable), min_profit)
    minimum = _missed_minimum(curve, best) if best else "one lot"
    if best and not minimum:
        return _opportunity(curve, best)
    if deepest is not affordable:
        return _reject(curve, Reason.BUDGET, _money(curve, max_cost, budgets), minimum)
    return _reject(curve, Reason.BELOW_MINIMUM, minimum)


def reach(curve: Curve, min_profit: int) -> int:
    """Net shares, from the near end of the curve, whose every slice returns at least `min_profit` (ppm)."""
    return sum(_paying(curve, min_profit))


def lot(curve: Curve) -> int:
    """Net shares come in lots of both venues."""
    return lcm(curve.direction.a.size_step, curve.direction.b.size_step)


def least_shares(curve: Curve) -> int:
    """A size, in whole lots, at which no venue's minimum is missed anywhere on the curve.

    Taken at the best prices, where a dollar's worth is most shares: further on it may be more than is needed.
    """
    direction = curve.direction
    needs = [
        max(market.min_size, div_ceil(market.min_notional * ONE, asks[0][0]))
        for market, asks in ((direction.a, curve.a_asks), (direction.b, curve.b_asks))
    ]
    step = lot(curve)
    return max(1, div_ceil(max(needs), step)) * step


def order_legs(legs: Iterable[LegQuote]) -> tuple[LegQuote, ...]:
    """Harder leg first: Limitless (it may delay), then less depth at the limit, then Kalshi."""

    def hardness(leg: LegQuote) -> tuple[bool, int, int]:
        return leg.venue is not Venue.LIMITLESS, leg.depth, _HARDER_FIRST[leg.venue]

    return tuple(sorted(legs, key=hardness))


def _paying_ends(curve: Curve, min_profit: int) -> list[int]:
    """Net shares at the end of each slice that returns at least min_profit, up to the first that does not."""
    return list(accumulate(_paying(curve, min_profit)))


def _paying(curve: Curve, min_profit: int) -> list[int]:
    """Net shares of each slice up to the first that returns less."""
    dearest = PICO * PPM // (PPM + min_profit)
    paying = takewhile(lambda slice_: slice_[1] <= dearest, zip(curve.shares, curve.unit_costs, strict=True))
    return [shares for shares, _ in paying]


def _price(curve: Curve, shares: int) -> _Priced | None:
    direction = curve.direction
    a = quote_buy(direction.a, direction.a_outcome, curve.a_asks, shares)
    b = quote_buy(direction.b, direction.b_outcome, curve.b_asks, shares)
    return None if a is None or b is None else _Priced(shares, a.cost + b.cost, (a, b))


def _deepest(curve: Curve, at_most: int) -> _Priced | None:
    """The largest size at most this that both books can fill in whole lots.

    Nearly always the first one asked for. Bisects where grossing up to a lot needs more than the books
    show, or where the last levels lie at prices that no order may have.
    """
    step = lot(curve)
    best, low, high = None, 0, at_most // step
    middle = high
    while low < high:
        priced = _price(curve, middle * step)
        if priced is None:
            high = middle - 1
        else:
            best, low = priced, middle
        middle = (low + high + 1) // 2
    return best


def _affordable(
    curve: Curve, deepest: _Priced | None, max_cost: int, budgets: Mapping[Venue, int]
) -> _Priced | None:
    """The largest size at most `deepest` whose worst case the money covers.

    What must be set aside grows with the size, and per share it never falls. So a size divided by its strain
    on the money is close to the answer; halving every third time bounds the steps where levels jump.
    """
    if deepest is None or (strain := _strain(deepest, max_cost, budgets)) <= PICO:
        return deepest
    step = lot(curve)
    best, low, high = None, 0, deepest.shares // step
    guess, count = high * PICO // strain, 0
    while high - low > 1:
        count += 1
        guess = (low + high) // 2 if count % 3 == 0 else min(max(guess, low + 1), high - 1)
        priced = _price(curve, guess * step)
        strain = _strain(priced, max_cost, budgets) if priced else _NO_MONEY
        if strain <= PICO:
            best, low = priced, guess
        else:
            high = guess
        guess = guess * PICO // strain
    return best


def _strain(priced: _Priced, max_cost: int, budgets: Mapping[Venue, int]) -> int:
    """Money set aside over money there is, in parts of PICO, rounded up, where it is tightest."""
    a, b = priced.legs
    needs = [(a.reserve + b.reserve, max_cost)]
    if a.venue is b.venue:
        needs.append((a.reserve + b.reserve, budgets.get(a.venue, 0)))
    else:
        needs += [(leg.reserve, budgets.get(leg.venue, 0)) for leg in priced.legs]
    return max(div_ceil(need * PICO, have) if have > 0 else _NO_MONEY for need, have in needs)


def _still_paying(curve: Curve, priced: _Priced | None, ends: list[int], min_profit: int) -> _Priced | None:
    """Drops slices from the end until the whole and its last slice return min_profit after all rounding.

    The rates of the curve let a slice in; a fee rounded up on a slice of a few lots can still spoil it.
    """
    while priced is not None:
        begin = max((end for end in ends if end < priced.shares), default=0)
        before = _deepest(curve, begin)
        shares, cost = (before.shares, before.cost) if before else (0, 0)
        if _pays(priced.shares, priced.cost, min_profit) and _pays(
            priced.shares - shares, priced.cost - cost, min_profit
        ):
            return priced
        priced = before
    return None


def _pays(shares: int, cost: int, min_profit: int) -> bool:
    return (shares - cost) * PPM >= min_profit * cost


def _net_return(priced: _Priced) -> int:
    """Net profit on cost, ppm, rounded down."""
    return (priced.shares - priced.cost) * PPM // priced.cost


def _missed_minimum(curve: Curve, priced: _Priced) -> str:
    a, b = priced.legs
    return missed_minimum(curve.direction.a, a) or missed_minimum(curve.direction.b, b)


def _opportunity(curve: Curve, priced: _Priced) -> Opportunity:
    direction = curve.direction
    net_return = _net_return(priced)
    resolves_at = settles_at(direction.a, direction.b)
    days = None if resolves_at is None else days_until(resolves_at, curve.walked_at_ms)
    return Opportunity(
        pair_id=direction.pair_id,
        direction=direction.label,
        legs=priced.legs,
        shares=priced.shares,
        cost=priced.cost,
        payout=priced.shares,
        net_profit=priced.shares - priced.cost,
        net_return=net_return,
        resolves_at=resolves_at,
        days=days,
        annualised=None if days is None else annualised(net_return, days),
        requested_at_ms=curve.requested_at_ms,
    )


def _money(curve: Curve, max_cost: int, budgets: Mapping[Venue, int]) -> str:
    """What may be spent, in words."""
    venues = sorted({curve.direction.a.venue, curve.direction.b.venue})
    each = ", ".join(f"${format_micros(budgets.get(venue, 0))} on {venue}" for venue in venues)
    return f"${format_micros(max_cost)} in all, {each}"


def _reject(curve: Curve, code: Reason, *facts: object) -> Rejection:
    return Rejection(curve.direction.pair_id, curve.direction.label, code, facts)
