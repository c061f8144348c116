"""A client of our own HTTP API, for the demo and the end-to-end tests. Demo wallets sign in for real."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from dutchbook.domain.secret import Secret
from venues.crypto import EthereumSigner, personal_message_digest

_TIMEOUT_SECONDS = 30


class ApiError(RuntimeError):
    """An answer that is not 2xx; the message holds the status and the body."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Wallet:
    """An Ethereum key that signs text. Made for one run and forgotten."""

    def __init__(self, key: str = "") -> None:
        self._signer = EthereumSigner(Secret(key or secrets.token_hex(32)))
        self.address = self._signer.address

    def sign_text(self, text: str) -> str:
        return "0x" + self._signer.sign(personal_message_digest(text.encode())).hex()


class Api:
    """Calls the API at `base` with the token of `sign_in`."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.token = ""
        self._wallet: Wallet | None = None
        self._session = requests.Session()

    def sign_in(self, wallet: Wallet) -> str:
        """Sign-In with Ethereum; returns the token. When that expires, the next call signs in again."""
        self._wallet = None  # a refusal of the calls below is no expired token
        self.token = ""
        nonce = self.post("/api/auth/nonce")["nonce"]
        now = datetime.now(UTC)
        origin = urlsplit(self.base)
        message = (
            f"{origin.netloc} wants you to sign in with your Ethereum account:\n{wallet.address}\n\n"
            f"Sign in to Dutchbook.\n\nURI: {self.base}\nVersion: 1\nChain ID: 137\nNonce: {nonce}\n"
            f"Issued At: {_rfc3339(now)}\nExpiration Time: {_rfc3339(now + timedelta(minutes=5))}"
        )
        answer = self.post("/api/auth/verify", {"message": message, "signature": wallet.sign_text(message)})
        self.token = answer["token"]
        self._wallet = wallet
        return self.token

    def get(self, path: str, **query: str) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self._call("POST", path, json=body)

    def put(self, path: str, body: Any = None) -> Any:
        return self._call("PUT", path, json=body)

    def patch(self, path: str, body: Any = None) -> Any:
        return self._call("PATCH", path, json=body)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self._send(method, path, arguments)
        # the gateway's words for an expired token; a request that it refused was not carried out
        if answer.status_code in (401, 403) and self._wallet is not None:
            self.sign_in(self._wallet)
            answer = self._send(method, path, arguments)
        if not answer.ok:
            raise ApiError(f"{method} {path}: {answer.status_code} {answer.text}", answer.status_code)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, arguments: dict[str, Any]) -> requests.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return self._session.request(
            method, self.base + path, headers=headers, timeout=_TIMEOUT_SECONDS, **arguments
        )


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
