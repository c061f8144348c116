"""Which wallet of Polymarket belongs to a key: CREATE2 addresses, computed without asking anyone.

The most common complaint at this venue is a funder, signature type and key that do not fit. The address says
which type it is. Deposit wallets are Solady LibClone proxies (ERC-1967 with immutable arguments), beacon
proxies today and UUPS before; type 1 wallets are GSN proxy clones; type 2 wallets are Safes.
"""

from venues.crypto import address_bytes, address_word, checksum_address, create2_address, keccak256
from venues.polymarket.contracts import POLYGON_WALLETS, WalletFactories
from venues.polymarket.signing import SignatureType

# Solady LibClone creation code around the 20-byte target; the first two bytes after 0x61 are the length of
# the runtime code, which the immutable arguments make longer.
_UUPS_RUNTIME_LENGTH = 0x3D
_UUPS_CODE = bytes.fromhex(
    "60095155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076"
    "cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3"
)
_BEACON_RUNTIME_LENGTH = 0x52
_BEACON_CODE = bytes.fromhex(
    "60195155f3363d3d373d3d363d602036600436635c60da1b60e01b36527f"
    "a3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c"
    "b3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3"
)


def deposit_wallet(owner: str, factories: WalletFactories = POLYGON_WALLETS) -> str:
    """The deposit wallet (type 3) that the factory makes for an owner's key today: a beacon proxy."""
    return _deposit_wallet(owner, factories, factories.deposit_beacon, _BEACON_RUNTIME_LENGTH, _BEACON_CODE)


def former_deposit_wallet(owner: str, factories: WalletFactories = POLYGON_WALLETS) -> str:
    """The deposit wallet (type 3) of an owner from before the factory had a beacon: a UUPS proxy."""
    return _deposit_wallet(
        owner, factories, factories.deposit_implementation, _UUPS_RUNTIME_LENGTH, _UUPS_CODE
    )


def safe_wallet(owner: str, factories: WalletFactories = POLYGON_WALLETS) -> str:
    """The Safe (type 2) of an owner."""
    init_code_hash = bytes.fromhex(factories.safe_init_code_hash.removeprefix("0x"))
    return create2_address(factories.safe_factory, keccak256(address_word(owner)), init_code_hash)


def proxy_wallet(owner: str, factories: WalletFactories = POLYGON_WALLETS) -> str:
    """The proxy wallet (type 1) of an owner."""
    creation_code = (
        bytes.fromhex("3d3d606380380380913d393d73")
        + address_bytes(factories.proxy_factory)
        + bytes.fromhex("5af4602a57600080fd5b602d8060366000396000f3363d3d373d3d3d363d73")
        + address_bytes(factories.proxy_implementation)
        + bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
        # the call cloneConstructor(bytes) with empty bytes
        + bytes.fromhex("52e831dd")
        + (32).to_bytes(32, "big")
        + bytes(32)
    )
    return create2_address(factories.proxy_factory, keccak256(address_bytes(owner)), keccak256(creation_code))


def signature_type_of(
    owner: str, funder: str, factories: WalletFactories = POLYGON_WALLETS
) -> SignatureType | None:
    """The signature type of a funder for an owner's key; None when the funder is no wallet of that key.

    Raises ValueError when one of them is no address.
    """
    candidate = checksum_address(funder)
    if candidate == checksum_address(owner):
        return SignatureType.EOA
    if candidate in (deposit_wallet(owner, factories), former_deposit_wallet(owner, factories)):
        return SignatureType.DEPOSIT_WALLET
    if candidate == proxy_wallet(owner, factories):
        return SignatureType.PROXY
    if candidate == safe_wallet(owner, factories):
        return SignatureType.SAFE
    return None


def _deposit_wallet(
    owner: str, factories: WalletFactories, target: str, runtime_length: int, code: bytes
) -> str:
    arguments = address_word(factories.deposit_factory) + address_word(owner)
    init_code = (
        b"\x61"
        + (runtime_length + len(arguments)).to_bytes(2, "big")
        + bytes.fromhex("3d8160233d3973")
        + address_bytes(target)
        + code
        + arguments
    )
    return create2_address(factories.deposit_factory, keccak256(arguments), keccak256(init_code))
