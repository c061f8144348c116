"""What the scan sees and how the venues are, for everybody; the pairs, for whoever signed in."""

from datetime import timedelta
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from dutchbook.domain.pair import PairStatus
from dutchbook.entry.bootstrap.status import StatusServices, services
from dutchbook.entry.fields import PAIR_ID_PATTERN
from dutchbook.entry.http import Caller, caller, new_router, operator
from dutchbook.entry.market_keys import MARKETS_AT_ONCE, market_keys
from dutchbook.entry.public_views import (
    ControlView,
    HealthAnswer,
    MarketList,
    MarketView,
    OpportunityList,
    OpportunityView,
    PairDetail,
    PairList,
    PairView,
    StatsAnswer,
    VenueList,
    VenueView,
)
from dutchbook.ports.clock import utc
from dutchbook.usecases import manage_pairs, report_status

router = new_router()

Who = Annotated[Caller, Depends(caller)]
Operator = Annotated[Caller, Depends(operator)]
Own = Annotated[StatusServices, Depends(services)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(max_length=2048)]
PairIdInPath = Annotated[str, Path(pattern=PAIR_ID_PATTERN)]
Status = Annotated[Literal["proposed", "unsure", "approved", "rejected", "blocked", "closed"], Query()]
Keys = Annotated[
    str,
    Query(
        max_length=MARKETS_AT_ONCE * 200,
        description=f"venue:market_id, separated by commas, {MARKETS_AT_ONCE} at most",
        examples=["kalshi:KXPRESPARTY-2028-D"],
    ),
]
HISTORY = timedelta(hours=24)


@router.get("/api/health", tags=["public"], summary="Whether the API answers and trading is on")
def health(own: Own) -> HealthAnswer:
    return HealthAnswer.of(own.ledger.control(), own.settings.stage, live=own.settings.live_trading)


@router.get("/api/venues", tags=["public"], summary="Connectivity, latency, errors and breaker of each venue")
def venues(own: Own) -> VenueList:
    return VenueList(items=[VenueView.of(one) for one in own.markets.health()])


@router.get("/api/opportunities", tags=["public"], summary="What the scan saw, taken or rejected with why")
def opportunities(own: Own, limit: Limit = 50, cursor: Cursor = "") -> OpportunityList:
    now = utc(own.clock.now_ms())
    page = own.markets.opportunities(now, limit, own.open(cursor, "opportunities"))
    return OpportunityList(
        items=[OpportunityView.of(record) for record in page.items],
        next_cursor=own.seal(page.next_key, "opportunities"),
    )


@router.get("/api/stats", tags=["public"], summary="What the latest tick saw")
def stats(own: Own) -> StatsAnswer:
    return StatsAnswer.of(report_status.latest_tick(own.markets, own.clock))


@router.get("/api/markets", tags=["pairs"], summary="Markets by their keys, with their latest books")
def markets(_who: Who, own: Own, keys: Keys) -> MarketList:
    wanted = market_keys(keys)
    listed, books = own.markets.markets(wanted), own.markets.books(wanted)
    return MarketList(
        items=[MarketView.of(listed[key], books.get(key), ()) for key in wanted if key in listed]
    )


@router.get("/api/pairs", tags=["pairs"], summary="Pairs of one status")
def pairs(
    _who: Who, own: Own, status: Status = "approved", limit: Limit = 50, cursor: Cursor = ""
) -> PairList:
    scope = f"pairs|{status}"
    page = own.markets.pairs(PairStatus(status), limit, own.open(cursor, scope))
    return PairList(
        items=[PairView.of(pair) for pair in page.items], next_cursor=own.seal(page.next_key, scope)
    )


@router.get("/api/pairs/<pair_id>", tags=["pairs"], summary="A pair: both markets' rules, books and history")
def pair(pair_id: PairIdInPath, _who: Who, own: Own) -> PairDetail:
    since = utc(own.clock.now_ms()) - HISTORY
    return PairDetail.of(manage_pairs.detail(own.markets, pair_id, since))


@router.get("/api/control", tags=["operators"], summary="The kill switch")
def control(_who: Operator, own: Own) -> ControlView:
    return ControlView.of(own.ledger.control())
