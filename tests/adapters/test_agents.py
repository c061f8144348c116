"""What `Agents` promises, of the store in memory and of DynamoDB alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.agent import DEMO_BUDGET, AgentState, Mode, StrategyName
from dutchbook.domain.errors import AlreadyExists, LimitExceeded, NotFound, WrongState
from dutchbook.domain.money import ONE
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import ACTIVE_SLOTS, AuditEntry, DayCount, Totals, VenueBudget
from tests.support.builders import NOW, a_limits, a_trade, an_agent


def test_an_agent_comes_back_as_it_was_added(money):
    agent = an_agent(budgets={Venue.KALSHI: 7 * ONE}, strategy_params={"window": "20"})
    money.agents.add(agent)

    assert money.agents.get("agt_1") == agent
    assert money.agents.get("agt_2") is None
    assert money.agents.get_many(["agt_1", "agt_2"]) == {"agt_1": agent}
    assert money.agents.get_many([]) == {}


def test_each_platform_gets_a_simulated_and_a_real_budget(money):
    money.agents.add(an_agent(budgets={Venue.KALSHI: 7 * ONE}, limits=a_limits(max_position=90 * ONE)))

    assert money.agents.budgets("agt_1", simulated=True) == {
        Venue.KALSHI: VenueBudget(Venue.KALSHI, 7 * ONE, 0, 0, 7 * ONE),
        Venue.POLYMARKET: VenueBudget(Venue.POLYMARKET, DEMO_BUDGET, 0, 0, DEMO_BUDGET),
    }
    assert money.agents.budgets("agt_1", simulated=False) == {
        Venue.KALSHI: VenueBudget(Venue.KALSHI, 7 * ONE, 0, 0, 7 * ONE),
        Venue.POLYMARKET: VenueBudget(Venue.POLYMARKET, 90 * ONE, 0, 0, 90 * ONE),
    }
    assert money.agents.budgets("agt_2", simulated=True) == {}


def test_adding_again_is_success_and_another_under_the_same_id_is_refused(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())
    before = money.agents.budgets("agt_1", simulated=True)

    money.agents.add(an_agent())
    with pytest.raises(AlreadyExists):
        money.agents.add(an_agent(wallet="0x" + "cd" * 20))

    assert money.agents.budgets("agt_1", simulated=True) == before


def test_a_wallet_lists_its_agents_newest_first_page_by_page(money):
    for number in range(5):
        money.agents.add(an_agent(f"agt_{number}"))
    money.agents.add(an_agent("agt_x", wallet="0x" + "cd" * 20))

    first = money.agents.of_wallet(an_agent().wallet, 3)
    second = money.agents.of_wallet(an_agent().wallet, 3, first.next_key)

    assert [agent.agent_id for agent in first.items] == ["agt_4", "agt_3", "agt_2"]
    assert [agent.agent_id for agent in second.items] == ["agt_1", "agt_0"]
    assert second.next_key == ""


def test_a_state_moves_only_from_an_expected_one_and_says_so_in_the_audit(money):
    money.agents.add(an_agent(state=AgentState.INACTIVE))

    moved = money.agents.set_state("agt_1", [AgentState.INACTIVE], AgentState.ACTIVE, "asked", "owner")
    with pytest.raises(WrongState):
        money.agents.set_state("agt_1", [AgentState.INACTIVE], AgentState.ACTIVE, "asked", "owner")
    with pytest.raises(NotFound):
        money.agents.set_state("agt_2", [AgentState.INACTIVE], AgentState.ACTIVE, "asked", "owner")

    assert (moved.state, moved.state_reason, moved.version) == (AgentState.ACTIVE, "asked", 2)
    assert money.agents.get("agt_1") == moved
    assert money.agents.audit("agt_1", 10).items == (
        AuditEntry(NOW, "owner", "state", {"from": "inactive", "to": "active", "reason": "asked"}),
    )


def test_limits_are_edited_only_at_the_version_that_was_seen(money):
    money.agents.add(an_agent())
    limits = a_limits(max_trades=3)

    edited = money.agents.set_limits("agt_1", 1, limits, Mode.LIVE, "owner")
    with pytest.raises(WrongState):
        money.agents.set_limits("agt_1", 1, a_limits(max_trades=4), Mode.DEMO, "owner")
    with pytest.raises(NotFound):
        money.agents.set_limits("agt_2", 1, limits, Mode.DEMO, "owner")

    assert (edited.limits, edited.mode, edited.version) == (limits, Mode.LIVE, 2)
    assert money.agents.get("agt_1") == edited


def test_credentials_are_noted_and_change_no_mode(money):
    money.agents.add(an_agent())

    money.agents.set_credential("agt_1", Venue.POLYMARKET, present=True, actor="owner")
    both = money.agents.set_credential("agt_1", Venue.KALSHI, present=True, actor="owner")
    one = money.agents.set_credential("agt_1", Venue.POLYMARKET, present=False, actor="owner")

    assert both.credentials == (Venue.KALSHI, Venue.POLYMARKET)
    assert (one.credentials, one.mode) == ((Venue.KALSHI,), Mode.DEMO)


def test_a_budget_moves_its_free_part_and_never_below_what_is_in_use(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())

    cut = money.agents.set_budget("agt_1", Venue.KALSHI, 6 * ONE, simulated=True, actor="owner")
    with pytest.raises(LimitExceeded, match=r"budget\.kalshi"):
        money.agents.set_budget("agt_1", Venue.KALSHI, 5 * ONE - 1, simulated=True, actor="owner")
    new = money.agents.set_budget("agt_1", Venue.LIMITLESS, 9 * ONE, simulated=False, actor="owner")
    with pytest.raises(NotFound):
        money.agents.set_budget("agt_2", Venue.KALSHI, ONE, simulated=True, actor="owner")

    assert cut == VenueBudget(Venue.KALSHI, ONE, 5 * ONE, 0, 6 * ONE)
    assert money.agents.budgets("agt_1", simulated=True)[Venue.KALSHI] == cut
    assert money.agents.budgets("agt_1", simulated=False)[Venue.LIMITLESS] == new
    assert new == VenueBudget(Venue.LIMITLESS, 9 * ONE, 0, 0, 9 * ONE)


def test_a_venue_account_has_one_owner(money):
    for agent_id in ("agt_1", "agt_2"):
        money.agents.add(an_agent(agent_id))
    money.agents.claim_account("agt_1", Venue.KALSHI, "key-1")
    money.agents.claim_account("agt_1", Venue.KALSHI, "key-1")
    money.agents.claim_account("agt_2", Venue.POLYMARKET, "key-1")
    with pytest.raises(AlreadyExists):
        money.agents.claim_account("agt_2", Venue.KALSHI, "key-1")

    money.agents.release_account("agt_2", Venue.KALSHI, "key-1")
    with pytest.raises(AlreadyExists):
        money.agents.claim_account("agt_2", Venue.KALSHI, "key-1")
    money.agents.release_account("agt_1", Venue.KALSHI, "key-1")
    money.agents.release_account("agt_1", Venue.KALSHI, "key-1")
    money.agents.claim_account("agt_2", Venue.KALSHI, "key-1")


def candidates(money, at_most, turn=0, enough=1_000, mode=Mode.DEMO, strategy=StrategyName.ARBITRAGE):
    return {agent.agent_id for agent in money.agents.candidates(strategy, mode, at_most, turn, enough)}


def test_active_agents_are_found_by_strategy_mode_and_a_return(money):
    for number, ppm in enumerate([30_000, 5_000, 20_000, 9, 20_001]):
        money.agents.add(an_agent(f"agt_{number}", limits=a_limits(min_profit=ppm)))
    money.agents.add(an_agent("agt_off", limits=a_limits(min_profit=1), state=AgentState.PAUSED))

    money.agents.add(an_agent("agt_live", limits=a_limits(min_profit=1), mode=Mode.LIVE))
    money.agents.add(an_agent("agt_mom", limits=a_limits(min_profit=1), strategy=StrategyName.MOMENTUM))

    assert candidates(money, 20_000) == {"agt_3", "agt_1", "agt_2"}
    assert candidates(money, 20_000, mode=Mode.LIVE) == {"agt_live"}
    assert candidates(money, 20_000, strategy=StrategyName.MOMENTUM) == {"agt_mom"}


def test_an_agent_is_found_from_its_activation_on_and_under_its_new_mode(money):
    agent = an_agent("agt_1", state=AgentState.INACTIVE)
    money.agents.add(agent)
    assert candidates(money, 20_000) == set()
    active = money.agents.set_state("agt_1", [AgentState.INACTIVE], AgentState.ACTIVE, "asked", "owner")
    assert candidates(money, 20_000) == {"agt_1"}
    money.agents.set_limits("agt_1", active.version, active.limits, Mode.LIVE, "owner")
    assert candidates(money, 20_000) == set()
    assert candidates(money, 20_000, mode=Mode.LIVE) == {"agt_1"}


def test_whole_slots_of_agents_take_turns_until_there_are_enough(money):
    everybody = {f"agt_{number:03d}" for number in range(60)}
    for agent_id in everybody:
        money.agents.add(an_agent(agent_id))

    turns = [candidates(money, 20_000, turn, enough=5) for turn in range(ACTIVE_SLOTS)]

    assert all(5 <= len(turn) < 60 for turn in turns)
    assert set().union(*turns) == everybody, "nobody waits for more than a round"
    assert candidates(money, 20_000, turn=7) == everybody
    assert candidates(money, 20_000, ACTIVE_SLOTS + 3, enough=5) == turns[3]


def test_purses_are_budgets_and_todays_counts_of_many_agents(money):
    agents = [an_agent(f"agt_{number}") for number in range(30)]
    for agent in agents:
        money.agents.add(agent)
    money.ledger.reserve(a_trade("trd_1", "agt_7"), agents[7].limits)

    purses = money.agents.purses([*agents, an_agent("agt_none")], "2026-11-23", simulated=True)

    assert set(purses) == {agent.agent_id for agent in agents} | {"agt_none"}
    assert purses["agt_7"].budgets == money.agents.budgets("agt_7", simulated=True)
    assert purses["agt_7"].day == money.agents.day("agt_7", "2026-11-23", simulated=True)
    assert purses["agt_7"].day.trades == 1
    assert (purses["agt_none"].budgets, purses["agt_none"].day.trades) == ({}, 0)


def test_trades_under_way_are_known_by_agent_and_pair(money):
    agent = an_agent()
    money.agents.add(agent)
    money.ledger.reserve(a_trade("trd_1"), agent.limits)

    wanted = [("agt_1", "pair_1"), ("agt_1", "pair_2"), ("agt_2", "pair_1")]

    assert set(money.ledger.in_flight(wanted)) == {("agt_1", "pair_1")}
    assert set(money.ledger.in_flight([])) == set()


def test_an_agent_that_stops_or_changes_its_limit_leaves_its_old_place_in_the_list(money):
    money.agents.add(an_agent("agt_1", limits=a_limits(min_profit=5_000)))
    money.agents.add(an_agent("agt_2", limits=a_limits(min_profit=5_000)))

    money.agents.set_state("agt_1", [AgentState.ACTIVE], AgentState.HALTED, "quarantine", "dutchbook")
    money.agents.set_limits("agt_2", 1, a_limits(min_profit=50_000), Mode.DEMO, "owner")

    assert candidates(money, 20_000) == set()
    assert candidates(money, 50_000) == {"agt_2"}


def test_audit_is_newest_first_and_the_same_entry_twice_is_one(money):
    entries = [AuditEntry(NOW + timedelta(seconds=n), "owner", "note", {"n": str(n)}) for n in range(3)]
    for entry in (*entries, entries[0]):
        money.agents.write_audit("agt_1", entry)

    first = money.agents.audit("agt_1", 2)
    rest = money.agents.audit("agt_1", 2, first.next_key)

    assert first.items == (entries[2], entries[1])
    assert rest.items == (entries[0],)


def test_counters_of_a_new_agent_are_zero_and_of_each_book_apart(money):
    money.agents.add(an_agent())
    money.ledger.reserve(a_trade(), a_limits())

    assert money.agents.day("agt_1", "2026-11-23", simulated=True) == DayCount("2026-11-23", trades=1)
    assert money.agents.day("agt_1", "2026-11-23", simulated=False) == DayCount("2026-11-23")
    assert money.agents.totals("agt_1", simulated=True) == Totals(trades=1, exposure=10 * ONE)
    assert money.agents.totals("agt_1", simulated=False) == Totals()
    assert money.agents.totals("nobody", simulated=False) == Totals()


def test_an_edited_agent_keeps_everything_else(money):
    agent = an_agent(jurisdiction="DE", credentials=(Venue.KALSHI,))
    money.agents.add(agent)

    moved = money.agents.set_state(
        "agt_1", [AgentState.ACTIVE], AgentState.PAUSED, "six failures", "dutchbook"
    )

    assert moved == replace(agent, state=AgentState.PAUSED, state_reason="six failures", version=2)


def test_the_claim_of_an_agent_that_is_no_more_is_taken_over(money):
    money.agents.add(an_agent("agt_1"))
    money.agents.claim_account("agt_gone", Venue.KALSHI, "key-1")
    money.agents.claim_account("agt_1", Venue.KALSHI, "key-1")
    with pytest.raises(AlreadyExists):
        money.agents.claim_account("agt_2", Venue.KALSHI, "key-1")


def test_credentials_do_not_become_verified_on_an_agent_that_was_edited_since(money):
    money.agents.add(an_agent())
    version = money.agents.get("agt_1").version
    money.agents.set_credential("agt_1", Venue.KALSHI, present=False, actor="owner")
    with pytest.raises(WrongState):
        money.agents.set_credential("agt_1", Venue.KALSHI, present=True, actor="owner", version=version)
    assert money.agents.get("agt_1").credentials == ()
