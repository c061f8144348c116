"""Who signed a Polymarket order, and what its id is; by `eth_account`'s EIP-712, not by the product's.

Exchanges: CLOB V2 standard and neg-risk (domain version "2") and ExchangeV3 (version "3"). Type 3 orders are
signed for a contract wallet: ERC-7739 nests the order in a TypedDataSign, and the wire signature carries
inner signature, exchange separator, order hash, the Order type text and its length.
"""

from typing import Any, NamedTuple

from eth_account import Account as EthAccount
from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils.crypto import keccak

from local.venues.polymarket.auth import CHAIN_ID

ORDER_TYPE = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,"
    "uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
)
_STANDARD = ("0xE111180000d2663C0091e4f400237545B87B996B", "2")
_NEG_RISK = ("0xe2222d279d744050d28e00520010520000310F59", "2")
_V3 = ("0xe3333700cA9d93003F00f0F71f8515005F6c00Aa", "3")
EXCHANGES = tuple(address for address, _ in (_STANDARD, _NEG_RISK, _V3))


class Signed(NamedTuple):
    """The order's id (its digest) and the address that the signature recovers to."""

    order_id: str
    signer: str


def exchange_of(version: str, *, neg_risk: bool) -> tuple[str, str]:
    """The contract and domain version that a market's orders are signed for."""
    if version == "v2":
        return _V3
    return _NEG_RISK if neg_risk else _STANDARD


def recover(order: dict[str, Any], exchange: tuple[str, str]) -> Signed:
    """Raises ValueError when the signature is malformed for its type."""
    domain = {
        "name": "Polymarket CTF Exchange",
        "version": exchange[1],
        "chainId": CHAIN_ID,
        "verifyingContract": exchange[0],
    }
    message = {
        "salt": int(order["salt"]),
        "maker": order["maker"],
        "signer": order["signer"],
        "tokenId": int(order["tokenId"]),
        "makerAmount": int(order["makerAmount"]),
        "takerAmount": int(order["takerAmount"]),
        "side": {"BUY": 0, "SELL": 1}[order["side"]],
        "signatureType": int(order["signatureType"]),
        "timestamp": int(order["timestamp"]),
        "metadata": bytes.fromhex(order["metadata"][2:]),
        "builder": bytes.fromhex(order["builder"][2:]),
    }
    plain = _encode(domain, "Order", message)
    order_id = "0x" + keccak(b"\x19" + plain.version + plain.header + plain.body).hex()
    signature = bytes.fromhex(order["signature"].removeprefix("0x"))
    if int(order["signatureType"]) != 3:
        return Signed(order_id, str(EthAccount.recover_message(plain, signature=signature)))
    inner, tail = signature[:65], signature[65:]
    text = ORDER_TYPE.encode()
    if tail != plain.header + plain.body + text + len(text).to_bytes(2, "big"):
        raise ValueError("not a wrapped ERC-1271 signature of this order")
    nested = {
        "contents": message,
        "name": "DepositWallet",
        "version": "1",
        "chainId": CHAIN_ID,
        "verifyingContract": order["maker"],
        "salt": bytes(32),
    }
    wrapped = _encode(domain, "TypedDataSign", nested)
    return Signed(order_id, str(EthAccount.recover_message(wrapped, signature=inner)))


def _fields(text: str) -> list[dict[str, str]]:
    """EIP-712 fields of "Name(type name,...)"."""
    pairs = text[text.index("(") + 1 : -1].split(",")
    return [{"type": kind, "name": name} for kind, name in (pair.split(" ") for pair in pairs)]


_TYPES = {
    "EIP712Domain": _fields("D(string name,string version,uint256 chainId,address verifyingContract)"),
    "Order": _fields(ORDER_TYPE),
    "TypedDataSign": _fields(
        "T(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
    ),
}


def _encode(domain: dict[str, Any], primary: str, message: dict[str, Any]) -> SignableMessage:
    wanted = {"EIP712Domain", "Order", primary}
    return encode_typed_data(
        full_message={
            "types": {name: fields for name, fields in _TYPES.items() if name in wanted},
            "primaryType": primary,
            "domain": domain,
            "message": message,
        }
    )
