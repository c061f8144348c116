"""Stored credential fields as the signers that they make.

A field is named as in the request that registered it. Every problem is InvalidCredential, which names the
field and the fix and never repeats the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutchbook.domain.secret import InvalidCredential, Secret
from venues.crypto import EthereumSigner, checksum_address
from venues.environments import PolymarketEnvironment
from venues.kalshi import signing as kalshi_signing
from venues.limitless import auth as limitless_auth
from venues.polymarket.signing import SignatureType
from venues.polymarket.wallets import deposit_wallet, signature_type_of

type Fields = Mapping[str, Secret]

PRIVATE_KEY = "privateKey"
POLYMARKET_FUNDER = "polymarketFunder"
KALSHI_KEY_ID = "kalshiApiKey"
KALSHI_PRIVATE_KEY = "kalshiApiSecret"
LIMITLESS_TOKEN_ID = "limitlessApiKey"  # noqa: S105  (a field's name)
LIMITLESS_SECRET = "limitlessApiSecret"  # noqa: S105  (a field's name)


@dataclass(frozen=True, slots=True)
class KalshiCredentials:
    key_id: str
    signer: kalshi_signing.RequestSigner


@dataclass(frozen=True, slots=True)
class PolymarketCredentials:
    """The key that signs and the wallet that holds the money."""

    signer: EthereumSigner
    funder: str
    signature_type: SignatureType


@dataclass(frozen=True, slots=True)
class LimitlessCredentials:
    signer: EthereumSigner
    requests: limitless_auth.RequestSigner


def kalshi(fields: Fields, *, already_checked: bool = True) -> KalshiCredentials:
    """`already_checked` skips RSA's arithmetic check for keys that passed it when they were registered."""
    key_id = _field(fields, KALSHI_KEY_ID).reveal().strip()
    key = kalshi_signing.load_private_key(_field(fields, KALSHI_PRIVATE_KEY), already_checked=already_checked)
    return KalshiCredentials(key_id, kalshi_signing.RequestSigner(key_id, key))


def polymarket(fields: Fields, environment: PolymarketEnvironment) -> PolymarketCredentials:
    """Without a funder it is the deposit wallet of the key, as accounts have had it since 2026-05-04.

    The funder's address tells its kind; one that is no wallet of the key is refused here, before the venue
    does it with "invalid signature".
    """
    signer = EthereumSigner(_field(fields, PRIVATE_KEY))
    told = fields.get(POLYMARKET_FUNDER)
    if told is None:
        funder = deposit_wallet(signer.address, environment.wallets)
        return PolymarketCredentials(signer, funder, SignatureType.DEPOSIT_WALLET)
    try:
        funder = checksum_address(told.reveal().strip())
    except ValueError:
        raise InvalidCredential(f"{POLYMARKET_FUNDER} is not an address: 0x and 40 hex digits") from None
    kind = signature_type_of(signer.address, funder, environment.wallets)
    if kind is None:
        raise InvalidCredential(
            f"{POLYMARKET_FUNDER} {funder} is no wallet of the private key's address {signer.address}: give "
            "the address that Polymarket shows as yours, and the key that it was made with"
        )
    return PolymarketCredentials(signer, funder, kind)


def limitless(fields: Fields) -> LimitlessCredentials:
    token_id = _field(fields, LIMITLESS_TOKEN_ID).reveal()
    return LimitlessCredentials(
        EthereumSigner(_field(fields, PRIVATE_KEY)),
        limitless_auth.RequestSigner(token_id, _field(fields, LIMITLESS_SECRET)),
    )


def _field(fields: Fields, name: str) -> Secret:
    value = fields.get(name)
    if value is None:
        raise InvalidCredential(f"{name} is missing: store it with the venue's credentials")
    return value
