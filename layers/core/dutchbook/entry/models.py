"""Requests as pydantic models: strict, closed, bounded. camelCase as in the product's original contract.

Amounts come as JSON numbers or decimal strings and become integers of a millionth (dollars) or parts per
million (percentages) here; beyond this module there is no decimal and never was a float.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from dutchbook.domain.agent import Limits, Mode
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import parse_micros
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from dutchbook.entry.fields import (
    RULES_HASH_PATTERN,
    Address,
    AgentId,
    DecimalFee,
    DecimalPrice,
    DecimalShares,
    Dollars,
    LegIndex,
    MaxDays,
    MaxPosition,
    MaxTrades,
    MinProfit,
    ModeField,
    Override,
    PemField,
    Reason,
    SecretField,
    StopLoss,
    Strategy,
    StrategyParams,
)
from dutchbook.entry.formats import Answer
from dutchbook.usecases.manage_credentials import Statement
from dutchbook.usecases.resolve_trade import Closing


class Request(BaseModel):
    """Base of all request bodies: what is not declared is refused, and an object is never coerced.

    Built at first use: a cold start reads one of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class CamelRequest(Request):
    """A body with the camelCase field names of the original contract."""

    model_config = ConfigDict(alias_generator=to_camel)


class Platforms(Request):
    """The venues an agent may trade on; at least one is true."""

    polymarket: Annotated[bool, Field(strict=True)] = False
    kalshi: Annotated[bool, Field(strict=True)] = False
    limitless: Annotated[bool, Field(strict=True)] = False

    def chosen(self) -> tuple[Venue, ...]:
        return tuple(venue for venue in Venue if getattr(self, venue.value))


class Budgets(Request):
    """Dollars the agent may hold and spend on a venue."""

    polymarket: Dollars | None = None
    kalshi: Dollars | None = None
    limitless: Dollars | None = None

    def given(self) -> dict[Venue, int]:
        found = {venue: getattr(self, venue.value) for venue in Venue}
        return {venue: amount for venue, amount in found.items() if amount is not None}


class SecretFields(CamelRequest):
    """Keys of venues. They are kept apart from the moment they are parsed and are shown as asterisks."""

    private_key: SecretField | None = None
    polymarket_funder: SecretField | None = None
    kalshi_api_key: SecretField | None = None
    kalshi_api_secret: PemField | None = None
    limitless_api_key: SecretField | None = None
    limitless_api_secret: SecretField | None = None

    def fields(self) -> dict[str, Secret]:
        """What was given, by the API's names."""
        given = {name: getattr(self, name) for name in SecretFields.model_fields}
        return {to_camel(name): value for name, value in given.items() if value is not None}


class CredentialsRequest(SecretFields):
    """One venue's credentials, with the person's own statement that he may trade there."""

    jurisdiction: Annotated[
        str, Field(strict=True, min_length=2, max_length=6, description="ISO 3166 code: CH, CA-QC")
    ]
    accept_terms: Annotated[bool, Field(strict=True)]
    readiness_override: Override = ""

    def statement(self) -> Statement:
        return Statement(self.jurisdiction, self.accept_terms, self.readiness_override)


class RegisterRequest(SecretFields):
    """A new agent. The six limits have no defaults: who registers says what may be lost."""

    wallet: Address
    platforms: Platforms
    strategy: Strategy
    max_position: MaxPosition
    min_profit: MinProfit
    max_trades: MaxTrades
    stop_loss: StopLoss
    mode: ModeField = Mode.DEMO
    budgets: Budgets = Budgets()
    max_daily_loss: Dollars | None = None
    max_days: MaxDays = 180
    strategy_params: StrategyParams = Field(default_factory=dict)
    jurisdiction: Annotated[str, Field(strict=True, max_length=6)] = ""
    accept_terms: Annotated[bool, Field(strict=True)] = False
    readiness_override: Override = ""

    def statement(self) -> Statement:
        return Statement(self.jurisdiction, self.accept_terms, self.readiness_override)

    def limits(self) -> Limits:
        daily = self.max_daily_loss
        return Limits(
            max_position=self.max_position,
            min_profit=self.min_profit,
            max_trades=self.max_trades,
            stop_loss=self.stop_loss,
            max_daily_loss=Limits.default_daily_loss(self.max_position, self.stop_loss)
            if daily is None
            else daily,
            max_days=self.max_days,
        )


class AgentRequest(Request):
    """Names the agent to switch on or off."""

    agent_id: AgentId


_NO_LIMITS = {"version", "mode", "strategy_params", "readiness_override"}


class EditRequest(CamelRequest):
    """New limits or mode; what is absent stays. `version` is the one that status showed."""

    version: Annotated[int, Field(strict=True, ge=1)]
    max_position: MaxPosition | None = None
    min_profit: MinProfit | None = None
    max_trades: MaxTrades | None = None
    stop_loss: StopLoss | None = None
    max_daily_loss: Dollars | None = None
    max_days: MaxDays | None = None
    mode: ModeField | None = None
    strategy_params: StrategyParams | None = None
    readiness_override: Override = ""

    def changes(self) -> dict[str, int]:
        """Limits' field names with their new values."""
        return self.model_dump(exclude_none=True, exclude=_NO_LIMITS)


class DecisionRequest(Request):
    """An operator's word on a pair."""

    reason: Reason


class ApprovalRequest(DecisionRequest):
    """An operator's word on a pair whose rule texts he has read."""

    rules_hash: Annotated[
        str,
        Field(
            strict=True,
            pattern=RULES_HASH_PATTERN,
            description="Of the texts that were read, as GET /api/pairs/{id} gave it",
        ),
    ]


class RulingRequest(Request):
    """What a venue paid for a market that it closed without naming a value."""

    market: Annotated[str, Field(strict=True, max_length=200, pattern=r"^(kalshi|polymarket|limitless):\S+$")]
    yes_pays: Annotated[
        str,
        Field(
            strict=True, pattern=r"^(0(\.\d{1,6})?|1|refund)$", description="Dollars a YES share, or refund"
        ),
    ]
    reason: Reason

    def resolution(self) -> Resolution:
        """NO shares pay the rest of the dollar; a refund gives back what was paid for the bet."""
        key = MarketKey.parse(self.market)
        if self.yes_pays == "refund":
            return Resolution(key, Stage.PAYABLE, refund=True)
        return Resolution(key, Stage.PAYABLE, parse_micros(self.yes_pays))


class ClosingRequest(Request):
    """What was sold by hand of a leg."""

    leg: LegIndex
    shares: DecimalShares
    price: DecimalPrice
    fee: DecimalFee = "0"

    def closing(self) -> Closing:
        return Closing(self.leg, parse_micros(self.shares), parse_micros(self.price), parse_micros(self.fee))


class ResolveRequest(Request):
    """What an operator found at the venues of a quarantined trade; the books say which end that is."""

    reason: Reason
    absent: Annotated[
        list[LegIndex], Field(max_length=20, description="Legs of which the venue has no more than is booked")
    ] = Field(default_factory=list)
    closed: Annotated[list[ClosingRequest], Field(max_length=20, description="What was sold by hand")] = (
        Field(default_factory=list)
    )


class ControlRequest(Request):
    """The kill switch: false stops every new trade of every agent."""

    trading: Annotated[bool, Field(strict=True)]
    reason: Reason


class VerifyRequest(Request):
    """A signed sign-in message."""

    message: Annotated[str, Field(strict=True, min_length=1, max_length=2048)]
    signature: Annotated[str, Field(strict=True, pattern=r"^0x([0-9a-f]{2}){1,2000}$")]


class Registered(Answer):
    """A new agent: inactive until it is activated."""

    success: Literal[True] = True
    agent_id: str
    mode: str


class Switched(Answer):
    """An agent's state after the change."""

    success: Literal[True] = True
    agent_id: str
    state: str
    mode: str
    version: int
