"""How one opportunity's depth is shared out among the agents that want it (docs/adr/0017).

1. Agents take turns in an order drawn from the tick, the pair and the agent: another one every tick, the same
   one whenever the tick is computed again. Nobody is always first, nobody can choose to be.
2. In that order agents are let in while everybody who is in can still have the venues' minimum. An agent may
   only have what pays its own least profit, which is the near end of the curve: its reach.
3. Those who are in get equal shares. One that cannot use an equal share (its money, its reach) gets what it
   can use, and the others share the rest equally: water finding its level.
4. Lots that do not divide go one each, in turn.
5. They are served from the near end: shorter reach first, then in turn. So whoever asks for more profit gets
   the better prices, and nobody is given a slice that does not pay him enough.

Nothing is shared twice: for every reach, what agents of at most this reach are given fits inside it.
"""

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """What one agent could take of a curve. Net shares, micros."""

    name: str
    reach: int
    """Depth of the curve that returns its least profit."""
    cap: int
    """Most that its money and limits allow."""


class Share(NamedTuple):
    """What a claim was given; shares stand in the order in which they are to be served."""

    name: str
    shares: int


def in_turn(seed: str, names: Iterable[str]) -> Iterator[str]:
    """The names in the order of SHA-256(seed | name); lazily, since few of many are wanted."""
    drawn = [(hashlib.sha256(f"{seed}|{name}".encode()).digest(), name) for name in names]
    heapq.heapify(drawn)
    while drawn:
        yield heapq.heappop(drawn)[1]


def places(depth: int, minimum: int) -> int:
    """How many agents a depth can serve at all."""
    return depth // max(1, minimum)


def share_out(claims: Sequence[Claim], depth: int, minimum: int, lot: int) -> list[Share]:
    """Shares `depth` among `claims`, which stand in turn. All net shares in micros.

    `minimum` is a whole number of lots. Every share is a whole number of lots, at least `minimum` and at most
    what its claim can use; together they are at most `depth`. Claims that could not be let in are absent.
    """
    wanted = [
        Claim(claim.name, reach, min(claim.cap, reach) // lot * lot)
        for claim in claims
        for reach in (min(claim.reach, depth),)
    ]
    admitted = _admit(wanted, minimum)
    levels = _levels(admitted)
    room = _Room(admitted)
    given = [level // lot * lot for level in levels]
    for claim, shares in zip(admitted, given, strict=True):
        room.take(claim.reach, shares)
    for number, claim in enumerate(admitted):
        if given[number] + lot <= claim.cap and room.fits(claim.reach, lot):
            room.take(claim.reach, lot)
            given[number] += lot
    turns = sorted(range(len(admitted)), key=lambda number: (admitted[number].reach, number))
    return [Share(admitted[number].name, given[number]) for number in turns]


class _Room:
    """What is left inside each reach: what is taken within one reach is gone from all longer ones."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._left = {reach: reach for reach in sorted({claim.reach for claim in claims})}

    @property
    def left(self) -> int:
        return max(self._left.values(), default=0)

    def fits(self, reach: int, shares: int) -> bool:
        return all(left >= shares for end, left in self._left.items() if end >= reach)

    def take(self, reach: int, shares: int) -> None:
        for end in self._left:
            if end >= reach:
                self._left[end] -= shares


def _admit(claims: Sequence[Claim], minimum: int) -> list[Claim]:
    """In turn, whoever can use the minimum and leaves everybody before him room for theirs."""
    room = _Room(claims)
    admitted = []
    for claim in claims:
        if room.left < minimum:
            break
        if claim.cap >= minimum and room.fits(claim.reach, minimum):
            room.take(claim.reach, minimum)
            admitted.append(claim)
    return admitted


def _levels(claims: Sequence[Claim]) -> list[int]:
    """The fairest shares: none can grow without making one that is no larger smaller still.

    The reach that is full at the lowest level settles everybody inside it; the others rise on without them.
    """
    given = [claim.cap for claim in claims]
    unsettled = set(range(len(claims)))
    taken = {claim.reach: 0 for claim in claims}
    while unsettled:
        levels = {
            end: _water_level([claims[n].cap for n in unsettled if claims[n].reach <= end], end - gone)
            for end, gone in taken.items()
        }
        end, level = min(levels.items(), key=lambda one: (one[1] is None, one[1] or 0, -one[0]))
        if level is None:
            return given
        inside = [number for number in unsettled if claims[number].reach <= end]
        for number in inside:
            given[number] = min(claims[number].cap, level)
            for other in taken:
                if other >= claims[number].reach:
                    taken[other] += given[number]
        unsettled.difference_update(inside)
        del taken[end]
    return given


def _water_level(caps: Sequence[int], room: int) -> int | None:
    """The level at which shares of at most their caps fill the room; None where it holds all the caps."""
    for number, cap in enumerate(sorted(caps)):
        rest = len(caps) - number
        if cap * rest > room:
            return room // rest
        room -= cap
    return None
