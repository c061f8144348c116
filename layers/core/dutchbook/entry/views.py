"""Answers as pydantic models: decimal strings, RFC 3339 UTC, snake_case."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from dutchbook.domain.agent import Agent, AgentState, Limits
from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.entry.models import percent, usd
from dutchbook.ports import AuditEntry, VenueBudget
from dutchbook.usecases.manage_credentials import CredentialRecord
from dutchbook.usecases.report_status import AgentReport, Valued

Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d{1,6})?$", examples=["12.5"])]
"""Dollars, shares, a price or a percentage as a decimal string."""

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


class LimitsView(BaseModel):
    """Limits under the names of the registration form."""

    maxPosition: Amount  # noqa: N815  # the original contract's names
    minProfit: Amount  # noqa: N815
    maxTrades: int  # noqa: N815
    stopLoss: Amount  # noqa: N815
    maxDailyLoss: Amount  # noqa: N815
    maxDays: int  # noqa: N815

    @classmethod
    def of(cls, limits: Limits) -> "LimitsView":
        return cls(
            maxPosition=usd(limits.max_position),
            minProfit=percent(limits.min_profit),
            maxTrades=limits.max_trades,
            stopLoss=percent(limits.stop_loss),
            maxDailyLoss=usd(limits.max_daily_loss),
            maxDays=limits.max_days,
        )


class CredentialView(BaseModel):
    """What is shown of stored credentials: never a part of a key, only of its public name."""

    venue: str
    kind: str
    last_four: str = Field(description="Of the address or key id")
    jurisdiction: str
    set_at: Moment
    verified_at: Moment | None

    @classmethod
    def of(cls, record: CredentialRecord) -> "CredentialView":
        return cls(
            venue=record.venue,
            kind=record.kind,
            last_four=record.last_four,
            jurisdiction=record.jurisdiction,
            set_at=moment(record.set_at),
            verified_at=moment_or_none(record.verified_at),
        )


class CredentialTest(BaseModel):
    """The venue accepted the credentials."""

    credential: CredentialView
    balance: Amount = Field(description="US dollars free to spend")


class AgentView(BaseModel):
    """An agent as its owner sees it."""

    agent_id: str
    wallet: str
    platforms: list[str]
    strategy: str
    mode: str
    state: str
    state_reason: str
    active: bool
    limits: LimitsView
    credentials: list[str] = Field(description="Venues with verified credentials")
    version: int
    created_at: Moment

    @classmethod
    def of(cls, agent: Agent) -> "AgentView":
        return cls(
            agent_id=agent.agent_id,
            wallet=agent.wallet,
            platforms=[venue.value for venue in agent.platforms],
            strategy=agent.strategy,
            mode=agent.mode,
            state=agent.state,
            state_reason=agent.state_reason,
            active=agent.state is AgentState.ACTIVE,
            limits=LimitsView.of(agent.limits),
            credentials=[venue.value for venue in agent.credentials],
            version=agent.version,
            created_at=moment(agent.created_at),
        )


class BudgetView(BaseModel):
    """available + reserved + spent = funded."""

    venue: str
    available: Amount
    reserved: Amount
    spent: Amount
    funded: Amount

    @classmethod
    def of(cls, budget: VenueBudget) -> "BudgetView":
        return cls(
            venue=budget.venue,
            available=usd(budget.available),
            reserved=usd(budget.reserved),
            spent=usd(budget.spent),
            funded=usd(budget.funded),
        )


class StatsView(BaseModel):
    """Of the book of the agent's mode. total_profit is realised only."""

    simulated: bool
    total_trades: int
    today_trades: int
    total_profit: Amount
    today_profit: Amount
    locked_profit: Amount = Field(description="Hedged, waiting for settlement")
    fees: Amount
    today_fees: Amount
    exposure: Amount = Field(description="Cost of what is open plus reservations: what maxPosition caps")
    budgets: list[BudgetView]

    @classmethod
    def of(cls, report: AgentReport) -> "StatsView":
        return cls(
            simulated=report.simulated,
            total_trades=report.totals.trades,
            today_trades=report.today.trades,
            total_profit=usd(report.totals.realised),
            today_profit=usd(report.today.realised),
            locked_profit=usd(report.totals.locked),
            fees=usd(report.totals.fees),
            today_fees=usd(report.today.fees),
            exposure=usd(report.totals.exposure),
            budgets=[BudgetView.of(budget) for _, budget in sorted(report.budgets.items())],
        )


class FillView(BaseModel):
    fill_id: str
    shares: Amount
    price: Amount
    fee_usd: Amount
    fee_shares: Amount
    at: Moment | None
    confirmed: bool
    failed: bool
    tx_hash: str

    @classmethod
    def of(cls, fill: Fill) -> "FillView":
        return cls(
            fill_id=fill.fill_id,
            shares=format_micros(fill.shares),
            price=format_micros(fill.price),
            fee_usd=usd(fill.fee_usd),
            fee_shares=format_micros(fill.fee_shares),
            at=moment_or_none(fill.at),
            confirmed=fill.confirmed,
            failed=fill.failed,
            tx_hash=fill.tx_hash,
        )


class LegView(BaseModel):
    """One order of a trade. What was signed stays inside."""

    index: int
    purpose: str
    repairs: int | None
    venue: str
    market_id: str
    outcome: str
    side: str
    state: str
    shares: Amount
    limit_price: Amount
    filled: Amount
    net_filled: Amount
    average_price: Amount | None
    notional: Amount
    fee_usd: Amount
    fee_shares: Amount
    order_id: str
    reason: str
    submitted_at: Moment | None
    updated_at: Moment | None

    @classmethod
    def of(cls, leg: Leg) -> "LegView":
        return cls(
            index=leg.index,
            purpose=leg.purpose,
            repairs=leg.repairs,
            venue=leg.venue,
            market_id=leg.market_id,
            outcome=leg.outcome,
            side=leg.side,
            state=leg.state,
            shares=format_micros(leg.shares),
            limit_price=format_micros(leg.limit_price),
            filled=format_micros(leg.filled),
            net_filled=format_micros(leg.net_filled),
            average_price=format_micros(leg.notional * 1_000_000 // leg.filled) if leg.filled else None,
            notional=usd(leg.notional),
            fee_usd=usd(leg.fee_usd),
            fee_shares=format_micros(leg.fee_shares),
            order_id=leg.venue_order_id or leg.client_order_id,
            reason=leg.reason,
            submitted_at=moment_or_none(leg.submitted_at),
            updated_at=moment_or_none(leg.updated_at),
        )


class TradeView(BaseModel):
    """A trade in a list. The fields from `type` to `sell_order_id` are the original contract's."""

    trade_id: str
    agent_id: str
    type: str
    market: str
    spread: Amount = Field(description="Expected profit a share")
    expected_profit: Amount
    buy_order_id: str
    sell_order_id: str
    pair_id: str
    direction: str
    state: str
    reason: str
    simulated: bool
    mode_reason: str
    shares: Amount
    expected_cost: Amount
    realised_profit: Amount
    locked_profit: Amount
    fees: Amount
    legs: list[LegView]
    resolves_at: Moment | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, trade: Trade) -> "TradeView":
        return cls(
            trade_id=trade.trade_id,
            agent_id=trade.agent_id,
            type=trade.strategy,
            market=trade.title,
            spread=format_micros(trade.expected_profit * 1_000_000 // trade.shares if trade.shares else 0),
            expected_profit=usd(trade.expected_profit),
            buy_order_id=_order_id(trade, adds_yes=True),
            sell_order_id=_order_id(trade, adds_yes=False),
            pair_id=trade.pair_id,
            direction=trade.direction,
            state=trade.state,
            reason=trade.reason,
            simulated=trade.simulated,
            mode_reason=trade.mode_reason,
            shares=format_micros(trade.shares),
            expected_cost=usd(trade.expected_cost),
            realised_profit=usd(trade.realised),
            locked_profit=usd(trade.locked),
            fees=usd(sum(leg.fee_usd for leg in trade.legs)),
            legs=[LegView.of(leg) for leg in trade.legs],
            resolves_at=moment_or_none(trade.resolves_at),
            created_at=moment(trade.created_at),
            updated_at=moment(trade.updated_at),
        )


def _order_id(trade: Trade, *, adds_yes: bool) -> str:
    for leg in trade.legs:
        if leg.purpose in (LegPurpose.OPEN, LegPurpose.EXIT) and leg.adds_yes_exposure is adds_yes:
            return leg.venue_order_id or leg.client_order_id
    return ""


class Event(BaseModel):
    """One line of a trade's timeline."""

    at: Moment
    what: str


class TradeDetail(TradeView):
    """One trade with its fills and what happened when."""

    fills: list[FillView]
    timeline: list[Event]

    @classmethod
    def of(cls, trade: Trade) -> "TradeDetail":
        fills = [(leg, fill) for leg in trade.legs for fill in leg.fills]
        return cls(
            **TradeView.of(trade).model_dump(),
            fills=[FillView.of(fill) for _, fill in fills],
            timeline=_timeline(trade, fills),
        )


def _timeline(trade: Trade, fills: list[tuple[Leg, Fill]]) -> list[Event]:
    happened = [(trade.created_at, "reserved")]
    for leg in trade.legs:
        name = f"leg {leg.index} on {leg.venue}"
        if leg.submitted_at:
            happened.append((leg.submitted_at, f"{name}: {leg.side} {leg.outcome} sent"))
        if leg.updated_at:
            happened.append((leg.updated_at, f"{name}: {leg.state}"))
    for leg, fill in fills:
        if fill.at:
            done = f"{format_micros(fill.shares)} at {format_micros(fill.price)}"
            happened.append((fill.at, f"leg {leg.index} on {leg.venue}: filled {done}"))
    if trade.ended:
        happened.append((trade.updated_at, trade.state.value))
    return [Event(at=moment(at), what=what) for at, what in sorted(happened)]


class PositionView(BaseModel):
    """What is held of one outcome; `unrealised` is null where the bids do not take all of it."""

    venue: str
    market_id: str
    market: str
    outcome: str
    shares: Amount
    cost: Amount
    value: Amount | None
    unrealised: Amount | None
    simulated: bool
    trade_ids: list[str]
    opened_at: Moment | None

    @classmethod
    def of(cls, valued: Valued) -> "PositionView":
        held = valued.position
        return cls(
            venue=held.key.venue,
            market_id=held.key.market_id,
            market=held.title,
            outcome=held.outcome,
            shares=format_micros(held.shares),
            cost=usd(held.cost),
            value=None if valued.value is None else usd(valued.value),
            unrealised=None if valued.unrealised is None else usd(valued.unrealised),
            simulated=held.simulated,
            trade_ids=list(held.trade_ids),
            opened_at=moment_or_none(held.opened_at),
        )


class AuditView(BaseModel):
    at: Moment
    actor: str
    action: str
    detail: dict[str, str]

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditView":
        return cls(at=moment(entry.at), actor=entry.actor, action=entry.action, detail=dict(entry.detail))


class StatusView(BaseModel):
    """GET /api/agent/status/{agent_id}."""

    agent: AgentView
    credentials: list[CredentialView]
    stats: StatsView
    recent_positions: list[TradeView] = Field(description="The ten newest trades")

    @classmethod
    def of(cls, report: AgentReport) -> "StatusView":
        return cls(
            agent=AgentView.of(report.agent),
            credentials=[CredentialView.of(record) for record in report.credentials],
            stats=StatsView.of(report),
            recent_positions=[TradeView.of(trade) for trade in report.recent],
        )


class AgentList(BaseModel):
    items: list[AgentView]
    next_cursor: str | None


class TradeList(BaseModel):
    items: list[TradeView]
    next_cursor: str | None


class PositionList(BaseModel):
    items: list[PositionView]
    next_cursor: None = None


class AuditList(BaseModel):
    items: list[AuditView]
    next_cursor: str | None


class NonceAnswer(BaseModel):
    nonce: str
    expires_at: Moment


class SessionAnswer(BaseModel):
    """Send the token as `Authorization: Bearer …`; when it has expired, sign in again."""

    token: str
    token_type: str = "Bearer"  # noqa: S105  # a scheme, no secret
    wallet: str
    expires_at: Moment
