"""What an agent made, as pydantic models."""

from pydantic import Field

from dutchbook.domain.money import format_micros
from dutchbook.domain.readiness import Check, Readiness
from dutchbook.domain.statistics import Statistics
from dutchbook.entry.formats import Amount, Answer, Moment, moment, percent, usd
from dutchbook.ports.settlement import Settlement
from dutchbook.usecases.report_results import DayLine, Performance


class StatisticsView(Answer):
    """Over all closed trades; null where a figure has no meaning yet."""

    closed_trades: int
    wins: int
    losses: int
    win_rate: Amount | None = Field(description="Percent of closed trades that made money")
    profit_factor: Amount | None = Field(description="What winners made over what losers lost")
    expectancy: Amount | None = Field(description="Mean dollars a closed trade made")
    max_drawdown: Amount = Field(description="Deepest fall of the summed result below its highest point")
    sharpe: Amount | None = Field(description="Yearly, over the results of all days")
    average_holding_seconds: int | None = Field(description="Of trades held to settlement")
    annual_return: Amount | None = Field(
        description="Percent a year on the dollar-days tied up, simple; null below a day in the mean"
    )

    @classmethod
    def of(cls, found: Statistics) -> "StatisticsView":
        return cls(
            closed_trades=found.closed,
            wins=found.wins,
            losses=found.losses,
            win_rate=_percent(found.win_rate),
            profit_factor=_ratio(found.profit_factor),
            expectancy=None if found.expectancy is None else usd(found.expectancy),
            max_drawdown=usd(found.max_drawdown),
            sharpe=_ratio(found.sharpe),
            average_holding_seconds=found.holding_seconds,
            annual_return=_percent(found.annual_return),
        )


class DayView(Answer):
    """One UTC day on which something was traded or paid."""

    date: str
    trades: int
    realised: Amount = Field(description="Booked on the day, each leg as it was paid or sold")
    result: Amount = Field(
        description="What the day is judged by: a set paid on several days counts once, on the last of them"
    )
    fees: Amount
    total_realised: Amount = Field(description="Up to the end of the day")
    total_result: Amount = Field(description="Sum of the results up to the end of the day")
    equity: Amount = Field(description="Put in plus total_result; sets that have not ended at their cost")

    @classmethod
    def of(cls, line: DayLine) -> "DayView":
        return cls(
            date=line.day.day,
            trades=line.day.trades,
            realised=usd(line.day.realised),
            result=usd(line.day.result),
            fees=usd(line.day.fees),
            total_realised=usd(line.realised),
            total_result=usd(line.result),
            equity=usd(line.equity),
        )


class PerformanceView(Answer):
    """GET /api/agent/{agent_id}/performance: of the book of the agent's mode."""

    simulated: bool
    unrealised_profit: Amount
    capital_locked: Amount
    statistics: StatisticsView
    days: list[DayView] = Field(description="Oldest first")

    @classmethod
    def of(cls, found: Performance) -> "PerformanceView":
        return cls(
            simulated=found.simulated,
            unrealised_profit=usd(found.unrealised),
            capital_locked=usd(found.capital_locked),
            statistics=StatisticsView.of(found.statistics),
            days=[DayView.of(line) for line in found.days],
        )


class SettlementView(Answer):
    """A position that was paid out; `worth` is null for a bet that was given back."""

    venue: str
    market_id: str
    market: str
    outcome: str
    shares: Amount
    cost: Amount
    worth: Amount | None = Field(description="Dollars a share")
    payout: Amount
    realised: Amount
    simulated: bool
    trade_ids: list[str]
    at: Moment

    @classmethod
    def of(cls, paid: Settlement) -> "SettlementView":
        return cls(
            venue=paid.key.venue,
            market_id=paid.key.market_id,
            market=paid.title,
            outcome=paid.outcome,
            shares=format_micros(paid.shares),
            cost=usd(paid.cost),
            worth=None if paid.worth is None else format_micros(paid.worth),
            payout=usd(paid.payout),
            realised=usd(paid.realised),
            simulated=paid.simulated,
            trade_ids=list(paid.trade_ids),
            at=moment(paid.at),
        )


class SettlementList(Answer):
    items: list[SettlementView]
    next_cursor: str | None


class EvidenceView(Answer):
    """One line of the checklist."""

    name: str
    required: str
    actual: str
    passed: bool
    missing: str

    @classmethod
    def of(cls, check: Check) -> "EvidenceView":
        return cls(
            name=check.name,
            required=check.required,
            actual=check.actual,
            passed=check.passed,
            missing=check.missing,
        )


class ReadinessView(Answer):
    """GET /api/agent/{agent_id}/readiness: is the demo record evidence enough for real money?"""

    ready: bool
    missing: list[str]
    checks: list[EvidenceView]

    @classmethod
    def of(cls, found: Readiness) -> "ReadinessView":
        return cls(
            ready=found.ready,
            missing=list(found.missing),
            checks=[EvidenceView.of(check) for check in found.checks],
        )


def _percent(ppm: int | None) -> str | None:
    return None if ppm is None else percent(ppm)


def _ratio(ppm: int | None) -> str | None:
    return None if ppm is None else format_micros(ppm)
