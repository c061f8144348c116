"""A clock that stands still until told, and clients written from the venues' documentation."""

import base64
from uuid import uuid4

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dutchbook.domain.money import parse_micros


class FakeClock:
    """Starts ten days after the recorded day."""

    def __init__(self, now_ms: int = 1_773_187_200_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def tick(self, seconds: int) -> None:
        self._now_ms += seconds * 1_000


class KalshiClient:
    """A client of the documented API, written against `cryptography` alone."""

    def __init__(self, url, clock, private_key, key_id="11111111-2222-4333-8444-555555555555"):
        self.root, self.clock, self.key, self.key_id = url, clock, private_key, key_id
        self.skew_ms = 0

    def public_pem(self):
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message):
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(message)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
        return self.key.sign(message, pss, hashes.SHA256())

    def call(self, method, path, body=None, params=None):
        path = "/trade-api/v2" + path
        stamp = str(self.clock.now_ms() + self.skew_ms)
        headers = {
            "KALSHI-ACCESS-KEY": self.key_id,
            "KALSHI-ACCESS-TIMESTAMP": stamp,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(self.sign((stamp + method + path).encode())).decode(),
        }
        return requests.request(
            method, self.root + path, json=body, params=params, headers=headers, timeout=5
        )

    def order(self, **changes):
        body = {
            "ticker": "KXPRESPARTY-2028-D",
            "side": "bid",
            "count": "10.00",
            "price": "0.5600",
            "time_in_force": "immediate_or_cancel",
            "self_trade_prevention_type": "taker_at_cross",
            "client_order_id": str(uuid4()),
        } | changes
        return self.call("POST", "/portfolio/events/orders", body)


def levels(*rows):
    """(price, shares) of decimal strings in micros."""
    return tuple((parse_micros(price), parse_micros(shares)) for price, shares in rows)
