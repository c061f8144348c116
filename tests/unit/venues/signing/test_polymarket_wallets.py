import pytest

from tests.support.signing_fixtures import signing_fixture
from venues.polymarket.signing import SignatureType
from venues.polymarket.wallets import (
    deposit_wallet,
    former_deposit_wallet,
    proxy_wallet,
    safe_wallet,
    signature_type_of,
)

WALLETS = signing_fixture("polymarket_wallets")["wallets"]


@pytest.mark.parametrize("row", WALLETS)
def test_the_wallets_of_a_key_are_derived(row):
    assert deposit_wallet(row["owner"]) == row["deposit"]
    assert former_deposit_wallet(row["owner"]) == row["former_deposit"]
    assert proxy_wallet(row["owner"]) == row["proxy"]
    assert safe_wallet(row["owner"]) == row["safe"]


@pytest.mark.parametrize("row", WALLETS)
def test_the_funder_tells_the_signature_type(row):
    assert signature_type_of(row["owner"], row["owner"].lower()) is SignatureType.EOA
    assert signature_type_of(row["owner"], row["proxy"]) is SignatureType.PROXY
    assert signature_type_of(row["owner"], row["safe"]) is SignatureType.SAFE
    assert signature_type_of(row["owner"], row["deposit"]) is SignatureType.DEPOSIT_WALLET
    assert signature_type_of(row["owner"], row["former_deposit"]) is SignatureType.DEPOSIT_WALLET


def test_another_owners_wallet_is_no_wallet_of_the_key():
    assert signature_type_of(WALLETS[0]["owner"], WALLETS[1]["deposit"]) is None


def test_a_mistyped_funder_is_refused():
    with pytest.raises(ValueError, match="address"):
        signature_type_of(WALLETS[0]["owner"], "0x1234")
