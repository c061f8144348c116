"""What holds for every order, not for the recorded ones alone."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dutchbook.domain.errors import InvalidOrder
from dutchbook.domain.money import ONE
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Side
from venues.crypto import EthereumSigner, address_bytes, checksum_address, recover_address
from venues.limitless import amounts as limitless_amounts
from venues.limitless import signing as limitless
from venues.polymarket import amounts as polymarket_amounts
from venues.polymarket import signing as polymarket
from venues.polymarket.contracts import POLYGON_EXCHANGES

CENT = polymarket_amounts.CENT
DECIMALS_BY_TICK = {100_000: 3, 10_000: 4, 5_000: 5, 2_500: 6, 1_000: 5, 100: 6}

sides = st.sampled_from(Side)
ticks = st.sampled_from(sorted(DECIMALS_BY_TICK))
salts = st.integers(1, polymarket.MAX_SALT)
token_ids = st.integers(1, (1 << 256) - 1)
keys = st.integers(1, 1 << 250).map(lambda number: EthereumSigner(Secret(f"{number:064x}")))
sizes = st.integers(CENT, 10**13)


@st.composite
def ticks_and_prices(draw):
    tick = draw(ticks)
    return tick, tick * draw(st.integers(1, ONE // tick - 1))


@st.composite
def polymarket_orders(draw):
    tick, price = draw(ticks_and_prices())
    side = draw(sides)
    order_type = draw(st.sampled_from(polymarket.OrderType))
    if side is Side.BUY and order_type in ("FAK", "FOK"):
        amounts = polymarket_amounts.market_buy_amounts(draw(st.integers(10 * ONE, 10**13)), price, tick)
    else:
        amounts = polymarket_amounts.limit_amounts(side, price, draw(sizes), tick)
    return polymarket.Order(
        token_id=draw(token_ids),
        side=side,
        amounts=amounts,
        salt=draw(salts),
        timestamp_ms=draw(st.integers(1, 1 << 45)),
        order_type=order_type,
        market_version=draw(st.sampled_from(["v1", "v2"])),
        neg_risk=draw(st.booleans()),
        expiration=draw(st.integers(1, 1 << 33)) if order_type is polymarket.OrderType.GTD else 0,
        post_only=order_type in ("GTC", "GTD") and draw(st.booleans()),
        builder=draw(st.sampled_from([polymarket.ZERO_BYTES32, "0x" + "ab" * 32])),
    )


@st.composite
def limitless_orders(draw):
    side = draw(sides)
    price = 1_000 * draw(st.integers(1, 999))
    contracts = 1_000 * draw(st.integers(100, 10**9))
    return limitless.Order(
        exchange=checksum_address("0x" + draw(st.binary(min_size=20, max_size=20)).hex()),
        market_slug=draw(st.text(min_size=1, max_size=40)),
        token_id=draw(token_ids),
        side=side,
        amounts=limitless_amounts.order_amounts(side, price, contracts),
        order_type=draw(st.sampled_from([limitless.OrderType.GTC, limitless.OrderType.FAK])),
        fee_rate_bps=draw(st.integers(0, 1_000)),
        salt=draw(salts),
        price=price,
        client_order_id=draw(st.sampled_from(["", "3b23c1c7-f4ef-4f0d-8b9a-9e53c61f1a0d"])),
    )


def recovered(digest_hex, signature_hex):
    return recover_address(bytes.fromhex(digest_hex[2:]), bytes.fromhex(signature_hex[2:]))


@given(polymarket_orders(), keys)
def test_the_signer_of_a_polymarket_order_is_recovered_from_its_id(order, key):
    signed = polymarket.OrderSigner(key, api_key="k").sign(order)

    assert recovered(signed.order_id, signed.signature) == key.address


@given(polymarket_orders(), keys)
def test_a_polymarket_body_says_what_was_signed_and_nothing_else(order, key):
    signed = polymarket.OrderSigner(key, api_key="owner-id").sign(order)
    body = json.loads(signed.body)

    assert signed.body == json.dumps(body, separators=(",", ":")).encode()
    assert body == {
        "order": {
            "salt": order.salt,
            "maker": key.address,
            "signer": key.address,
            "tokenId": str(order.token_id),
            "makerAmount": str(order.amounts.maker),
            "takerAmount": str(order.amounts.taker),
            "side": order.side.name,
            "expiration": str(order.expiration),
            "signatureType": 0,
            "timestamp": str(order.timestamp_ms),
            "metadata": polymarket.ZERO_BYTES32,
            "builder": order.builder,
            "signature": signed.signature,
        },
        "owner": "owner-id",
        "orderType": order.order_type.value,
        "deferExec": False,
        "postOnly": order.post_only,
    }


@given(polymarket_orders(), keys, st.sampled_from(["salt", "timestamp_ms", "token_id"]))
def test_another_salt_timestamp_or_token_is_another_order(order, key, field):
    signer = polymarket.OrderSigner(key, api_key="k")
    other = replace(order, **{field: getattr(order, field) % polymarket.MAX_SALT + 1})

    assert signer.sign(order).order_id != signer.sign(other).order_id
    assert signer.sign(order) == signer.sign(replace(order))


@given(polymarket_orders(), keys)
def test_a_deposit_wallets_id_is_the_plain_order_digest(order, key):
    """The wrapped signature changes with the wallet's domain; the id by which the order is known does not."""
    wallet = "0x1111111111111111111111111111111111111111"
    signer = polymarket.OrderSigner(
        key, api_key="k", signature_type=polymarket.SignatureType.DEPOSIT_WALLET, funder=wallet
    )
    signed = signer.sign(order)
    wrapped = bytes.fromhex(signed.signature[2:])
    separator, struct_hash = wrapped[65:97], wrapped[97:129]

    exchange = POLYGON_EXCHANGES.of_market(order.market_version, neg_risk=order.neg_risk)
    assert (
        polymarket.domain_separator("Polymarket CTF Exchange", exchange.domain_version, 137, exchange.address)
        == separator
    )
    assert polymarket.keccak256(b"\x19\x01" + separator + struct_hash).hex() == signed.order_id[2:]
    assert int.from_bytes(wrapped[-2:], "big") == len(wrapped[129:-2]) == 186


@given(ticks_and_prices(), sizes, sides)
def test_limit_amounts_are_the_exact_product(tick_and_price, shares, side):
    tick, price = tick_and_price
    amounts = polymarket_amounts.limit_amounts(side, price, shares, tick)
    dollars, whole = amounts if side is Side.BUY else reversed(amounts)

    assert dollars * ONE == price * whole
    assert dollars % 10 ** (6 - DECIMALS_BY_TICK[tick]) == 0
    assert whole % CENT == 0
    assert 0 <= shares - whole < CENT


@given(ticks_and_prices(), sizes)
def test_market_buys_spend_no_more_than_asked_and_ask_no_share_too_many(tick_and_price, budget):
    tick, price = tick_and_price
    step = 10 ** (6 - DECIMALS_BY_TICK[tick])
    try:
        dollars, shares = polymarket_amounts.market_buy_amounts(budget, price, tick)
    except InvalidOrder:
        dollars = budget // CENT * CENT
        shares = dollars * ONE // price // step * step
        # only where one step of so few shares moves the price by the finest tick
        assert 100 * shares < price * step
        return

    assert dollars % CENT == 0
    assert 0 <= budget - dollars < CENT
    assert shares % step == 0
    # at least the cap, or an ask resting at the cap could not be lifted; under the next finer tick above it
    assert price * shares <= dollars * ONE < (price + 100) * shares
    assert price * (shares + step) > dollars * ONE


@given(limitless_orders(), keys)
def test_the_signer_of_a_limitless_order_is_recovered_from_its_hash(order, key):
    signed = limitless.OrderSigner(key, owner_id=7).sign(order)

    assert recovered(signed.order_hash, signed.signature) == key.address


@given(limitless_orders(), keys)
def test_a_limitless_body_is_compact_json_of_what_was_signed(order, key):
    signed = limitless.OrderSigner(key, owner_id=7).sign(order)
    body = json.loads(signed.body)

    assert signed.body == json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    assert body["marketSlug"] == order.market_slug
    assert body["order"]["makerAmount"] == order.amounts.maker
    assert body["order"]["takerAmount"] == order.amounts.taker
    assert round(body["order"]["price"] * ONE) == order.price


@given(st.integers(1, 999), st.integers(1, 10**12), sides)
def test_limitless_amounts_are_exact_or_refused(price_ticks, contracts, side):
    price = price_ticks * 1_000
    try:
        amounts = limitless_amounts.order_amounts(side, price, contracts)
    except InvalidOrder:
        dollars = price * contracts // ONE
        assert contracts % 1_000 or min(dollars, contracts) < 100
        return
    dollars, whole = amounts if side is Side.BUY else reversed(amounts)

    assert whole == contracts
    assert dollars * ONE == price * contracts


@given(st.binary(min_size=20, max_size=20))
def test_a_checksummed_address_is_the_same_address(raw):
    address = checksum_address("0x" + raw.hex())

    assert address_bytes(address) == raw
    assert checksum_address(address) == address


@given(st.binary(min_size=20, max_size=20), st.integers(2, 41))
@settings(max_examples=200)
def test_a_flipped_capital_is_noticed(raw, position):
    address = checksum_address("0x" + raw.hex())
    flipped = address[:position] + address[position].swapcase() + address[position + 1 :]

    if flipped != address and flipped[2:] not in (flipped[2:].lower(), flipped[2:].upper()):
        try:
            address_bytes(flipped)
        except ValueError:
            return
        raise AssertionError("a wrong checksum passed")
