import json
from dataclasses import replace

import pytest

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import parse_micros
from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.domain.venue import Side
from tests.support.signing_fixtures import signing_fixture
from venues.crypto import EthereumSigner, recover_address
from venues.limitless.amounts import Amounts, align_contracts, fill_or_kill_amounts, order_amounts
from venues.limitless.auth import RequestSigner, iso_timestamp
from venues.limitless.signing import Order, OrderSigner, OrderType, SignatureType

FIXTURE = signing_fixture("limitless_orders")
ROWS = FIXTURE["orders"]
ALIGNED = [row for row in ROWS if "unaligned" not in row["name"]]
(UNALIGNED,) = [row for row in ROWS if "unaligned" in row["name"]]
HMAC = signing_fixture("limitless_hmac")
KEY = EthereumSigner(Secret(FIXTURE["private_key"]))


def by_name(rows):
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def amounts_of(row):
    if "offered" in row:
        return fill_or_kill_amounts(parse_micros(row["offered"]))
    return order_amounts(Side[row["side"]], parse_micros(row["price"]), parse_micros(row["contracts"]))


def order_of(row, amounts=None):
    return Order(
        exchange=row["exchange"],
        market_slug=row["slug"],
        token_id=int(row["token_id"]),
        side=Side[row["side"]],
        amounts=amounts or amounts_of(row),
        order_type=OrderType(row["order_type"]),
        fee_rate_bps=row["fee_rate_bps"],
        salt=row["salt"],
        price=parse_micros(row["price"]) if "price" in row else None,
    )


@pytest.fixture
def order():
    return order_of(ROWS[0])


@pytest.fixture
def signer():
    return OrderSigner(KEY, owner_id=FIXTURE["owner_id"])


@by_name(ALIGNED)
def test_an_order_is_the_sdks_byte_for_byte(signer, row):
    signed = signer.sign(order_of(row))

    assert amounts_of(row) == (row["maker_amount"], row["taker_amount"])
    assert signed.order_hash == row["order_hash"]
    assert signed.signature == row["signature"]
    assert signed.body == row["body"].encode()


def test_an_unaligned_size_is_refused_where_the_sdk_shaves_it():
    with pytest.raises(InvalidOrder, match=r"steps of 0\.001"):
        amounts_of(UNALIGNED)


def test_the_unaligned_size_is_the_sdks_once_it_is_aligned_on_purpose(signer):
    contracts = align_contracts(parse_micros(UNALIGNED["contracts"]))
    amounts = order_amounts(Side.SELL, parse_micros(UNALIGNED["price"]), contracts)

    assert signer.sign(order_of(UNALIGNED, amounts)).body == UNALIGNED["body"].encode()


@pytest.mark.parametrize(
    ("price", "contracts"), [(333_500, 1_000_000), (0, 1_000_000), (1_000_000, 1_000_000), (500_000, 0)]
)
def test_a_price_or_size_off_the_grid_is_refused(price, contracts):
    with pytest.raises(InvalidOrder):
        order_amounts(Side.BUY, price, contracts)


def test_less_than_the_venues_minimum_is_refused():
    with pytest.raises(InvalidOrder, match="too few"):
        order_amounts(Side.BUY, 1_000, 1_000)
    with pytest.raises(InvalidOrder, match="too few"):
        fill_or_kill_amounts(99)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": 0},
        {"salt": 1 << 53},
        {"token_id": -1},
        {"fee_rate_bps": -1},
        {"fee_rate_bps": 10_001},
        {"price": None},
        {"price": 560_000},
        {"order_type": OrderType.FOK},
        {"order_type": OrderType.FAK, "post_only": True},
        {"client_order_id": 'x","onBehalfOf":1,"y":"'},
        {"client_order_id": "x" * 129},
        {"sent_at_ms": 1},
        {"receive_window_ms": 5_000},
        {"sent_at_ms": 1, "receive_window_ms": 10_001},
        {"exchange": ""},
        {"exchange": "0x1234"},
    ],
)
def test_an_order_the_venue_cannot_take_never_leaves(signer, order, change):
    with pytest.raises(InvalidOrder):
        signer.sign(replace(order, **change))


def test_an_order_holds_for_its_markets_exchange_alone(signer, order):
    other = replace(order, exchange="0xe3E00BA3a9888d1DE4834269f62ac008b4BB5C47")

    assert signer.sign(order).signature != signer.sign(other).signature


def test_the_fee_rate_is_signed(signer, order):
    assert signer.sign(order).order_hash != signer.sign(replace(order, fee_rate_bps=0)).order_hash


def test_ids_window_and_post_only_go_into_the_body(signer, order):
    full = replace(order, client_order_id="9a-b_C", post_only=True, sent_at_ms=5, receive_window_ms=5_000)

    body = json.loads(signer.sign(full).body)

    assert body["clientOrderId"] == "9a-b_C"
    assert body["postOnly"] is True
    assert (body["timestamp"], body["recvWindow"]) == (5, 5_000)
    assert signer.sign(full).order_hash == signer.sign(order).order_hash


def test_a_slug_cannot_break_out_of_the_json(signer, order):
    body = json.loads(signer.sign(replace(order, market_slug='a","orderType":"FOK')).body)

    assert body["orderType"] == "GTC"


def test_a_smart_wallet_is_maker_while_the_embedded_key_signs(order):
    wallet = "0x1111111111111111111111111111111111111111"
    signer = OrderSigner(KEY, owner_id=1, signature_type=SignatureType.SMART_WALLET, maker=wallet)
    signed = signer.sign(order)
    fields = json.loads(signed.body)["order"]

    assert (fields["maker"], fields["signer"], fields["signatureType"]) == (wallet, KEY.address, 2)
    digest, signature = bytes.fromhex(signed.order_hash[2:]), bytes.fromhex(signed.signature[2:])
    assert recover_address(digest, signature) == KEY.address


@pytest.mark.parametrize(
    ("signature_type", "maker"),
    [
        (SignatureType.EOA, "0x1111111111111111111111111111111111111111"),
        (SignatureType.SMART_WALLET, None),
        (SignatureType.SMART_WALLET, KEY.address),
    ],
)
def test_a_maker_that_does_not_fit_the_signature_type_is_refused(signature_type, maker):
    with pytest.raises(ValueError, match="maker"):
        OrderSigner(KEY, owner_id=1, signature_type=signature_type, maker=maker)


def test_amounts_of_zero_cannot_be_signed_around_the_amount_functions(signer, order):
    with pytest.raises(InvalidOrder):
        signer.sign(replace(order, amounts=Amounts(0, 0)))


@pytest.mark.parametrize("row", HMAC["requests"])
def test_the_request_hmac(row):
    signer = RequestSigner(HMAC["token_id"], Secret(HMAC["secret"]))

    assert signer.headers(row["method"], row["path"], row["body"].encode(), 1_795_348_800_000) == {
        "lmts-api-key": HMAC["token_id"],
        "lmts-timestamp": HMAC["timestamp"],
        "lmts-signature": row["signature"],
    }


@pytest.mark.parametrize(
    ("unix_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_795_348_800_007, "2026-11-22T12:00:00.007Z"),
        (999, "1970-01-01T00:00:00.999Z"),
    ],
)
def test_timestamps_are_iso_with_milliseconds(unix_ms, text):
    assert iso_timestamp(unix_ms) == text


@pytest.mark.parametrize("secret", ["lmts_abc", "not base64!"])
def test_an_old_key_or_a_damaged_secret_is_refused_and_the_fix_is_named(secret):
    with pytest.raises(InvalidCredential, match="derive a new API token"):
        RequestSigner(HMAC["token_id"], Secret(secret))


def test_a_blank_token_id_is_refused():
    with pytest.raises(InvalidCredential, match="token id"):
        RequestSigner("", Secret(HMAC["secret"]))
