"""A clock that stands still until told, and clients written from the venues' documentation."""

import base64
import hmac
import json
from datetime import UTC, datetime
from uuid import uuid4

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account import Account as EthAccount
from eth_account.messages import encode_typed_data

from dutchbook.domain.money import parse_micros

# Hardhat's first well-known development key.
WALLET_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
STANDARD = ("0xE111180000d2663C0091e4f400237545B87B996B", "2")
NEG_RISK = ("0xe2222d279d744050d28e00520010520000310F59", "2")
V3 = ("0xe3333700cA9d93003F00f0F71f8515005F6c00Aa", "3")
ORDER_TEXT = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,"
    "uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
)


def eip712_fields(text):
    pairs = text[text.index("(") + 1 : -1].split(",")
    return [dict(zip(("type", "name"), pair.split(" "), strict=True)) for pair in pairs]


LIMITLESS_ORDER = eip712_fields(
    "Order(uint256 salt,address maker,address signer,address taker,uint256 tokenId,uint256 makerAmount,"
    "uint256 takerAmount,uint256 expiration,uint256 nonce,uint256 feeRateBps,uint8 side,uint8 signatureType)"
)
POLY_ORDER = eip712_fields(ORDER_TEXT)
CLOB_AUTH = eip712_fields("ClobAuth(address address,string timestamp,uint256 nonce,string message)")
TYPED_DATA_SIGN = eip712_fields(
    "TypedDataSign(Order contents,string name,string version,uint256 chainId,"
    "address verifyingContract,bytes32 salt)"
)


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


class PolymarketClient:
    """A CLOB client written from the documentation on `eth_account`; no code of the product."""

    def __init__(self, url, clock, key=WALLET_KEY, funder=None, signature_type=0):
        self.root, self.clock, self.key = url, clock, key
        self.address = EthAccount.from_key(key).address
        self.funder, self.signature_type = funder or self.address, signature_type
        self.skew_s = 0
        self.creds = {"apiKey": "", "secret": "", "passphrase": ""}

    def facts(self):
        return {"owner": self.address, "funder": self.funder, "signature_type": self.signature_type}

    def now_s(self):
        return self.clock.now_ms() // 1_000 + self.skew_s

    def log_in(self, method="POST", path="/auth/api-key", nonce=0):
        stamp = str(self.now_s())
        text = "This message attests that I control the given wallet"
        message = {"address": self.address, "timestamp": stamp, "nonce": nonce, "message": text}
        domain = {"name": "ClobAuthDomain", "version": "1", "chainId": 137}
        signed = EthAccount.sign_typed_data(self.key, domain, {"ClobAuth": CLOB_AUTH}, message)
        headers = {
            "POLY_ADDRESS": self.address,
            "POLY_SIGNATURE": "0x" + signed.signature.hex().removeprefix("0x"),
            "POLY_TIMESTAMP": stamp,
            "POLY_NONCE": str(nonce),
        }
        answer = requests.request(method, self.root + path, headers=headers, timeout=5)
        if answer.ok:
            self.creds = answer.json()
        return answer

    def call(self, method, path, body=None, params=None):
        data = "" if body is None else json.dumps(body, separators=(",", ":"))
        stamp = str(self.now_s())
        secret = base64.urlsafe_b64decode(self.creds["secret"])
        mac = hmac.new(secret, (stamp + method + path + data).encode(), "sha256").digest()
        headers = {
            "POLY_ADDRESS": self.address,
            "POLY_SIGNATURE": base64.urlsafe_b64encode(mac).decode(),
            "POLY_TIMESTAMP": stamp,
            "POLY_API_KEY": self.creds["apiKey"],
            "POLY_PASSPHRASE": self.creds["passphrase"],
            "Content-Type": "application/json",
        }
        return requests.request(
            method, self.root + path, data=data or None, params=params, headers=headers, timeout=5
        )

    def order(self, token, side="BUY", maker="5600000", taker="10000000", **changes):
        """A signed POST /order body; `domain` and the outer fields can be changed."""
        wallet = self.signature_type == 3
        order = {
            "salt": changes.get("salt", 479249096354),
            "maker": self.funder,
            "signer": self.funder if wallet else self.address,
            "tokenId": token,
            "makerAmount": maker,
            "takerAmount": taker,
            "side": side,
            "expiration": changes.get("expiration", "0"),
            "signatureType": self.signature_type,
            "timestamp": "1790000000000",
            "metadata": "0x" + "00" * 32,
            "builder": "0x" + "00" * 32,
        }
        order["signature"] = self.sign(order, changes.get("exchange", NEG_RISK))
        body = {"order": order, "owner": self.creds["apiKey"], "orderType": changes.get("order_type", "FAK")}
        return body | ({"postOnly": True} if changes.get("post_only") else {})

    def place(self, token, **changes):
        return self.call("POST", "/order", self.order(token, **changes))

    def sign(self, order, exchange):
        address, version = exchange
        name = "Polymarket CTF Exchange"
        domain = {"name": name, "version": version, "chainId": 137, "verifyingContract": address}
        message = order | {
            "side": {"BUY": 0, "SELL": 1}[order["side"]],
            "tokenId": int(order["tokenId"]),
            "makerAmount": int(order["makerAmount"]),
            "takerAmount": int(order["takerAmount"]),
            "timestamp": int(order["timestamp"]),
        }
        message = {field["name"]: message[field["name"]] for field in POLY_ORDER}
        if self.signature_type != 3:
            signed = EthAccount.sign_typed_data(self.key, domain, {"Order": POLY_ORDER}, message)
            return "0x" + signed.signature.hex().removeprefix("0x")
        wrapped = {"contents": message, "name": "DepositWallet", "version": "1", "chainId": 137}
        wrapped |= {"verifyingContract": self.funder, "salt": bytes(32)}
        types = {"TypedDataSign": TYPED_DATA_SIGN, "Order": POLY_ORDER}
        inner = EthAccount.sign_typed_data(self.key, domain, types, wrapped).signature
        plain = encode_typed_data(domain, {"Order": POLY_ORDER}, message)
        text = ORDER_TEXT.encode()
        tail = plain.header + plain.body + text + len(text).to_bytes(2, "big")
        return "0x" + (bytes(inner) + tail).hex()


class LimitlessClient:
    """A client written from the documentation on `eth_account` and `hmac`; no code of the product."""

    def __init__(self, url, clock, key=WALLET_KEY):
        self.root, self.clock, self.key = url, clock, key
        self.address = EthAccount.from_key(key).address
        self.token, self.secret = "lmts_test", base64.b64encode(b"simulated secret").decode()
        self.skew_s = 0
        self.salt = 0

    def facts(self):
        return {
            "address": self.address,
            "token": self.token,
            "secret": self.secret,
            "fee_rate_bps": 300,
        }

    def call(self, method, path, body=None):
        data = "" if body is None else json.dumps(body, separators=(",", ":"))
        moment = datetime.fromtimestamp(self.clock.now_ms() / 1_000 + self.skew_s, UTC)
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        message = f"{stamp}\n{method}\n{path}\n{data}".encode()
        mac = hmac.new(base64.b64decode(self.secret), message, "sha256").digest()
        headers = {
            "lmts-api-key": self.token,
            "lmts-timestamp": stamp,
            "lmts-signature": base64.b64encode(mac).decode(),
            "Content-Type": "application/json",
        }
        return requests.request(method, self.root + path, data=data or None, headers=headers, timeout=5)

    def owner_id(self):
        return self.call("GET", "/profiles/me").json()["id"]

    def order(self, market, outcome="yes", side=0, price=0.5, contracts=10_000_000, **changes):
        self.salt += 1
        dollars = round(price * contracts)
        order = {
            "salt": self.salt,
            "maker": self.address,
            "signer": self.address,
            "taker": "0x" + "0" * 40,
            "tokenId": market["tokens"][outcome],
            "makerAmount": contracts if side else dollars,
            "takerAmount": dollars if side else contracts,
            "expiration": "0",
            "nonce": 0,
            "feeRateBps": 300,
            "side": side,
            "signatureType": 0,
        } | changes.get("order", {})
        message = order | {"tokenId": int(order["tokenId"]), "expiration": int(order["expiration"])}
        exchange = changes.get("exchange", market["venue"]["exchange"])
        domain = {"name": "Limitless CTF Exchange", "version": "1", "chainId": 8453}
        domain |= {"verifyingContract": exchange}
        signed = EthAccount.sign_typed_data(self.key, domain, {"Order": LIMITLESS_ORDER}, message)
        order["signature"] = "0x" + signed.signature.hex().removeprefix("0x")
        if changes.get("order_type", "FAK") != "FOK":
            order["price"] = price
        return {
            "order": order,
            "ownerId": self.owner_id(),
            "orderType": changes.get("order_type", "FAK"),
            "marketSlug": market["slug"],
        } | changes.get("body", {})

    def place(self, market, **changes):
        return self.call("POST", "/orders", self.order(market, **changes))
