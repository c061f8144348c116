"""Positions become cash when the venue pays, once, at what it pays; venues that disagree are told of."""

from dataclasses import replace

import pytest

from dutchbook.domain.errors import StoreUnavailable, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.settlement import Resolution, Stage, disagreement
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.usecases.settle_positions import rule
from tests.support.builders import NOW, a_leg, a_trade
from tests.support.settling import KALSHI, POLYMARKET, Office


@pytest.fixture
def office():
    office = Office()
    office.hedge()
    return office


def test_while_the_question_is_open_nothing_happens(office):
    office.say(KALSHI, None, Stage.OPEN)
    report = office.run()
    assert (report.held, report.resolved, report.paid) == (2, 0, 0)
    assert {position.stage for position in office.ledger.positions("agt_1")} == {Stage.OPEN}


def test_resolved_is_not_paid(office):
    office.say(KALSHI, ONE, Stage.RESOLVED)
    report = office.run()
    assert (report.resolved, report.paid) == (1, 0)
    kalshi = next(each for each in office.ledger.positions("agt_1") if each.key == KALSHI)
    assert (kalshi.stage, kalshi.worth) == (Stage.RESOLVED, ONE)
    assert office.cash(Venue.KALSHI) == (996 * ONE, 996 * ONE)


def test_an_answer_that_is_taken_back_is_open_again(office):
    office.say(KALSHI, ONE, Stage.RESOLVED)
    office.run()
    office.say(KALSHI, None, Stage.OPEN)
    office.run()
    assert {position.stage for position in office.ledger.positions("agt_1")} == {Stage.OPEN}


def test_payable_is_fetched_and_becomes_cash_on_both_books(office):
    office.say(KALSHI, ONE)
    office.say(POLYMARKET, ONE)
    report = office.run()
    assert (report.paid, report.payout, report.failed, report.flagged) == (2, "10", {}, 0)
    assert office.cash(Venue.KALSHI) == (1006 * ONE, 1006 * ONE)
    assert office.cash(Venue.POLYMARKET) == (995 * ONE, 995 * ONE)
    assert office.trade().closed_at is not None
    assert not office.notices
    actions = [entry.action for entry in office.agents.audit("agt_1", 10).items]
    assert actions == ["settled", "settled"]


def test_a_second_pass_pays_nothing(office):
    office.say(KALSHI, ONE)
    office.run()
    assert office.run().paid == 0
    assert office.cash(Venue.KALSHI) == (1006 * ONE, 1006 * ONE)


def test_a_pass_that_dies_between_fetching_and_booking_is_made_good_by_the_next(office, monkeypatch):
    office.say(KALSHI, ONE)

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(office.settlements, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            office.run()
    assert office.cash(Venue.KALSHI) == (996 * ONE, 1006 * ONE)
    office.run()
    assert office.cash(Venue.KALSHI) == (1006 * ONE, 1006 * ONE)


def test_a_trade_under_way_is_waited_for():
    office = Office()
    office.start()
    office.say(KALSHI, ONE)
    assert office.run().paid == 0
    office.end("trd_01", TradeState.HEDGED)
    assert office.run().paid == 1


@pytest.mark.parametrize("value", [370_000, 500_000])
def test_scalar_and_void_pay_their_share(office, value):
    office.say(KALSHI, value)
    office.say(POLYMARKET, value)
    assert office.run().flagged == 0
    assert office.cash(Venue.KALSHI)[0] == 996 * ONE + 10 * value
    assert office.cash(Venue.POLYMARKET)[0] == 995 * ONE + 10 * (ONE - value)


def test_a_refund_gives_back_what_was_paid(office):
    office.said[Venue.KALSHI].answers[KALSHI.market_id] = Resolution(KALSHI, Stage.PAYABLE, refund=True)
    office.run()
    assert office.cash(Venue.KALSHI) == (1000 * ONE, 1000 * ONE)


def test_venues_that_settle_differently_block_the_pair_and_tell_the_owner(office):
    """Both legs lose: the nine dollars are gone, and the books say so."""
    office.say(KALSHI, 0)
    office.say(POLYMARKET, ONE)
    report = office.run()

    assert report.flagged == 1
    assert office.markets.pair("pair_1").status is PairStatus.BLOCKED
    assert office.trade().flag == (
        "the venues settled differently: yes on kalshi pays 0, no on polymarket pays 0"
    )
    (notice,) = office.notices
    assert (notice.kind, notice.trade_id) == ("settled-differently", "trd_01")
    totals = office.agents.totals("agt_1", simulated=True)
    assert (totals.realised, totals.exposure) == (-9 * ONE, 0)
    assert office.run().flagged == 0
    assert len(office.notices) == 1


def test_a_difference_that_pays_twice_is_told_as_well(office):
    office.say(KALSHI, ONE)
    office.say(POLYMARKET, 0)
    assert office.run().flagged == 1
    assert office.agents.totals("agt_1", simulated=True).realised == 11 * ONE


def test_a_void_on_one_venue_alone_is_a_difference(office):
    office.say(KALSHI, ONE)
    office.say(POLYMARKET, 500_000)
    assert office.run().flagged == 1


def test_the_difference_shows_when_the_second_venue_settles_days_later(office):
    office.say(KALSHI, 0)
    assert office.run().flagged == 0
    office.said[Venue.KALSHI].answers.clear()
    office.say(POLYMARKET, ONE)
    assert office.run().flagged == 1


def test_an_answer_that_may_change_is_no_difference_yet(office):
    office.say(KALSHI, 0, Stage.RESOLVED)
    office.say(POLYMARKET, ONE)
    assert office.run().flagged == 0


def test_a_market_closed_without_an_answer_calls_a_human(office):
    office.say(KALSHI, None, Stage.RESOLVED)
    office.run()
    (notice,) = office.notices
    assert notice.kind == "resolved-without-value"
    assert office.cash(Venue.KALSHI)[0] == 996 * ONE


def test_what_a_silent_venue_paid_is_an_operators_word(office):
    """Limitless gives mis-resolved bets back by hand."""
    office.say(KALSHI, None, Stage.RESOLVED)
    rule(
        office.settlements,
        office.agents,
        office.clock,
        Resolution(KALSHI, Stage.PAYABLE, refund=True),
        "bets given back",
        "0xoperator",
    )
    assert office.run().paid == 1
    assert office.cash(Venue.KALSHI) == (1000 * ONE, 1000 * ONE)
    (entry,) = office.agents.audit("operators", 10).items
    assert entry.detail == {"market": str(KALSHI), "yes_pays": "the bet", "reason": "bets given back"}


def test_a_value_that_the_venue_names_stands_whatever_operators_say(office):
    office.say(KALSHI, ONE)
    office.settlements.rule(Resolution(KALSHI, Stage.PAYABLE, 0))
    office.run()
    assert office.cash(Venue.KALSHI)[0] == 1006 * ONE


def test_a_venue_that_does_not_answer_costs_its_own_positions_only(office):
    office.said[Venue.KALSHI].failure = VenueUnreachable("kalshi is down")
    office.say(POLYMARKET, ONE)
    report = office.run()
    assert report.down == {"kalshi": "kalshi is down"}
    assert report.paid == 1


def test_a_word_that_cannot_be_used_is_counted_and_told_and_moves_nothing(office):
    office.say(KALSHI, ONE, Stage.RESOLVED)
    office.run()
    odd = Resolution(KALSHI, Stage.OPEN, unreadable="payouts do not share out a dollar")
    office.said[Venue.KALSHI].answers[KALSHI.market_id] = odd
    report = office.run()

    why = "payouts do not share out a dollar"
    assert (report.paid, report.unreadable) == (0, {str(KALSHI): why})
    (notice,) = office.notices
    assert (notice.kind, notice.agent_id) == ("resolution-unreadable", "agt_1")
    assert why in notice.what
    marked = next(each for each in office.ledger.positions("agt_1") if each.key == KALSHI)
    assert marked.stage is Stage.RESOLVED


def test_what_a_venue_paid_whose_word_cannot_be_used_is_an_operators_word(office):
    odd = Resolution(KALSHI, Stage.OPEN, unreadable="payouts do not share out a dollar")
    office.said[Venue.KALSHI].answers[KALSHI.market_id] = odd
    office.settlements.rule(Resolution(KALSHI, Stage.PAYABLE, ONE))
    report = office.run()
    assert (report.paid, report.unreadable, office.notices) == (1, {}, [])
    assert office.cash(Venue.KALSHI)[0] == 1006 * ONE


def test_a_held_market_that_its_venue_tells_nothing_of_is_a_failure(office):
    office.said[Venue.KALSHI].delisted.add(KALSHI.market_id)
    assert office.run().failed == {str(KALSHI): "kalshi tells nothing of it any more"}


def test_one_position_that_fails_does_not_stop_the_others(office):
    office.paper.move_shares("agt_1", KALSHI, office.ledger.positions("agt_1")[0].outcome, -ONE, "theft")
    office.say(KALSHI, ONE)
    office.say(POLYMARKET, ONE)
    report = office.run()
    assert report.paid == 1
    assert list(report.failed) == [f"agt_1 {KALSHI}"]


def test_a_market_that_nobody_knows_is_told_of(office):
    del office.markets.stored[KALSHI]
    assert office.run().failed == {str(KALSHI): "is in no catalogue"}


def test_real_positions_wait_for_the_function_that_may_redeem(office):
    book = office.agents.books["agt_1", True]
    real = replace(book.positions.pop((KALSHI, office.trade().legs[0].outcome)), simulated=False)
    office.agents.books["agt_1", False].positions[KALSHI, real.outcome] = real
    office.say(KALSHI, ONE)
    report = office.run()
    assert (report.resolved, report.paid) == (1, 0)
    (kalshi,) = [each for each in office.ledger.positions("agt_1") if each.key == KALSHI]
    assert (kalshi.stage, kalshi.worth) == (Stage.PAYABLE, ONE)


def test_more_markets_than_a_pass_may_ask_take_turns(office, monkeypatch):
    monkeypatch.setattr(
        "dutchbook.usecases.settle_positions.MARKETS_A_PASS", {Venue.KALSHI: 1, Venue.POLYMARKET: 1}
    )
    asked = office.said[Venue.KALSHI].asked
    book = office.agents.books["agt_1", True]
    (place,) = [place for place in book.positions if place[0] == KALSHI]
    for name in ("b", "c"):
        key = KALSHI._replace(market_id=f"kalshi-market-{name}")
        office.markets.put_markets([replace(office.markets.market(KALSHI), market_id=key.market_id)])
        book.positions[key, place[1]] = replace(book.positions[place], key=key)
    for _ in range(3):
        office.run()
        office.clock.advance(300_000)
    assert sorted(asked) == ["kalshi-market", "kalshi-market-b", "kalshi-market-c"]


def test_what_the_venues_said_is_kept_for_replays(office):
    kept = []
    office.desk = replace(office.desk, record=lambda at, answers: kept.append((at, list(answers))))
    office.say(KALSHI, ONE)
    office.run()
    assert kept == [(NOW, [Resolution(KALSHI, Stage.PAYABLE, ONE), Resolution(POLYMARKET, Stage.OPEN)])]


def test_a_recording_that_fails_costs_the_pass_nothing(office):
    def refuses(*_):
        raise StoreUnavailable("bucket recordings: AccessDenied")

    office.desk = replace(office.desk, record=refuses)
    office.say(KALSHI, ONE)
    report = office.run()
    assert (report.paid, report.failed) == (1, {})
    assert report.down == {"recording": "bucket recordings: AccessDenied"}


@pytest.mark.parametrize(
    ("direction", "worths", "differ"),
    [
        ("all:no", (ONE, 0, ONE), False),
        ("all:no", (ONE, ONE, ONE), False),
        ("all:no", (ONE, 0, 0), True),
        ("all:no", (ONE, ONE // 2, ONE), True),
        ("kalshi:no+polymarket:no", (ONE, ONE, ONE), True),
    ],
    ids=["one won", "none won", "two won", "one was voided", "no event"],
)
def test_no_of_every_outcome_pays_for_each_that_did_not_win(direction, worths, differ):
    """Outcomes exclude each other; that one of them wins is nowhere said: it is no fault if none does."""
    legs = tuple(
        a_leg(index, Venue.POLYMARKET, outcome=Outcome.NO, market_id=name) for index, name in enumerate("ABC")
    )
    bought = a_trade(legs=legs, direction=direction, expected_cost=18 * ONE, expected_profit=2 * ONE)
    assert bool(disagreement(bought, worths)) is differ
