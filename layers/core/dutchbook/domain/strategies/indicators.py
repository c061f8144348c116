"""Textbook indicators over bars a minute, in integers. Prices in micros, windows in minutes.

Only minutes that are over count, so that a signal does not flicker with the minute under way. A quote stands
until the next one: a minute without a bar has the close before it.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple

from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.prices import MINUTE_MS, Bar

MAX_GAP = 5
"""Minutes that a close may stand without a new quote before the history counts as broken."""

_LN2_PPM = 693_147
"""Natural logarithm of 2, parts per million."""


class Minute(NamedTuple):
    """A bar as the indicators need it."""

    high: int
    low: int
    close: int
    quotes: int


def minutes(bars: Sequence[Bar], now_ms: int, count: int) -> list[Minute]:
    """The last `count` whole minutes before now, oldest first; empty where the history does not reach."""
    last = now_ms // MINUTE_MS - 1
    first = last - count + 1
    found: list[Minute] = []
    standing: Minute | None = None
    at, gap = first, 0
    for bar in bars:
        minute = int(bar.at.timestamp()) // 60
        if minute > last:
            break
        if minute >= first:
            while at < minute:
                if standing is None or gap >= MAX_GAP:
                    return []
                found.append(standing)
                at, gap = at + 1, gap + 1
            found.append(Minute(bar.high, bar.low, bar.close, bar.quotes))
            at, gap = at + 1, 0
        else:
            gap = first - minute - 1
        standing = Minute(bar.close, bar.close, bar.close, 0)
    while at <= last:
        if standing is None or gap >= MAX_GAP:
            return []
        found.append(standing)
        at, gap = at + 1, gap + 1
    return found


def flipped(series: Sequence[Minute]) -> list[Minute]:
    """The same minutes seen from NO."""
    return [Minute(ONE - one.low, ONE - one.high, ONE - one.close, one.quotes) for one in series]


def rate_of_change(series: Sequence[Minute], window: int) -> int:
    """Change of the close over the window, ppm of the price before it (Murphy 1999, chapter 10)."""
    before = series[-1 - window].close
    return (series[-1].close - before) * PPM // before


def average_true_range(series: Sequence[Minute], window: int) -> int:
    """Mean of the last `window` true ranges, rounded up (Wilder 1978, chapter III: the first value).

    A true range is the largest of high − low and the distances of both from the close before.
    """
    ranges = [
        max(one.high, before.close) - min(one.low, before.close)
        for before, one in zip(series[-window - 1 : -1], series[-window:], strict=True)
    ]
    return -(-sum(ranges) // window)


def activity_ratio(series: Sequence[Minute], window: int) -> int:
    """Quotes a minute in the window over those before it, thousandths; 0 where there was no quote at all.

    Venues' public books carry no traded volume: the count of price changes stands in for it ("tick volume").
    """
    recent, before = series[-window:], series[:-window]
    usual = sum(one.quotes for one in before)
    lately = sum(one.quotes for one in recent)
    if not usual:
        return 1_000 if lately else 0
    return lately * len(before) * 1_000 // (usual * len(recent))


class Score(NamedTuple):
    """Where the last close stands among the closes."""

    mean: int
    deviation: int
    """Of the population, rounded down."""
    z: int
    """Deviations from the mean, thousandths, rounded towards nothing."""


def z_score(series: Sequence[Minute]) -> Score | None:
    """None where the price has not moved."""
    closes = [one.close for one in series]
    count = len(closes)
    mean = sum(closes) // count
    deviation = isqrt(sum((close - mean) ** 2 for close in closes) // count)
    if not deviation:
        return None
    distance = closes[-1] - mean
    return Score(mean, deviation, abs(distance) * 1_000 // deviation * (1 if distance > 0 else -1))


def half_life(series: Sequence[Minute]) -> int | None:
    """Minutes, rounded up, until half of a deviation is gone; None where prices do not revert.

    −ln 2 / λ with λ the slope of the change of the price on the price before it, by least squares (Chan,
    Algorithmic Trading, 2013, chapter 2).
    """
    closes = [one.close for one in series]
    before, changes = closes[:-1], [after - now for now, after in pairwise(closes)]
    count = len(before)
    if count < 2:
        return None
    # count² times covariance and variance: exact in integers
    covariance = count * sum(p * c for p, c in zip(before, changes, strict=True)) - sum(before) * sum(changes)
    variance = count * sum(p * p for p in before) - sum(before) ** 2
    if covariance >= 0 or variance <= 0:
        return None
    return -(-_LN2_PPM * variance // (-covariance * PPM))
