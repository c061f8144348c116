"""Routes of this stack's operators: pairs that are traded, what silent venues paid, the kill switch."""

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path

from dutchbook.entry.bootstrap.register import RegisterServices, services
from dutchbook.entry.fields import PAIR_ID_PATTERN, TRADE_ID_PATTERN
from dutchbook.entry.http import Caller, new_router, operator
from dutchbook.entry.models import (
    ApprovalRequest,
    ControlRequest,
    DecisionRequest,
    ResolveRequest,
    RulingRequest,
)
from dutchbook.entry.public_views import ControlView, PairView
from dutchbook.entry.trade_views import TradeDetail
from dutchbook.usecases import manage_pairs, resolve_trade, settle_positions

router = new_router()

Operator = Annotated[Caller, Depends(operator)]
Own = Annotated[RegisterServices, Depends(services)]
PairIdInPath = Annotated[str, Path(pattern=PAIR_ID_PATTERN)]
TradeIdInPath = Annotated[str, Path(pattern=TRADE_ID_PATTERN)]


@router.post("/api/pairs/<pair_id>/approve", tags=["operators"], summary="Let a pair be traded")
def approve(pair_id: PairIdInPath, body: ApprovalRequest, who: Operator, own: Own) -> PairView:
    return PairView.of(
        manage_pairs.approve(
            own.markets, own.agents, own.clock, pair_id, body.reason, who.wallet, body.rules_hash
        )
    )


@router.post("/api/pairs/<pair_id>/reject", tags=["operators"], summary="Take a pair out of trading")
def reject(pair_id: PairIdInPath, body: DecisionRequest, who: Operator, own: Own) -> PairView:
    return PairView.of(
        manage_pairs.reject(own.markets, own.agents, own.clock, pair_id, body.reason, who.wallet)
    )


@router.post("/api/rulings", tags=["operators"], summary="What a market closed without a value has paid")
def ruling(body: RulingRequest, who: Operator, own: Own) -> RulingRequest:
    settle_positions.rule(own.settlements, own.agents, own.clock, body.resolution(), body.reason, who.wallet)
    return body


@router.post("/api/trade/<trade_id>/resolve", tags=["operators"], summary="End a quarantined trade")
def resolve(trade_id: TradeIdInPath, body: ResolveRequest, who: Operator, own: Own) -> TradeDetail:
    resolved = resolve_trade.resolve(
        own.ledger,
        own.agents,
        own.markets,
        own.clock,
        trade_id,
        absent=body.absent,
        closed=[one.closing() for one in body.closed],
        reason=body.reason,
        operator=who.wallet,
    )
    return TradeDetail.of(resolved)


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
