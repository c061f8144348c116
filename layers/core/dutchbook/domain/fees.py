"""What each venue charges a taker, exactly, per side and in the asset it takes.

A schedule answers for one fill: `charge(side, price, shares)`. Fees in dollars and fees in shares stand
apart, because a fee taken in shares leaves fewer shares to hedge. Rounding is always against us.

Where a venue's schedule is missing or unknown, `worst_case(venue)` prices it: never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dutchbook.domain.money import ONE, PPM, div_ceil, mul_ceil, mul_floor
from dutchbook.domain.venue import Side, Venue

PICO = ONE * ONE
"""A dollar in millionths of a micro: marginal prices keep the digits that a price × a rate needs."""

BPS = 10_000
"""Basis points in one."""


class Charge(NamedTuple):
    """Fee of one fill, micros: dollars on top of a BUY or out of a SELL, shares out of those bought."""

    usd: int
    shares: int


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Base of the venues' schedules."""

    def charge(self, side: Side, price: int, shares: int) -> Charge:
        """Taker fee of a fill of `shares` (micros, gross) at `price` (micros), rounded against us.

        A BUY costs `mul_ceil(price, shares) + usd` and brings `shares − charge.shares`; a SELL brings
        `mul_floor(price, shares) − usd`.
        """
        raise NotImplementedError

    def buy_rate(self, price: int) -> tuple[int, int]:
        """What buying at this price means for one net share, before rounding to an account's precision.

        Returns (pico-dollars that a net share costs, fees in, rounded up; basis points of the shares bought
        that are left after a fee in shares).
        """
        raise NotImplementedError

    def net_of(self, price: int, shares: int) -> int:
        """Shares (micros) left of a BUY after a fee in shares."""
        return shares * self.buy_rate(price)[1] // BPS

    def gross_up(self, price: int, net_shares: int) -> int:
        """Fewest shares (micros) to buy at `price` so that `net_shares` are left after a fee in shares."""
        return div_ceil(net_shares * BPS, self.buy_rate(price)[1])

    def to_record(self) -> dict[str, str]:
        """As strings, for storage; `fee_schedule_from_record` is the inverse."""
        raise NotImplementedError


KALSHI_TAKER_PPM = 70_000
DIRECT_PRECISION = 100
"""Balance precision of a direct Kalshi member: $0.0001."""
CENT_PRECISION = 10_000
"""Balance precision of a Kalshi account held through a broker: $0.01."""


@dataclass(frozen=True, slots=True)
class KalshiFees(FeeSchedule):
    """rate × multiplier × contracts × P(1 − P), rounded up to a micro; then the balance change of the fill
    is floored to the account's precision (Kalshi's fee rounding page, rule of May 2026).

    A `charge` prices one fill alone. What later fills of the same order give back is counted only when it
    has happened (`kalshi_order_fees`).
    """

    rate_ppm: int = KALSHI_TAKER_PPM
    multiplier_ppm: int = PPM
    """Of the series, or of the event that overrides it."""
    precision: int = DIRECT_PRECISION

    def trade_fee(self, price: int, shares: int) -> int:
        """The model fee rounded up to a micro, before the account's precision."""
        rate = self.rate_ppm * self.multiplier_ppm
        return div_ceil(rate * shares * price * (ONE - price), PPM * PPM * PICO)

    def charge(self, side: Side, price: int, shares: int) -> Charge:
        fee = self.trade_fee(price, shares)
        if side is Side.BUY:
            notional = mul_ceil(price, shares)
            return Charge(div_ceil(notional + fee, self.precision) * self.precision - notional, 0)
        notional = mul_floor(price, shares)
        return Charge(notional - (notional - fee) // self.precision * self.precision, 0)

    def buy_rate(self, price: int) -> tuple[int, int]:
        rate = self.rate_ppm * self.multiplier_ppm
        return price * ONE + div_ceil(rate * price * (ONE - price), PPM * PPM), BPS

    def to_record(self) -> dict[str, str]:
        return {
            "venue": Venue.KALSHI.value,
            "rate_ppm": str(self.rate_ppm),
            "multiplier_ppm": str(self.multiplier_ppm),
            "precision": str(self.precision),
        }


POLYMARKET_WORST_PPM = 70_000
POLYMARKET_FEE_STEP = 10
"""Polymarket's fees have five decimals: $0.00001."""


@dataclass(frozen=True, slots=True)
class PolymarketFees(FeeSchedule):
    """shares × rate × (P(1 − P)) ^ exponent dollars, five decimals, at least $0.00001 unless free.

    The venue says "rounded to five decimals" and not which way: a budget rounds up, which also gives the
    minimum. What was really charged stands in the fill.
    """

    rate_ppm: int
    exponent: int = 1

    def charge(self, side: Side, price: int, shares: int) -> Charge:  # noqa: ARG002  (both sides pay alike)
        curve = (price * (ONE - price)) ** self.exponent
        raw = self.rate_ppm * shares * curve
        steps = div_ceil(raw, PPM * PICO**self.exponent * POLYMARKET_FEE_STEP)
        return Charge(steps * POLYMARKET_FEE_STEP, 0)

    def buy_rate(self, price: int) -> tuple[int, int]:
        curve = (price * (ONE - price)) ** self.exponent
        return price * ONE + div_ceil(self.rate_ppm * curve, PPM * PICO ** (self.exponent - 1)), BPS

    def to_record(self) -> dict[str, str]:
        return {
            "venue": Venue.POLYMARKET.value,
            "rate_ppm": str(self.rate_ppm),
            "exponent": str(self.exponent),
        }


LIMITLESS_BPS = 300
"""Taker rate of the lowest rank, the one the published tables are for."""

# Sell fee in bps at 300 bps, up to and including each price (micros): the published points. Between two
# points the higher one holds, because the curve between them is not published.
_LIMITLESS_SELL_BPS: tuple[tuple[int, int], ...] = (
    (10_000, 42),
    (50_000, 60),
    (100_000, 78),
    (200_000, 111),
    (300_000, 132),
    (400_000, 144),
    (500_000, 150),
    (600_000, 144),
    (700_000, 132),
    (800_000, 111),
    (900_000, 78),
    (950_000, 60),
    (990_000, 45),
    (999_000, 42),
)


@dataclass(frozen=True, slots=True)
class LimitlessFees(FeeSchedule):
    """BUY: bps of the shares, taken in shares. SELL: bps of the dollars, taken in dollars.

    The buy curve at 300 bps is floor(10000 × min(3 %, 0.026 / P − 0.022)): it gives all published points and
    an observed fill. How other ranks scale is not published: below 300 the rank's rate caps the curve
    (never less than scaling it down), above it the curve is scaled up.

    `collateral`: markets whose fee module takes dollars on both sides; its curve is unknown, so the full
    rank rate is charged on the dollars.
    """

    rate_bps: int = LIMITLESS_BPS
    collateral: bool = False

    def charge(self, side: Side, price: int, shares: int) -> Charge:
        if self.collateral:
            return Charge(div_ceil(price * shares * self.rate_bps, ONE * BPS), 0)
        if side is Side.BUY:
            return Charge(0, div_ceil(shares * self.buy_bps(price), BPS))
        return Charge(div_ceil(price * shares * self.sell_bps(price), ONE * BPS), 0)

    def buy_bps(self, price: int) -> int:
        """Rate of a BUY at this price, basis points of the shares."""
        falling = 260 * ONE // price - 220
        return self._at_rank(min(LIMITLESS_BPS, falling))

    def sell_bps(self, price: int) -> int:
        """Rate of a SELL at this price, basis points of the dollars."""
        below = _LIMITLESS_SELL_BPS[0][1]
        for point, bps in _LIMITLESS_SELL_BPS:
            if price <= point:
                return self._at_rank(bps if price == point else max(below, bps))
            below = bps
        return self._at_rank(below)

    def _at_rank(self, bps: int) -> int:
        if self.rate_bps <= LIMITLESS_BPS:
            return min(bps, self.rate_bps)
        return div_ceil(bps * self.rate_bps, LIMITLESS_BPS)

    def buy_rate(self, price: int) -> tuple[int, int]:
        if self.collateral:
            return div_ceil(price * ONE * (BPS + self.rate_bps), BPS), BPS
        kept = BPS - self.buy_bps(price)
        return div_ceil(price * ONE * BPS, kept), kept

    def to_record(self) -> dict[str, str]:
        return {
            "venue": Venue.LIMITLESS.value,
            "rate_bps": str(self.rate_bps),
            "collateral": "true" if self.collateral else "false",
        }


@dataclass(frozen=True, slots=True)
class LimitlessUnknownFees(FeeSchedule):
    """A Limitless market whose fee module is not known: it may take shares by the curve, or dollars.

    At each price the whole fee is that of the dearer of the two for a net share: the curve up to $0.50 and
    just above (3 % of the shares is more than 3 % on top of the dollars), the flat rate beyond, and for a
    SELL always the flat rate, which no point of the sell curve reaches.
    """

    rate_bps: int = LIMITLESS_BPS

    def charge(self, side: Side, price: int, shares: int) -> Charge:
        dearer = self._dearer_buy(price) if side is Side.BUY else self._flat
        return dearer.charge(side, price, shares)

    def buy_rate(self, price: int) -> tuple[int, int]:
        return self._dearer_buy(price).buy_rate(price)

    def to_record(self) -> dict[str, str]:
        return {"venue": Venue.LIMITLESS.value, "rate_bps": str(self.rate_bps), "collateral": _UNKNOWN}

    @property
    def _flat(self) -> LimitlessFees:
        return LimitlessFees(self.rate_bps, collateral=True)

    def _dearer_buy(self, price: int) -> LimitlessFees:
        curve = LimitlessFees(self.rate_bps)
        return max(curve, self._flat, key=lambda schedule: schedule.buy_rate(price)[0])


_UNKNOWN = "unknown"

_WORST: Mapping[Venue, FeeSchedule] = {
    Venue.KALSHI: KalshiFees(precision=CENT_PRECISION),
    Venue.POLYMARKET: PolymarketFees(POLYMARKET_WORST_PPM),
    Venue.LIMITLESS: LimitlessUnknownFees(),
}


def worst_case(venue: Venue) -> FeeSchedule:
    """The dearest schedule the venue is known to have: what an unknown one is priced at."""
    return _WORST[venue]


def fee_schedule_from_record(record: Mapping[str, str]) -> FeeSchedule:
    """Inverse of `to_record`. Raises KeyError or ValueError on a record that is none."""
    venue = Venue(record["venue"])
    if venue is Venue.KALSHI:
        return KalshiFees(int(record["rate_ppm"]), int(record["multiplier_ppm"]), int(record["precision"]))
    if venue is Venue.POLYMARKET:
        return PolymarketFees(int(record["rate_ppm"]), int(record["exponent"]))
    if record["collateral"] == _UNKNOWN:
        return LimitlessUnknownFees(int(record["rate_bps"]))
    return LimitlessFees(int(record["rate_bps"]), record["collateral"] == "true")
