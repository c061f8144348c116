"""Polymarket orders: EIP-712 hash, signature and the exact POST /order body, all known before sending.

Struct and domains are those of CTF Exchange V2 and ExchangeV3, which share the order struct. Everything
that an account's orders have in common is computed once, when its signer is made. Salt and timestamp come
from the caller, which stored them: the same order gives the same bytes again, on any machine.
"""

import json
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.secret import Confidential
from dutchbook.domain.venue import Side
from venues.crypto import (
    EthereumSigner,
    address_word,
    checksum_address,
    domain_separator,
    keccak256,
    uint_word,
)
from venues.polymarket.amounts import CENT, Amounts
from venues.polymarket.contracts import POLYGON_EXCHANGES, Exchange, Exchanges

_DOMAIN_NAME = "Polymarket CTF Exchange"
_ORDER_TYPE = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,"
    "uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
)
_ORDER_TYPE_HASH = keccak256(_ORDER_TYPE.encode())
_TYPED_DATA_SIGN_HASH = keccak256(
    b"TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,"
    b"bytes32 salt)" + _ORDER_TYPE.encode()
)
_ERC1271_TAIL = _ORDER_TYPE.encode() + len(_ORDER_TYPE).to_bytes(2, "big")
_ZERO_WORD = bytes(32)
ZERO_BYTES32 = "0x" + "00" * 32
_BYTES32 = re.compile(r"0x[0-9a-f]{64}\Z")
MAX_SALT = (1 << 53) - 1
"""The venue reads the salt as a JavaScript number."""
_MAX_UINT256 = (1 << 256) - 1


class SignatureType(IntEnum):
    """Who holds the money, as the exchange numbers it."""

    EOA = 0
    PROXY = 1
    SAFE = 2
    DEPOSIT_WALLET = 3
    """ERC-1271: the wallet itself is maker and signer, its owner's key signs for it."""


class OrderType(StrEnum):
    GTC = "GTC"
    GTD = "GTD"
    FOK = "FOK"
    FAK = "FAK"


@dataclass(frozen=True, slots=True)
class Order:
    """An order before signing. Amounts in micros; salt 1 … 2^53 - 1; timestamp in Unix milliseconds.

    `expiration` is Unix seconds, for GTD alone, and not part of what is signed (nor is `order_type`).
    """

    token_id: int
    side: Side
    amounts: Amounts
    salt: int
    timestamp_ms: int
    order_type: OrderType
    market_version: str
    neg_risk: bool
    expiration: int = 0
    post_only: bool = False
    builder: str = ZERO_BYTES32

    def check(self) -> None:
        """Raises InvalidOrder for a field that the exchange or the venue's JSON cannot carry."""
        if not 0 < self.salt <= MAX_SALT:
            raise InvalidOrder("the salt must be 1 to 2^53 - 1: the venue reads it as a JavaScript number")
        if not 0 < self.token_id <= _MAX_UINT256:
            raise InvalidOrder("the token id must be a positive uint256")
        if self.amounts.maker <= 0 or self.amounts.taker <= 0:
            raise InvalidOrder("both amounts must be positive")
        is_market_buy = self.side is Side.BUY and self.order_type in (OrderType.FOK, OrderType.FAK)
        if is_market_buy and self.amounts.maker % CENT:
            raise InvalidOrder("FOK and FAK buys spend whole cents: make their amounts of a budget")
        if self.timestamp_ms <= 0:
            raise InvalidOrder("the timestamp must be Unix milliseconds")
        if (self.expiration > 0) != (self.order_type is OrderType.GTD):
            raise InvalidOrder("GTD orders, and no others, have an expiration")
        if self.post_only and self.order_type not in (OrderType.GTC, OrderType.GTD):
            raise InvalidOrder("only GTC and GTD orders can be post-only")


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """What is stored before sending and sent again on a retry, byte for byte."""

    order_id: str
    """0x + 64 hex digits: the EIP-712 digest, by which the venue names the order."""
    body: bytes
    """The POST /order body; the L2 HMAC is over these bytes."""
    signature: str


class OrderSigner(Confidential):
    """Signs orders of one account; make it once per warm function.

    `api_key` is the CLOB key's id (the body's "owner"). `funder` is the address that holds the money; for an
    EOA it is the key's own address and may be left out. Raises ValueError when the two do not fit.
    """

    __slots__ = ("_exchanges", "_layouts", "_owner_json", "_signer", "_type", "maker")

    def __init__(
        self,
        signer: EthereumSigner,
        *,
        api_key: str,
        signature_type: SignatureType = SignatureType.EOA,
        funder: str | None = None,
        exchanges: Exchanges = POLYGON_EXCHANGES,
    ) -> None:
        self._signer = signer
        self._type = signature_type
        self._exchanges = exchanges
        self._owner_json = json.dumps(api_key)
        self.maker = _maker(signer.address, signature_type, funder)
        self._layouts = {
            exchange: _Layout(exchange, exchanges.chain_id, self.maker, signer.address, signature_type)
            for exchange in (exchanges.standard, exchanges.neg_risk, exchanges.v3)
        }

    def sign(self, order: Order) -> SignedOrder:
        """Hash, signature and body of the order. Raises InvalidOrder as `Order.check` does."""
        order.check()
        layout = self._layouts[self._exchanges.of_market(order.market_version, neg_risk=order.neg_risk)]
        struct_hash = layout.struct_hash(order)
        digest = keccak256(layout.digest_prefix + struct_hash)
        if layout.wallet_words is None:
            signature = self._signer.sign(digest)
        else:
            signature = self._sign_for_wallet(layout, layout.wallet_words, struct_hash)
        signature_hex = "0x" + signature.hex()
        body = layout.body(order, signature_hex, self._owner_json)
        return SignedOrder("0x" + digest.hex(), body, signature_hex)

    def _sign_for_wallet(self, layout: "_Layout", wallet_words: bytes, struct_hash: bytes) -> bytes:
        """ERC-7739 TypedDataSign: the owner signs the order nested in the wallet's own domain.

        65-byte inner signature ‖ exchange separator ‖ order struct hash ‖ order type string ‖ its length.
        """
        nested = keccak256(_TYPED_DATA_SIGN_HASH + struct_hash + wallet_words)
        inner = self._signer.sign(keccak256(layout.digest_prefix + nested))
        return inner + layout.separator + struct_hash + _ERC1271_TAIL


class _Layout:
    """What all orders of one account on one exchange share: words of the struct, pieces of the body."""

    __slots__ = ("_head", "_parties", "_side_words", "_type", "digest_prefix", "separator", "wallet_words")

    def __init__(
        self, exchange: Exchange, chain_id: int, maker: str, key_address: str, signature_type: SignatureType
    ) -> None:
        is_wallet = signature_type is SignatureType.DEPOSIT_WALLET
        signer = maker if is_wallet else key_address
        self.separator = domain_separator(_DOMAIN_NAME, exchange.domain_version, chain_id, exchange.address)
        self.digest_prefix = b"\x19\x01" + self.separator
        self.wallet_words = _wallet_domain_words(chain_id, maker) if is_wallet else None
        self._type = int(signature_type)
        self._parties = address_word(maker) + address_word(signer)
        self._side_words = {
            side: uint_word(number) + uint_word(self._type)
            for side, number in ((Side.BUY, 0), (Side.SELL, 1))
        }
        self._head = f'"maker":"{maker}","signer":"{signer}"'

    def struct_hash(self, order: Order) -> bytes:
        return keccak256(
            _ORDER_TYPE_HASH
            + order.salt.to_bytes(32, "big")
            + self._parties
            + order.token_id.to_bytes(32, "big")
            + order.amounts.maker.to_bytes(32, "big")
            + order.amounts.taker.to_bytes(32, "big")
            + self._side_words[order.side]
            + order.timestamp_ms.to_bytes(32, "big")
            + _ZERO_WORD  # metadata
            + _builder_word(order.builder)
        )

    def body(self, order: Order, signature: str, owner_json: str) -> bytes:
        """The JSON text, written out rather than dumped: every value is digits, hex or checked above."""
        return (
            f'{{"order":{{"salt":{order.salt},{self._head},"tokenId":"{order.token_id}",'
            f'"makerAmount":"{order.amounts.maker}","takerAmount":"{order.amounts.taker}",'
            f'"side":"{order.side.name}","expiration":"{order.expiration}","signatureType":{self._type},'
            f'"timestamp":"{order.timestamp_ms}","metadata":"{ZERO_BYTES32}","builder":"{order.builder}",'
            f'"signature":"{signature}"}},"owner":{owner_json},"orderType":"{order.order_type}",'
            f'"deferExec":false,"postOnly":{"true" if order.post_only else "false"}}}'
        ).encode()


def _maker(key_address: str, signature_type: SignatureType, funder: str | None) -> str:
    if funder is None and signature_type is not SignatureType.EOA:
        raise ValueError(f"signature type {signature_type.name} needs the funder: the wallet with the money")
    maker = checksum_address(funder) if funder is not None else key_address
    if signature_type is SignatureType.EOA and maker != key_address:
        raise ValueError("signature type EOA is for a funder that is the key's own address")
    if signature_type is SignatureType.DEPOSIT_WALLET and maker == key_address:
        raise ValueError("the funder of signature type DEPOSIT_WALLET is the wallet, not the key's address")
    return maker


def _builder_word(builder: str) -> bytes:
    if builder == ZERO_BYTES32:
        return _ZERO_WORD
    if not _BYTES32.match(builder):
        raise InvalidOrder("the builder code must be 0x and 64 lower-case hex digits")
    return bytes.fromhex(builder[2:])


def _wallet_domain_words(chain_id: int, wallet: str) -> bytes:
    return (
        keccak256(b"DepositWallet")
        + keccak256(b"1")
        + uint_word(chain_id)
        + address_word(wallet)
        + _ZERO_WORD
    )
