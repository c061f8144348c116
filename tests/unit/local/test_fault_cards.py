"""The fault matrix leaves nothing out and can be repeated."""

from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.venues import MarketData, VenueConnector
from local.faults.cards import CALLS, COUNTS, KINDS, PORTS, scenarios
from local.venues.faults import KINDS as SIMULATED


def test_every_fault_that_the_simulators_know_is_dealt():
    assert {kind.partition(" ")[0] for kind in KINDS} == SIMULATED


def test_every_venue_has_a_request_behind_every_call():
    names = {frozenset(CALLS[venue]) for venue in Venue}
    assert len(names) == 1


def test_every_call_at_which_a_lambda_dies_is_one_of_the_ports():
    ports = {"ledger": Ledger, "agents": Agents, "connector": VenueConnector, "data": MarketData}
    for name, port in ports.items():
        assert all(hasattr(port, method) for method in PORTS[name]), name


def test_together_they_cover_every_fault_on_both_legs_and_every_death_before_and_after():
    dealt = scenarios(800, seed=1)
    faults = {(fault.kind, fault.call, fault.leg) for one in dealt for fault in one.faults}
    assert len(faults) == len(KINDS) * len(CALLS[Venue.KALSHI]) * 2
    assert {fault.count for one in dealt for fault in one.faults} == set(COUNTS)
    deaths = {(crash.port, crash.method, crash.after) for one in dealt for crash in one.crashes}
    assert len(deaths) == 2 * sum(len(methods) for methods in PORTS.values())
    assert {one.live for one in dealt} == {one.listed for one in dealt} == {True, False}
    assert {len(one.route) for one in dealt} == {1, 2, 3}
    assert all(len(set(one.route)) == len(one.route) for one in dealt)


def test_the_same_numbers_deal_the_same_scenarios():
    assert scenarios(50, seed=3) == scenarios(50, seed=3)
    assert scenarios(50, seed=3)[:20] == scenarios(20, seed=3)
    assert scenarios(50, seed=3) != scenarios(50, seed=4)
