"""The matching pass: parts of two venues' catalogues, compared, as proposals with evidence (ADR 18).

The comparison is done twice: on titles, for which a part of a catalogue fits in memory, and then, of the few
that came through, with both rule texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched, combinations, product
from typing import Any

from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.matching.catalogue import match_catalogues
from dutchbook.domain.matching.judge import judge
from dutchbook.domain.matching.judgement import Candidate, Judgement
from dutchbook.domain.matching.judgement import Relation as Verdict
from dutchbook.domain.matching.listing import Listing
from dutchbook.domain.money import div_ceil
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of, rules_hash_of
from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import MARKET_SLOTS, MarketStore
from dutchbook.usecases.match_markets.events_seen import EventsSeen
from dutchbook.usecases.match_markets.rivals import settle_with_standing

LEFT_AT_ONCE, RIGHT_AT_ONCE = 25_000, 12_500
"""Markets that one call indexes and compares with them: half a minute's work, reading them included. It is
some 0.4 ms a market that asks (bench/match_speed.py), however many are indexed: large parts cost least.
"""
PARTS_A_PASS = 48
"""Half a minute each, four at a time: six minutes of a pass of 870 s; the rest lists and reviews."""
PASS_SECONDS = 900
LEAST_UNSURE_PPM = 600_000
"""An open question is shown to an operator when at least this much of both was aligned."""
_READ_AT_ONCE = 100
_KEPT = frozenset({Verdict.SAME, Verdict.INVERSE, Verdict.UNSURE})
_RELATIONS: Mapping[Verdict, Relation] = {Verdict.SAME: Relation.SAME, Verdict.INVERSE: Relation.INVERSE}
_STORED: Mapping[Verdict, Relation] = {**_RELATIONS, Verdict.CONTAINS: Relation.CONTAINS}

type _Place = tuple[MarketKey, Verdict]


@dataclass(frozen=True, slots=True)
class Part:
    """Which slots of which two venues are compared; goes in and comes out as JSON."""

    left: Venue
    right: Venue
    left_slots: tuple[int, ...]
    right_slots: tuple[int, ...]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Part":
        """Raises KeyError, ValueError for what is no part."""
        return cls(
            Venue(event["left"]),
            Venue(event["right"]),
            tuple(event["left_slots"]),
            tuple(event["right_slots"]),
        )

    @property
    def is_whole(self) -> bool:
        """Whether all of both catalogues are in it."""
        return len(self.left_slots) == len(self.right_slots) == MARKET_SLOTS

    def to_record(self) -> dict[str, Any]:
        return {
            "left": self.left.value,
            "right": self.right.value,
            "left_slots": list(self.left_slots),
            "right_slots": list(self.right_slots),
        }


@dataclass(slots=True)
class MatchReport:
    """What came of one part, in counts."""

    left: int = 0
    right: int = 0
    candidates: int = 0
    proposed: int = 0
    unsure: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class _Judged:
    left: Market
    right: Market
    found: Judgement

    @property
    def keys(self) -> tuple[MarketKey, MarketKey]:
        return self.left.key, self.right.key

    @property
    def places(self) -> tuple[_Place, _Place]:
        """A market has one partner of each relation: "A vs. B" is the same as A's and the opposite of B's."""
        return (self.left.key, self.found.relation), (self.right.key, self.found.relation)


def plan(store: MarketStore) -> list[Part]:
    """Every market of a venue against every one of the others, in parts that fit in memory.

    Venues' sizes are judged by one slot, which holds one market in MARKET_SLOTS.
    """
    sizes = {venue: MARKET_SLOTS * sum(1 for _ in store.listed(venue, [0])) for venue in Venue}
    parts = []
    for one, other in combinations(sorted(Venue, key=lambda venue: (-sizes[venue], venue)), 2):
        # the smaller catalogue asks, the larger is indexed: once a part
        cuts = product(_cut(sizes[one], LEFT_AT_ONCE), _cut(sizes[other], RIGHT_AT_ONCE))
        parts += [Part(one, other, left_slots, right_slots) for left_slots, right_slots in cuts]
    return parts


def in_turn(parts: Sequence[Part], now_ms: int) -> Sequence[Part]:
    """The parts that this quarter of an hour's pass matches: all, or the next PARTS_A_PASS of them, round and
    round, so that catalogues of any size are matched whole in some passes and none runs out of time.
    """
    turns = max(1, div_ceil(len(parts), PARTS_A_PASS))
    return parts[now_ms // (1000 * PASS_SECONDS) % turns :: turns]


def match_some(store: MarketStore, part: Part) -> MatchReport:
    """Compares a part and stores what came of it. Repeating it writes nothing new."""
    events = EventsSeen()
    left = [events.seen(market) for market in store.listed(part.left, part.left_slots)]
    right = [events.seen(market) for market in store.listed(part.right, part.right_slots)]
    candidates = match_catalogues(left, right, kept=_KEPT)
    judged = [
        found
        for some in batched(candidates, _READ_AT_ONCE, strict=False)
        for found in _read_and_judge(store, part, some)
    ]
    opened = (replace(one, found=events.judge_again(one.left, one.right, one.found)) for one in _open(judged))
    pairs = [*_settled(judged), *(pair_of(one.left, one.right, one.found) for one in opened)]
    written = store.propose(pairs)
    if not part.is_whole:
        settle_with_standing(store, pairs)
    return MatchReport(
        left=len(left),
        right=len(right),
        candidates=len(candidates),
        proposed=sum(pair.status is PairStatus.PROPOSED for pair in pairs),
        unsure=sum(pair.status is PairStatus.UNSURE for pair in pairs),
        written=written,
    )


def pair_of(a: Market, b: Market, judgement: Judgement, doubts: Sequence[str] = ()) -> Pair:
    """The pair that a judgement of both rule texts makes; unsure where it shows no one question."""
    against = [*map(str, judgement.vetoes), *map(str, judgement.doubts), *doubts]
    settled = judgement.relation in _RELATIONS and not against
    return Pair(
        pair_id=pair_id_of(a.key, b.key),
        a=a.key,
        b=b.key,
        relation=_STORED.get(judgement.relation, Relation.SAME),
        status=PairStatus.PROPOSED if settled else PairStatus.UNSURE,
        score_ppm=judgement.score_ppm,
        title=a.title,
        rules_hash=rules_hash_of(a, b),
        evidence=judgement.evidence,
        doubts=tuple(against),
    )


def _read_and_judge(store: MarketStore, part: Part, some: Sequence[Candidate]) -> Iterator[_Judged]:
    """With both rule texts, which the titles' candidates are few enough for."""
    keys = {MarketKey(part.left, one.left_id) for one in some}
    keys |= {MarketKey(part.right, one.right_id) for one in some}
    markets = store.markets(sorted(keys))
    for one in some:
        left = markets.get(MarketKey(part.left, one.left_id))
        right = markets.get(MarketKey(part.right, one.right_id))
        if left is not None and right is not None:
            yield _Judged(left, right, judge(Listing.of(left), Listing.of(right)))


def _settled(judged: Iterable[_Judged]) -> Iterator[Pair]:
    """Each market's best fit of each relation; of several that fit as well a human says which is right."""
    settled = [one for one in judged if one.found.relation in _RELATIONS]
    best: dict[_Place, int] = {}
    for one in settled:
        for place in one.places:
            best[place] = max(best.get(place, 0), one.found.score_ppm)
    fits = [one for one in settled if all(one.found.score_ppm == best[place] for place in one.places)]
    partners: dict[_Place, set[MarketKey]] = {}
    for one in fits:
        left, right = one.places
        partners.setdefault(left, set()).add(one.right.key)
        partners.setdefault(right, set()).add(one.left.key)
    for one in fits:
        left, right = one.places
        rivals = (partners[left] - {one.right.key}) | (partners[right] - {one.left.key})
        yield pair_of(one.left, one.right, one.found, [f"fits as well: {key}" for key in sorted(rivals)])


def _open(judged: Iterable[_Judged]) -> Iterator[_Judged]:
    """The best open question of each market that has no settled one."""
    judged = list(judged)
    taken = {key for one in judged if one.found.relation in _RELATIONS for key in one.keys}
    best_first = sorted(
        (one for one in judged if one.found.relation is Verdict.UNSURE),
        key=lambda one: (-one.found.score_ppm, one.keys),
    )
    for one in best_first:
        if one.found.score_ppm >= LEAST_UNSURE_PPM and not taken & set(one.keys):
            taken |= set(one.keys)
            yield one


def _cut(size: int, at_once: int) -> list[tuple[int, ...]]:
    """The slots in as many runs as the size needs, at most a slot a run."""
    runs = min(MARKET_SLOTS, max(1, div_ceil(size, at_once)))
    return [tuple(range(MARKET_SLOTS))[number::runs] for number in range(runs)]
