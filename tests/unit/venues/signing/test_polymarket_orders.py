import json
from dataclasses import replace

import pytest

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import parse_micros
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Side
from tests.support.polymarket_v1 import v1_order_digest
from tests.support.signing_fixtures import signing_fixture
from venues.crypto import EthereumSigner, recover_address
from venues.polymarket.amounts import Amounts, limit_amounts, market_buy_amounts, market_sell_amounts
from venues.polymarket.contracts import AMOY_EXCHANGES, POLYGON_EXCHANGES, Exchange
from venues.polymarket.signing import MAX_SALT, Order, OrderSigner, OrderType, SignatureType

FIXTURE = signing_fixture("polymarket_orders")
ROWS = FIXTURE["orders"]
V1_ROWS = signing_fixture("polymarket_v1_orders")["orders"]
KEY = EthereumSigner(Secret(FIXTURE["private_key"]))
WALLET = "0x1111111111111111111111111111111111111111"


def by_name(rows):
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def signer_of(row):
    return OrderSigner(
        KEY,
        api_key=FIXTURE["api_key"],
        signature_type=SignatureType(row["signature_type"]),
        funder=row["funder"],
        exchanges=AMOY_EXCHANGES if row["chain_id"] == 80002 else POLYGON_EXCHANGES,
    )


def order_of(row):
    return Order(
        token_id=int(row["token_id"]),
        side=Side[row["side"]],
        amounts=Amounts(row["maker_amount"], row["taker_amount"]),
        salt=row["salt"],
        timestamp_ms=row["timestamp_ms"],
        order_type=OrderType(row["order_type"]),
        market_version=row["market_version"],
        neg_risk=row["neg_risk"],
        expiration=row["expiration"],
        builder=row["builder"],
    )


@pytest.fixture
def order():
    return order_of(ROWS[0])


@pytest.fixture
def signer():
    return signer_of(ROWS[0])


@by_name(ROWS)
def test_the_order_id_is_the_digest_the_venue_computes(row):
    assert signer_of(row).sign(order_of(row)).order_id == row["order_id"]


@by_name([row for row in ROWS if row["signature"]])
def test_the_signature_is_the_official_clients(row):
    assert signer_of(row).sign(order_of(row)).signature == row["signature"]


@by_name([row for row in ROWS if "body" in row])
def test_the_body_is_byte_for_byte_what_is_posted(row):
    assert signer_of(row).sign(order_of(row)).body == row["body"].encode()


@by_name([row for row in ROWS if "shares" in row])
def test_limit_amounts_from_price_and_size(row):
    amounts = limit_amounts(
        Side[row["side"]], parse_micros(row["price"]), parse_micros(row["shares"]), parse_micros(row["tick"])
    )

    assert amounts == (row["maker_amount"], row["taker_amount"])


@by_name([row for row in ROWS if "dollars" in row])
def test_market_buy_amounts_from_price_cap_and_dollars(row):
    amounts = market_buy_amounts(
        parse_micros(row["dollars"]), parse_micros(row["price"]), parse_micros(row["tick"])
    )

    assert amounts == (row["maker_amount"], row["taker_amount"])


@pytest.mark.parametrize(
    ("price", "size", "dollars"),
    [("0.61", "8.2", "5.002"), ("0.01", "5.02", "0.0502"), ("0.01", "8.7", "0.087")],
)
def test_sizes_on_which_binary_floats_lose_a_cent_are_exact(price, size, dollars):
    amounts = limit_amounts(Side.BUY, parse_micros(price), parse_micros(size), 10_000)

    assert amounts == (parse_micros(dollars), parse_micros(size))


@pytest.mark.parametrize("price", ["0.29", "0.57", "0.58"])
def test_a_market_buy_keeps_the_cap_on_which_binary_floats_fall_a_tick(price):
    dollars, shares = market_buy_amounts(100_000_000, parse_micros(price), 10_000)

    assert dollars * 1_000_000 // shares == parse_micros(price)


def test_a_market_sell_gives_two_decimals_of_shares():
    assert market_sell_amounts(10_019_999, 570_000, 10_000) == (10_010_000, 5_705_700)


@pytest.mark.parametrize(
    ("price", "tick"),
    [
        (565_000, 10_000),
        (0, 10_000),
        (5_000, 10_000),
        (1_000_000, 10_000),
        (995_000, 10_000),
        (500_000, 20_000),
    ],
)
def test_a_price_off_the_grid_is_refused(price, tick):
    with pytest.raises(InvalidOrder):
        limit_amounts(Side.BUY, price, 10_000_000, tick)
    with pytest.raises(InvalidOrder):
        market_buy_amounts(10_000_000, price, tick)


@pytest.mark.parametrize("shares", [0, 9_999, -10_000_000])
def test_a_size_under_a_hundredth_share_is_refused(shares):
    with pytest.raises(InvalidOrder):
        limit_amounts(Side.SELL, 500_000, shares, 10_000)


def test_a_budget_too_small_to_hold_the_price_cap_is_refused():
    """One cent at 0.57 asks for 0.0175 shares: 0.5714 a share would reach asks above the cap."""
    with pytest.raises(InvalidOrder, match="price cap"):
        market_buy_amounts(10_000, 570_000, 10_000)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": 0},
        {"salt": MAX_SALT + 1},
        {"token_id": 0},
        {"token_id": 1 << 256},
        {"amounts": Amounts(0, 1)},
        {"amounts": Amounts(1, 0)},
        {"timestamp_ms": 0},
        {"expiration": 1_790_003_600},
        {"order_type": OrderType.GTD},
        {"order_type": OrderType.FAK, "post_only": True},
        {"order_type": OrderType.FOK, "amounts": Amounts(50_005_000, 100_000_000)},
        {"market_version": "v3"},
        {"market_version": ""},
        {"builder": "0xAB"},
        {"builder": '0x"},{"x'},
    ],
)
def test_an_order_the_venue_cannot_take_never_leaves(signer, order, change):
    with pytest.raises(InvalidOrder):
        signer.sign(replace(order, **change))


def test_the_same_order_gives_the_same_bytes_on_another_machine(order):
    assert signer_of(ROWS[0]).sign(order) == signer_of(ROWS[0]).sign(replace(order))


def test_expiration_and_type_are_sent_but_not_signed(signer, order):
    """The struct has no field for them: TLS and the body's HMAC protect them."""
    plain = signer.sign(order)
    dated = signer.sign(replace(order, order_type=OrderType.GTD, expiration=1_790_003_600, post_only=False))

    assert dated.order_id == plain.order_id
    assert json.loads(dated.body)["order"]["expiration"] == "1790003600"
    assert json.loads(dated.body)["orderType"] == "GTD"


def test_post_only_is_said_in_the_body(signer, order):
    assert json.loads(signer.sign(replace(order, post_only=True)).body)["postOnly"] is True


def test_an_api_key_cannot_break_out_of_the_json(order):
    body = OrderSigner(KEY, api_key='x","orderType":"FOK').sign(order).body

    assert json.loads(body)["owner"] == 'x","orderType":"FOK'
    assert json.loads(body)["orderType"] == "GTC"


@pytest.mark.parametrize("market_version", ["v1", "v2"])
@pytest.mark.parametrize("neg_risk", [False, True])
def test_each_market_is_signed_for_its_own_exchange(signer, order, market_version, neg_risk):
    exchange = POLYGON_EXCHANGES.of_market(market_version, neg_risk=neg_risk)

    expected = {
        ("v1", False): "0xE111180000d2663C0091e4f400237545B87B996B",
        ("v1", True): "0xe2222d279d744050d28e00520010520000310F59",
        ("v2", False): "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa",
        ("v2", True): "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa",
    }
    assert exchange.address == expected[market_version, neg_risk]
    signed = signer.sign(replace(order, market_version=market_version, neg_risk=neg_risk))
    assert (
        recover_address(bytes.fromhex(signed.order_id[2:]), bytes.fromhex(signed.signature[2:]))
        == KEY.address
    )


@pytest.mark.parametrize(
    ("signature_type", "funder"),
    [
        (SignatureType.EOA, WALLET),
        (SignatureType.PROXY, None),
        (SignatureType.SAFE, None),
        (SignatureType.DEPOSIT_WALLET, None),
        (SignatureType.DEPOSIT_WALLET, KEY.address),
        (SignatureType.SAFE, "0x1234"),
    ],
)
def test_a_funder_that_does_not_fit_the_signature_type_is_refused(signature_type, funder):
    with pytest.raises(ValueError, match=r"signature type|address"):
        OrderSigner(KEY, api_key="k", signature_type=signature_type, funder=funder)


def test_a_deposit_wallet_is_maker_and_signer(order):
    signer = OrderSigner(KEY, api_key="k", signature_type=SignatureType.DEPOSIT_WALLET, funder=WALLET)
    fields = json.loads(signer.sign(order).body)["order"]

    assert (fields["maker"], fields["signer"]) == (WALLET, WALLET)
    assert len(bytes.fromhex(fields["signature"][2:])) == 317


def test_a_safe_is_maker_while_the_key_is_signer(order):
    signer = OrderSigner(KEY, api_key="k", signature_type=SignatureType.SAFE, funder=WALLET)
    fields = json.loads(signer.sign(order).body)["order"]

    assert (fields["maker"], fields["signer"]) == (WALLET, KEY.address)


@pytest.mark.parametrize(
    "address",
    [
        "0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E",
        "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",
        "0xC5d563A36AE78145C45a50134d48A1215220f80a",
        "0xdFE02Eb6733538f8Ea35D585af8DE5958AD99E40",
    ],
)
def test_the_retired_v1_exchanges_are_recognised_and_refused_with_the_reason(address):
    with pytest.raises(InvalidOrder, match="order_version_mismatch since 2026-04-28"):
        Exchange(address, "1")


@by_name(V1_ROWS)
def test_old_v1_orders_can_still_be_decoded_by_hash(row):
    digest = v1_order_digest(row, row["chain_id"], row["exchange"])

    assert "0x" + digest.hex() == row["order_id"]
    assert "0x" + KEY.sign(digest).hex() == row["signature"]
