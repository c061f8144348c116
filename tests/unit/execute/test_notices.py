"""Who is told what: each kind of notice names the agent, the trade, the venue and what happens next."""

from dutchbook.domain.errors import InsufficientFunds, NotAuthorised
from dutchbook.usecases.execute_pair.steps import Step
from tests.support.execution import TRADE_ID, World, a_plan
from tests.support.venue import Behaviour


def refused(error: type[Exception]) -> World:
    world = World()
    world.kalshi.script = [Behaviour(arrives=False, answer=error)]
    assert world.drive().step is Step.NOT_TAKEN
    return world


def test_credentials_that_a_venue_refuses_are_told_with_what_to_do():
    (notice,) = refused(NotAuthorised).notices
    assert (notice.kind, notice.agent_id, notice.venue) == ("credentials", "agt_1", "kalshi")
    assert notice.trade_id == TRADE_ID
    assert "Test them" in notice.next_step


def test_a_venue_that_refuses_for_another_reason_is_no_matter_of_credentials():
    assert refused(InsufficientFunds).notices == []


def test_the_same_keys_are_told_once_for_many_trades():
    world = refused(NotAuthorised)
    world.kalshi.script = [Behaviour(arrives=False, answer=NotAuthorised)]
    world.drive(a_plan(trade_id="trd_2"))
    assert world.notices.kinds == ["credentials"]
