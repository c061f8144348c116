"""What a fill does to the books: shares, cost basis, cash and realised profit, in integers that add up.

Average cost. With signed shares and a signed cost the identity ``cash = realised − change of cost`` holds for
every entry by construction, so available + reserved + spent = funded and spent = the sum of the costs, after
any sequence of fills, reversals and releases.

Rounding is never in our favour: what we pay rounds up, what we receive rounds down, the basis that leaves
with sold shares rounds up (profit shown early is the smaller one); when no shares are left, the rest of the
basis is realised. Shares below zero (a purchase undone by the venue after the sale) are kept, not hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dutchbook.domain.errors import InvariantBroken
from dutchbook.domain.money import div_ceil, mul_ceil
from dutchbook.domain.trade import Fill, Leg
from dutchbook.domain.venue import Outcome, Side, Venue

NETTING_VENUES = frozenset({Venue.KALSHI})
"""Venues with one net position a market: buying NO first closes YES, and each pair closed frees a dollar."""


class Holding(NamedTuple):
    """Shares of one outcome and what they cost, fees in. Micros; both may be below zero."""

    shares: int = 0
    cost: int = 0


class Entry(NamedTuple):
    """Change of one holding. Micros."""

    outcome: Outcome
    shares: int
    cost: int
    realised: int


@dataclass(frozen=True, slots=True)
class BookedFill:
    """A fill with what it did, kept so that its reversal undoes exactly that. Micros of a dollar."""

    fill: Fill
    entries: tuple[Entry, ...] = ()
    cash: int = 0
    """Received (positive) or paid."""
    from_reserved: int = 0
    """How much of the payment came out of the trade's reservation on the venue."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Everything one call of book_fills changes. Deltas are dollars in micros."""

    leg: Leg
    records: tuple[BookedFill, ...]
    """New or changed fill records; empty when there was nothing new."""
    holdings: Mapping[Outcome, Holding]
    """Of the leg's market, after."""
    held: int
    """The trade's reservation on the leg's venue that is left."""
    available: int = 0
    reserved: int = 0
    spent: int = 0
    realised: int = 0
    fees: int = 0

    @property
    def exposure(self) -> int:
        """Change of open cost plus reservations."""
        return self.spent + self.reserved


def cash_of(side: Side, fill: Fill) -> int:
    """Dollars (micros) that a fill brings (SELL) or takes (BUY, negative), fees in, rounded against us."""
    if side is Side.BUY:
        return -(fill.dollars(side) + fill.fee_usd)
    return fill.dollars(side) - fill.fee_usd


def shares_of(side: Side, fill: Fill) -> int:
    """Shares (micros) that a fill adds (BUY) or takes (SELL, negative); a fee in shares always costs us."""
    return fill.net_shares if side is Side.BUY else -(fill.shares + fill.fee_shares)


def fee_of(fill: Fill) -> int:
    """Fees of a fill in dollars (micros), those taken in shares valued at its price, rounded up."""
    return fill.fee_usd + mul_ceil(fill.price, fill.fee_shares)


def entries_of(
    venue: Venue, side: Side, outcome: Outcome, fill: Fill, holdings: Mapping[Outcome, Holding]
) -> tuple[tuple[Entry, ...], int]:
    """What a fill does to the holdings of its market, and the cash it moves (micros)."""
    shares, cash = shares_of(side, fill), cash_of(side, fill)
    own, other = holdings.get(outcome, Holding()), holdings.get(outcome.other, Holding())
    if venue not in NETTING_VENUES or side is Side.SELL or other.shares <= 0 or shares <= 0:
        return (_entry(outcome, own, shares, cash),), cash
    closing = min(shares, other.shares)
    paid = div_ceil(-cash * closing, shares)
    closed = _entry(outcome.other, other, -closing, closing - paid)
    if closing == shares:
        return (closed,), cash + closing
    return (closed, _entry(outcome, own, shares - closing, cash + paid)), cash + closing


def _entry(outcome: Outcome, holding: Holding, shares: int, cash: int) -> Entry:
    if shares == 0 or holding.shares == 0 or (shares > 0) == (holding.shares > 0):
        return _settled(Entry(outcome, shares, -cash, 0), holding)
    closing = min(abs(shares), abs(holding.shares))
    basis = div_ceil(holding.cost * closing, abs(holding.shares))
    closing_cash = cash * closing // abs(shares)
    return _settled(Entry(outcome, shares, -basis - (cash - closing_cash), closing_cash - basis), holding)


def _reversal(entry: Entry, holding: Holding) -> Entry:
    return _settled(Entry(entry.outcome, -entry.shares, -entry.cost, -entry.realised), holding)


def _settled(entry: Entry, holding: Holding) -> Entry:
    """With no shares left, what is left of the basis is profit or loss."""
    if holding.shares + entry.shares:
        return entry
    rest = holding.cost + entry.cost
    return entry._replace(cost=entry.cost - rest, realised=entry.realised - rest)


def book(
    leg: Leg,
    fills: Sequence[Fill],
    booked: Mapping[str, BookedFill],
    holdings: Mapping[Outcome, Holding],
    *,
    held: int,
    terminal: bool,
) -> Booking:
    """Books each fill id once, reverses a failed one once, and notes confirmations.

    `booked` holds this leg's records by fill id; `held` is the trade's reservation on the venue (micros). A
    purchase eats the reservation first and then the free budget, which may fall below zero: the money is
    gone, so the books say so, and nothing can be reserved until it is covered. A reversal gives the
    reservation back unless the trade is over.

    Raises InvariantBroken when a fill id comes back with other shares or another price.
    """
    records = dict(booked)
    after = dict(holdings)
    changed: dict[str, BookedFill] = {}
    start_held = held
    cash = fees = 0
    entries: list[Entry] = []
    for fill in fills:
        known = records.get(fill.fill_id)
        if known is None:
            record = BookedFill(fill)
            if not fill.failed:
                new, moved = entries_of(leg.venue, leg.side, leg.outcome, fill, after)
                taken = min(held, max(0, -cash_of(leg.side, fill)))
                record = BookedFill(fill, new, moved, taken)
                held -= taken
                cash += moved
                fees += fee_of(fill)
                _apply(new, after, entries)
        else:
            merged = _merge(known.fill, fill)
            if merged == known.fill:
                continue
            record = replace(known, fill=merged)
            if merged.failed and not known.fill.failed:
                cash -= known.cash
                fees -= fee_of(known.fill)
                held += 0 if terminal else known.from_reserved
                for entry in known.entries:
                    undone = _reversal(entry, after.get(entry.outcome, Holding()))
                    _apply((undone,), after, entries)
        records[fill.fill_id] = changed[fill.fill_id] = record
    spent = sum(entry.cost for entry in entries)
    return Booking(
        leg=with_totals(leg, [record.fill for record in records.values()]),
        records=tuple(changed.values()),
        holdings=after,
        held=held,
        available=cash - (held - start_held),
        reserved=held - start_held,
        spent=spent,
        realised=sum(entry.realised for entry in entries),
        fees=fees,
    )


def _apply(new: Sequence[Entry], holdings: dict[Outcome, Holding], entries: list[Entry]) -> None:
    for entry in new:
        before = holdings.get(entry.outcome, Holding())
        holdings[entry.outcome] = Holding(before.shares + entry.shares, before.cost + entry.cost)
        entries.append(entry)


def _merge(known: Fill, seen: Fill) -> Fill:
    """A fill only ever moves on: to confirmed, or to failed, which is final."""
    if (known.shares, known.price, known.notional) != (seen.shares, seen.price, seen.notional):
        raise InvariantBroken(
            f"fill {known.fill_id} was {known.shares} at {known.price}, is now {seen.shares} at {seen.price}"
        )
    if known.failed:
        return known
    return replace(
        known,
        failed=seen.failed,
        confirmed=known.confirmed or seen.confirmed,
        tx_hash=known.tx_hash or seen.tx_hash,
        confirmed_at=known.confirmed_at or seen.confirmed_at,
    )


def with_totals(leg: Leg, fills: Sequence[Fill]) -> Leg:
    """The leg with its totals counted anew from all its fills; failed ones count for nothing."""
    good = [fill for fill in fills if not fill.failed]
    return replace(
        leg,
        filled=sum(fill.shares for fill in good),
        net_filled=sum(abs(shares_of(leg.side, fill)) for fill in good),
        notional=sum(fill.dollars(leg.side) for fill in good),
        fee_usd=sum(fill.fee_usd for fill in good),
        fee_shares=sum(fill.fee_shares for fill in good),
        fills=tuple(sorted(fills, key=lambda fill: fill.fill_id)),
    )
