"""What the scan wants done: the input of one execution of execute_pair.

A plan crosses Step Functions as JSON, whose numbers are doubles, so every amount is a decimal string and no
secret, book or float is in it. The trade's mode and limits are not in it either: they are read from the agent
when the money is reserved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, format_micros, parse_micros
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.venue import Outcome, Side, Venue

_PLANNED_PURPOSES = frozenset({LegPurpose.OPEN, LegPurpose.EXIT})


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """One order to place. Micros."""

    key: MarketKey
    outcome: Outcome
    side: Side
    shares: int
    """Gross shares to ask for: grossed up where the fee is taken in shares."""
    limit_price: int
    max_cost: int
    """Most dollars the order may take, fees in: what is reserved on its venue. 0 for a sale."""
    purpose: LegPurpose = LegPurpose.OPEN


@dataclass(frozen=True, slots=True)
class TradePlan:
    """A trade as the scan computed it. Dollars and shares in micros.

    `legs` stand in the order in which they are placed: harder leg first.
    """

    trade_id: str
    agent_id: str
    pair_id: str
    direction: str
    strategy: str
    tick_id: str
    legs: tuple[PlannedLeg, ...]
    shares: int
    """Net shares that each leg is to end with."""
    expected_cost: int
    """All legs, fees in."""
    expected_profit: int
    """What the legs pay at settlement less `expected_cost`; of an exit, what they bring less what it cost."""
    resolves_at: datetime | None = None
    title: str = ""
    note: str = ""
    """What the trade rests on that its owner should know; empty for an approved pair."""
    simulated: bool | None = None
    """Of an exit: the kind of position it was computed on, the only kind it may sell. None for an entry."""

    def __post_init__(self) -> None:
        """Raises InvalidInput for a plan that no order could come of."""
        if not self.legs:
            raise InvalidInput("legs", "a trade has at least one leg")
        if self.shares <= 0 or self.expected_cost < 0:
            raise InvalidInput("shares", "shares must be positive and the cost not negative")
        for index, leg in enumerate(self.legs):
            _check_leg(leg, f"legs[{index}]")
        if len({leg.purpose for leg in self.legs}) > 1:
            raise InvalidInput("legs", "a trade either opens or closes")
        if self.exits is (self.simulated is None):
            raise InvalidInput("simulated", "an exit, and only an exit, says which kind of position it sells")

    @property
    def exits(self) -> bool:
        return self.legs[0].purpose is LegPurpose.EXIT

    @property
    def reserved(self) -> dict[Venue, int]:
        """Dollars (micros) to set aside on each distinct venue."""
        sums: dict[Venue, int] = {}
        for leg in self.legs:
            sums[leg.key.venue] = sums.get(leg.key.venue, 0) + leg.max_cost
        return sums

    def to_payload(self) -> dict[str, Any]:
        """The execution's input: ids, decimal strings, and of an exit whether what it sells is simulated."""
        return {
            "trade_id": self.trade_id,
            "agent_id": self.agent_id,
            "plan": {
                "pair_id": self.pair_id,
                "direction": self.direction,
                "strategy": self.strategy,
                "tick_id": self.tick_id,
                "title": self.title,
                "note": self.note,
                "shares": format_micros(self.shares),
                "expected_cost": format_micros(self.expected_cost),
                "expected_profit": format_micros(self.expected_profit),
                "resolves_at": self.resolves_at.isoformat() if self.resolves_at else "",
                "simulated": self.simulated,
                "legs": [_leg_to_json(leg) for leg in self.legs],
            },
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "TradePlan":
        """Inverse of `to_payload`. Raises InvalidInput naming the field that is missing or wrong."""
        plan = payload.get("plan")
        if not isinstance(plan, Mapping):
            raise InvalidInput("plan", "must be an object")
        legs = plan.get("legs")
        if not isinstance(legs, Sequence) or isinstance(legs, str):
            raise InvalidInput("plan.legs", "must be a list")
        return cls(
            trade_id=_text(payload, "trade_id"),
            agent_id=_text(payload, "agent_id"),
            pair_id=_text(plan, "pair_id"),
            direction=_text(plan, "direction"),
            strategy=_text(plan, "strategy"),
            tick_id=_text(plan, "tick_id"),
            title=str(plan.get("title", "")),
            note=str(plan.get("note", "")),
            shares=_micros(plan, "shares"),
            expected_cost=_micros(plan, "expected_cost"),
            expected_profit=_micros(plan, "expected_profit"),
            resolves_at=_time(plan, "resolves_at"),
            simulated=_flag(plan, "simulated"),
            legs=tuple(_leg_from_json(leg) for leg in legs),
        )


def _check_leg(leg: PlannedLeg, where: str) -> None:
    if leg.purpose not in _PLANNED_PURPOSES:
        raise InvalidInput(f"{where}.purpose", "a plan opens or exits; repairs are planned on the way")
    if leg.shares <= 0:
        raise InvalidInput(f"{where}.shares", "must be positive")
    if not 0 < leg.limit_price < ONE:
        raise InvalidInput(f"{where}.limit_price", "must lie between 0 and 1 dollar")
    if leg.max_cost < 0 or (leg.side is Side.BUY and leg.max_cost == 0):
        raise InvalidInput(f"{where}.max_cost", "a buy reserves what it may cost, a sale nothing")
    if leg.purpose is LegPurpose.EXIT and leg.side is not Side.SELL:
        raise InvalidInput(f"{where}.side", "a position is closed by selling it")


def _leg_to_json(leg: PlannedLeg) -> dict[str, str]:
    return {
        "market": str(leg.key),
        "outcome": leg.outcome.value,
        "side": leg.side.value,
        "shares": format_micros(leg.shares),
        "limit_price": format_micros(leg.limit_price),
        "max_cost": format_micros(leg.max_cost),
        "purpose": leg.purpose.value,
    }


def _leg_from_json(leg: object) -> PlannedLeg:
    if not isinstance(leg, Mapping):
        raise InvalidInput("plan.legs", "each leg must be an object")
    try:
        return PlannedLeg(
            key=MarketKey.parse(_text(leg, "market")),
            outcome=Outcome(_text(leg, "outcome")),
            side=Side(_text(leg, "side")),
            shares=_micros(leg, "shares"),
            limit_price=_micros(leg, "limit_price"),
            max_cost=_micros(leg, "max_cost"),
            purpose=LegPurpose(leg.get("purpose", LegPurpose.OPEN.value)),
        )
    except ValueError as error:
        raise InvalidInput("plan.legs", str(error)) from error


def _text(source: Mapping[str, Any], field: str) -> str:
    value = source.get(field)
    if not isinstance(value, str) or not value:
        raise InvalidInput(field, "must be a non-empty string")
    return value


def _micros(source: Mapping[str, Any], field: str) -> int:
    try:
        return parse_micros(_text(source, field))
    except ValueError as error:
        raise InvalidInput(field, str(error)) from error


def _flag(source: Mapping[str, Any], field: str) -> bool | None:
    value = source.get(field)
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(field, "must be true, false or absent")
    return value


def _time(source: Mapping[str, Any], field: str) -> datetime | None:
    text = source.get(field) or ""
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError) as error:
        raise InvalidInput(field, "must be an RFC 3339 time") from error
