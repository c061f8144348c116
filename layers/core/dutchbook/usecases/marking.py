"""What positions would bring if they had to be sold now: at executable bids, level by level, net of fees.

Positions that one trade opened are a hedged set if every outcome it bought is still held or was paid, and so
are both outcomes of one market: their worth is what they pay at settlement, whatever the bids say. So is that
of what is left of a set whose other legs were paid. Only what is left over beside can gain or lose, so only
that has a stop. What the sets are worth is told in `open_profit`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import FeeSchedule, worst_case
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import PPM, div_ceil, mul_floor
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Outcome, Side
from dutchbook.ports.ledger import Ledger, Position
from dutchbook.ports.markets import MarketStore

type Mark = tuple[Position, int | None]
"""A position, and what selling it would bring (micros of a dollar); None where no bids can take it."""


def unhedged(ledger: Ledger, positions: Sequence[Position]) -> list[Position]:
    """What stands beside the hedged sets, with its part of the cost, rounded up.

    Positions are of one agent and one kind of money. A set has as many shares as the smallest of the
    positions in it; a position in several sets is hedged as far as they reach together.
    """
    hedged = _answered(positions)
    for members, size in _sized_sets(ledger, positions):
        for member in members:
            hedged[member] += size
    return [part_of(position, position.shares - hedged[index]) for index, position in enumerate(positions)]


def hedged_sets(ledger: Ledger, positions: Sequence[Position]) -> list[tuple[tuple[Position, ...], int]]:
    """The sets, and how many shares of each member belong to it (micros); a share is in one set only."""
    return [
        (tuple(positions[member] for member in members), size)
        for members, size in _sized_sets(ledger, positions)
    ]


def proceeds(book: OrderBook | None, fees: FeeSchedule, position: Position) -> int | None:
    """Dollars (micros, rounded down, net of fees) for selling the position into the book's bids.

    None when there is no book or its bids do not take all of it.
    """
    if book is None:
        return None
    left, brought = position.shares, 0
    for price, size in book.ladder(position.outcome, Side.SELL):
        taken = min(left, size)
        if taken <= 0:
            break
        brought += mul_floor(price, taken) - fees.charge(Side.SELL, price, taken).usd
        left -= taken
    return brought if left <= 0 else None


def fees_of(markets: Mapping[MarketKey, Market], key: MarketKey) -> FeeSchedule:
    """The market's own, or the dearest its venue has where the market is not known."""
    return markets[key].fees if key in markets else worst_case(key.venue)


def value_of(store: MarketStore, positions: Sequence[Position]) -> int:
    """Dollars (micros) beyond cost that selling all of these brings, at the bids of the latest books kept.

    What no bids can take counts for nothing, neither as a gain nor as a loss: there is no price for it.
    """
    return sum(value - position.cost for position, value in marked(store, positions) if value is not None)


def loss_at_stop(ledger: Ledger, store: MarketStore, positions: Sequence[Position], stop_loss: int) -> int:
    """Dollars (micros, rounded up) that what is not hedged can still lose before its stop closes it."""
    return loss_of(marked(store, unhedged(ledger, positions)), stop_loss)


def loss_of(marks: Sequence[Mark], stop_loss: int) -> int:
    """Dollars (micros, rounded up) that these can still lose before their stops close them.

    `stop_loss` is ppm of cost. A position that the bids value below its stop already counts with what selling
    it loses now; one that no bids take counts with its stop. A gain of one makes up for no other's loss.
    """
    total = 0
    for position, value in marks:
        now = 0 if value is None else position.cost - value
        total += max(0, now, div_ceil(position.cost * stop_loss, PPM))
    return total


def opened_together(positions: Sequence[Position]) -> dict[tuple[int, ...], list[str]]:
    """Indices of the positions that a trade brought, with the trades that brought just these."""
    by_trade: dict[str, list[int]] = {}
    for index, position in enumerate(positions):
        for trade_id in position.trade_ids:
            by_trade.setdefault(trade_id, []).append(index)
    groups: dict[tuple[int, ...], list[str]] = {}
    for trade_id, members in sorted(by_trade.items()):
        groups.setdefault(tuple(members), []).append(trade_id)
    return groups


def complements(positions: Sequence[Position]) -> list[tuple[int, int]]:
    """Indices of both outcomes of one market: a netting venue leaves them behind where others met."""
    places = {(position.key, position.outcome): index for index, position in enumerate(positions)}
    return [
        (index, places[key, Outcome.NO])
        for (key, outcome), index in places.items()
        if outcome is Outcome.YES and (key, Outcome.NO) in places
    ]


def marked(store: MarketStore, positions: Sequence[Position]) -> list[Mark]:
    """What is held of these, each with what selling it would bring."""
    held = [position for position in positions if position.shares > 0]
    keys = sorted({position.key for position in held})
    if not keys:
        return []
    books, markets = store.books(keys), store.markets(keys)
    return [
        (position, proceeds(books.get(position.key), fees_of(markets, position.key), position))
        for position in held
    ]


def _answered(positions: Sequence[Position]) -> dict[int, int]:
    """By index, the shares whose sister was paid: they wait for a known payout and hedge nothing else."""
    return {index: max(0, min(each.answered, each.shares)) for index, each in enumerate(positions)}


def _sized_sets(ledger: Ledger, positions: Sequence[Position]) -> list[tuple[tuple[int, ...], int]]:
    hedged = _answered(positions)
    found = []
    for members in _sets(ledger, positions):
        size = max(0, min(positions[member].shares - hedged[member] for member in members))
        for member in members:
            hedged[member] += size
        found.append((members, size))
    return found


def _sets(ledger: Ledger, positions: Sequence[Position]) -> list[tuple[int, ...]]:
    """Indices of what was opened together, in the order of the trades' ids, then both sides of a market."""
    together = [
        members
        for members, trade_ids in opened_together(positions).items()
        if len(members) > 1 and _pays_together(ledger, positions, members, trade_ids)
    ]
    return [*together, *(pair for pair in complements(positions) if pair not in together)]


def _pays_together(
    ledger: Ledger, positions: Sequence[Position], members: Sequence[int], trade_ids: Sequence[str]
) -> bool:
    """Of an event bought whole, some legs alone hedge nothing: the others may be netted away.

    An event is bought by YES of all or by NO of all, so YES beside NO is a pair, whole without a read.
    """
    if len({positions[member].outcome for member in members}) > 1:
        return True
    trade = entered_by(ledger, trade_ids)
    return trade is not None and is_whole(trade, members, positions)


def entered_by(ledger: Ledger, trade_ids: Sequence[str]) -> Trade | None:
    """The newest that was not a sale: all of them brought the same outcomes of the same markets."""
    for trade_id in sorted(trade_ids, reverse=True):
        trade = ledger.trade(trade_id)
        if trade is not None and not trade.exits:
            return trade
    return None


def is_whole(trade: Trade, members: Sequence[int], positions: Sequence[Position]) -> bool:
    """Whether every leg of the trade is among these positions or was paid nothing or a dollar."""
    if trade.voided:
        return False
    held = {(positions[member].key, positions[member].outcome) for member in members}
    return all((leg.key, leg.outcome) in held or leg.index in trade.settled for leg in trade.planned_legs)


def part_of(position: Position, shares: int) -> Position:
    """So many of the shares, with their part of the cost, rounded up."""
    if shares == position.shares:
        return position
    return replace(position, shares=shares, cost=div_ceil(position.cost * shares, position.shares))
