import pickle

import pytest

from dutchbook.domain.secret import InvalidCredential, Secret
from tests.support.signing_fixtures import signing_fixture
from venues.crypto import (
    EthereumSigner,
    address_bytes,
    checksum_address,
    create2_address,
    domain_separator,
    keccak256,
    personal_message_digest,
    recover_address,
    typed_data_digest,
)

HARDHAT_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
HARDHAT_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.fixture
def signer():
    return EthereumSigner(Secret(HARDHAT_KEY))


def test_keccak_is_ethereums_not_nists():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize(
    "address",
    [  # the examples of EIP-55
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
    ],
)
def test_eip55_capitals(address):
    assert checksum_address(address.lower()) == address
    assert checksum_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",  # last digit's case flipped
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\n",
        "",
    ],
)
def test_a_mistyped_address_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        address_bytes(address)


def test_create2_as_in_eip1014():
    assert create2_address("0x" + "00" * 20, bytes(32), keccak256(b"\x00")) == checksum_address(
        "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"
    )


def test_domain_separators_of_every_live_polymarket_exchange():
    separators = signing_fixture("polymarket_orders")["domain_separators"]
    expected = {
        "v2_std_137": ("2", 137, "0xE111180000d2663C0091e4f400237545B87B996B"),
        "v2_negrisk_137": ("2", 137, "0xe2222d279d744050d28e00520010520000310F59"),
        "v3_137": ("3", 137, "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa"),
        "v2_std_80002": ("2", 80002, "0xE111180000d2663C0091e4f400237545B87B996B"),
        "v2_negrisk_80002": ("2", 80002, "0xe2222d279d744050d28e00520010520000310F59"),
        "v3_80002": ("3", 80002, "0x9fE6e61422AdB6F610d8597F9684b16912D50C3D"),
    }

    assert separators.keys() == expected.keys()
    for name, (version, chain_id, exchange) in expected.items():
        separator = domain_separator("Polymarket CTF Exchange", version, chain_id, exchange)
        assert "0x" + separator.hex() == separators[name]


def test_the_signer_of_a_digest_is_recovered(signer):
    digest = typed_data_digest(keccak256(b"domain"), keccak256(b"struct"))

    assert signer.address == HARDHAT_ADDRESS
    assert recover_address(digest, signer.sign(digest)) == HARDHAT_ADDRESS


def test_a_personal_message_as_wallets_sign_it(signer):
    """The digest of EIP-191 for a known message: keccak of the prefixed text."""
    digest = personal_message_digest(b"Hello World")

    assert digest.hex() == "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2"


@pytest.mark.parametrize(
    "signature", [b"", bytes(65), bytes(64) + b"\x1b", b"\xff" * 64 + b"\x1b", bytes(64) + b"\x00"]
)
def test_what_is_no_signature_is_refused(signature):
    with pytest.raises(ValueError, match="signature"):
        recover_address(keccak256(b""), signature)


@pytest.mark.parametrize(
    "key",
    [
        HARDHAT_ADDRESS,
        HARDHAT_KEY[:-1],
        HARDHAT_KEY + "00",
        "test test test test test test test test test test test junk",
        "0x" + "00" * 32,
        "0x" + "ff" * 32,
    ],
)
def test_what_is_no_private_key_is_refused_without_repeating_it(key):
    with pytest.raises(InvalidCredential) as caught:
        EthereumSigner(Secret(key))

    assert key not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "text", [HARDHAT_KEY[2:], HARDHAT_KEY.upper().replace("0X", "0x"), f" {HARDHAT_KEY}\n"]
)
def test_a_private_key_may_be_written_in_the_usual_ways(text):
    assert EthereumSigner(Secret(text)).address == HARDHAT_ADDRESS


def test_a_signer_shows_its_address_and_is_not_pickled(signer):
    assert repr(signer) == f"<EthereumSigner {HARDHAT_ADDRESS}>"
    with pytest.raises(TypeError):
        pickle.dumps(signer)
