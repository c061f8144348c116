"""The retired V1 order of Polymarket (domain version "1"): kept in tests alone, to decode old fills."""

from collections.abc import Mapping
from typing import Any

from venues.crypto import address_word, domain_separator, keccak256, typed_data_digest, uint_word

_ORDER_TYPE = (
    b"Order(uint256 salt,address maker,address signer,address taker,uint256 tokenId,uint256 makerAmount,"
    b"uint256 takerAmount,uint256 expiration,uint256 nonce,uint256 feeRateBps,uint8 side,uint8 signatureType)"
)


def v1_order_digest(order: Mapping[str, Any], chain_id: int, exchange: str) -> bytes:
    """EIP-712 digest of a V1 order: addresses and token id as text, amounts as integers, side BUY or SELL."""
    struct_hash = keccak256(
        keccak256(_ORDER_TYPE)
        + uint_word(order["salt"])
        + address_word(order["maker"])
        + address_word(order["signer"])
        + address_word(order["taker"])
        + b"".join(
            uint_word(int(order[field]))
            for field in (
                "token_id",
                "maker_amount",
                "taker_amount",
                "expiration",
                "nonce",
                "fee_rate_bps",
            )
        )
        + uint_word(1 if order["side"] == "SELL" else 0)
        + uint_word(order["signature_type"])
    )
    return typed_data_digest(
        domain_separator("Polymarket CTF Exchange", "1", chain_id, exchange), struct_hash
    )
