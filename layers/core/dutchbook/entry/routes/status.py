"""Routes that show an owner his agents."""

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from dutchbook.entry.bootstrap.status import StatusServices, services
from dutchbook.entry.fields import AGENT_ID_PATTERN, TRADE_ID_PATTERN
from dutchbook.entry.http import Caller, caller, new_router
from dutchbook.entry.result_views import (
    PerformanceView,
    ReadinessView,
    SettlementList,
    SettlementView,
)
from dutchbook.entry.trade_views import PositionView, TradeDetail, TradeView
from dutchbook.entry.views import (
    AgentList,
    AgentView,
    PositionList,
    StatusView,
    TradeList,
)
from dutchbook.usecases import report_results, report_status

router = new_router()

Who = Annotated[Caller, Depends(caller)]
Own = Annotated[StatusServices, Depends(services)]
AgentIdInPath = Annotated[str, Path(pattern=AGENT_ID_PATTERN)]
TradeIdInPath = Annotated[str, Path(pattern=TRADE_ID_PATTERN)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(max_length=2048)]


@router.get("/api/agent/status/<agent_id>", tags=["agents"], summary="An agent, its stats, its newest trades")
def agent_status(agent_id: AgentIdInPath, who: Who, own: Own) -> StatusView:
    return StatusView.of(
        report_status.agent_report(
            own.book,
            own.credentials,
            own.clock,
            agent_id,
            who.wallet,
            live_trading=own.settings.live_trading,
        )
    )


@router.get("/api/agents", tags=["agents"], summary="The caller's agents, newest first")
def agent_list(who: Who, own: Own, limit: Limit = 50, cursor: Cursor = "") -> AgentList:
    scope = f"agents|{who.wallet}"
    page = own.agents.of_wallet(who.wallet, limit, own.open(cursor, scope))
    return AgentList(
        items=[AgentView.of(agent) for agent in page.items], next_cursor=own.seal(page.next_key, scope)
    )


@router.get("/api/agent/<agent_id>/trades", tags=["agents"], summary="Trades, newest first")
def trade_list(
    agent_id: AgentIdInPath, who: Who, own: Own, limit: Limit = 50, cursor: Cursor = ""
) -> TradeList:
    scope = f"trades|{agent_id}"
    start = own.open(cursor, scope)
    page = report_status.trades(own.agents, own.ledger, agent_id, who.wallet, limit, start)
    return TradeList(
        items=[TradeView.of(trade) for trade in page.items], next_cursor=own.seal(page.next_key, scope)
    )


@router.get("/api/agent/<agent_id>/positions", tags=["agents"], summary="What is held, valued at bids")
def position_list(agent_id: AgentIdInPath, who: Who, own: Own) -> PositionList:
    held = report_status.positions(own.agents, own.ledger, own.markets, agent_id, who.wallet)
    return PositionList(items=[PositionView.of(valued) for valued in held])


@router.get("/api/agent/<agent_id>/settlements", tags=["agents"], summary="Payouts, newest first")
def settlement_list(
    agent_id: AgentIdInPath, who: Who, own: Own, limit: Limit = 50, cursor: Cursor = ""
) -> SettlementList:
    scope = f"settlements|{agent_id}"
    page = report_results.paid_out(own.book, agent_id, who.wallet, limit, own.open(cursor, scope))
    return SettlementList(
        items=[SettlementView.of(paid) for paid in page.items], next_cursor=own.seal(page.next_key, scope)
    )


@router.get("/api/agent/<agent_id>/performance", tags=["agents"], summary="Statistics and the days")
def performance(agent_id: AgentIdInPath, who: Who, own: Own) -> PerformanceView:
    return PerformanceView.of(report_results.performance(own.book, agent_id, who.wallet))


@router.get("/api/agent/<agent_id>/readiness", tags=["agents"], summary="Is the demo record evidence enough?")
def readiness(agent_id: AgentIdInPath, who: Who, own: Own) -> ReadinessView:
    return ReadinessView.of(report_results.evidence(own.book, agent_id, who.wallet))


@router.get("/api/trade/<trade_id>", tags=["trades"], summary="One trade with legs, fills and timeline")
def trade(trade_id: TradeIdInPath, who: Who, own: Own) -> TradeDetail:
    return TradeDetail.of(report_status.trade(own.agents, own.ledger, trade_id, who.wallet))
