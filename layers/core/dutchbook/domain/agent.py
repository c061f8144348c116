"""An agent: one person's standing instruction, with its limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from dutchbook.domain.money import ONE, PPM, format_micros
from dutchbook.domain.venue import Venue

DEMO_BUDGET = 1_000 * ONE
"""What a demo agent starts with on each of its venues, micros of a dollar."""


class Mode(StrEnum):
    DEMO = "demo"
    LIVE = "live"


class StrategyName(StrEnum):
    ARBITRAGE = "arbitrage"
    MOMENTUM = "momentum"
    MEAN_REVERSION = "mean-reversion"


class AgentState(StrEnum):
    INACTIVE = "inactive"
    """Registered or deactivated: trades nothing, manages what is open."""
    ACTIVE = "active"
    PAUSED = "paused"
    """Manages what is open, enters nothing new; set by the owner or after too many failures."""
    CLOSING = "closing"
    """Sells all that it holds, enters nothing; inactive once nothing is left."""
    HALTED = "halted"
    """Stopped by Dutchbook after a quarantine; needs a human to look before it may run again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the owner allows. Dollars in micros, ratios in parts per million."""

    max_position: int
    """Cap on the cost, fees in, of open positions and reservations together."""
    min_profit: int
    """Least net return on cost of every slice of a trade."""
    max_trades: int
    """Trades started per UTC day."""
    stop_loss: int
    """Most of a leg's cost that undoing it may lose."""
    max_daily_loss: int
    """Most that a UTC day may lose, with what open positions and the next one lose at their stops."""
    max_days: int = 180
    """Longest wait for settlement."""

    def changes(self, new: "Limits") -> dict[str, str]:
        """What an edit changes, as the audit log keeps it: name → "old to new", dollars or percent."""
        found = {}
        for limit in fields(self):
            before, after = getattr(self, limit.name), getattr(new, limit.name)
            if before != after:
                found[limit.name] = f"{_shown(limit.name, before)} to {_shown(limit.name, after)}"
        return found

    @staticmethod
    def default_daily_loss(max_position: int, stop_loss: int) -> int:
        return max_position * stop_loss // PPM


def _shown(limit: str, value: int) -> str:
    if limit in ("max_trades", "max_days"):
        return str(value)
    # a percentage counts parts per million: one percent is ten thousand of them
    return format_micros(value * 100) if limit in ("min_profit", "stop_loss") else format_micros(value)


@dataclass(frozen=True, slots=True)
class Agent:
    agent_id: str
    wallet: str
    """Owner's Ethereum address, lower case."""
    platforms: tuple[Venue, ...]
    strategy: StrategyName
    limits: Limits
    mode: Mode
    state: AgentState
    created_at: datetime
    budgets: Mapping[Venue, int] = field(default_factory=dict)
    """Dollars (micros) the agent may hold and spend on each venue."""
    state_reason: str = ""
    jurisdiction: str = ""
    strategy_params: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[Venue, ...] = ()
    """Venues with stored, verified credentials. Never the credentials."""
    version: int = 1
    """Counts edits: an edit names the version it saw."""

    def why_simulated(self, venues: Iterable[Venue], *, live_trading: bool) -> str:
        """Which of the three yeses a live trade lacks on any of its venues; empty when none does.

        One missing yes makes the whole trade simulated: a leg bought for real and one pretended would be a
        naked position.
        """
        if self.mode is not Mode.LIVE:
            return "the agent is in demo mode"
        if not live_trading:
            return "live trading is switched off for this stack"
        missing = sorted(set(venues) - set(self.credentials))
        return f"no verified credentials for {', '.join(missing)}" if missing else ""
