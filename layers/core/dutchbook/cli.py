"""The API from a terminal: ``python -m dutchbook.cli login``, then register, activate, status, trades …

The wallet's key is read from a file or from DUTCHBOOK_KEY, never from the command line, where other users of
the machine would see it; it signs one sign-in message and is forgotten. The session's token is kept in a file
that only its owner may read. Exit codes: 0 done, 1 the API refused or did not answer, 2 wrong usage.
"""

import argparse
import ipaddress
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.entry import siwe
from dutchbook.usecases.sign_in import SignInMessage
from venues.crypto import EthereumSigner, personal_message_digest

DEFAULT_API = "http://localhost:8080"
_TIMEOUT_SECONDS = 30
_CHAIN_ID = 137
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal would obey, or show in another order, rather than print."""
_LIMITS = ("max-position", "min-profit", "max-trades", "stop-loss")


class Failed(Exception):
    """What the person should read; the command ends with 1."""


@dataclass(slots=True)
class Client:
    """The API at `base`; the session is read from and written to `session_file`."""

    base: str
    session_file: Path
    now: Callable[[], datetime]

    def login(self, signer: EthereumSigner, site: str) -> Any:
        """Signs in and keeps the token. `site` is the origin that the stack's sign-in messages must name."""
        nonce = _object(self.call("POST", "/api/auth/nonce")).get("nonce", "")
        now = self.now().replace(microsecond=0)
        text = siwe.write(
            SignInMessage(
                scheme="",
                domain=urlsplit(site).netloc,
                address=signer.address,
                statement="Sign in to Dutchbook.",
                uri=site,
                version="1",
                chain_id=_CHAIN_ID,
                nonce=str(nonce),
                issued_at=now,
                expires_at=now + timedelta(minutes=5),
            )
        )
        signature = "0x" + signer.sign(personal_message_digest(text.encode())).hex()
        session = _object(self.call("POST", "/api/auth/verify", {"message": text, "signature": signature}))
        self._keep({**session, "api": self.base})
        return {name: session.get(name) for name in ("wallet", "expires_at")}

    def wallet(self) -> str:
        return str(self._session()["wallet"])

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """The answer's JSON. Raises Failed with the problem's words."""
        headers = (
            {} if path.startswith("/api/auth/") else {"Authorization": f"Bearer {self._session()['token']}"}
        )
        try:
            answer = requests.request(
                method,
                self.base + path,
                json=body,
                params=query,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,  # the token is this host's alone
            )
        except requests.RequestException as error:
            raise Failed(f"{self.base} does not answer ({type(error).__name__})") from None
        if not answer.ok or answer.is_redirect:
            raise Failed(_problem(answer))
        try:
            return answer.json() if answer.content else {}
        except ValueError:
            raise Failed(f"{self.base} does not answer in JSON: is it this API?") from None

    def items(self, path: str, **query: str) -> Any:
        """The list that an answer holds."""
        return _object(self.call("GET", path, **query)).get("items", [])

    def _session(self) -> Mapping[str, Any]:
        try:
            session = json.loads(self.session_file.read_text())
            kept_for, _, _ = session["api"], session["token"], session["wallet"]
        except (OSError, ValueError, KeyError, TypeError):
            raise Failed("nobody is signed in: run login first") from None
        if kept_for != self.base:
            raise Failed(f"the session is of {kept_for}: run login for {self.base} first")
        return dict(session)

    def _keep(self, session: Mapping[str, Any]) -> None:
        """Writes a file that nobody else could ever read: a new one, put in the old one's place."""
        self.session_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.session_file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # O_EXCL: neither somebody's open file nor a link of theirs; 0600 before the token is in it
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(session, file)
        fresh.replace(self.session_file)


def base_url(text: str) -> str:
    """The API's address without its last slash. Raises Failed for one that the token may not be sent to."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if (
        parts.scheme not in ("http", "https")
        or not host
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise Failed("--api is an address such as https://api.example.com")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Failed(f"--api: {host} is not this machine, and the token would travel unencrypted: use https")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise Failed("the answer is no JSON object: is it this API?")
    return answer


def _problem(answer: requests.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return f"{answer.status_code} from {urlsplit(answer.url).hostname}"
    if answer.status_code in (401, 403) and "message" in said:
        return f"{answer.status_code} {said['message']}: sign in again with login"
    return f"{answer.status_code} {said.get('detail') or said.get('message') or said}"


# ------------------------------------------------------------------------------------ commands


def _login(client: Client, asked: argparse.Namespace) -> Any:
    return client.login(_signer(asked.key_file), (asked.site or client.base).rstrip("/"))


def _signer(key_file: Path | None) -> EthereumSigner:
    try:
        text = key_file.read_text() if key_file else os.environ.get("DUTCHBOOK_KEY", "")
        return EthereumSigner(Secret(text))
    except OSError as error:
        raise Failed(f"the key file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Failed("the key file is no text: it holds the key as hex") from None
    except InvalidCredential as error:
        raise Failed(f"{error} (give --key-file or DUTCHBOOK_KEY)") from None


def _register(client: Client, asked: argparse.Namespace) -> Any:
    body = {
        "wallet": client.wallet(),
        "platforms": dict.fromkeys(asked.platforms.split(","), True),
        "strategy": asked.strategy,
        "maxPosition": asked.max_position,
        "minProfit": asked.min_profit,
        "maxTrades": asked.max_trades,
        "stopLoss": asked.stop_loss,
    }
    return client.call("POST", "/api/agent/register", body)


def _agents(client: Client, _asked: argparse.Namespace) -> Any:
    return client.items("/api/agents")


def _switch(client: Client, asked: argparse.Namespace) -> Any:
    return client.call("POST", f"/api/agent/{asked.command}", {"agent_id": asked.agent_id})


def _status(client: Client, asked: argparse.Namespace) -> Any:
    return client.call("GET", f"/api/agent/status/{asked.agent_id}")


def _alerts(client: Client, asked: argparse.Namespace) -> Any:
    return client.items(f"/api/agent/{asked.agent_id}/alerts")


def _remove(client: Client, asked: argparse.Namespace) -> Any:
    client.call("DELETE", f"/api/agent/{asked.agent_id}", handOver=str(asked.hand_over).lower())
    return {"agent_id": asked.agent_id, "removed": True}


def _trades(client: Client, asked: argparse.Namespace) -> Any:
    return client.items(f"/api/agent/{asked.agent_id}/trades", limit=str(asked.limit))


def _pairs(client: Client, asked: argparse.Namespace) -> Any:
    return client.items("/api/pairs", status=asked.status, limit="100")


def _pair(client: Client, asked: argparse.Namespace) -> Any:
    found = client.call("GET", f"/api/pairs/{asked.pair_id}")
    shown = ("venue", "market_id", "title", "rules", "closes_at")
    texts = [market and {name: market[name] for name in shown} for market in found["markets"]]
    return {**found, "markets": texts}


def _decide(client: Client, asked: argparse.Namespace) -> Any:
    body = {"reason": asked.reason}
    if asked.command == "approve":
        body["rules_hash"] = asked.rules_hash
    return client.call("POST", f"/api/pairs/{asked.pair_id}/{asked.command}", body)


def _control(client: Client, asked: argparse.Namespace) -> Any:
    body = {"trading": asked.command == "resume", "reason": asked.reason}
    return client.call("PUT", "/api/control", body)


# ------------------------------------------------------------------------------------ terminal


type Run = Callable[[Client, argparse.Namespace], Any]


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="dutchbook", description="Dutchbook's API from a terminal.")
    top.add_argument("--api", default=os.environ.get("DUTCHBOOK_API", DEFAULT_API), help="base URL")
    top.add_argument("--json", action="store_true", help="print the API's JSON")
    # the same option behind the command, where it is not to undo the one before it
    after = argparse.ArgumentParser(add_help=False)
    after.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the API's JSON")
    commands = top.add_subparsers(dest="command", required=True)

    def add(
        name: str, run: Callable[[Client, argparse.Namespace], Any], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, parents=[after])
        command.set_defaults(run=run)
        return command

    login = add("login", _login, "sign in with a wallet's key")
    login.add_argument("--key-file", type=Path, help="file with the key as hex; else DUTCHBOOK_KEY")
    login.add_argument("--site", help="the dashboard's origin, where it is not the API's")
    register = add("register", _register, "register a demo agent")
    register.add_argument("--platforms", required=True, help="polymarket,kalshi,limitless")
    register.add_argument("--strategy", default="arbitrage")
    for limit in _LIMITS:
        register.add_argument(f"--{limit}", required=True, type=int if limit == "max-trades" else str)
    add("agents", _agents, "list agents")
    for name, run, text in (
        ("activate", _switch, "let an agent trade"),
        ("deactivate", _switch, "stop an agent's new trades"),
        ("status", _status, "an agent, its stats, its newest trades"),
        ("trades", _trades, "an agent's trades, newest first"),
        ("alerts", _alerts, "what an agent's owner was told, newest first"),
        ("remove", _remove, "remove an agent and its credentials"),
    ):
        add(name, run, text).add_argument("agent_id")
    commands.choices["trades"].add_argument("--limit", type=int, default=20)
    commands.choices["remove"].add_argument(
        "--hand-over", action="store_true", help="take over its real positions as they stand at the venues"
    )
    add("pairs", _pairs, "list pairs").add_argument("--status", default="approved")
    add("pair", _pair, "a pair with both rule texts and their hash").add_argument("pair_id")
    for name in ("approve", "reject"):
        decide = add(name, _decide, f"{name} a pair (operators)")
        decide.add_argument("pair_id")
        decide.add_argument("--reason", required=True)
    commands.choices["approve"].add_argument(
        "--rules-hash", required=True, help="of the texts you have read, as `pair` printed it"
    )
    for name, text in (("kill", "stop all trading (operators)"), ("resume", "start it again (operators)")):
        add(name, _control, text).add_argument("--reason", required=True)
    return top


def shown(answer: Any, indent: int = 0) -> str:
    """The answer as indented lines for people."""
    pad = "  " * indent
    if isinstance(answer, list):
        return "\n".join(f"{pad}-\n{shown(item, indent + 1)}" for item in answer) or f"{pad}(none)"
    if not isinstance(answer, dict):
        return f"{pad}{answer}"
    lines = []
    for name, value in answer.items():
        nested = isinstance(value, dict | list) and bool(value)
        lines.append(f"{pad}{name}:" + (f"\n{shown(value, indent + 1)}" if nested else f" {_plain(value)}"))
    return "\n".join(lines)


def _plain(value: Any) -> str:
    return "-" if value in (None, "", [], {}) else str(value)


def printable(text: str) -> str:
    """The text with what a terminal would obey written out: titles and reasons are other people's words."""
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None, now: Callable[[], datetime] = _now) -> int:
    """Runs one command; returns the exit code."""
    asked = parser().parse_args(arguments)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    try:
        client = Client(base_url(asked.api), home / "dutchbook" / "session.json", now)
        answer = asked.run(client, asked)
    except Failed as failure:
        sys.stderr.write(printable(f"dutchbook: {failure}") + "\n")
        return 1
    # JSON escapes what a terminal would obey by itself
    sys.stdout.write((json.dumps(answer, indent=2) if asked.json else printable(shown(answer))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
