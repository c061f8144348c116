"""What is asked again just before an order leaves, and what each answer does to a trade half open."""

from dataclasses import replace
from threading import Barrier

import pytest

from dutchbook.domain.agent import AgentState, Mode
from dutchbook.domain.errors import Halted, MarketClosed, NotEligible, VenueUnreachable
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, rules_hash_of
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Control, Position
from dutchbook.ports.venues import Balance
from dutchbook.usecases import execute_pair
from dutchbook.usecases.execute_pair import Execution
from tests.support.builders import NOW, a_limits, an_agent
from tests.support.execution import KALSHI, POLYMARKET, World, a_plan, kalshi_book, polymarket_book

BOTH = (Venue.KALSHI, Venue.POLYMARKET)


def live_world(**changes) -> World:
    agent = an_agent(mode=Mode.LIVE, credentials=BOTH, **changes)
    return World(agent=agent, live_trading=True)


def edit(world: World, **changes) -> None:
    world.agents.agents["agt_1"] = replace(world.agents.agents["agt_1"], **changes)


def switch_off(world: World) -> None:
    world.ledger.set_control(Control(trading=False, reason="drill"))


def pause(world: World) -> None:
    edit(world, state=AgentState.PAUSED)


def no_depth(world: World) -> None:
    world.polymarket_data.set_book(polymarket_book(depth=99))


def no_edge(world: World) -> None:
    world.kalshi_data.set_book(kalshi_book(yes_ask=41))


def old_book(world: World) -> None:
    inner = world.polymarket_data.books

    def slow(markets):
        books = inner(markets)
        world.clock.advance(3_001)
        return books

    world.polymarket_data.books = slow


def torn_book(world: World) -> None:
    world.kalshi_data.set_book(kalshi_book(yes_bid=45, yes_ask=40))


def no_book(world: World) -> None:
    world.polymarket_data.drop_book(POLYMARKET.market_id)


def poor(world: World) -> None:
    world.polymarket.funds = 50 * ONE


def poor_shard(world: World) -> None:
    """Kalshi's cash lies on shards: there is enough in all, and not where the market draws on it."""
    world.kalshi.balance = lambda market=None: Balance(Venue.KALSHI, ONE if market else 1_000 * ONE)


def paused_venue(world: World) -> None:
    """The second leg's venue does not trade now: the first one is not bought into its pause."""

    def paused(market=None):
        raise MarketClosed("kalshi's trading is paused")

    world.kalshi.balance = paused


def lowered_limit(world: World) -> None:
    edit(world, limits=a_limits(max_position=90 * ONE))


def loss_today(world: World) -> None:
    world.agents.books["agt_1", True].count("2026-11-23", realised=-50 * ONE)


def open_loss(world: World) -> None:
    """Hundred shares bought at 0.60 beside no hedge, which bids of 0.05 would take."""
    held = Position("agt_1", KALSHI, Outcome.YES, 100 * ONE, 60 * ONE, ("trd_old",))
    world.agents.books["agt_1", True].positions[KALSHI, Outcome.YES] = held
    world.markets.put_books([kalshi_book(yes_bid=5)])


def halt(world: World) -> None:
    edit(world, state=AgentState.HALTED)


@pytest.mark.parametrize("change", [switch_off, halt])
def test_a_switch_thrown_while_the_balances_are_asked_still_stops_the_order(change):
    """Read strongly and last: books and balances take seconds."""
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    inner = world.polymarket.balance

    def slow(market=None):
        change(world)
        return inner(market)

    world.polymarket.balance = slow
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.reason.startswith("Halted")
    assert world.kalshi.sent == world.polymarket.sent == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (switch_off, "Halted"),
        (pause, "Halted"),
        (no_depth, "EdgeGone"),
        (no_edge, "EdgeGone"),
        (old_book, "StaleBook"),
        (torn_book, "StaleBook"),
        (no_book, "StaleBook"),
        (poor, "InsufficientFunds"),
        (poor_shard, "InsufficientFunds"),
        (paused_venue, "MarketClosed"),
        (lowered_limit, "LimitExceeded"),
        (loss_today, "LimitExceeded"),
        (open_loss, "LimitExceeded"),
    ],
)
def test_nothing_leaves_when_a_check_before_the_first_leg_fails(change, reason):
    world = World()
    execute_pair.reserve(world.execution, a_plan())
    change(world)
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.reason.startswith(reason)
    assert world.kalshi.sent == world.polymarket.sent == []
    assert all(budget.reserved == 0 for budget in world.agents.budgets("agt_1", simulated=True).values())


def after_the_first_leg(world: World, change) -> None:
    inner = world.kalshi.place

    def place(intent, market):
        if not world.kalshi.orders:
            change(world)
        return inner(intent, market)

    world.kalshi.place = place


def test_the_kill_switch_between_the_legs_closes_the_first():
    """Nothing is added any more, not even to finish; what is open is taken off."""
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    after_the_first_leg(world, switch_off)
    world.drive()
    assert world.trade.state is TradeState.FLAT
    assert world.polymarket.sent == []
    assert world.kalshi.held(Outcome.YES) == 0
    assert [leg.purpose for leg in world.trade.legs] == [
        LegPurpose.OPEN,
        LegPurpose.OPEN,
        LegPurpose.UNWIND,
    ]


def test_a_pause_between_the_legs_lets_the_trade_finish():
    """Pause means: manage what is open, enter nothing new."""
    world = World()
    after_the_first_leg(world, pause)
    world.drive()
    assert world.trade.state is TradeState.HEDGED


def test_a_book_that_moved_between_the_legs_sends_no_order_that_cannot_fill():
    world = World(agent=an_agent(limits=a_limits(stop_loss=150_000)))
    after_the_first_leg(world, lambda w: w.polymarket_data.set_book(polymarket_book(no_ask=90)))
    world.drive()
    assert world.polymarket.sent == []
    assert world.trade.legs[1].reason.startswith("EdgeGone")


@pytest.mark.parametrize("venue", ["kalshi_data", "polymarket_data"])
def test_a_venue_that_is_down_before_the_first_leg_costs_nothing(venue):
    world = World()
    getattr(world, venue).failure = VenueUnreachable("down")
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.reason.startswith("VenueUnreachable: not sent after several tries")


# ------------------------------------------------------------------------------- three yeses


def simulated(world: World) -> tuple[bool, str]:
    execute_pair.reserve(world.execution, a_plan())
    return world.trade.simulated, world.trade.mode_reason


def test_with_all_three_yeses_the_trade_is_real():
    assert simulated(live_world()) == (False, "")


def test_a_demo_agent_needs_no_reason():
    assert simulated(World(live_trading=True)) == (True, "")


def test_without_the_stacks_yes_the_whole_trade_is_simulated_and_says_so():
    world = World(agent=an_agent(mode=Mode.LIVE, credentials=BOTH), live_trading=False)
    assert simulated(world) == (True, "live trading is switched off for this stack")


def test_without_credentials_for_one_leg_the_whole_trade_is_simulated_and_says_so():
    world = World(agent=an_agent(mode=Mode.LIVE, credentials=(Venue.KALSHI,)), live_trading=True)
    assert simulated(world) == (True, "no verified credentials for polymarket")


def stack_says_no(world: World) -> None:
    world.execution = _without_live(world.execution)


def credentials_removed(world: World) -> None:
    edit(world, credentials=())


def back_to_demo(world: World) -> None:
    edit(world, mode=Mode.DEMO)


def _without_live(execution: Execution) -> Execution:
    return replace(execution, live_trading=False)


@pytest.mark.parametrize("change", [stack_says_no, credentials_removed, back_to_demo])
def test_a_yes_taken_back_before_the_first_leg_stops_a_real_trade(change):
    world = live_world()
    execute_pair.reserve(world.execution, a_plan())
    change(world)
    world.drive()
    assert world.trade.state is TradeState.NOT_TAKEN
    assert world.trade.reason.startswith("Halted")
    assert world.kalshi.sent == []


@pytest.mark.parametrize("change", [stack_says_no, credentials_removed])
def test_a_yes_taken_back_between_real_legs_calls_a_human(change):
    """No order may leave any more, so the first leg can be neither hedged nor closed."""
    world = live_world()
    after_the_first_leg(world, change)
    world.drive()
    assert world.trade.state is TradeState.QUARANTINED
    assert world.polymarket.sent == []
    assert len(world.kalshi.sent) == 1


def test_an_owner_who_returns_to_demo_between_real_legs_still_gets_the_hedge():
    world = live_world()
    after_the_first_leg(world, back_to_demo)
    world.drive()
    assert world.trade.state is TradeState.HEDGED
    assert not world.trade.simulated


@pytest.mark.parametrize("status", [PairStatus.PROPOSED, PairStatus.BLOCKED, PairStatus.REJECTED, None])
def test_a_real_trade_needs_an_approved_pair(status):
    """None: a pair that nobody knows."""
    world = live_world()
    del world.markets.all_pairs["pair_1"]
    if status:
        world.markets.put_pair(Pair("pair_1", KALSHI, POLYMARKET, Relation.SAME, status))
    with pytest.raises(NotEligible):
        execute_pair.reserve(world.execution, a_plan())


def test_a_real_trade_needs_the_words_that_were_approved():
    world = live_world()
    texts = [world.markets.market(key) for key in (KALSHI, POLYMARKET)]
    world.markets.all_pairs["pair_1"] = replace(
        world.markets.pair("pair_1"), rules_hash=rules_hash_of(*texts)
    )
    world.markets.put_markets([replace(texts[0], rules="As one more source reports.")])
    with pytest.raises(NotEligible, match="text"):
        execute_pair.reserve(world.execution, a_plan())

    world.markets.put_markets(texts)
    world.execution = replace(world.execution, read=None)
    assert execute_pair.reserve(world.execution, a_plan())


# --------------------------------------------------------------------------------------- exits


def exit_plan(*, simulated: bool = True):
    from dutchbook.domain.plan import PlannedLeg
    from dutchbook.domain.venue import Side

    leg = PlannedLeg(KALSHI, Outcome.YES, Side.SELL, 10 * ONE, 380_000, 0, LegPurpose.EXIT)
    return a_plan(legs=(leg,), shares=10 * ONE, expected_cost=0, expected_profit=0, simulated=simulated)


def hold(world: World, *, simulated: bool) -> None:
    key = MarketKey(*KALSHI)
    world.agents.books["agt_1", simulated].positions[key, Outcome.YES] = Position(
        "agt_1", key, Outcome.YES, 10 * ONE, 4 * ONE, (), NOW, simulated
    )


@pytest.mark.parametrize("change", [switch_off, pause])
def test_a_position_may_be_closed_whatever_keeps_the_agent_from_entering(change):
    world = World()
    hold(world, simulated=True)
    change(world)
    world.drive(exit_plan())
    assert world.trade.state is TradeState.FILLED
    assert world.kalshi.held(Outcome.YES) == -10 * ONE


def test_a_simulated_position_of_a_live_agent_is_closed_on_paper():
    world = live_world()
    hold(world, simulated=True)
    execute_pair.reserve(world.execution, exit_plan())
    assert world.trade.simulated


def test_a_real_position_is_never_closed_on_paper():
    world = World()
    hold(world, simulated=False)
    with pytest.raises(Halted, match="a real position cannot be closed"):
        execute_pair.reserve(world.execution, exit_plan(simulated=False))


def test_venues_are_asked_side_by_side_before_the_first_order():
    """Each waits for the other's question: asked one after the other, neither would ever answer."""
    world = live_world()
    books, balances = Barrier(2), Barrier(2)

    def together(barrier, inner):
        def ask(*args):
            barrier.wait(timeout=10)
            return inner(*args)

        return ask

    for data, connector in (
        (world.kalshi_data, world.kalshi),
        (world.polymarket_data, world.polymarket),
    ):
        data.books = together(books, data.books)
        connector.balance = together(balances, connector.balance)
    execute_pair.reserve(world.execution, a_plan())

    world.leg(0)

    assert world.trade.legs[0].filled
