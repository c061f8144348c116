"""One variable of the environment each, checked."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?\Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:\S+\Z")
_NAME = re.compile(r"[A-Za-z0-9_./+=@:-]{1,512}\Z")
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_HOST = re.compile(r"[a-zA-Z0-9.-]{1,253}(:\d{1,5})?\Z")
_MAX_LATENCY_MS = 10_000
MOST_STARTS = 10_000
_SCORE = re.compile(r"(0(\.\d{1,6})?|1(\.0{1,6})?)\Z")
_MIN_TICK_SECONDS = 15
_MAX_TICK_SECONDS = 60

type Environment = Mapping[str, str]


class SettingsError(RuntimeError):
    """An environment variable is missing or makes no sense; the message starts with its name."""


def required(env: Environment, variable: str) -> str:
    value = env.get(variable, "").strip()
    if not value:
        raise SettingsError(f"{variable} is not set: give it in template.yaml's Environment")
    return value


def matching(env: Environment, variable: str, pattern: re.Pattern[str], expected: str) -> str:
    value = required(env, variable)
    if not pattern.match(value):
        raise SettingsError(f"{variable} is not {expected}")
    return value


def name(env: Environment, variable: str) -> str:
    return matching(env, variable, _NAME, "the name of a table or secret")


def arn(env: Environment, variable: str) -> str:
    return matching(env, variable, _ARN, "an ARN")


def stage(env: Environment) -> str:
    return matching(env, "STAGE", _STAGE, "a short lower-case name such as dev or prod")


def siwe_domain(env: Environment) -> str:
    """Host (and port) that sign-in messages must name; the dashboard's own unless told otherwise."""
    if env.get("SIWE_DOMAIN", "").strip():
        return matching(env, "SIWE_DOMAIN", _HOST, "a host name with an optional port")
    return urlsplit(origin(env, "SITE_ORIGIN")).netloc


def url(env: Environment, variable: str) -> str:
    """Scheme and host, and a path where there is one; the last slash is dropped."""
    value = required(env, variable)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{variable} is not an http(s) URL")
    return value.rstrip("/")


def origin(env: Environment, variable: str) -> str:
    """Scheme, host and port alone, as a browser's Origin header has them: no wildcard, nobody's name."""
    value = url(env, variable)
    if not _ORIGIN.match(value):
        raise SettingsError(f"{variable} is no origin such as https://app.example.com")
    return value


def endpoint(env: Environment) -> str:
    """Where AWS is; empty means the real one."""
    return url(env, "AWS_ENDPOINT_URL") if env.get("AWS_ENDPOINT_URL", "").strip() else ""


def switch(env: Environment, variable: str) -> bool:
    """``true`` or ``false`` and nothing else: money hangs on it, so no guessing."""
    value = required(env, variable)
    if value not in ("true", "false"):
        raise SettingsError(f"{variable} is neither true nor false")
    return value == "true"


def milliseconds(env: Environment, variable: str, default: int) -> int:
    value = env.get(variable, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()) or int(value) > _MAX_LATENCY_MS:
        raise SettingsError(f"{variable} is not a whole number of milliseconds up to {_MAX_LATENCY_MS}")
    return int(value)


def tick_seconds(env: Environment) -> int:
    value = env.get("TICK_SECONDS", "").strip() or "15"
    if not (value.isascii() and value.isdigit()) or not _MIN_TICK_SECONDS <= int(value) <= _MAX_TICK_SECONDS:
        raise SettingsError(f"TICK_SECONDS is not between {_MIN_TICK_SECONDS} and {_MAX_TICK_SECONDS}")
    return int(value)


def count(env: Environment, variable: str, default: int, most: int) -> int:
    value = env.get(variable, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()) or not 0 < int(value) <= most:
        raise SettingsError(f"{variable} is not a whole number from 1 to {most}")
    return int(value)


def threshold(env: Environment, variable: str) -> int | None:
    """A score from 0 to 1 in ppm; ``off`` or nothing means that no score is enough."""
    value = env.get(variable, "").strip() or "off"
    if value == "off":
        return None
    if not _SCORE.match(value):
        raise SettingsError(f"{variable} is neither off nor a decimal from 0 to 1")
    whole, _, fraction = value.partition(".")
    return int(whole) * 1_000_000 + int(fraction.ljust(6, "0"))


def wallets(env: Environment, variable: str) -> frozenset[str]:
    """Comma-separated addresses, lower-cased; empty means nobody."""
    wallets = [part.strip() for part in env.get(variable, "").split(",") if part.strip()]
    for wallet in wallets:
        if not _ADDRESS.match(wallet):
            raise SettingsError(f"{variable} holds {wallet!r}, which is no address")
    return frozenset(wallet.lower() for wallet in wallets)
