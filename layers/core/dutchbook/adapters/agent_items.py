"""Agents and their money as items, by hand: what is stored is written here and nowhere else."""

from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item
from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.ids import short_hash
from dutchbook.domain.market import MarketKey
from dutchbook.domain.settlement import Stage
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.agents import AuditEntry, DayCount, Totals, VenueBudget
from dutchbook.ports.ledger import Position

_LIMITS = ("max_position", "min_profit", "max_trades", "stop_loss", "max_daily_loss", "max_days")


def time_to_text(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def text_to_time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def agent_to_item(agent: Agent) -> Item:
    """The profile, with the index keys of an active agent."""
    item: Item = {
        **keys.profile(agent.agent_id),
        "schema_version": SCHEMA_VERSION,
        "agent_id": agent.agent_id,
        "wallet": agent.wallet,
        "platforms": [venue.value for venue in agent.platforms],
        "strategy": agent.strategy.value,
        "limits": {name: getattr(agent.limits, name) for name in _LIMITS},
        "mode": agent.mode.value,
        "state": agent.state.value,
        "created_at": time_to_text(agent.created_at),
        "budgets": {venue.value: amount for venue, amount in agent.budgets.items()},
        "state_reason": agent.state_reason,
        "jurisdiction": agent.jurisdiction,
        "strategy_params": dict(agent.strategy_params),
        "credentials": [venue.value for venue in agent.credentials],
        "version": agent.version,
    }
    if agent.state is AgentState.ACTIVE:
        item["gsi2pk"] = keys.active_agent(agent)
        item["gsi2sk"] = keys.min_profit(agent.limits.min_profit, agent.agent_id)
    return item


def agent_from_item(item: Item) -> Agent:
    return Agent(
        agent_id=item["agent_id"],
        wallet=item["wallet"],
        platforms=tuple(Venue(name) for name in item["platforms"]),
        strategy=StrategyName(item["strategy"]),
        limits=Limits(**{name: item["limits"][name] for name in _LIMITS}),
        mode=Mode(item["mode"]),
        state=AgentState(item["state"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        budgets={Venue(name): amount for name, amount in item["budgets"].items()},
        state_reason=item["state_reason"],
        jurisdiction=item["jurisdiction"],
        strategy_params=item["strategy_params"],
        credentials=tuple(Venue(name) for name in item["credentials"]),
        version=item["version"],
    )


def budget_to_item(agent_id: str, simulated: bool, budget: VenueBudget) -> Item:
    return {
        **keys.budget(agent_id, simulated, budget.venue),
        "schema_version": SCHEMA_VERSION,
        "venue": budget.venue.value,
        "available": budget.available,
        "reserved": budget.reserved,
        "spent": budget.spent,
        "funded": budget.funded,
        "fees": budget.fees,
    }


def budget_from_item(item: Item) -> VenueBudget:
    return VenueBudget(
        Venue(item["venue"]),
        item["available"],
        item["reserved"],
        item["spent"],
        item["funded"],
        item["fees"],
    )


def totals_to_item(agent_id: str, simulated: bool, totals: Totals) -> Item:
    return {
        **keys.totals(agent_id, simulated),
        "schema_version": SCHEMA_VERSION,
        "trades": totals.trades,
        "realised": totals.realised,
        "fees": totals.fees,
        "exposure": totals.exposure,
    }


def totals_from_item(item: Item) -> Totals:
    return Totals(item["trades"], item["realised"], item["fees"], item["exposure"])


def day_from_item(day: str, item: Item) -> DayCount:
    return DayCount(day, item["trades"], item["realised"], item["fees"], item.get("deferred", 0))


def position_to_item(position: Position, version: int) -> Item:
    """With the index keys that the settlement finds it by, while there is anything to settle."""
    found_by = keys.held_position(position.agent_id, position.simulated, position.key, position.outcome)
    return {
        **(found_by if position.shares else {}),
        **keys.position(position.agent_id, position.simulated, position.key, position.outcome),
        "schema_version": SCHEMA_VERSION,
        "agent_id": position.agent_id,
        "market": str(position.key),
        "outcome": position.outcome.value,
        "shares": position.shares,
        "cost": position.cost,
        "trade_ids": list(position.trade_ids),
        "opened_at": time_to_text(position.opened_at),
        "simulated": position.simulated,
        "title": position.title,
        "stage": position.stage.value,
        "worth": position.worth,
        "answered": position.answered,
        "version": version,
    }


def position_from_item(item: Item) -> Position:
    return Position(
        agent_id=item["agent_id"],
        key=MarketKey.parse(item["market"]),
        outcome=Outcome(item["outcome"]),
        shares=item["shares"],
        cost=item["cost"],
        trade_ids=tuple(item["trade_ids"]),
        opened_at=text_to_time(item["opened_at"]),
        simulated=item["simulated"],
        title=item["title"],
        stage=Stage(item["stage"]),
        worth=item["worth"],
        answered=item.get("answered", 0),
    )


def audit_to_item(agent_id: str, entry: AuditEntry) -> Item:
    """Its key is computed from what it says, so that writing it again changes nothing."""
    detail = [f"{name}={value}" for name, value in sorted(entry.detail.items())]
    digest = short_hash(time_to_text(entry.at), entry.actor, entry.action, *detail)
    return {
        **keys.audit(agent_id, int(entry.at.timestamp() * 1000), digest),
        "schema_version": SCHEMA_VERSION,
        "at": time_to_text(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "detail": dict(entry.detail),
    }


def audit_from_item(item: Item) -> AuditEntry:
    return AuditEntry(datetime.fromisoformat(item["at"]), item["actor"], item["action"], item["detail"])
