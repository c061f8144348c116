"""Requests as pydantic models: strict, closed, bounded. camelCase as in the product's original contract.

Amounts come as JSON numbers or decimal strings and become integers of a millionth (dollars) or parts per
million (percentages) here; beyond this module there is no decimal and never was a float.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from dutchbook.domain.agent import Limits, Mode, StrategyName
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import format_micros, parse_micros
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from dutchbook.entry.formats import MICROS_PER_PPM_PERCENT
from dutchbook.usecases.manage_credentials import Statement
from dutchbook.usecases.resolve_trade import Closing

ADDRESS_PATTERN = r"^0x[0-9a-fA-F]{40}$"
AGENT_ID_PATTERN = r"^agt_[0-9A-HJKMNP-TV-Z]{26}$"
TRADE_ID_PATTERN = r"^trd_[0-9A-HJKMNP-TV-Z]{26}$"
PAIR_ID_PATTERN = r"^pair_[0-9A-HJKMNP-TV-Z]{16}$"

MARKETS_AT_ONCE = 20
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?\Z", re.ASCII)
MAX_SECRET_LENGTH = 8192
"""A 4096-bit RSA key in PEM has about 3,300 characters."""


def market_keys(text: str) -> list[MarketKey]:
    """The keys named, each once. Raises InvalidInput."""
    named = dict.fromkeys(one.strip() for one in text.split(","))
    if len(named) > MARKETS_AT_ONCE:
        raise InvalidInput("keys", f"names more than {MARKETS_AT_ONCE} markets")
    try:
        return [MarketKey.parse(one) for one in named]
    except ValueError:
        venues = ", ".join(Venue)
        raise InvalidInput("keys", f"are venue:market_id separated by commas, venues {venues}") from None


def _micros(value: object) -> int:
    if isinstance(value, str):
        if not _DECIMAL.match(value):
            raise PydanticCustomError("amount", "must be a plain decimal such as 12.5, at most 6 decimals")
        return parse_micros(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("amount", "must be a number or a decimal string")
    try:
        return parse_micros(value)
    except ValueError:
        raise PydanticCustomError("amount", "must be a finite number of at most 6 decimals") from None


def _bounded(low: str, high: str, *, above: bool = False) -> Callable[[object], int]:
    """Micros within [low, high], or (low, high] when `above`."""
    least, most = parse_micros(low), parse_micros(high)
    words = f"must be above {low} and at most {high}" if above else f"must be between {low} and {high}"

    def check(value: object) -> int:
        micros = _micros(value)
        if not least <= micros <= most or (above and micros == least):
            raise PydanticCustomError("amount", "{words}", {"words": words})
        return micros

    return check


def _percent(low: str, high: str, *, above: bool = False) -> Callable[[object], int]:
    """Parts per million of a percentage within the bounds."""
    check = _bounded(low, high, above=above)

    def convert(value: object) -> int:
        ppm, rest = divmod(check(value), MICROS_PER_PPM_PERCENT)
        if rest:
            raise PydanticCustomError("amount", "must have at most 4 decimals")
        return ppm

    return convert


def _schema(
    low: str, high: str, whole: str, what: str, *, places: int, above: bool = False
) -> WithJsonSchema:
    """The published form: a number, or a string. `whole` is the pattern of the whole part below `high`.

    A pattern cannot count, so the pattern of a string spells the range out: fuzzers read it literally.
    """
    lowest = {"exclusiveMinimum" if above else "minimum": float(low)}
    some, zeros = rf"(\.\d{{1,{places}}})?", rf"(\.0{{1,{places}}})?"
    below_one = "|".join(rf"0\.0{{{n}}}[1-9]\d{{0,{places - n - 1}}}" for n in range(places if above else 1))
    small = f"{below_one}|" if low.startswith("0") else ""
    bounds = f"{'above' if above else 'from'} {low} to {high}"
    return WithJsonSchema(
        {
            "description": f"{what}, {bounds}, {places} decimals at most",
            "anyOf": [
                {"type": "number", **lowest, "maximum": float(high)},
                {"type": "string", "pattern": f"^({small}{whole}{some}|{high}{zeros})$"},
            ],
        }
    )


def _strategy(value: object) -> StrategyName:
    if isinstance(value, str) and value in set(StrategyName):
        return StrategyName(value)
    names = ", ".join(StrategyName)
    raise PydanticCustomError("strategy", "must be one of {names}", {"names": names})


def _mode(value: object) -> Mode:
    if isinstance(value, str) and value in set(Mode):
        return Mode(value)
    raise PydanticCustomError("mode", "must be demo or live")


type MaxPosition = Annotated[
    int,
    BeforeValidator(_bounded("10", "10000")),
    _schema("10", "10000", r"[1-9]\d{1,3}", "US dollars", places=6),
]
type MinProfit = Annotated[
    int,
    BeforeValidator(_percent("0.1", "50")),
    _schema("0.1", "50", r"([1-9]|[1-4]\d)", "Percent of cost, net of fees", places=4),
]
type StopLoss = Annotated[
    int,
    BeforeValidator(_percent("0", "100", above=True)),
    _schema("0", "100", r"[1-9]\d?", "Percent of a leg's cost", places=4, above=True),
]
type Dollars = Annotated[
    int,
    BeforeValidator(_bounded("0", "10000", above=True)),
    _schema("0", "10000", r"[1-9]\d{0,3}", "US dollars", places=6, above=True),
]
type MaxTrades = Annotated[int, Field(strict=True, ge=1, le=500, description="Trades started per UTC day")]
type MaxDays = Annotated[
    int, Field(strict=True, ge=1, le=3650, description="Longest wait for settlement, days")
]
type Strategy = Annotated[
    StrategyName, BeforeValidator(_strategy), WithJsonSchema({"type": "string", "enum": list(StrategyName)})
]


def _param(value: object) -> str:
    return format_micros(_micros(value))


type ParamValue = Annotated[
    str,
    BeforeValidator(_param),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d{1,5}(\.\d{1,4})?$"}]}),
]
type StrategyParams = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-zA-Z]{1,20}$")], ParamValue],
    Field(max_length=20, description="What is tuned of the strategy: docs/strategies.md has all with bounds"),
]
type ModeField = Annotated[
    Mode, BeforeValidator(_mode), WithJsonSchema({"type": "string", "enum": list(Mode)})
]
type Address = Annotated[
    str,
    Field(strict=True, pattern=ADDRESS_PATTERN, description="Ethereum address, lower case or EIP-55"),
]
type AgentId = Annotated[str, Field(strict=True, pattern=AGENT_ID_PATTERN)]
type Override = Annotated[
    str,
    Field(
        strict=True,
        max_length=500,
        description="Why real money although the demo record is no evidence yet (GET …/readiness); logged",
    ),
]
type Reason = Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class Request(BaseModel):
    """Base of all request bodies: what is not declared is refused, and an object is never coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


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


def _secret(value: object) -> Secret:
    if not isinstance(value, str):
        raise PydanticCustomError("secret", "must be a string")
    if not 0 < len(value.strip()) <= len(value) <= MAX_SECRET_LENGTH:
        raise PydanticCustomError("secret", "must be 1 to {most} characters", {"most": MAX_SECRET_LENGTH})
    return Secret(value)


type SecretField = Annotated[
    InstanceOf[Secret],
    BeforeValidator(_secret),
    WithJsonSchema({"type": "string", "format": "password", "minLength": 1, "maxLength": MAX_SECRET_LENGTH}),
]


class SecretFields(CamelRequest):
    """Keys of venues. They are kept apart from the moment they are parsed and are shown as asterisks."""

    private_key: SecretField | None = None
    polymarket_funder: SecretField | None = None
    kalshi_api_key: SecretField | None = None
    kalshi_api_secret: SecretField | None = None
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

    def meaning(self) -> dict[str, object]:
        """All of the request for comparing it with another; of secrets only their digests."""
        said = self.model_dump(mode="json", exclude=set(SecretFields.model_fields))
        digests = {name: sha256(value.reveal().encode()).hexdigest() for name, value in self.fields().items()}
        return said | {"secrets": digests}

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


type DecimalShares = Annotated[
    str,
    Field(strict=True, pattern=r"^\d{1,9}(\.\d{1,6})?$", description="A number of shares, as decimal text"),
]
type DecimalPrice = Annotated[
    str, Field(strict=True, pattern=r"^0\.\d{1,6}$", description="Dollars a share, as decimal text")
]
type DecimalFee = Annotated[
    str, Field(strict=True, pattern=r"^\d{1,9}(\.\d{1,6})?$", description="Dollars, as decimal text")
]
type LegIndex = Annotated[int, Field(strict=True, ge=0, le=99)]


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


class Registered(BaseModel):
    """A new agent: inactive until it is activated."""

    success: Literal[True] = True
    agent_id: str
    mode: str


class Switched(BaseModel):
    """An agent's state after the change."""

    success: Literal[True] = True
    agent_id: str
    state: str
    mode: str
    version: int
