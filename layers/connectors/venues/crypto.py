"""Keccak-256, EIP-712, EIP-55 and secp256k1, no more of them than the venues need.

EIP-712 words are 32 bytes, big-endian, left-padded; a signature is r ‖ s ‖ v (65 bytes, v is 27 or 28).
safe-pysha3 is the fastest keccak wheel that is kept up (1.5 µs for an order against 5 µs in pycryptodome),
coincurve wraps libsecp256k1 with RFC 6979 nonces: the same key and digest give the same bytes, always.
"""

import re

from coincurve import PrivateKey, PublicKey
from sha3 import keccak_256

from dutchbook.domain.secret import Confidential, InvalidCredential, Secret

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_PRIVATE_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}\Z")
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Of secp256k1 (SEC 2, section 2.4.1), rounded down."""
_RECOVERY_OFFSET = 27
_WORD = 32
ZERO_ADDRESS = "0x" + "00" * 20


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it (not NIST SHA3-256)."""
    digest: bytes = keccak_256(data).digest()
    return digest


def uint_word(value: int) -> bytes:
    """A uint256 as an ABI word. Raises OverflowError outside 0 … 2^256 - 1."""
    return value.to_bytes(_WORD, "big")


def checksum_address(address: str) -> str:
    """The address with EIP-55 capitals. Raises ValueError as `address_bytes` does."""
    return _with_checksum(address_bytes(address).hex())


def address_bytes(address: str) -> bytes:
    """The 20 bytes of ``0x`` + 40 hex digits.

    Raises ValueError when it is no address, or has mixed case that fails its EIP-55 checksum: a mistyped
    digit must not become somebody else's wallet.
    """
    if not _ADDRESS.match(address):
        raise ValueError(f"{address!r} is not an address: 0x and 40 hex digits are expected")
    digits = address[2:]
    if digits not in (digits.lower(), digits.upper()) and _with_checksum(digits.lower()) != address:
        raise ValueError(f"the address {address!r} fails its EIP-55 checksum: a digit is mistyped")
    return bytes.fromhex(digits)


def address_word(address: str) -> bytes:
    """The address as an ABI word. Raises ValueError as `address_bytes` does."""
    return address_bytes(address).rjust(_WORD, b"\0")


def _with_checksum(lower_digits: str) -> str:
    nibbles = keccak256(lower_digits.encode()).hex()
    cased = (d.upper() if n > "7" else d for d, n in zip(lower_digits, nibbles, strict=False))
    return "0x" + "".join(cased)


def domain_separator(name: str, version: str, chain_id: int, verifying_contract: str | None = None) -> bytes:
    """EIP-712 domain separator over name, version, chainId and, where given, verifyingContract."""
    fields = "string name,string version,uint256 chainId"
    if verifying_contract is not None:
        fields += ",address verifyingContract"
    encoded = (
        keccak256(f"EIP712Domain({fields})".encode())
        + keccak256(name.encode())
        + keccak256(version.encode())
        + uint_word(chain_id)
    )
    if verifying_contract is not None:
        encoded += address_word(verifying_contract)
    return keccak256(encoded)


def typed_data_digest(separator: bytes, struct_hash: bytes) -> bytes:
    """What is signed under EIP-712: keccak(0x1901 ‖ domain separator ‖ struct hash)."""
    return keccak256(b"\x19\x01" + separator + struct_hash)


def personal_message_digest(message: bytes) -> bytes:
    """What a wallet signs for ``personal_sign`` (EIP-191 version 0x45), as Sign-In with Ethereum does."""
    return keccak256(b"\x19Ethereum Signed Message:\n%d" % len(message) + message)


def create2_address(factory: str, salt: bytes, init_code_hash: bytes) -> str:
    """The address a factory gives a contract (EIP-1014), checksummed."""
    digest = keccak256(b"\xff" + address_bytes(factory) + salt + init_code_hash)
    return _with_checksum(digest[12:].hex())


def recover_address(digest: bytes, signature: bytes) -> str:
    """The checksummed address whose key made the signature.

    Raises ValueError when it is not 65 bytes with v of 27 or 28, or is no signature of any key. Of the two
    values of s that sign alike only the lower counts (EIP-2): one signature has one spelling.
    """
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise ValueError("a signature has 65 bytes and ends in 27 or 28")
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        raise ValueError("the signature's s is above half of the curve's order")
    compact = signature[:64] + bytes((signature[64] - _RECOVERY_OFFSET,))
    try:
        public = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except Exception as error:  # coincurve raises a bare Exception here
        raise ValueError("the signature belongs to no key") from error
    return _address_of(public)


def _address_of(public: PublicKey) -> str:
    return _with_checksum(keccak256(public.format(compressed=False)[1:])[12:].hex())


class EthereumSigner(Confidential):
    """An Ethereum private key that signs digests; it shows its address and nothing else.

    Takes 32 bytes of hex, with or without 0x. Raises InvalidCredential otherwise.
    """

    __slots__ = ("_key", "address")

    def __init__(self, private_key: Secret) -> None:
        text = private_key.reveal().strip()
        if not _PRIVATE_KEY.match(text):
            raise InvalidCredential(
                "the private key is not 32 bytes of hex: export it from the wallet as 64 hex digits "
                "(not the address, not the seed phrase)"
            )
        try:
            self._key = PrivateKey(bytes.fromhex(text.removeprefix("0x")))
        except ValueError:
            # `from None`: the cause's text could carry the key
            raise InvalidCredential("the private key is outside the secp256k1 group order") from None
        self.address = _address_of(self._key.public_key)

    def sign(self, digest: bytes) -> bytes:
        """65 bytes r ‖ s ‖ v over a 32-byte digest (RFC 6979, low s)."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes((signature[64] + _RECOVERY_OFFSET,))

    def __repr__(self) -> str:
        return f"<EthereumSigner {self.address}>"
