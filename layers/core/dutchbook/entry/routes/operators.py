"""Routes of this stack's operators: which pairs are traded, and the kill switch."""

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path

from dutchbook.entry.bootstrap.register import RegisterServices, services
from dutchbook.entry.http import Caller, new_router, operator
from dutchbook.entry.models import PAIR_ID_PATTERN, ControlRequest, DecisionRequest
from dutchbook.entry.public_views import ControlView, PairView
from dutchbook.usecases import manage_pairs

router = new_router()

Operator = Annotated[Caller, Depends(operator)]
Own = Annotated[RegisterServices, Depends(services)]
PairIdInPath = Annotated[str, Path(pattern=PAIR_ID_PATTERN)]


@router.post("/api/pairs/<pair_id>/approve", tags=["operators"], summary="Let a pair be traded")
def approve(pair_id: PairIdInPath, body: DecisionRequest, who: Operator, own: Own) -> PairView:
    return PairView.of(
        manage_pairs.approve(own.markets, own.agents, own.clock, pair_id, body.reason, who.wallet)
    )


@router.post("/api/pairs/<pair_id>/reject", tags=["operators"], summary="Take a pair out of trading")
def reject(pair_id: PairIdInPath, body: DecisionRequest, who: Operator, own: Own) -> PairView:
    return PairView.of(
        manage_pairs.reject(own.markets, own.agents, own.clock, pair_id, body.reason, who.wallet)
    )


@router.put("/api/control", tags=["operators"], summary="The kill switch")
def control(body: ControlRequest, who: Operator, own: Own) -> ControlView:
    return ControlView.of(
        manage_pairs.set_control(
            own.ledger,
            own.agents,
            own.clock,
            trading=body.trading,
            reason=body.reason,
            operator=who.wallet,
        )
    )
