"""How one opportunity's depth is shared out among the agents that want it (docs/adr/0017).

1. Agents take turns in an order drawn from the tick, the pair and the agent: another one every tick, the same
   one whenever the tick is computed again. Nobody is always first, nobody can choose to be.
2. An agent may only have what pays its own least profit, which is the near end of the curve: its reach. All
   that is shared out together lies within everybody's reach, so that it does not matter whose order comes
   first: whoever is let in pays his own least profit at the worst, wherever in the line he ends up.
3. The first in turn leads: those with his reach come next, then those with a longer one, then the others, in
   turn each. So agents of every reach lead as often as there are many of them, and are among themselves then.
   They are let in while everybody who is in can still have the venues' minimum. One whose reach is shorter
   is let in only where all who are in could have all they can use within it, and he the minimum: nobody
   loses by somebody who comes later. Who stands aside has another tick.
4. Those who are in get equal shares. One that cannot use an equal share (its money) gets what it can use, and
   the others share the rest equally: water finding its level.
5. Lots that do not divide go one each, in turn.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """What one agent could take of a curve. Net shares, micros."""

    name: str
    reach: int
    """Depth of the curve that returns its least profit."""
    cap: int
    """Most that its money and limits allow."""


class Share(NamedTuple):
    """What a claim was given."""

    name: str
    shares: int


def in_turn(seed: str, names: Iterable[str]) -> Iterator[str]:
    """The names in the order of SHA-256(seed | name); lazily, since few of many are wanted."""
    drawn = [(hashlib.sha256(f"{seed}|{name}".encode()).digest(), name) for name in names]
    heapq.heapify(drawn)
    while drawn:
        yield heapq.heappop(drawn)[1]


def led_by_first(turn: Sequence[str], reach_of: Callable[[str], int]) -> list[str]:
    """Names that stand in turn, behind the first: those of his reach, of a longer, of a shorter one."""
    if not turn:
        return []
    led = reach_of(turn[0])
    order = {name: (reach_of(name) != led, reach_of(name) < led) for name in turn}
    return sorted(turn, key=order.__getitem__)


def places(depth: int, minimum: int) -> int:
    """How many agents a depth can serve at all."""
    return depth // max(1, minimum)


def share_out(claims: Iterable[Claim], depth: int, minimum: int, lot: int, seats: int) -> list[Share]:
    """Shares `depth` among `claims`, which stand in turn, `seats` of them at most. All net shares in micros.

    `minimum` is a whole number of lots. Every share is a whole number of lots, at least `minimum` and at most
    what its claim can use; together they lie within the reach of each. Who was not let in is absent.
    """
    admitted, room = _admit(claims, depth, minimum, lot, seats)
    caps = [min(claim.cap, room) // lot * lot for claim in admitted]
    level = _water_level(caps, room)
    given = [cap if level is None else min(cap, level) // lot * lot for cap in caps]
    left = room - sum(given)
    for number, cap in enumerate(caps):
        if left >= lot and given[number] + lot <= cap:
            given[number] += lot
            left -= lot
    return [Share(claim.name, shares) for claim, shares in zip(admitted, given, strict=True)]


def _admit(
    claims: Iterable[Claim], depth: int, minimum: int, lot: int, seats: int
) -> tuple[list[Claim], int]:
    """Who is let in, and the depth that they share: none of them may reach less far."""
    admitted: list[Claim] = []
    room = depth
    wanted = 0
    """What those who are in could use, all together."""
    for claim in claims:
        if len(admitted) == seats:
            break
        usable = min(claim.cap, claim.reach, room) // lot * lot
        if usable < minimum:
            continue
        if claim.reach < room:
            if admitted and wanted + minimum > claim.reach:
                continue
            room = claim.reach
        elif (len(admitted) + 1) * minimum > room:
            break
        admitted.append(claim)
        wanted += usable
    return admitted, room


def _water_level(caps: Sequence[int], room: int) -> int | None:
    """The level at which shares of at most their caps fill the room; None where it holds all the caps."""
    for number, cap in enumerate(sorted(caps)):
        rest = len(caps) - number
        if cap * rest > room:
            return room // rest
        room -= cap
    return None
