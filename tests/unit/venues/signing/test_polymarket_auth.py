import pickle

import pytest

from dutchbook.domain.secret import InvalidCredential, Secret
from tests.support.signing_fixtures import signing_fixture
from venues.crypto import EthereumSigner
from venues.polymarket.auth import ApiCredentials, RequestSigner, clob_auth_digest, l1_headers

FIXTURE = signing_fixture("polymarket_auth")
KEY = EthereumSigner(Secret(FIXTURE["private_key"]))
URL_SAFE_SECRET = "-_-_"


def request_signer(secret=URL_SAFE_SECRET):
    return RequestSigner(FIXTURE["address"], ApiCredentials("key-id", Secret(secret), Secret("pass-phrase")))


@pytest.mark.parametrize("row", FIXTURE["l1"])
def test_l1_digest_and_headers(row):
    digest = clob_auth_digest(KEY.address, row["chainId"], row["timestamp"], row["nonce"])

    assert "0x" + digest.hex() == row["digest"]
    assert l1_headers(KEY, row["timestamp"], nonce=row["nonce"], chain_id=row["chainId"]) == {
        "POLY_ADDRESS": FIXTURE["address"],
        "POLY_SIGNATURE": row["signature"],
        "POLY_TIMESTAMP": str(row["timestamp"]),
        "POLY_NONCE": str(row["nonce"]),
    }


@pytest.mark.parametrize("row", FIXTURE["l2"])
def test_l2_hmac_over_the_exact_bytes(row):
    signer = request_signer(row["secret"])

    assert (
        signer.signature(row["method"], row["path"], row["body"].encode(), row["timestamp"])
        == row["signature"]
    )


def test_l2_headers():
    headers = request_signer().headers("GET", "/data/orders", b"", 1_790_000_000)

    assert headers["POLY_ADDRESS"] == FIXTURE["address"]
    assert headers["POLY_API_KEY"] == "key-id"
    assert headers["POLY_PASSPHRASE"] == "pass-phrase"
    assert headers["POLY_TIMESTAMP"] == "1790000000"


def test_a_query_is_not_signed():
    signer = request_signer()

    assert signer.signature("GET", "/data/orders?market=0x1", b"", 1) == signer.signature(
        "GET", "/data/orders", b"", 1
    )


def test_an_apostrophe_in_the_body_is_signed_as_it_is():
    signer = request_signer()

    assert signer.signature("POST", "/order", b"it's", 1) != signer.signature("POST", "/order", b'it"s', 1)


def test_a_secret_without_padding_is_the_same_secret():
    assert request_signer("AAA=").signature("GET", "/", b"", 1) == request_signer("AAA").signature(
        "GET", "/", b"", 1
    )


@pytest.mark.parametrize("secret", ["not base64!", "A", "Ä" * 8])
def test_a_secret_that_is_not_base64_is_refused_without_repeating_it(secret):
    with pytest.raises(InvalidCredential) as caught:
        request_signer(secret)

    assert f" {secret} " not in f" {caught.value} "


def test_the_signer_and_its_credentials_show_no_secret():
    signer = request_signer("c2VjcmV0")

    assert repr(signer) == "<RequestSigner>"
    assert "pass-phrase" not in repr(ApiCredentials("key-id", Secret("c2VjcmV0"), Secret("pass-phrase")))
    with pytest.raises(TypeError):
        pickle.dumps(signer)
