"""Whether credentials can work at all, found offline when they are set rather than at the first order.

Fields are named, here and in the store, as in the request that sets them (venues.credentials reads them).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.domain.venue import Venue
from dutchbook.usecases.manage_credentials import Checked
from venues.credentials import (
    KALSHI_KEY_ID,
    KALSHI_PRIVATE_KEY,
    LIMITLESS_SECRET,
    LIMITLESS_TOKEN_ID,
    POLYMARKET_FUNDER,
    PRIVATE_KEY,
    Fields,
)
from venues.crypto import EthereumSigner, checksum_address
from venues.kalshi.signing import load_private_key
from venues.limitless import auth as limitless_auth
from venues.polymarket.wallets import deposit_wallet, signature_type_of

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_NEEDED: Mapping[Venue, frozenset[str]] = {
    Venue.POLYMARKET: frozenset({PRIVATE_KEY}),
    Venue.KALSHI: frozenset({KALSHI_KEY_ID, KALSHI_PRIVATE_KEY}),
    Venue.LIMITLESS: frozenset({LIMITLESS_TOKEN_ID, LIMITLESS_SECRET, PRIVATE_KEY}),
}
_OPTIONAL: Mapping[Venue, frozenset[str]] = {Venue.POLYMARKET: frozenset({POLYMARKET_FUNDER})}


def check(venue: Venue, wallet: str, fields: Fields) -> Checked:
    """Parses keys and compares addresses; asks nobody. `wallet` is the owner's, lower case.

    Raises InvalidInput naming the field and the fix; no message repeats a secret.
    """
    needed = _NEEDED[venue]
    for name in sorted(needed - set(fields)):
        raise InvalidInput(name, f"is required for {venue}")
    for name in sorted(set(fields) - needed - _OPTIONAL.get(venue, frozenset())):
        raise InvalidInput(name, f"does not belong to {venue}")
    return _CHECKS[venue](wallet, fields)


def _polymarket(wallet: str, fields: Fields) -> Checked:
    owner = _address_of(fields[PRIVATE_KEY])
    told = fields.get(POLYMARKET_FUNDER)
    if told is None:
        _check_owner(owner, wallet)
        funder = deposit_wallet(owner)
    else:
        funder = _funder(told.reveal().strip(), owner)
    # stored with the funder that was derived, so that a later derivation cannot move the account
    kept = {**fields, POLYMARKET_FUNDER: Secret(funder)}
    return Checked(Venue.POLYMARKET, "ethereum key", funder.lower(), kept)


def _funder(text: str, owner: str) -> str:
    try:
        funder = checksum_address(text)
    except ValueError:
        problem = "is not an address: 0x and 40 hex digits, lower case or with EIP-55 capitals"
        raise InvalidInput(POLYMARKET_FUNDER, problem) from None
    if signature_type_of(owner, funder) is None:
        raise InvalidInput(POLYMARKET_FUNDER, f"is no wallet of the key's address {owner}")
    return funder


def _kalshi(_wallet: str, fields: Fields) -> Checked:
    key_id = fields[KALSHI_KEY_ID].reveal().strip()
    if not _UUID.match(key_id):
        raise InvalidInput(KALSHI_KEY_ID, "is not a Kalshi key id: copy the UUID shown beside the key")
    with _naming(KALSHI_PRIVATE_KEY):
        key = load_private_key(fields[KALSHI_PRIVATE_KEY])
    kind = "ed25519 key" if isinstance(key, Ed25519PrivateKey) else "rsa key"
    return Checked(Venue.KALSHI, kind, key_id.lower(), fields)


def _limitless(wallet: str, fields: Fields) -> Checked:
    owner = _address_of(fields[PRIVATE_KEY])
    _check_owner(owner, wallet)
    with _naming(LIMITLESS_SECRET):
        limitless_auth.RequestSigner(fields[LIMITLESS_TOKEN_ID].reveal(), fields[LIMITLESS_SECRET])
    return Checked(Venue.LIMITLESS, "scoped token and ethereum key", owner.lower(), fields)


_CHECKS: Mapping[Venue, Callable[[str, Fields], Checked]] = {
    Venue.POLYMARKET: _polymarket,
    Venue.KALSHI: _kalshi,
    Venue.LIMITLESS: _limitless,
}


def _address_of(private_key: Secret) -> str:
    with _naming(PRIVATE_KEY):
        return EthereumSigner(private_key).address


def _check_owner(owner: str, wallet: str) -> None:
    if owner.lower() != wallet:
        raise InvalidInput(PRIVATE_KEY, f"is the key of {owner}, not of the wallet that signed in")


@contextmanager
def _naming(field: str) -> Iterator[None]:
    try:
        yield
    except InvalidCredential as error:
        raise InvalidInput(field, str(error)) from None
