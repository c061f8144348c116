"""Answers as pydantic models: decimal strings, RFC 3339 UTC, snake_case."""

from collections.abc import Sequence

from pydantic import Field

from dutchbook.domain.agent import Agent, AgentState, Limits
from dutchbook.entry.formats import Amount, Answer, Moment, moment, moment_or_none, percent, usd
from dutchbook.entry.result_views import StatisticsView
from dutchbook.entry.trade_views import PositionView, TradeView
from dutchbook.ports.agents import AuditEntry, VenueBudget
from dutchbook.ports.credentials import CredentialRecord
from dutchbook.ports.notices import Alert
from dutchbook.usecases.report_status import AgentReport, Check


class LimitsView(Answer):
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


class CredentialView(Answer):
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


class CredentialTest(Answer):
    """The venue accepted the credentials."""

    credential: CredentialView
    balance: Amount = Field(description="US dollars free to spend")


class AgentView(Answer):
    """An agent as its owner sees it."""

    agent_id: str
    wallet: str
    platforms: list[str]
    strategy: str
    strategyParams: dict[str, str]  # noqa: N815
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
            strategyParams=dict(agent.strategy_params),
            mode=agent.mode,
            state=agent.state,
            state_reason=agent.state_reason,
            active=agent.state is AgentState.ACTIVE,
            limits=LimitsView.of(agent.limits),
            credentials=[venue.value for venue in agent.credentials],
            version=agent.version,
            created_at=moment(agent.created_at),
        )


class BudgetView(Answer):
    """available + reserved + spent = funded."""

    venue: str
    available: Amount
    reserved: Amount
    spent: Amount
    funded: Amount
    fees: Amount

    @classmethod
    def of(cls, budget: VenueBudget) -> "BudgetView":
        return cls(
            venue=budget.venue,
            available=usd(budget.available),
            reserved=usd(budget.reserved),
            spent=usd(budget.spent),
            funded=usd(budget.funded),
            fees=usd(budget.fees),
        )


class StatsView(Answer):
    """Of the book of the agent's mode. total_profit is realised only.

    Legs are realised as they are paid: between the payouts of a set's legs total_profit shows what the paid
    ones made or lost by themselves, and locked_profit what is still to come for that.
    """

    simulated: bool
    total_trades: int
    today_trades: int
    total_profit: Amount
    today_profit: Amount = Field(description="Realised today, each leg as it was paid or sold")
    today_result: Amount = Field(description="What maxDailyLoss counts of today: sets with their last leg")
    locked_profit: Amount = Field(description="Of sets held now, waiting for settlement")
    unrealised_profit: Amount = Field(description="Of what is not hedged, at bids that take it, net of fees")
    capital_locked: Amount = Field(description="Cost of what is open")
    statistics: StatisticsView
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
            today_result=usd(report.today.result),
            locked_profit=usd(report.performance.locked),
            unrealised_profit=usd(report.performance.unrealised),
            capital_locked=usd(report.performance.capital_locked),
            statistics=StatisticsView.of(report.performance.statistics),
            fees=usd(report.totals.fees),
            today_fees=usd(report.today.fees),
            exposure=usd(report.totals.exposure),
            budgets=[BudgetView.of(budget) for _, budget in sorted(report.budgets.items())],
        )


class AuditView(Answer):
    at: Moment
    actor: str
    action: str
    detail: dict[str, str]

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditView":
        return cls(at=moment(entry.at), actor=entry.actor, action=entry.action, detail=dict(entry.detail))


class CheckView(Answer):
    name: str
    ok: bool
    detail: str


class LiveView(Answer):
    """What a live trade of the agent needs; until all is there its trades are simulated."""

    ready: bool
    checks: list[CheckView]

    @classmethod
    def of(cls, checks: Sequence[Check]) -> "LiveView":
        return cls(
            ready=all(check.ok for check in checks),
            checks=[CheckView(name=check.name, ok=check.ok, detail=check.detail) for check in checks],
        )


class StatusView(Answer):
    """GET /api/agent/status/{agent_id}."""

    agent: AgentView
    credentials: list[CredentialView]
    live: LiveView
    stats: StatsView
    recent_positions: list[TradeView] = Field(description="The ten newest trades")

    @classmethod
    def of(cls, report: AgentReport) -> "StatusView":
        return cls(
            agent=AgentView.of(report.agent),
            credentials=[CredentialView.of(record) for record in report.credentials],
            live=LiveView.of(report.live),
            stats=StatsView.of(report),
            recent_positions=[TradeView.of(trade) for trade in report.recent],
        )


class AgentList(Answer):
    items: list[AgentView]
    next_cursor: str | None


class TradeList(Answer):
    items: list[TradeView]
    next_cursor: str | None


class PositionList(Answer):
    items: list[PositionView]
    next_cursor: None = None


class AuditList(Answer):
    items: list[AuditView]
    next_cursor: str | None


class AlertView(Answer):
    """What happened, and what comes next."""

    at: Moment
    kind: str
    what: str
    next_step: str
    trade_id: str | None
    venue: str | None

    @classmethod
    def of(cls, alert: Alert) -> "AlertView":
        said = alert.notice
        return cls(
            at=moment(alert.at),
            kind=said.kind,
            what=said.what,
            next_step=said.next_step,
            trade_id=said.trade_id or None,
            venue=said.venue or None,
        )


class AlertList(Answer):
    items: list[AlertView]
    next_cursor: str | None


class NonceAnswer(Answer):
    nonce: str
    expires_at: Moment


class SessionAnswer(Answer):
    """Send the token as `Authorization: Bearer …`; when it has expired, sign in again."""

    token: str
    token_type: str = "Bearer"  # noqa: S105  # a scheme, no secret
    wallet: str
    expires_at: Moment
