"""What a position is paid when its market's question is answered, and whose profit that is.

open → resolved → payable → redeemed. Resolved: the venue has an answer, which may still be disputed or not be
on chain yet. Payable: it is final and somebody may fetch the money. Redeemed: the money is here; only then is
it cash and only then is the profit realised.

A position is the sum of several trades. Its result is shared among them by the shares that each brought, in
integers whose sum is the whole.

What a trade bought pays together and is judged together (docs/adr/0024): while other legs are held, what a
paid leg made or lost is realised and deferred, and the last leg brings it into the result of its day.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dutchbook.domain.accounting import Holding
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, div_ceil, format_micros, mul_floor
from dutchbook.domain.result import How, Result, exits, result_of
from dutchbook.domain.trade import Trade, whole_event
from dutchbook.domain.venue import Outcome

type Place = tuple[MarketKey, Outcome]
"""What one position is of."""


class Stage(StrEnum):
    """How far a position is on its way to cash."""

    OPEN = "open"
    RESOLVED = "resolved"
    PAYABLE = "payable"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a venue says of a market's question."""

    key: MarketKey
    stage: Stage
    """OPEN, RESOLVED or PAYABLE: no venue knows what we have fetched."""
    yes_value: int | None = None
    """Micros that a YES share pays, 0 to 1_000_000; a NO share pays the rest of the dollar.

    Between the two ends for a scalar market or a void one that is split. None while there is no answer, and
    where the venue closed the question without one.
    """
    refund: bool = False
    """The bet is given back: what was paid for it, whatever the shares would have been worth."""
    unreadable: str = ""
    """Why the venue's word cannot be used, without values; then nothing else here says anything."""

    def worth(self, outcome: Outcome) -> int | None:
        """Micros a share; None where the venue names no value."""
        if self.yes_value is None:
            return None
        return self.yes_value if outcome is Outcome.YES else ONE - self.yes_value

    def pays(self, outcome: Outcome, holding: Holding) -> int | None:
        """Dollars (micros, rounded down) for all of a holding; None where the venue names no value.

        A holding below zero (sold, and then its purchase was undone) owes what it would have been paid.
        """
        if self.refund:
            return holding.cost
        worth = self.worth(outcome)
        return None if worth is None else mul_floor(worth, holding.shares)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Everything that paying out a holding, or the part of it that some trades brought, changes. Micros."""

    shares: int
    cost: int
    payout: int
    left: Holding
    """What is still to be paid out for the other trades."""
    trades: tuple[Trade, ...]
    """After: realised, deferred, locked, what settled, and whether that closes them."""
    results: tuple[Result, ...]
    deferred: int
    """Change of what the trades have realised and not brought to a result."""
    answered: Mapping[Place, int]
    """Shares of sisters that have nothing left to wait for but their own answer, which is known now."""

    @property
    def realised(self) -> int:
        return self.payout - self.cost


def pay_out(
    holding: Holding,
    resolution: Resolution,
    outcome: Outcome,
    trades: Sequence[Trade],
    now: datetime,
    most: int,
    sisters: Mapping[Place, int],
) -> PaidOut:
    """Pays out what the first `most` of the trades brought of a holding; all of it when there are no more.

    `sisters` are the shares held of `sister_places` whose own sisters are not paid yet. The parts of one
    holding add up to what paying it at once would pay, to the micro. Raises ValueError when the venue names
    no value.
    """
    trades = [trade for trade in trades if _holds(trade, resolution.key, outcome)]
    parts = _parts(holding.shares, trades, (resolution.key, outcome), sisters)
    last = len(trades) <= most
    shares = holding.shares if last else sum(parts[:most])
    cost = holding.cost if last else div_ceil(holding.cost * shares, holding.shares)
    left = Holding(holding.shares - shares, holding.cost - cost)
    whole, rest = resolution.pays(outcome, holding), resolution.pays(outcome, left)
    if whole is None or rest is None:
        raise ValueError(f"{resolution.key} has no value yet")
    payout = whole - rest
    worth = payout * ONE // shares if shares else 0
    shared = zip(trades[:most], split(payout - cost, parts[:most]), strict=True)
    settled = [_settled(trade, resolution.key, outcome, worth, realised, now) for trade, realised in shared]
    after, answered = _deferring(trades, settled, parts, resolution, sisters)
    return PaidOut(
        shares=shares,
        cost=cost,
        payout=payout,
        left=left,
        trades=tuple(after),
        results=tuple(
            result_of(trade, How.SETTLED, now)
            for before, trade in zip(trades, after, strict=False)
            if trade.closed_at is not None and before.closed_at is None
        ),
        deferred=sum(trade.deferred - before.deferred for before, trade in zip(trades, after, strict=False)),
        answered=answered,
    )


def sister_places(trades: Sequence[Trade], place: Place) -> Set[Place]:
    """The other positions in which a part of the sets is that these trades brought with this one."""
    return {
        other for trade in trades if _holds(trade, *place) for other in _waits_for(trade) if other != place
    }


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts of an amount by weight: integers whose sum is the amount; the first gets all if none weighs."""
    if not weights:
        return []
    total = sum(weights)
    if total == 0:
        return [amount] + [0] * (len(weights) - 1)
    parts, seen, given = [], 0, 0
    for weight in weights:
        seen += weight
        parts.append(amount * seen // total - given)
        given += parts[-1]
    return parts


def _parts(shares: int, trades: Sequence[Trade], place: Place, sisters: Mapping[Place, int]) -> list[int]:
    """Whose shares these are: by what each trade brought.

    Where some were sold since, first those of sets whose other legs are still held: the sold ones were of
    sets that are gone, and what is left of a whole set is not to be taken for bare.
    """
    brought = [_brought(trade, *place) for trade in trades]
    if not 0 < shares < sum(brought):
        return split(shares, brought)
    free, whole, left = dict(sisters), list[int](), shares
    for trade, own in zip(trades, brought, strict=True):
        others = [other for other in _waits_for(trade) if other != place]
        there = (min(_brought(trade, *other), free.get(other, 0)) for other in others)
        size = max(0, min(own, left, *there)) if others else 0
        for other in others:
            free[other] = free.get(other, 0) - size
        whole.append(size)
        left -= size
    bare = split(left, [own - size for own, size in zip(brought, whole, strict=True)])
    return [sum(both) for both in zip(whole, bare, strict=True)]


def close(trade: Trade, now: datetime) -> tuple[Trade, Result | None]:
    """A trade of which nothing is held any more, however that came; what it waited for is not coming.

    Its result, if it made or lost anything itself: what was sold is the result of the trades that sold it.
    """
    if trade.closed_at is not None:
        return trade, None
    closed = replace(trade, locked=0, deferred=0, closed_at=now)
    made = closed.realised != 0 and not exits(closed)
    return closed, result_of(closed, How.SETTLED, now) if made else None


def flagged(trade: Trade, text: str) -> Trade:
    """A trade whose venues settled differently: its legs hedge each other no more, so nothing is deferred."""
    return replace(trade, flag=text, deferred=0)


def disagreement(trade: Trade, worths: Sequence[int | None]) -> str:
    """Why the venues did not settle one question alike; empty when they did, or it is not known yet.

    `worths` are what a share of each planned leg pays (micros), None where that is not known. Held sets were
    bought because they pay the same whatever happens, which is the plan's cost and profit; only NO of every
    outcome of an event pays a dollar more where none of them wins.
    """
    if len(worths) < 2 or exits(trade) or not trade.shares:
        return ""
    known = [worth for worth in worths if worth is not None]
    if len(known) < len(worths):
        return ""
    planned = (trade.expected_cost + trade.expected_profit) * ONE // trade.shares
    none_won = trade.direction == whole_event(Outcome.NO) and sum(known) == planned + ONE
    if sum(known) == planned or none_won:
        return ""
    told = ", ".join(
        f"{leg.outcome} on {leg.venue} pays {format_micros(worth)}"
        for leg, worth in zip(trade.planned_legs, known, strict=True)
    )
    return f"the venues settled differently: {told}"


def _holds(trade: Trade, key: MarketKey, outcome: Outcome) -> bool:
    """Whether the trade bought this outcome to keep it; those that sold it have their result already."""
    return not exits(trade) and any((leg.key, leg.outcome) == (key, outcome) for leg in trade.planned_legs)


def _brought(trade: Trade, key: MarketKey, outcome: Outcome) -> int:
    """Shares of a market's outcome that a trade brought and that were not paid out yet."""
    return sum(
        max(0, trade.held(leg))
        for leg in trade.planned_legs
        if (leg.key, leg.outcome) == (key, outcome) and leg.index not in trade.settled
    )


def _waits_for(trade: Trade) -> list[Place]:
    """Of what a trade brought, the positions that are not paid yet."""
    return [
        (leg.key, leg.outcome)
        for leg in trade.planned_legs
        if leg.index not in trade.settled and trade.held(leg) > 0
    ]


def _deferring(
    before: Sequence[Trade],
    settled: Sequence[Trade],
    parts: Sequence[int],
    resolution: Resolution,
    sisters: Mapping[Place, int],
) -> tuple[list[Trade], dict[Place, int]]:
    """The settled trades with what each defers, and the shares of sisters that are answered by that.

    Only as many of the paid shares (`parts`) as every sister still holds are of a set. The last sister's need
    no stop; of more than one, `usecases.marking` knows the rest of the set by its trade.
    """
    free, answered, after = dict(sisters), dict[Place, int](), list[Trade]()
    for was, trade, part in zip(before, settled, parts, strict=False):
        rest = _waits_for(trade)
        if not rest or not _is_answer(trade, resolution):
            after.append(replace(trade, deferred=0))
            continue
        hedged = max(0, min(part, *(min(_brought(trade, *other), free.get(other, 0)) for other in rest)))
        for other in rest:
            free[other] = free.get(other, 0) - hedged
        if hedged and len(rest) == 1:
            answered[rest[0]] = answered.get(rest[0], 0) + hedged
        # rounded up: what is not deferred is the smaller result today
        new = div_ceil((trade.realised - was.realised) * hedged, part) if hedged else 0
        after.append(replace(trade, deferred=was.deferred + new))
    return after, answered


def _is_answer(trade: Trade, resolution: Resolution) -> bool:
    """Whether what its paid legs paid says what the others will pay, the set being whole."""
    whole = all(trade.held(leg) > 0 for leg in trade.planned_legs)
    return whole and not (resolution.refund or trade.voided or trade.flag)


def _settled(
    trade: Trade, key: MarketKey, outcome: Outcome, worth: int, realised: int, now: datetime
) -> Trade:
    """The trade with its part of a payout.

    What is realised now is no longer waited for: realised and locked together stay what they were, until
    the last leg is paid, or one that was voided hedges the others no more.
    """
    new = {leg.index: worth for leg in trade.planned_legs if (leg.key, leg.outcome) == (key, outcome)}
    paid = replace(trade, realised=trade.realised + realised, settled={**trade.settled, **new})
    closes = not _waits_for(paid)
    waits = trade.locked and not closes and not paid.voided
    return replace(
        paid,
        locked=trade.locked - realised if waits else 0,
        closed_at=now if closes and trade.closed_at is None else trade.closed_at,
    )
