"""Notices as chat messages: one JSON POST that Slack, Discord, Telegram and their like take.

Slack and Telegram (with chat_id in the URL) read ``text``, Discord reads ``content``. The URL is a secret:
who has it may write. So it stands in no log and no error.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.secret import Secret

ATTEMPTS = 3
TIMEOUT_SECONDS = 5
_LONGEST_WAIT_SECONDS = 5
_LONGEST_TEXT = 1_900
"""Discord takes 2,000 characters, the others more."""
_DISCORD = ("discord.com", "discordapp.com")
_LOOPBACK = ("localhost", "127.0.0.1")

type Sleep = Callable[[float], None]


class WebhookRefused(RuntimeError):
    """The receiver will not take it however often it is sent; the message names no URL."""


class Webhook:
    """Sends text to one URL. Raises ValueError when that is neither https nor this machine's own."""

    def __init__(self, url: Secret, sleep: Sleep = time.sleep) -> None:
        parts = urlsplit(url.reveal())
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("the webhook's URL is not https")
        host = parts.hostname or ""
        self._field = (
            "content" if any(host == name or host.endswith("." + name) for name in _DISCORD) else "text"
        )
        self._url = url
        self._sleep = sleep
        # what answers with a redirect is not the receiver that the owner named
        self._opener = urllib.request.build_opener(_NoRedirects())

    def send(self, text: str) -> None:
        """Raises StoreUnavailable when no try got through, WebhookRefused when none ever will."""
        body = json.dumps({self._field: text[:_LONGEST_TEXT]}).encode()
        last = ""
        for attempt in range(ATTEMPTS):
            request = urllib.request.Request(  # noqa: S310 - the scheme was checked
                self._url.reveal(), body, {"content-type": "application/json"}, method="POST"
            )
            try:
                self._opener.open(request, timeout=TIMEOUT_SECONDS).close()
            except urllib.error.HTTPError as error:
                error.close()
                last = f"status {error.code}"
                if (
                    error.code < HTTPStatus.INTERNAL_SERVER_ERROR
                    and error.code != HTTPStatus.TOO_MANY_REQUESTS
                ):
                    raise WebhookRefused(f"the webhook's receiver answers {last}") from None
                self._sleep(_wait(error.headers.get("Retry-After", ""), attempt))
            except OSError as error:
                last = type(error).__name__
                self._sleep(2**attempt)
            else:
                return
        raise StoreUnavailable(f"the webhook could not be reached: {last}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _wait(retry_after: str, attempt: int) -> float:
    told = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 2**attempt
    return min(told, _LONGEST_WAIT_SECONDS)


def text_of(message: str) -> str:
    """A notice or an alarm of CloudWatch, as people read it; what is neither is passed on as it is."""
    try:
        facts = json.loads(message)
    except ValueError:
        return message
    if not isinstance(facts, dict):
        return message
    if "AlarmName" in facts:
        return _alarm(facts)
    return _notice(facts) if "kind" in facts else message


def _notice(facts: Mapping[str, Any]) -> str:
    where = [f"{word} {facts[name]}" for word, name in _WHERE if facts.get(name)]
    lines = [f"Dutchbook: {facts['kind']}", facts.get("what", ""), ", ".join(where)]
    if facts.get("next_step"):
        lines.append(f"Next: {facts['next_step']}")
    return "\n".join(line for line in lines if line)


_WHERE = (("agent", "agent_id"), ("trade", "trade_id"), ("venue", "venue"), ("at", "at"))


def _alarm(facts: Mapping[str, Any]) -> str:
    lines = [
        f"Dutchbook: alarm {facts['AlarmName']} is {facts.get('NewStateValue', 'told')}",
        str(facts.get("AlarmDescription") or ""),
        str(facts.get("NewStateReason") or ""),
    ]
    return "\n".join(line for line in lines if line)
