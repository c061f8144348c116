"""The day's prices and depth: a deterministic function of seed, market and second. All of it is invented.

Every market drifts slowly around its recorded quote; markets that ask one question drift together. While a
question's window is open, its cheap venue's best ask and its dear venue's best bid (both of YES) stand `gap`
apart. Windows by kind:

- profitable: the gap pays after both venues' fees;
- too_small: the gap does not;
- too_good: a gap no real pair shows (for the tripwire);
- thin: the gap pays but fewer shares stand there than a venue's minimum order;
- one_sided: the cheap venue shows no asks;
- none: the recorded quotes, drifting.

Integers only: prices and sizes in micros. The path repeats after a day.
"""

from collections.abc import Mapping
from hashlib import blake2b
from math import isqrt
from typing import NamedTuple

from dutchbook.domain.money import ONE
from local.day.catalogue import CENT, Day, Key, Listing, Scenario

DAY_SECONDS = 86_400
DRIFT_STEP_S = 60
"""Quotes stand still for a minute: a leg that follows a scan by seconds meets the price it saw."""

_KNOT_S = 1_200
_DRIFT = CENT
_LEVELS = 6
_MIN_SHARES, _MAX_SHARES = 20, 2_500

type Level = tuple[int, int]
"""(price, shares), micros."""


class Depth(NamedTuple):
    """A YES book, best level first."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class Quote(NamedTuple):
    bid: int | None
    ask: int | None


class _Place(NamedTuple):
    """A market's part in a question."""

    group: str
    scenario: Scenario
    venues: Mapping[str, Key]


class PricePath:
    def __init__(self, day: Day, seed: int) -> None:
        self._seed = str(seed)
        self._listings = {
            listing.key: listing
            for events in (day.kalshi, day.polymarket, day.limitless)
            for event in events
            for listing in event.listings
        }
        self._places = {
            key: _Place(question.title, question.scenario, question.keys)
            for question in day.questions
            for key in question.keys.values()
        }

    def depth(self, key: Key, second: int) -> Depth:
        """The book that nobody has traded on, `second` seconds after the day's start."""
        listing, now = self._listings[key], second % DAY_SECONDS
        quote = self.quote(key, now)
        bids = self._ladder(listing, "bid", quote.bid, -listing.tick, now)
        asks = self._ladder(listing, "ask", quote.ask, listing.tick, now)
        return self._in_window(key, Depth(bids, asks), now)

    def quote(self, key: Key, second: int) -> Quote:
        """Best bid and ask of YES."""
        now = second % DAY_SECONDS
        place = self._places.get(key)
        if place is None or not _open(place.scenario, now):
            return self._drifting(key, now)
        return self._mispriced(key, place, now)

    def _drifting(self, key: Key, now: int) -> Quote:
        listing = self._listings[key]
        drift = self._drift(self._places[key].group if key in self._places else key.market_id, now)
        tick = listing.tick
        bid = None if listing.bid is None else _clamp(_down(listing.bid + drift, tick), tick)
        ask = None if listing.ask is None else _clamp(_up(listing.ask + drift, tick), tick)
        if bid is not None and ask is not None and bid >= ask:
            bid = ask - tick if ask > tick else None
        return Quote(bid, ask)

    def _mispriced(self, key: Key, place: _Place, now: int) -> Quote:
        """Inside a window: the cheap ask and the dear bid `gap` apart around the two usual quotes."""
        usual = self._drifting(key, now)
        scenario = place.scenario
        if key.venue not in (scenario.cheap, scenario.dear) or not scenario.gap:
            return usual
        cheap, dear = place.venues[scenario.cheap], place.venues[scenario.dear]
        cheap_tick, dear_tick = self._listings[cheap].tick, self._listings[dear].tick
        middle = (self._listings[dear].bid or 0) + (self._listings[cheap].ask or 0)
        middle = middle // 2 + self._drift(place.group, now)
        ask = _clamp(_down(max(middle - scenario.gap // 2, cheap_tick), cheap_tick), cheap_tick)
        if key == cheap:
            spread = self._spread(cheap)
            return Quote(ask - spread if ask > spread else None, ask)
        bid = _clamp(_down(ask + scenario.gap, dear_tick), dear_tick)
        return Quote(bid, _clamp(bid + self._spread(dear), dear_tick))

    def _in_window(self, key: Key, depth: Depth, now: int) -> Depth:
        place = self._places.get(key)
        if place is None or not _open(place.scenario, now):
            return depth
        scenario = place.scenario
        if scenario.kind == "one_sided" and key.venue == scenario.cheap:
            return Depth(depth.bids, ())
        if scenario.kind in {"profitable", "too_good", "thin"}:
            only = scenario.kind == "thin"
            if key.venue == scenario.cheap:
                return Depth(depth.bids, _resized(depth.asks, scenario.depth, only_best=only))
            if key.venue == scenario.dear:
                return Depth(_resized(depth.bids, scenario.depth, only_best=only), depth.asks)
        return depth

    def _ladder(
        self, listing: Listing, side: str, best: int | None, step: int, now: int
    ) -> tuple[Level, ...]:
        if best is None:
            return ()
        usual = min(max(isqrt(listing.volume), _MIN_SHARES), _MAX_SHARES)
        levels = []
        for index in range(_LEVELS):
            # Levels thin out in price and swell in size away from the touch, as recorded books do.
            price = best + step * (index * (index + 1) // 2)
            if not 0 < price < ONE:
                break
            percent = 40 + self._dice(listing.key.market_id, side, str(index), str(now // 300)) % 120
            shares = usual * percent * (index + 2) // 200
            levels.append((price, max(shares, 1) * ONE))
        return tuple(levels)

    def _drift(self, group: str, now: int) -> int:
        """Between -1 and +1 cent: random knots every 20 minutes, joined by straight lines, held a minute."""
        now -= now % DRIFT_STEP_S
        knot, inside = divmod(now, _KNOT_S)
        knots = DAY_SECONDS // _KNOT_S
        here, there = (
            self._dice(group, "drift", str(index % knots)) % (2 * _DRIFT + 1) - _DRIFT
            for index in (knot, knot + 1)
        )
        return here + (there - here) * inside // _KNOT_S

    def _spread(self, key: Key) -> int:
        listing = self._listings[key]
        if listing.bid is None or listing.ask is None:
            return listing.tick
        return max(listing.ask - listing.bid, listing.tick)

    def _dice(self, *parts: str) -> int:
        text = "|".join((self._seed, *parts))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def _open(scenario: Scenario, now: int) -> bool:
    return scenario.lasts_s > 0 and (now - scenario.opens_s) % scenario.period_s < scenario.lasts_s


def _resized(levels: tuple[Level, ...], shares: int, *, only_best: bool) -> tuple[Level, ...]:
    """The window's depth: `shares` at the best price and twice that at the next; beyond it the usual book."""
    if not levels:
        return levels
    best = (levels[0][0], shares)
    if only_best or len(levels) < 2:
        return (best,)
    return (best, (levels[1][0], 2 * shares), *levels[2:])


def _down(price: int, tick: int) -> int:
    return price // tick * tick


def _up(price: int, tick: int) -> int:
    return -(-price // tick) * tick


def _clamp(price: int, tick: int) -> int:
    return min(max(price, tick), ONE - tick)
