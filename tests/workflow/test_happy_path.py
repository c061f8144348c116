"""The state machine takes a trade from its plan to HEDGED in nine transitions."""

from dutchbook.domain.trade_states import TradeState
from tests.support.execution import World, a_plan


def test_a_pair_is_hedged_within_ten_transitions(machine):
    world = World()
    with machine(world) as running:
        run = running.run(a_plan().trade_id, a_plan().to_payload())
    assert run.status == "SUCCEEDED"
    assert run.states == (
        "Reserve",
        "Route",
        "BuyLeg",
        "Route",
        "SellLeg",
        "Route",
        "Finish",
        "Route",
        "Hedged",
    )
    assert world.trade.state is TradeState.HEDGED
