"""Sign-In with Ethereum: one exact message, one signature, once."""

from datetime import timedelta

import pytest

from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.secret import Secret
from dutchbook.entry import siwe
from dutchbook.entry.bootstrap.register import recover_signer
from dutchbook.usecases.sign_in import SignInMessage
from tests.support.api import Api
from tests.support.builders import NOW
from venues.crypto import EthereumSigner, checksum_address, personal_message_digest

SIGNER = EthereumSigner(Secret("11" * 32))
STRANGER = EthereumSigner(Secret("22" * 32))


def stamp(at=NOW):
    return at.isoformat().replace("+00:00", "Z")


def message(nonce, **changes):
    parts = {
        "head": "dutchbook.example wants you to sign in with your Ethereum account:",
        "address": SIGNER.address,
        "statement": "Sign in to Dutchbook.",
        "uri": "https://dutchbook.example",
        "version": "1",
        "chain": "137",
        "issued": stamp(),
        "tail": f"\nExpiration Time: {stamp(NOW + timedelta(minutes=5))}",
        **changes,
    }
    statement = f"{parts['statement']}\n" if parts["statement"] else ""
    return (
        f"{parts['head']}\n{parts['address']}\n\n{statement}\nURI: {parts['uri']}\n"
        f"Version: {parts['version']}\nChain ID: {parts['chain']}\nNonce: {nonce}\n"
        f"Issued At: {parts['issued']}{parts['tail']}"
    )


def sign(text, signer=SIGNER):
    return "0x" + signer.sign(personal_message_digest(text.encode())).hex()


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def nonce(api):
    return api.call("POST", "/api/auth/nonce", wallet=None).body["nonce"]


def verify(api, text, signature=None):
    body = {"message": text, "signature": signature or sign(text)}
    return api.call("POST", "/api/auth/verify", body, wallet=None)


def refused(api, text, field="message", signature=None):
    answer = verify(api, text, signature)
    assert (answer.status, answer.fields) == (422, {field}), answer.text
    assert "token" not in answer.body
    return answer.body["detail"]


def test_a_signed_message_becomes_a_token_of_that_wallet(api, nonce):
    answer = verify(api, message(nonce))
    assert answer.status == 200
    assert answer.body["wallet"] == SIGNER.address.lower()
    assert answer.body["expires_at"] == stamp(NOW + timedelta(minutes=15)).replace("Z", ".000Z")
    wallet, _ = api.tokens.verify(answer.body["token"], api.clock.now_ms() // 1000)
    assert wallet == SIGNER.address.lower()


def test_nonces_are_128_bits_and_never_the_same(api):
    given = {api.call("POST", "/api/auth/nonce", wallet=None).body["nonce"] for _ in range(50)}
    assert len(given) == 50
    assert all(len(nonce) == 32 and nonce.isalnum() for nonce in given)


def test_a_message_signs_in_once(api, nonce):
    assert verify(api, message(nonce)).status == 200
    assert "nonce" in refused(api, message(nonce))


def test_a_nonce_that_nobody_gave_or_that_is_too_old_is_refused(api, nonce):
    assert "nonce" in refused(api, message("a" * 32))
    api.clock.ms += 300_000
    text = message(nonce, issued=stamp(NOW + timedelta(minutes=4)), tail="")
    assert "nonce" in refused(api, text)


def test_a_wrong_signature_does_not_burn_the_nonce(api, nonce):
    refused(api, message(nonce), "signature", sign(message(nonce), STRANGER))
    assert verify(api, message(nonce)).status == 200


def test_optional_parts_of_the_grammar_are_read(api):
    for changes in (
        {"statement": ""},
        {"tail": ""},
        {"tail": f"\nNot Before: {stamp()}"},
        {"tail": "\nRequest ID: some-id"},
        {"tail": "\nResources:\n- https://dutchbook.example/terms\n- ipfs://x"},
        {"tail": "\nResources:\n- urn:isbn:1\n- https://u@[2001:db8::7]:443/a//b?c/d?e#f/?g\n- x:/%C3%A4"},
        {"tail": "\nRequest ID: a:b@c%20d!$&'()*+,;="},
        {"tail": "\nRequest ID: "},
        {"tail": "\nResources:"},
        {"head": "https://dutchbook.example wants you to sign in with your Ethereum account:"},
        {"uri": "https://dutchbook.example/dashboard?x=1"},
        {"issued": stamp(NOW).replace("Z", ".123Z")},
        {"issued": stamp(NOW).replace("Z", "+00:00")},
    ):
        fresh = api.call("POST", "/api/auth/nonce", wallet=None).body["nonce"]
        assert verify(api, message(fresh, **changes)).status == 200, changes


@pytest.mark.parametrize(
    "changes",
    [
        {"head": "evil.example wants you to sign in with your Ethereum account:"},
        {"head": "dutchbook.example.evil.example wants you to sign in with your Ethereum account:"},
        {"head": "http://dutchbook.example wants you to sign in with your Ethereum account:"},
        {"head": "dutchbook.example:8443 wants you to sign in with your Ethereum account:"},
        {"head": "dutchbook.example  wants you to sign in with your Ethereum account:"},
        {"uri": "https://evil.example"},
        {"uri": "https://dutchbook.example.evil.example/"},
        {"uri": "http://dutchbook.example"},
        {"version": "2"},
        {"version": "01"},
        {"chain": "5"},
        {"chain": "0137"},
        {"chain": "-137"},
        {"address": SIGNER.address.lower()},
        {"address": "0x" + SIGNER.address[2:].upper()},
        {"issued": stamp(NOW + timedelta(seconds=61))},
        {"issued": stamp(NOW - timedelta(seconds=361))},
        {"issued": "2026-13-45T99:00:00Z"},
        {"issued": "yesterday"},
        {"issued": "2026-11-23T12:00:00"},
        {"tail": f"\nExpiration Time: {stamp(NOW)}"},
        {"tail": f"\nNot Before: {stamp(NOW + timedelta(seconds=61))}"},
        {"tail": "\n"},
        {"tail": "\nResources:\n-missing-space"},
        {"tail": f"\nNot Before: {stamp()}\nExpiration Time: {stamp(NOW + timedelta(hours=1))}"},
        {"statement": "two\nlines"},
        {"statement": "a tab\tinside"},
        {"statement": "ünïcode"},
        {"statement": "100 % sure"},
        {"uri": "https://dutchbook.example/%zz"},
        {"uri": "https://dutchbook.example/[[["},
        {"uri": "https://dutchbook.example/#a#b"},
        {"uri": "https://dutchbook.example/a b"},
        {"tail": "\nRequest ID: a/b"},
        {"tail": "\nRequest ID: a?b"},
        {"tail": "\nRequest ID: a#b"},
        {"tail": "\nRequest ID: [a]"},
        {"tail": "\nRequest ID: %zz"},
        {"tail": "\nResources:\n- ::::"},
        {"tail": "\nResources:\n- no-scheme"},
        {"tail": "\nResources:\n- https://x.example/%"},
    ],
)
def test_a_message_that_is_not_exactly_for_us_is_refused(api, nonce, changes):
    refused(api, message(nonce, **changes))
    assert nonce in api.nonces.given


def test_a_changed_byte_of_the_message_fails_at_the_api(api, nonce):
    text, signature = message(nonce), sign(message(nonce))
    raw = text.encode()
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 0x01
        assert verify(api, changed.decode("latin-1"), signature).status in (400, 422)
        for mutated in (text[:place] + text[place + 1 :], text[:place] + text[place] + text[place:]):
            if mutated != text:
                assert verify(api, mutated, signature).status == 422
    assert verify(api, text, signature).status == 200


def signs_in(text, signature):
    """Whether the message is of the grammar and the signature of the wallet it names."""
    try:
        read = siwe.parse(text, checksum_address)
        return recover_signer(text.encode(), siwe.parse_signature(signature)) == read.address
    except (InvalidInput, ValueError):
        return False


def mutations(raw):
    """The bytes with one of them another: all 255 others at each place."""
    for place, old in enumerate(raw):
        for value in range(256):
            if value != old:
                yield raw[:place] + bytes((value,)) + raw[place + 1 :]


def test_every_single_byte_mutation_of_the_message_fails():
    text = message("a" * 32)
    signature = sign(text)
    assert signs_in(text, signature)
    for changed in mutations(text.encode()):
        assert not signs_in(changed.decode("latin-1"), signature), changed


def test_all_values_of_every_byte_of_the_signature_fail():
    text = message("a" * 32)
    raw = bytes.fromhex(sign(text)[2:])
    for changed in mutations(raw):
        assert not signs_in(text, "0x" + changed.hex()), changed.hex()


def test_a_signature_has_no_twin(api, nonce):
    """With n - s and the other v the same key signs the same: only the lower s counts."""
    text = message(nonce)
    raw = bytes.fromhex(sign(text)[2:])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    twin = raw[:32] + (order - int.from_bytes(raw[32:64], "big")).to_bytes(32, "big") + bytes((55 - raw[64],))
    refused(api, text, "signature", "0x" + twin.hex())


def test_a_changed_bit_of_the_signature_fails_at_the_api(api, nonce):
    text, signature = message(nonce), sign(message(nonce))
    raw = bytes.fromhex(signature[2:])
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            refused(api, text, "signature", "0x" + changed.hex())
    for place in range(len(signature)):
        for mutated in (signature[:place] + signature[place].upper() + signature[place + 1 :],):
            if mutated != signature:
                refused(api, text, "signature", mutated)
        refused(api, text, "signature", signature[:place] + signature[place + 1 :])
    assert verify(api, text, signature).status == 200


def test_contract_wallets_are_refused_with_that_reason(api, nonce):
    assert "contract wallets" in refused(api, message(nonce), "signature", "0x" + "ab" * 300)
    # an owner's key signs for his contract with 65 bytes, like any key
    assert "contract wallets" in refused(api, message(nonce), "signature", sign(message(nonce), STRANGER))


@pytest.mark.parametrize(
    "body", [{}, {"message": "x"}, {"message": 1, "signature": "0x"}, {"message": "x" * 3000}]
)
def test_bodies_of_another_shape_are_named(api, body):
    assert api.call("POST", "/api/auth/verify", body, wallet=None).status == 422


def test_a_long_hostile_message_is_refused_quickly(api):
    text = "dutchbook.example wants you to sign in with your Ethereum account:\n" + "a" * 1900
    assert verify(api, text, "0x" + "ab" * 65).status == 422


@pytest.mark.parametrize("optional", [True, False])
def test_what_is_written_is_read_back(optional):
    extra = {"expires_at": NOW, "not_before": NOW, "request_id": "r-1", "resources": ("https://x.example/a",)}
    written = SignInMessage(
        scheme="https" if optional else "",
        domain="dutchbook.example",
        address=SIGNER.address,
        statement="Hello." if optional else "",
        uri="https://dutchbook.example",
        version="1",
        chain_id=137,
        nonce="a" * 32,
        issued_at=NOW,
        **(extra if optional else {}),
    )
    assert siwe.parse(siwe.write(written), checksum_address) == written
