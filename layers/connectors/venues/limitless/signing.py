"""Limitless orders: EIP-712 hash, signature and the exact POST /orders body.

The verifying contract is the market's own ``venue.exchange``, which changes with the market's generation and
is therefore an input. The struct has twelve fields; taker, expiration and nonce are always zero. The fee rate
is signed: the caller reads it from the profile (0 where the market's fee is taken in collateral), and signs
anew with a new salt when the venue answers FEE_RATE_MISMATCH.
"""

import json
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import ONE, format_micros
from dutchbook.domain.secret import Confidential
from dutchbook.domain.venue import Side
from venues.crypto import (
    ZERO_ADDRESS,
    EthereumSigner,
    address_word,
    checksum_address,
    domain_separator,
    keccak256,
    uint_word,
)
from venues.limitless.amounts import Amounts

BASE_CHAIN_ID = 8453
_ORDER_TYPE_HASH = keccak256(
    b"Order(uint256 salt,address maker,address signer,address taker,uint256 tokenId,uint256 makerAmount,"
    b"uint256 takerAmount,uint256 expiration,uint256 nonce,uint256 feeRateBps,uint8 side,uint8 signatureType)"
)
_ZERO_WORD = bytes(32)
_encode_json = json.JSONEncoder(ensure_ascii=False).encode
_CLIENT_ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")
_MAX_SALT = (1 << 53) - 1
_MAX_UINT256 = (1 << 256) - 1
_MAX_FEE_BPS = 10_000
_MAX_RECEIVE_WINDOW_MS = 10_000


class SignatureType(IntEnum):
    """Whose wallet the maker is."""

    EOA = 0
    PROXY = 1
    SMART_WALLET = 2


class OrderType(StrEnum):
    GTC = "GTC"
    FAK = "FAK"
    FOK = "FOK"
    """A market order: nothing bounds its price."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order before signing. Amounts and price in micros; salt 1 … 2^53 - 1.

    GTC and FAK carry the price beside what is signed, FOK has none. `sent_at_ms` and `receive_window_ms` ask
    the venue to refuse the request (425) when it arrives later than that.
    """

    exchange: str
    market_slug: str
    token_id: int
    side: Side
    amounts: Amounts
    order_type: OrderType
    fee_rate_bps: int
    salt: int
    price: int | None
    client_order_id: str = ""
    post_only: bool = False
    sent_at_ms: int = 0
    receive_window_ms: int = 0

    def check(self) -> None:
        """Raises InvalidOrder for a field that the exchange or the venue's validation cannot take."""
        if not 0 < self.salt <= _MAX_SALT:
            raise InvalidOrder("the salt must be 1 to 2^53 - 1: the venue keeps it as a BIGINT, sent as JSON")
        if not 0 < self.token_id <= _MAX_UINT256:
            raise InvalidOrder("the token id must be a positive uint256")
        if self.amounts.maker <= 0 or self.amounts.taker <= 0:
            raise InvalidOrder("both amounts must be positive")
        if not 0 <= self.fee_rate_bps <= _MAX_FEE_BPS:
            raise InvalidOrder("the fee rate must be 0 to 10000 basis points")
        if (self.price is None) != (self.order_type is OrderType.FOK):
            raise InvalidOrder("GTC and FAK orders, and no others, have a price")
        if self.price is not None and self.price * self._contracts() != self._dollars() * ONE:
            raise InvalidOrder("the price sent must be the price that the signed amounts give")
        if self.post_only and self.order_type is not OrderType.GTC:
            raise InvalidOrder("only GTC orders can be post-only")
        if self.client_order_id and not _CLIENT_ORDER_ID.match(self.client_order_id):
            raise InvalidOrder("the client order id must be 1 to 128 letters, digits, - or _")
        if (self.sent_at_ms > 0) != (0 < self.receive_window_ms <= _MAX_RECEIVE_WINDOW_MS):
            raise InvalidOrder("a receive window is 1 to 10000 ms and counts from a sending time")

    def _contracts(self) -> int:
        return self.amounts.taker if self.side is Side.BUY else self.amounts.maker

    def _dollars(self) -> int:
        return self.amounts.maker if self.side is Side.BUY else self.amounts.taker


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """What is stored before sending and sent again on a retry, byte for byte."""

    order_hash: str
    """0x + 64 hex digits: the EIP-712 digest. The venue names orders by an id of its own."""
    body: bytes
    """The POST /orders body; the request's HMAC is over these bytes."""
    signature: str


class OrderSigner(Confidential):
    """Signs orders of one profile; make it once per warm function.

    `owner_id` is the profile's id. `maker` is the smart wallet of a smart-wallet profile (signature type 2),
    else the key's own address. Raises ValueError when maker and signature type do not fit.
    """

    __slots__ = (
        "_chain_id",
        "_owner_id",
        "_parties",
        "_parties_json",
        "_side_words",
        "_signer",
        "_type",
        "maker",
    )

    def __init__(
        self,
        signer: EthereumSigner,
        *,
        owner_id: int,
        signature_type: SignatureType = SignatureType.EOA,
        maker: str | None = None,
        chain_id: int = BASE_CHAIN_ID,
    ) -> None:
        self._signer = signer
        self._owner_id = owner_id
        self._chain_id = chain_id
        self._type = int(signature_type)
        self.maker = checksum_address(maker) if maker is not None else signer.address
        if (self.maker == signer.address) != (signature_type is SignatureType.EOA):
            raise ValueError("an EOA is its own maker; a smart wallet is not the key's address")
        self._parties = address_word(self.maker) + address_word(signer.address) + _ZERO_WORD
        self._parties_json = f'"maker":"{self.maker}","signer":"{signer.address}","taker":"{ZERO_ADDRESS}"'
        self._side_words = {
            side: uint_word(number) + uint_word(self._type)
            for side, number in ((Side.BUY, 0), (Side.SELL, 1))
        }

    def sign(self, order: Order) -> SignedOrder:
        """Hash, signature and body. Raises InvalidOrder as `Order.check`, or for a malformed exchange."""
        order.check()
        digest = keccak256(_digest_prefix(order.exchange, self._chain_id) + self._struct_hash(order))
        signature = "0x" + self._signer.sign(digest).hex()
        return SignedOrder("0x" + digest.hex(), self._body(order, signature), signature)

    def _struct_hash(self, order: Order) -> bytes:
        return keccak256(
            _ORDER_TYPE_HASH
            + order.salt.to_bytes(32, "big")
            + self._parties
            + order.token_id.to_bytes(32, "big")
            + order.amounts.maker.to_bytes(32, "big")
            + order.amounts.taker.to_bytes(32, "big")
            + _ZERO_WORD  # expiration
            + _ZERO_WORD  # nonce
            + order.fee_rate_bps.to_bytes(32, "big")
            + self._side_words[order.side]
        )

    def _body(self, order: Order, signature: str) -> bytes:
        """The JSON text, written out so that the price is digits and never passes through a float."""
        price = "" if order.price is None else f'"price":{format_micros(order.price)},'
        return (
            f'{{"order":{{"salt":{order.salt},{self._parties_json},"tokenId":"{order.token_id}",'
            f'"makerAmount":{order.amounts.maker},"takerAmount":{order.amounts.taker},"expiration":"0",'
            f'"nonce":0,"feeRateBps":{order.fee_rate_bps},"side":{0 if order.side is Side.BUY else 1},'
            f'"signatureType":{self._type},{price}"signature":"{signature}"}},"ownerId":{self._owner_id},'
            f'"orderType":"{order.order_type}",'
            f'"marketSlug":{_encode_json(order.market_slug)}{_options(order)}}}'
        ).encode()


def _options(order: Order) -> str:
    options = ""
    if order.post_only:
        options += ',"postOnly":true'
    if order.client_order_id:
        options += f',"clientOrderId":"{order.client_order_id}"'
    if order.sent_at_ms:
        options += f',"timestamp":{order.sent_at_ms},"recvWindow":{order.receive_window_ms}'
    return options


@lru_cache(maxsize=64)
def _digest_prefix(exchange: str, chain_id: int) -> bytes:
    """0x1901 ‖ domain separator; a handful of exchanges serves all markets."""
    try:
        return b"\x19\x01" + domain_separator("Limitless CTF Exchange", "1", chain_id, exchange)
    except ValueError as error:
        raise InvalidOrder(f"the market's venue.exchange cannot be signed for: {error}") from error
