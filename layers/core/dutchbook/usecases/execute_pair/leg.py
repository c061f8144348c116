"""One leg's Lambda: whatever is the leg's next act, placing it or asking the venue about it."""

from dutchbook.domain.decision import Act, decide
from dutchbook.domain.errors import InvariantBroken
from dutchbook.domain.trade_states import OPEN_LEG_STATES, LegState
from dutchbook.usecases.execute_pair.confirm import ask
from dutchbook.usecases.execute_pair.context import Execution, leg_of
from dutchbook.usecases.execute_pair.place import place
from dutchbook.usecases.execute_pair.steps import Next, enter_confirming, following


def advance_leg(
    execution: Execution, trade_id: str, index: int, round_: int = 0, *, adds_yes_exposure: bool
) -> Next:
    """Does the leg's next act, if it is this leg's turn, and says what follows.

    An order that may have left is looked up by its ids, never sent anew; an event that comes late (a
    duplicate, a redrive) finds the turn passed on and does nothing. `adds_yes_exposure` is the function that
    was called: a leg that does not belong to it raises InvariantBroken, so that no unwind is ever sent the
    wrong way round. Raises NotSent when nothing has left and the same bytes may be tried again, Conflict when
    another Lambda was faster.
    """
    execution = execution.for_step()
    trade = execution.trade(trade_id)
    dust_limit = execution.dust(trade)
    if trade.ended:
        return following(trade, dust_limit)
    leg, decision = leg_of(trade, index), decide(trade, dust_limit)
    if leg.adds_yes_exposure is not adds_yes_exposure:
        raise InvariantBroken(f"leg {index} of {trade_id} was sent to the wrong function")
    if leg.state in OPEN_LEG_STATES or leg.state is LegState.CONFIRMING:
        ask(execution, trade, leg, round_)
    elif decision.act is Act.PLACE and decision.leg == leg:
        place(execution, trade, leg, decision.target)
    trade = enter_confirming(execution, execution.latest(trade_id), dust_limit)
    return following(trade, dust_limit, index, round_)
