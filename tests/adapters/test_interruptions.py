"""Another Lambda acts exactly between what ours has read and writes: nothing is lost or done twice."""

from dataclasses import replace

import pytest

from dutchbook.adapters import keys
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.errors import AlreadyExists, LimitExceeded, WrongState
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.agents import VenueBudget
from tests.support.builders import a_fill, a_leg, a_limits, a_trade, an_agent

KALSHI, POLYMARKET = Venue.KALSHI, Venue.POLYMARKET
OPENING = TradeState.OPENING


@pytest.fixture
def agents(tables, clock):
    agents = DynamoAgents(tables.ledger, clock)
    agents.add(an_agent())
    return agents


@pytest.fixture
def ledger(tables, clock, agents):
    return DynamoLedger(tables.ledger, clock)


def another(ledger):
    """Another Lambda's: it remembers nothing, so it reads."""
    return DynamoLedger(ledger._table, ledger._clock)


def opened(ledger, trade_id="trd_01", **changes):
    ledger.reserve(a_trade(trade_id, **changes), a_limits())
    ledger.move_trade(trade_id, TradeState.RESERVED, OPENING)


def budget(agents, venue=KALSHI):
    return agents.budgets("agt_1", simulated=True)[venue]


def test_the_same_fill_booked_meanwhile_is_booked_once(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt("transact_write_items", lambda: ledger.book_fills("trd_01", 0, [a_fill()]))

    leg = ledger.book_fills("trd_01", 0, [a_fill()])

    assert leg.filled == 10 * ONE
    assert budget(agents) == VenueBudget(KALSHI, 995 * ONE, ONE, 4 * ONE, 1000 * ONE)


def test_another_fill_of_the_leg_booked_meanwhile_is_kept(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.book_fills("trd_01", 0, [a_fill("f1", 3 * ONE)])
    )

    leg = ledger.book_fills("trd_01", 0, [a_fill("f2", 4 * ONE)])

    assert leg.filled == 7 * ONE == ledger.positions("agt_1")[0].shares
    assert leg == ledger.trade("trd_01").legs[0]


def test_a_reservation_used_by_the_other_leg_meanwhile_is_not_used_again(tables, agents, ledger):
    legs = (a_leg(0, POLYMARKET, outcome=Outcome.YES), a_leg(1, POLYMARKET, outcome=Outcome.NO))
    opened(ledger, legs=legs, reserved={POLYMARKET: 5 * ONE})
    tables.client.interrupt("transact_write_items", lambda: ledger.book_fills("trd_01", 1, [a_fill()]))

    ledger.book_fills("trd_01", 0, [a_fill()])

    # the legs cost 4 each: 5 were reserved, 3 came out of the free budget
    assert budget(agents, POLYMARKET) == VenueBudget(POLYMARKET, 992 * ONE, 0, 8 * ONE, 1000 * ONE)


def test_a_reservation_released_meanwhile_is_not_used(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt(
        "transact_write_items",
        lambda: ledger.finish("trd_01", OPENING, TradeState.QUARANTINED, reason="unknown"),
    )

    ledger.book_fills("trd_01", 0, [a_fill()])

    assert budget(agents) == VenueBudget(KALSHI, 996 * ONE, 0, 4 * ONE, 1000 * ONE)


def test_a_reservation_used_meanwhile_is_not_released(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt("transact_write_items", lambda: ledger.book_fills("trd_01", 0, [a_fill()]))

    ledger.finish("trd_01", OPENING, TradeState.HEDGED, reason="")

    assert budget(agents) == VenueBudget(KALSHI, 996 * ONE, 0, 4 * ONE, 1000 * ONE)


def test_shares_that_another_trade_bought_meanwhile_are_kept(tables, agents, ledger):
    opened(ledger)
    opened(ledger, "trd_02", pair_id="pair_2")
    ledger.book_fills("trd_02", 0, [a_fill("f0", ONE)])
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.book_fills("trd_02", 0, [a_fill("f1", 3 * ONE)])
    )

    ledger.book_fills("trd_01", 0, [a_fill("f1", 4 * ONE)])

    (position,) = ledger.positions("agt_1")
    assert (position.shares, position.cost) == (8 * ONE, 3_200_000)
    assert position.trade_ids == ("trd_02", "trd_01")


def test_the_other_outcome_bought_meanwhile_on_kalshi_is_closed(tables, agents, ledger):
    opened(ledger)
    opened(ledger, "trd_02", pair_id="pair_2", legs=(a_leg(0, outcome=Outcome.NO),))
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.book_fills("trd_02", 0, [a_fill("f1", 10 * ONE, 500_000)])
    )

    ledger.book_fills("trd_01", 0, [a_fill("f1", 10 * ONE, 400_000)])

    assert ledger.positions("agt_1") == []
    assert budget(agents).funded == 1001 * ONE


def test_a_leg_claimed_meanwhile_is_not_sent_again(tables, agents, ledger):
    opened(ledger)
    ours = a_leg(state=LegState.SUBMITTING, client_order_id="c-1", intent={"claimed_by": "us"})
    theirs = replace(ours, intent={"claimed_by": "them"})
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.move_leg("trd_01", theirs, LegState.PLANNED)
    )

    with pytest.raises(WrongState):
        ledger.move_leg("trd_01", ours, LegState.PLANNED)

    assert ledger.trade("trd_01").legs[0].intent == {"claimed_by": "them"}


def test_fills_booked_while_a_leg_moves_are_kept(tables, agents, ledger):
    opened(ledger)
    leg = a_leg(state=LegState.SUBMITTING, client_order_id="c-1")
    tables.client.interrupt("transact_write_items", lambda: ledger.book_fills("trd_01", 0, [a_fill()]))

    moved = ledger.move_leg("trd_01", leg, LegState.PLANNED)

    assert (moved.state, moved.filled) == (LegState.SUBMITTING, 10 * ONE)
    assert ledger.trade("trd_01").legs[0] == moved


def claimed():
    return a_leg(state=LegState.SUBMITTING, client_order_id="c-1", intent={"claimed_by": "us"}, sends=1)


@pytest.mark.parametrize("end", [TradeState.NOT_TAKEN, TradeState.QUARANTINED])
def test_no_order_leaves_for_a_trade_that_ended_meanwhile(tables, agents, ledger, end):
    opened(ledger)
    tables.client.interrupt("transact_write_items", lambda: ledger.finish("trd_01", OPENING, end, reason=""))

    with pytest.raises(WrongState):
        ledger.move_leg("trd_01", claimed(), LegState.PLANNED)

    assert ledger.trade("trd_01").legs[0].state is LegState.PLANNED


def test_a_trade_is_not_released_as_untouched_once_an_order_was_claimed_meanwhile(tables, agents, ledger):
    opened(ledger)
    seen = ledger.trade("trd_01")
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.move_leg("trd_01", claimed(), LegState.PLANNED)
    )

    with pytest.raises(WrongState):
        ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="", seen=seen)

    assert budget(agents).reserved == 5 * ONE


def test_a_quarantine_keeps_back_what_an_order_claimed_meanwhile_needs(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.move_leg("trd_01", claimed(), LegState.PLANNED)
    )

    ledger.finish("trd_01", OPENING, TradeState.QUARANTINED, reason="")

    assert (budget(agents).reserved, budget(agents, POLYMARKET).reserved) == (5 * ONE, 0)


def test_a_reservation_used_meanwhile_is_not_counted_on_for_another_leg(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt("transact_write_items", lambda: ledger.book_fills("trd_01", 0, [a_fill()]))

    ledger.put_leg("trd_01", a_leg(2), needed=5 * ONE)

    assert budget(agents) == VenueBudget(KALSHI, 991 * ONE, 5 * ONE, 4 * ONE, 1000 * ONE)


# A Query is not isolated from a transaction: it may see some items of before it and some of after it.


class TornReads:
    """The next Query of a trade's partition answers from two moments."""

    def __init__(self, ledger):
        self.table = ledger._table
        self.query = self.table.query_all
        self.before = {item["sk"]: item for item in self.partition()}

    def partition(self):
        return list(self.query("#pk = :pk", pk=keys.trade_partition("trd_01")))

    def old(self, *kinds):
        """Of items of these kinds the next Query sees what was there when this was made."""

        def torn(*args, **kwargs):
            self.table.query_all = self.query
            now = {item["sk"]: item for item in self.partition()}
            now |= {sk: self.before.get(sk) for sk in now if sk.partition("#")[0] in kinds}
            return iter([item for item in now.values() if item is not None])

        self.table.query_all = torn


TORN = [("FILL", "LEG"), ("FILL",), ("LEG",), ("TRADE",)]


@pytest.mark.parametrize("old", TORN, ids="+".join)
def test_a_torn_read_loses_no_fill_of_a_leg(agents, ledger, old):
    opened(ledger)
    first, second = a_fill("f1", 4 * ONE, confirmed=False), a_fill("f2", 3 * ONE)
    ledger.book_fills("trd_01", 0, [first])
    reads = TornReads(ledger)
    ledger.book_fills("trd_01", 0, [first, second])
    reads.old(*old)

    another(ledger).book_fills("trd_01", 0, [replace(first, confirmed=True)])

    leg = ledger.trade("trd_01").legs[0]
    assert (leg.filled, leg.net_filled) == (7 * ONE, 7 * ONE)
    assert {fill.fill_id: fill.confirmed for fill in leg.fills} == {"f1": True, "f2": second.confirmed}
    assert [position.shares for position in ledger.positions("agt_1")] == [7 * ONE]


def test_a_torn_read_undoes_no_confirmation(agents, ledger):
    opened(ledger)
    fill = a_fill("f1", 4 * ONE, confirmed=False)
    ledger.book_fills("trd_01", 0, [fill])
    reads = TornReads(ledger)
    ledger.book_fills("trd_01", 0, [replace(fill, confirmed=True)])
    reads.old("FILL")

    another(ledger).book_fills("trd_01", 0, [replace(fill, tx_hash="0x1")])

    (stored,) = ledger.trade("trd_01").legs[0].fills
    assert (stored.confirmed, stored.tx_hash) == (True, "0x1")


@pytest.mark.parametrize("old", [("FILL", "LEG"), ("LEG",)], ids="+".join)
def test_a_trade_does_not_end_by_a_torn_read(agents, ledger, old):
    opened(ledger)
    reads = TornReads(ledger)
    ledger.book_fills("trd_01", 0, [a_fill("f1", 4 * ONE)])
    reads.old(*old)
    seen = ledger.trade("trd_01")
    reads.old(*old)  # the ledger's own read is torn in the same way

    with pytest.raises(WrongState):
        ledger.finish("trd_01", OPENING, TradeState.NOT_TAKEN, reason="", seen=seen)

    assert seen.legs[0].filled == 0
    assert ledger.trade("trd_01").state is OPENING
    assert budget(agents).spent == 1_600_000


def test_no_leg_is_added_to_a_trade_that_ended_meanwhile(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt(
        "transact_write_items", lambda: ledger.finish("trd_01", OPENING, TradeState.FLAT, reason="")
    )

    with pytest.raises(WrongState):
        ledger.put_leg("trd_01", a_leg(2))


def test_a_leg_added_meanwhile_under_the_index_stays(tables, agents, ledger):
    opened(ledger)
    tables.client.interrupt("transact_write_items", lambda: ledger.put_leg("trd_01", a_leg(2, repairs=0)))

    with pytest.raises(AlreadyExists):
        ledger.put_leg("trd_01", a_leg(2, repairs=1))


def test_an_agent_paused_meanwhile_enters_nothing(tables, agents, ledger):
    tables.client.interrupt(
        "transact_write_items",
        lambda: agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.PAUSED, "asked", "owner"),
    )

    with pytest.raises(Exception, match="paused"):
        ledger.reserve(a_trade(), a_limits())

    assert budget(agents).reserved == 0


def test_a_state_that_moved_meanwhile_is_not_moved_back(tables, agents):
    tables.client.interrupt(
        "transact_write_items",
        lambda: agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.HALTED, "quarantine", "dutchbook"),
    )

    with pytest.raises(WrongState):
        agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.PAUSED, "asked", "owner")

    assert agents.get("agt_1").state is AgentState.HALTED


def test_an_edit_meanwhile_is_not_overwritten(tables, agents):
    tables.client.interrupt(
        "transact_write_items",
        lambda: agents.set_limits("agt_1", 1, a_limits(max_trades=3), Mode.DEMO, "owner"),
    )

    with pytest.raises(WrongState):
        agents.set_limits("agt_1", 1, a_limits(max_trades=4), Mode.DEMO, "owner")

    assert agents.get("agt_1").limits.max_trades == 3


def test_money_reserved_while_a_budget_is_cut_counts(tables, agents, ledger):
    tables.client.interrupt("transact_write_items", lambda: ledger.reserve(a_trade(), a_limits()))

    with pytest.raises(LimitExceeded):
        agents.set_budget("agt_1", KALSHI, 4 * ONE, simulated=True, actor="owner")

    assert budget(agents) == VenueBudget(KALSHI, 995 * ONE, 5 * ONE, 0, 1000 * ONE)


def test_a_decision_on_a_pair_meanwhile_stands(tables, clock):
    store = DynamoMarketStore(tables.markets, tables.guards, clock)
    a, b = MarketKey(KALSHI, "M-1"), MarketKey(POLYMARKET, "0x1")
    pair = Pair("pair_1", a, b, Relation.SAME, PairStatus.PROPOSED)
    store.put_pair(pair)
    tables.client.interrupt(
        "transact_write_items",
        lambda: store.set_pair_status("pair_1", [PairStatus.PROPOSED], PairStatus.REJECTED, "no", "0xop"),
    )

    store.put_pair(replace(pair, score_ppm=1))

    assert store.pair("pair_1") == replace(pair, score_ppm=1, status=PairStatus.REJECTED, reason="no")
    assert store.pairs(PairStatus.PROPOSED, 9).items == ()
