"""The contract calls that trading needs, as exact calldata with the words for a human to read. Pure.

Amounts are raw integers of six decimals, which pUSD, USDC and all outcome tokens have.
"""

import re
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from dutchbook.domain.money import format_micros

_ROOT_COLLECTION = bytes(32)
_BINARY_PARTITION = [1, 2]
"""Index sets of the two outcomes of a binary condition."""
_MAX_UINT256 = (1 << 256) - 1
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")


@dataclass(frozen=True, slots=True)
class Call:
    """One transaction's target and data. `what` says in a line what it does."""

    to: str
    data: bytes
    what: str


def approve(token: str, spender: str, amount: int, *, symbol: str, spender_name: str) -> Call:
    """Lets a contract take exactly `amount` of an ERC-20 token; 0 takes the leave back."""
    allowed = f"let {spender_name} take up to {format_micros(amount)} {symbol}" if amount else ""
    what = allowed or f"let {spender_name} take no {symbol} any more"
    return Call(token, _encode("approve(address,uint256)", spender, _uint(amount)), what)


def set_approval_for_all(
    token: str, operator: str, approved: bool, *, symbol: str, operator_name: str
) -> Call:
    """Lets a contract move every outcome token of the wallet, or none: ERC-1155 knows nothing between."""
    verb = "move ALL" if approved else "move no"
    data = _encode("setApprovalForAll(address,bool)", operator, approved)
    return Call(token, data, f"let {operator_name} {verb} {symbol} of this wallet")


def split(target: str, collateral: str, condition_id: str, amount: int) -> Call:
    """Turns dollars into as many shares of both outcomes; `target` is the market's collateral adapter."""
    signature = "splitPosition(address,bytes32,bytes32,uint256[],uint256)"
    condition = condition_bytes(condition_id)
    data = _encode(signature, collateral, _ROOT_COLLECTION, condition, _BINARY_PARTITION, _uint(amount))
    return Call(target, data, f"split {format_micros(amount)} into both outcomes of {condition_id}")


def merge(target: str, collateral: str, condition_id: str, amount: int) -> Call:
    """Turns equal shares of both outcomes back into dollars."""
    signature = "mergePositions(address,bytes32,bytes32,uint256[],uint256)"
    condition = condition_bytes(condition_id)
    data = _encode(signature, collateral, _ROOT_COLLECTION, condition, _BINARY_PARTITION, _uint(amount))
    return Call(target, data, f"merge {format_micros(amount)} of both outcomes of {condition_id}")


def redeem(target: str, collateral: str, condition_id: str) -> Call:
    """Cashes the wallet's whole holding of a resolved condition."""
    signature = "redeemPositions(address,bytes32,bytes32,uint256[])"
    condition = condition_bytes(condition_id)
    data = _encode(signature, collateral, _ROOT_COLLECTION, condition, _BINARY_PARTITION)
    return Call(target, data, f"redeem all of {condition_id}")


def router_split(router: str, condition_id: str, amount: int) -> Call:
    """`split` of a Protocol V2 market."""
    data = _encode("split(bytes31,uint256)", short_condition_bytes(condition_id), _uint(amount))
    return Call(router, data, f"split {format_micros(amount)} into both outcomes of {condition_id}")


def router_merge(router: str, condition_id: str, amount: int) -> Call:
    """`merge` of a Protocol V2 market."""
    data = _encode("merge(bytes31,uint256)", short_condition_bytes(condition_id), _uint(amount))
    return Call(router, data, f"merge {format_micros(amount)} of both outcomes of {condition_id}")


def router_redeem(router: str, condition_id: str, outcome_index: int, amount: int) -> Call:
    """Cashes `amount` of one outcome (0 or 1) of a resolved Protocol V2 market."""
    if outcome_index not in (0, 1):
        raise ValueError("a binary market's outcomes are 0 and 1")
    condition = short_condition_bytes(condition_id)
    data = _encode("redeem(bytes31,uint256,uint256)", condition, outcome_index, _uint(amount))
    return Call(router, data, f"redeem {format_micros(amount)} of outcome {outcome_index} of {condition_id}")


def allowance(token: str, owner: str, spender: str) -> Call:
    return Call(token, _encode("allowance(address,address)", owner, spender), "read an allowance")


def is_approved_for_all(token: str, owner: str, operator: str) -> Call:
    return Call(token, _encode("isApprovedForAll(address,address)", owner, operator), "read an approval")


def balance_of_token(contract: str, owner: str, token_id: int) -> Call:
    """How much of an ERC-1155 token an owner has."""
    data = _encode("balanceOf(address,uint256)", owner, _uint(token_id))
    return Call(contract, data, "read a balance")


def condition_bytes(condition_id: str) -> bytes:
    """The 32 bytes of a condition id. Raises ValueError."""
    if not _HEX.match(condition_id) or len(condition_id) != 66:
        raise ValueError(f"{condition_id!r} is no condition id: 0x and 64 hex digits are expected")
    return bytes.fromhex(condition_id[2:])


def short_condition_bytes(condition_id: str) -> bytes:
    """The 31 bytes of a Protocol V2 condition id; the APIs pad it to 32 on the right. Raises ValueError."""
    if _HEX.match(condition_id) and len(condition_id) == 64:
        return bytes.fromhex(condition_id[2:])
    padded = condition_bytes(condition_id)
    if padded[-1] != 0:
        raise ValueError(f"{condition_id!r} is no Protocol V2 condition id: its last byte must be zero")
    return padded[:31]


def _encode(signature: str, *values: object) -> bytes:
    """Selector and ABI-encoded arguments; addresses must carry a right checksum."""
    types = signature[signature.index("(") + 1 : -1].split(",")
    checked = [
        _address(value) if kind == "address" else value for kind, value in zip(types, values, strict=True)
    ]
    return keccak(signature.encode())[:4] + encode(types, checked)


def _address(value: object) -> str:
    text = str(value)
    if to_checksum_address(text) != text:
        raise ValueError(f"{text} fails its EIP-55 checksum: a digit is mistyped")
    return text


def _uint(amount: int) -> int:
    if not 0 <= amount <= _MAX_UINT256:
        raise ValueError("the amount is no uint256")
    return amount
