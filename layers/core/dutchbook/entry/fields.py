"""Fields of requests: their bounds, and how the API page publishes them."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, InstanceOf, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from dutchbook.domain.agent import Mode, StrategyName
from dutchbook.domain.money import format_micros, parse_micros
from dutchbook.domain.secret import Secret
from dutchbook.entry.formats import MICROS_PER_PPM_PERCENT

ADDRESS_PATTERN = r"^0x[0-9a-fA-F]{40}$"
AGENT_ID_PATTERN = r"^agt_[0-9A-HJKMNP-TV-Z]{26}$"
TRADE_ID_PATTERN = r"^trd_[0-9A-HJKMNP-TV-Z]{26}$"
PAIR_ID_PATTERN = r"^pair_[0-9A-HJKMNP-TV-Z]{16}$"
RULES_HASH_PATTERN = r"^[0-9A-HJKMNP-TV-Z]{16}$"
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?\Z", re.ASCII)
MAX_SECRET_LENGTH = 8192
"""A 4096-bit RSA key in PEM has about 3,300 characters."""


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
    StringConstraints(strip_whitespace=True, strict=True, max_length=500),
    Field(
        description="Why real money although the demo record is no evidence yet (GET …/readiness); logged",
    ),
]


type Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, strict=True, min_length=1, max_length=500, pattern=r"\S"),
]


_ONE_LINE = r"^[ -~]+[\t\r\n]*$"
"""Goes into HTTP headers: no character that could end one, nothing that UTF-8 cannot write. A pasted line's
end is forgiven and not kept."""
_PEM = r"^[ -~\t\r\n]+$"


def _secret(pattern: str, words: str) -> Callable[[object], Secret]:
    form = re.compile(pattern)

    def check(value: object) -> Secret:
        if not isinstance(value, str):
            raise PydanticCustomError("secret", "must be a string")
        if not 0 < len(value.strip()) <= len(value) <= MAX_SECRET_LENGTH:
            raise PydanticCustomError("secret", "must be 1 to {most} characters", {"most": MAX_SECRET_LENGTH})
        if not form.match(value):
            raise PydanticCustomError("secret", "must be {words}", {"words": words})
        return Secret(value.strip())

    return check


def _secret_schema(pattern: str) -> WithJsonSchema:
    bounds = {"minLength": 1, "maxLength": MAX_SECRET_LENGTH, "pattern": pattern}
    return WithJsonSchema({"type": "string", "format": "password", **bounds})


type SecretField = Annotated[
    InstanceOf[Secret],
    BeforeValidator(_secret(_ONE_LINE, "printable ASCII on one line")),
    _secret_schema(_ONE_LINE),
]


type PemField = Annotated[
    InstanceOf[Secret],
    BeforeValidator(_secret(_PEM, "printable ASCII, in lines")),
    _secret_schema(_PEM),
]


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
