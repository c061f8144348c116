import base64
import hashlib
import pickle

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from dutchbook.domain.secret import InvalidCredential, Secret
from tests.support.signing_fixtures import signing_fixture
from venues.kalshi.signing import RequestSigner, load_private_key, message_to_sign

FIXTURE = signing_fixture("kalshi_requests")
REQUESTS = FIXTURE["requests"]
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)

rsa_public = serialization.load_pem_public_key(FIXTURE["rsa_public_pem"].encode())
ed25519_public = serialization.load_pem_public_key(FIXTURE["ed25519_public_pem"].encode())


def pem(key, container=serialization.PrivateFormat.PKCS8, encryption=None):
    return key.private_bytes(
        serialization.Encoding.PEM, container, encryption or serialization.NoEncryption()
    ).decode()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def ed25519_key():
    return ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize("row", REQUESTS)
def test_the_message_is_timestamp_method_and_path(row):
    message = message_to_sign(row["timestamp_ms"], row["method"], row["url"])

    assert message.decode() == row["message"]
    assert hashlib.sha256(message).hexdigest() == row["sha256"]


@pytest.mark.parametrize("row", REQUESTS)
def test_recorded_signatures_are_over_our_message(row):
    message = message_to_sign(row["timestamp_ms"], row["method"], row["url"])

    rsa_public.verify(base64.b64decode(row["rsa_pss"]), message, PSS, hashes.SHA256())
    ed25519_public.verify(base64.b64decode(row["ed25519"]), message)


@pytest.mark.parametrize("row", [row for row in REQUESTS if row["wrong_message"]])
def test_a_message_with_the_query_is_another_message(row):
    assert message_to_sign(row["timestamp_ms"], row["method"], row["url"]).decode() != row["wrong_message"]
    with pytest.raises(InvalidSignature):
        ed25519_public.verify(base64.b64decode(row["ed25519"]), row["wrong_message"].encode())


def test_method_and_path_are_signed_as_sent():
    assert message_to_sign(1, "get", "/trade-api/v2/markets?limit=5") == b"1GET/trade-api/v2/markets"


@pytest.mark.parametrize(
    "container", [serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8]
)
@pytest.mark.parametrize("already_checked", [False, True])
def test_an_rsa_key_signs_with_pss_whatever_its_container(rsa_key, container, already_checked):
    key = load_private_key(Secret(pem(rsa_key, container)), already_checked=already_checked)
    headers = RequestSigner("key-id", key).headers("POST", REQUESTS[4]["url"], 1_703_123_460_789)

    rsa_key.public_key().verify(
        base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"]),
        REQUESTS[4]["message"].encode(),
        PSS,
        hashes.SHA256(),
    )
    assert headers["KALSHI-ACCESS-KEY"] == "key-id"
    assert headers["KALSHI-ACCESS-TIMESTAMP"] == "1703123460789"


def test_an_ed25519_key_in_the_same_container_signs_plainly(ed25519_key):
    key = load_private_key(Secret(pem(ed25519_key)))
    headers = RequestSigner("key-id", key).headers("GET", REQUESTS[0]["url"], REQUESTS[0]["timestamp_ms"])

    ed25519_key.public_key().verify(
        base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"]), REQUESTS[0]["message"].encode()
    )


@pytest.mark.parametrize(
    "secret",
    [
        "d0c5a1f5a0e94f1d8a5e6b3c2f4d7e8a9b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e",  # a hex HMAC secret
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",  # a base64 one
        "correct horse battery staple",
    ],
)
def test_an_hmac_secret_or_password_is_refused_and_the_fix_is_named(secret):
    with pytest.raises(InvalidCredential, match="no HMAC secret, password or login") as caught:
        load_private_key(Secret(secret))

    assert "create an API key" in str(caught.value)
    assert secret not in str(caught.value)


def test_a_public_key_is_refused_and_the_fix_is_named():
    with pytest.raises(InvalidCredential, match="public key"):
        load_private_key(Secret(FIXTURE["rsa_public_pem"]))


def test_an_encrypted_key_is_refused_and_the_fix_is_named(ed25519_key):
    encrypted = pem(ed25519_key, encryption=serialization.BestAvailableEncryption(b"password"))

    with pytest.raises(InvalidCredential, match="decrypt it first"):
        load_private_key(Secret(encrypted))


@pytest.mark.parametrize("damage", [lambda t: t[: len(t) // 2], lambda t: t.replace("\n", "\\n")])
def test_a_damaged_key_is_refused_without_repeating_it(ed25519_key, damage):
    text = damage(pem(ed25519_key))

    with pytest.raises(InvalidCredential) as caught:
        load_private_key(Secret(text))

    assert text.splitlines()[-1] not in str(caught.value)


def test_keys_that_kalshi_does_not_take_are_refused():
    with pytest.raises(InvalidCredential, match="2048 bits"):
        load_private_key(Secret(pem(ec.generate_private_key(ec.SECP256R1()))))
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  refused below
    with pytest.raises(InvalidCredential, match="2048 bits"):
        load_private_key(Secret(pem(weak)))


def test_a_blank_key_id_is_refused(ed25519_key):
    with pytest.raises(InvalidCredential, match="key id"):
        RequestSigner(" ", ed25519_key)


def test_the_signer_shows_no_key(ed25519_key):
    signer = RequestSigner("key-id", ed25519_key)

    assert repr(signer) == "<RequestSigner>"
    with pytest.raises(TypeError):
        pickle.dumps(signer)
