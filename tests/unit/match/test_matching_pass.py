"""The matching pass proposes with its reasons, and forgets a decision when the words change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.opportunity import directions
from dutchbook.domain.pair import Pair, PairStatus, Relation, judged_again, pair_id_of, rules_hash_of
from dutchbook.domain.venue import Venue
from dutchbook.ports.markets import MARKET_SLOTS
from dutchbook.usecases.match_markets.matching import (
    PARTS_A_PASS,
    PASS_SECONDS,
    MatchReport,
    Part,
    in_turn,
    match_some,
    plan,
)
from dutchbook.usecases.match_markets.review import REVIEWED, ReviewReport, review
from dutchbook.usecases.match_markets.rivals import settle_with_standing
from tests.support.builders import NOW, NOW_MS
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock
from tests.support.markets import a_market

QUESTION = "Will Bitcoin be above $100,000 on December 31, 2026?"
SAME = "Bitcoin above $100,000 on December 31, 2026?"
LATER = NOW + timedelta(days=38)
KALSHI = replace(a_market(Venue.KALSHI, "KXBTC-26DEC31"), title=QUESTION, closes_at=LATER, resolves_at=LATER)
POLYMARKET = replace(a_market(Venue.POLYMARKET, "0xbtc"), title=SAME, closes_at=LATER, resolves_at=LATER)
OTHER = replace(
    a_market(Venue.POLYMARKET, "0xeth"), title="Ethereum above $9,000 on December 31, 2026?", closes_at=LATER
)
PAIR_ID = pair_id_of(KALSHI.key, POLYMARKET.key)


class World:
    def __init__(self, *markets: Market) -> None:
        self.clock = FakeClock(NOW_MS)
        self.store = MemoryMarketStore(self.clock)
        self.store.put_markets(markets)

    def match(self) -> MatchReport:
        reports = [match_some(self.store, Part.from_event(part.to_record())) for part in plan(self.store)]
        return MatchReport(*(sum(getattr(each, name) for each in reports) for name in MatchReport.__slots__))

    def review(self) -> ReviewReport:
        reports = [review(self.store, self.clock, status) for status in REVIEWED]
        return ReviewReport(
            *(sum(getattr(each, name) for each in reports) for name in ReviewReport.__slots__)
        )

    def change(self, market: Market, **facts: object) -> None:
        self.store.put_markets([replace(market, **facts)])

    def decide(self, status: PairStatus) -> None:
        self.store.set_pair_status(PAIR_ID, [PairStatus.PROPOSED], status, "read", "0xop")

    @property
    def pair(self) -> Pair:
        pair = self.store.pair(PAIR_ID)
        assert pair is not None
        return pair


@pytest.fixture
def world() -> World:
    return World(KALSHI, POLYMARKET, OTHER)


def test_the_same_question_is_proposed_with_evidence_and_the_texts_it_was_judged_on(world):
    report = world.match()

    assert (report.proposed, report.written) == (1, 1)
    assert world.pair.status is PairStatus.PROPOSED
    assert world.pair.relation is Relation.SAME
    assert world.pair.evidence
    assert world.pair.rules_hash == rules_hash_of(KALSHI, POLYMARKET)
    assert {world.pair.a, world.pair.b} == {KALSHI.key, POLYMARKET.key}


def test_a_second_pass_writes_nothing_and_a_decision_stands(world):
    world.match()
    world.decide(PairStatus.REJECTED)

    assert world.match().written == 0
    assert world.pair.status is PairStatus.REJECTED


@pytest.mark.parametrize("decided", [PairStatus.APPROVED, PairStatus.REJECTED])
@pytest.mark.parametrize("fact", ["title", "rules"])
def test_other_words_open_the_pair_again(world, decided, fact):
    world.match()
    world.decide(decided)
    world.change(POLYMARKET, **{fact: f"{getattr(POLYMARKET, fact)} As reported by one more source."})

    assert world.review().reopened == 1
    assert world.pair.status in (PairStatus.PROPOSED, PairStatus.UNSURE)
    assert world.pair.reason.startswith("reopened")
    assert not world.pair.may_be_tried(0), "a human looks first"
    assert world.review().reopened == 0


def test_a_deadline_that_was_moved_opens_the_pair_again_and_a_kick_off_does_not():
    question = "Will Xi Jinping leave office?"
    world = World(replace(KALSHI, title=question), replace(POLYMARKET, title=question))
    world.match()
    world.decide(PairStatus.APPROVED)
    world.change(world.store.market(POLYMARKET.key), closes_at=LATER - timedelta(hours=3))
    assert world.review().reopened == 0

    world.change(world.store.market(POLYMARKET.key), closes_at=LATER + timedelta(days=5 * 365))

    assert world.review().reopened == 1
    assert world.pair.status is PairStatus.UNSURE
    assert any("closes" in doubt for doubt in world.pair.doubts)


def test_words_that_now_ask_something_else_leave_the_pair_unsure_with_what_differs(world):
    world.match()
    world.decide(PairStatus.APPROVED)
    world.change(POLYMARKET, title="Bitcoin above $150,000 on December 31, 2026?")

    world.review()

    assert world.pair.status is PairStatus.UNSURE
    assert any("threshold" in doubt for doubt in world.pair.doubts)


def test_prices_volume_and_blanks_are_no_other_words(world):
    world.match()
    world.decide(PairStatus.APPROVED)
    world.change(POLYMARKET, volume=10**12, title=f"  {SAME} ")

    assert world.review().reopened == 0
    assert world.pair.status is PairStatus.APPROVED


def test_a_pair_is_closed_when_a_market_is_over_and_not_when_it_pauses(world):
    world.match()
    world.decide(PairStatus.APPROVED)
    world.change(KALSHI, tradeable=False)
    assert world.review().closed == 0

    world.clock.advance(int(timedelta(days=39).total_seconds() * 1000))

    assert world.review().closed == 1
    assert world.pair.status is PairStatus.CLOSED
    assert world.review().pairs == 0


def test_a_pair_is_closed_when_a_market_ended_early_and_kept_when_it_is_listed_again(world):
    world.match()
    world.decide(PairStatus.APPROVED)
    world.store.note_listed(Venue.KALSHI, "p1", "0", [])
    assert world.store.close_missing(Venue.KALSHI, "p1") == 1
    assert world.review().closed == 0, "a list may be wrong once"
    world.store.put_markets([KALSHI])
    world.clock.advance(2 * 3_600_000)
    assert world.review().closed == 0

    world.store.note_listed(Venue.KALSHI, "p2", "0", [])
    world.store.close_missing(Venue.KALSHI, "p2")
    world.clock.advance(3_600_000)

    assert world.review().closed == 1
    assert world.pair.status is PairStatus.CLOSED


def test_two_that_fit_as_well_are_both_left_to_a_human():
    twin = replace(POLYMARKET, market_id="0xtwin")
    world = World(KALSHI, POLYMARKET, twin)

    report = world.match()

    assert (report.proposed, report.unsure) == (0, 2)
    assert any("fits as well" in doubt for doubt in world.pair.doubts)


def in_parts(store):
    slots = range(MARKET_SLOTS)
    return [Part(Venue.KALSHI, Venue.POLYMARKET, tuple(slots), (slot,)) for slot in slots]


def test_two_that_fit_as_well_in_different_parts_are_both_left_to_a_human():
    twins = [replace(POLYMARKET, market_id=f"0xtwin{number}") for number in range(4)]
    world = World(KALSHI, *twins)

    for _ in range(2):
        for part in in_parts(world.store):
            match_some(world.store, part)

    found = [world.store.pair(pair_id_of(KALSHI.key, twin.key)) for twin in twins]
    assert {pair.status for pair in found} == {PairStatus.UNSURE}
    assert all("fit as well" in (pair.reason or pair.doubts[0]) for pair in found)


@pytest.mark.parametrize(
    ("status", "score", "stays", "new_stays"),
    [
        (PairStatus.APPROVED, 700_000, True, False),
        (PairStatus.PROPOSED, 700_000, False, True),
        (PairStatus.PROPOSED, 900_000, False, False),
        (PairStatus.PROPOSED, 950_000, True, False),
        (PairStatus.REJECTED, 950_000, True, True),
    ],
)
def test_what_stands_in_the_store_counts_against_a_new_proposal(status, score, stays, new_stays):
    store = MemoryMarketStore(FakeClock(NOW_MS))
    rival = MarketKey(Venue.POLYMARKET, "0xrival")
    before = Pair(
        pair_id_of(KALSHI.key, rival),
        KALSHI.key,
        rival,
        Relation.SAME,
        status,
        score_ppm=score,
        rules_hash="h",
    )
    new = Pair(PAIR_ID, KALSHI.key, POLYMARKET.key, Relation.SAME, PairStatus.PROPOSED, 900_000)
    for pair in (before, new):
        store.put_pair(pair)

    left = settle_with_standing(store, [new])

    assert left == [stays, new_stays].count(False)
    assert (store.pair(before.pair_id).status is status) is stays
    assert (store.pair(PAIR_ID).status is PairStatus.PROPOSED) is new_stays


def test_a_two_way_match_is_the_same_as_one_side_s_market_and_the_opposite_of_the_other_s():
    """Kalshi lists a market for each side of a game, Polymarket one for both: these are no rivals."""
    title = "Toronto vs Detroit Winner?"
    sides = [
        replace(a_market(Venue.KALSHI, f"KXMLBGAME-26DEC161310TORDET-{side}"), title=title, closes_at=LATER)
        for side in ("TOR", "DET")
    ]
    both = replace(
        a_market(Venue.POLYMARKET, "0xgame"),
        title="Toronto Blue Jays vs. Detroit Tigers",
        terms={"slug": "mlb-tor-det-2026-12-16"},
        closes_at=LATER,
    )
    world = World(*sides, both)

    assert world.match().proposed == 2
    assert [world.store.pair(pair_id_of(side.key, both.key)).relation for side in sides] == [
        Relation.SAME,
        Relation.INVERSE,
    ]


def test_every_market_of_a_venue_meets_every_one_of_the_others():
    world = World(KALSHI, POLYMARKET, OTHER)
    met = {
        (left, right, part.left, part.right)
        for part in plan(world.store)
        for left in part.left_slots
        for right in part.right_slots
    }
    assert len(met) == 3 * MARKET_SLOTS**2


@pytest.mark.parametrize("count", [1, PARTS_A_PASS, PARTS_A_PASS + 1, 232])
def test_parts_take_turns_so_that_no_pass_is_longer_than_its_time(count):
    slots = range(count)
    parts = [Part(Venue.POLYMARKET, Venue.KALSHI, (slot,), (slot,)) for slot in slots]
    turns = -(-count // PARTS_A_PASS)

    passes = [in_turn(parts, NOW_MS + number * PASS_SECONDS * 1000) for number in range(turns)]

    assert all(len(each) <= PARTS_A_PASS for each in passes)
    assert sorted(part.left_slots[0] for each in passes for part in each) == list(slots)


def test_a_pair_decided_before_texts_were_noted_keeps_its_decision():
    known = Pair(PAIR_ID, KALSHI.key, POLYMARKET.key, Relation.SAME, PairStatus.APPROVED, reason="curated")
    found = replace(known, status=PairStatus.PROPOSED, rules_hash="h", reason="", score_ppm=1)

    again = judged_again(known, found)

    assert (again.status, again.reason, again.rules_hash) == (PairStatus.APPROVED, "curated", "h")
    assert judged_again(again, replace(found, rules_hash="other")).status is PairStatus.PROPOSED


def test_a_relation_that_a_human_approved_is_not_turned_round():
    known = Pair(
        PAIR_ID, KALSHI.key, POLYMARKET.key, Relation.SAME, PairStatus.APPROVED, rules_hash="h", reason="read"
    )
    found = replace(known, relation=Relation.INVERSE, status=PairStatus.PROPOSED, reason="")
    assert judged_again(known, found).relation is Relation.SAME


def test_an_event_that_only_holds_the_question_is_kept_for_an_operator_and_never_traded():
    """ "Vitality vs Spirit Winner?" does not say whose; the other venue's event asks it among others."""
    single = replace(
        a_market(Venue.LIMITLESS, "vit-spi"), title="Vitality vs Spirit Winner?", closes_at=LATER
    )
    name = "Counter-Strike: Vitality vs Spirit (BO3)"
    event = [
        replace(
            a_market(Venue.POLYMARKET, f"0x{number}"),
            title=title,
            event_id="77",
            event_title=name,
            closes_at=LATER,
            terms={"event_size": "3"},
        )
        for number, title in enumerate((name, "Map 1: Odd/Even Total Kills?", "Map Handicap: VIT (-1.5)"))
    ]
    world = World(single, *event)
    pair_id = pair_id_of(single.key, event[0].key)

    report = world.match()
    pair = world.store.pair(pair_id)

    assert report.unsure == 1
    assert (pair.relation, pair.status) == (Relation.CONTAINS, PairStatus.UNSURE)
    assert not pair.may_be_tried(0)
    by_key = {market.key: market for market in (single, *event)}
    assert directions(pair, by_key[pair.a], by_key[pair.b]) == ()
    assert world.match().written == 0
