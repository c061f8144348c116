"""What each function is told by its environment, checked once at the cold start.

One frozen class a function holds only what that function needs, so that a variable missing from the template
fails the first invocation with its name instead of the thousandth with a KeyError. Venue hosts are not
here: the connectors check them (venues.environments). Standard library only, because Authorize starts in a
tenth of a second and must stay so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:\S+\Z")
_NAME = re.compile(r"[A-Za-z0-9_./+=@:-]{1,512}\Z")
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_HOST = re.compile(r"[a-zA-Z0-9.-]{1,253}(:\d{1,5})?\Z")
_MAX_LATENCY_MS = 10_000
_MOST_STARTS = 10_000
_SCORE = re.compile(r"(0(\.\d{1,6})?|1(\.0{1,6})?)\Z")
_MIN_TICK_SECONDS, _MAX_TICK_SECONDS = 15, 60

type Environment = Mapping[str, str]


class SettingsError(RuntimeError):
    """An environment variable is missing or makes no sense; the message starts with its name."""


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """Register: sign-in, agents, credentials and operators' decisions."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    secrets_prefix: str
    token_secret_id: str
    siwe_domain: str
    site_origin: str
    live_trading: bool
    data_key_id: str = ""
    """KMS key of new secrets; empty means the account's own."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "RegisterSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            secrets_prefix=_name(env, "SECRETS_PREFIX"),
            token_secret_id=_name(env, "TOKEN_SECRET_ID"),
            siwe_domain=_siwe_domain(env),
            site_origin=_url(env, "SITE_ORIGIN"),
            live_trading=_switch(env, "LIVE_TRADING"),
            data_key_id=_name(env, "DATA_KEY_ID") if env.get("DATA_KEY_ID") else "",
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Status: reads only."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    live_trading: bool
    cursor_secret_id: str
    """What signs page cursors. Not the token keys: whoever reads this function's memory signs nobody in."""
    site_origin: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "StatusSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            live_trading=_switch(env, "LIVE_TRADING"),
            cursor_secret_id=_name(env, "CURSOR_SECRET_ID"),
            site_origin=_url(env, "SITE_ORIGIN"),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class AuthorizeSettings:
    """Authorize: checks a token's signature, touches no table."""

    token_secret_id: str
    siwe_domain: str
    """The token's audience."""
    operators: frozenset[str]
    """Lower-case wallets that may approve pairs and use the kill switch."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "AuthorizeSettings":
        return cls(
            token_secret_id=_name(env, "TOKEN_SECRET_ID"),
            siwe_domain=_siwe_domain(env),
            operators=_wallets(env, "OPERATOR_WALLETS"),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """Scan: public market data, the agents whose limits fit, the start of trades."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    execute_pair_arn: str
    live_trading: bool
    tick_seconds: int = 15
    """Time between two scans: a tick later than that is dropped."""
    max_starts: int = 300
    """Trades started in one tick."""
    demo_pair_threshold: int | None = None
    """Least score (ppm) of pairs that demo agents may trade before a human has read them; None: none."""
    record_books: str = ""
    """Bucket, or file path on a machine of one's own, that each tick's books go to; empty: nowhere."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "ScanSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            execute_pair_arn=_arn(env, "EXECUTE_PAIR_ARN"),
            live_trading=_switch(env, "LIVE_TRADING"),
            tick_seconds=_tick_seconds(env),
            max_starts=_count(env, "MAX_STARTS_PER_TICK", 300, _MOST_STARTS),
            demo_pair_threshold=_threshold(env, "DEMO_PAIR_THRESHOLD"),
            record_books=_name(env, "RECORD_BOOKS") if env.get("RECORD_BOOKS") else "",
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class CatalogueSettings:
    """Catalogue and Match: public market data and pairs, no money."""

    stage: str
    markets_table: str
    guards_table: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "CatalogueSettings":
        return cls(
            stage=_stage(env),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class ExecuteSettings:
    """BuyLeg, SellLeg, Trade and Sweep."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    live_trading: bool
    secrets_prefix: str = ""
    """Only BuyLeg, SellLeg and Sweep have it: Trade needs no key."""
    execute_pair_arn: str = ""
    """Only Sweep has it: it asks which executions run."""
    paper_latency_ms: int = 0
    """How long the paper venue waits before it looks at the book, milliseconds."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "ExecuteSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            secrets_prefix=_name(env, "SECRETS_PREFIX") if env.get("SECRETS_PREFIX") else "",
            execute_pair_arn=_arn(env, "EXECUTE_PAIR_ARN") if env.get("EXECUTE_PAIR_ARN") else "",
            notify_topic_arn=_arn(env, "NOTIFY_TOPIC_ARN"),
            live_trading=_switch(env, "LIVE_TRADING"),
            paper_latency_ms=_milliseconds(env, "PAPER_LATENCY_MS", 0),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class SettleSettings:
    """Settle: public reads and the ledger; no credentials."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "SettleSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            notify_topic_arn=_arn(env, "NOTIFY_TOPIC_ARN"),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Notify: one secret, the webhook's URL."""

    webhook_secret_id: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "NotifySettings":
        return cls(
            webhook_secret_id=_name(env, "WEBHOOK_SECRET_ID"),
            aws_endpoint_url=_endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class RedeemSettings:
    """Redeem: as Settle, and the credentials of real accounts."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    secrets_prefix: str
    live_trading: bool
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: Environment) -> "RedeemSettings":
        return cls(
            stage=_stage(env),
            ledger_table=_name(env, "LEDGER_TABLE"),
            markets_table=_name(env, "MARKETS_TABLE"),
            guards_table=_name(env, "GUARDS_TABLE"),
            notify_topic_arn=_arn(env, "NOTIFY_TOPIC_ARN"),
            secrets_prefix=_name(env, "SECRETS_PREFIX"),
            live_trading=_switch(env, "LIVE_TRADING"),
            aws_endpoint_url=_endpoint(env),
        )


def _required(env: Environment, variable: str) -> str:
    value = env.get(variable, "").strip()
    if not value:
        raise SettingsError(f"{variable} is not set: give it in template.yaml's Environment")
    return value


def _matching(env: Environment, variable: str, pattern: re.Pattern[str], expected: str) -> str:
    value = _required(env, variable)
    if not pattern.match(value):
        raise SettingsError(f"{variable} is not {expected}")
    return value


def _name(env: Environment, variable: str) -> str:
    return _matching(env, variable, _NAME, "the name of a table or secret")


def _arn(env: Environment, variable: str) -> str:
    return _matching(env, variable, _ARN, "an ARN")


def _stage(env: Environment) -> str:
    return _matching(env, "STAGE", _STAGE, "a short lower-case name such as dev or prod")


def _siwe_domain(env: Environment) -> str:
    """Host (and port) that sign-in messages must name; the dashboard's own unless told otherwise."""
    if env.get("SIWE_DOMAIN", "").strip():
        return _matching(env, "SIWE_DOMAIN", _HOST, "a host name with an optional port")
    return urlsplit(_url(env, "SITE_ORIGIN")).netloc


def _url(env: Environment, variable: str) -> str:
    """Scheme and host, and a path where there is one; the last slash is dropped."""
    value = _required(env, variable)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{variable} is not an http(s) URL")
    return value.rstrip("/")


def _endpoint(env: Environment) -> str:
    """Where AWS is; empty means the real one."""
    return _url(env, "AWS_ENDPOINT_URL") if env.get("AWS_ENDPOINT_URL", "").strip() else ""


def _switch(env: Environment, variable: str) -> bool:
    """``true`` or ``false`` and nothing else: money hangs on it, so no guessing."""
    value = _required(env, variable)
    if value not in ("true", "false"):
        raise SettingsError(f"{variable} is neither true nor false")
    return value == "true"


def _milliseconds(env: Environment, variable: str, default: int) -> int:
    value = env.get(variable, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()) or int(value) > _MAX_LATENCY_MS:
        raise SettingsError(f"{variable} is not a whole number of milliseconds up to {_MAX_LATENCY_MS}")
    return int(value)


def _tick_seconds(env: Environment) -> int:
    value = env.get("TICK_SECONDS", "").strip() or "15"
    if not (value.isascii() and value.isdigit()) or not _MIN_TICK_SECONDS <= int(value) <= _MAX_TICK_SECONDS:
        raise SettingsError(f"TICK_SECONDS is not between {_MIN_TICK_SECONDS} and {_MAX_TICK_SECONDS}")
    return int(value)


def _count(env: Environment, variable: str, default: int, most: int) -> int:
    value = env.get(variable, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()) or not 0 < int(value) <= most:
        raise SettingsError(f"{variable} is not a whole number from 1 to {most}")
    return int(value)


def _threshold(env: Environment, variable: str) -> int | None:
    """A score from 0 to 1 in ppm; ``off`` or nothing means that no score is enough."""
    value = env.get(variable, "").strip() or "off"
    if value == "off":
        return None
    if not _SCORE.match(value):
        raise SettingsError(f"{variable} is neither off nor a decimal from 0 to 1")
    whole, _, fraction = value.partition(".")
    return int(whole) * 1_000_000 + int(fraction.ljust(6, "0"))


def _wallets(env: Environment, variable: str) -> frozenset[str]:
    """Comma-separated addresses, lower-cased; empty means nobody."""
    wallets = [part.strip() for part in env.get(variable, "").split(",") if part.strip()]
    for wallet in wallets:
        if not _ADDRESS.match(wallet):
            raise SettingsError(f"{variable} holds {wallet!r}, which is no address")
    return frozenset(wallet.lower() for wallet in wallets)
