"""What a venue's answer to an order means: only what proves that nothing was placed counts as refused."""

import json

import pytest

from dutchbook.domain.errors import (
    AlreadyExists,
    InsufficientFunds,
    InvalidOrder,
    MarketClosed,
    NotAuthorised,
    OutcomeUnknown,
    PriceMoved,
    VenueThrottled,
    VenueUnreachable,
)
from tests.support.recorded import recorded
from venues.kalshi import errors as kalshi
from venues.limitless import errors as limitless
from venues.polymarket import errors as polymarket

JSON = "application/json"
HTML = b"<!DOCTYPE html><html><body>Attention Required! | Cloudflare</body></html>"


def answer(table, status, body, headers=None):
    if isinstance(body, bytes):
        return table.classify(status, "text/html; charset=UTF-8", body, headers or {})
    return table.classify(status, JSON, json.dumps(body).encode(), headers or {})


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("orders__duplicate_client_order_id", AlreadyExists),
        ("orders__reuse_canceled_client_id", AlreadyExists),
        ("orders__insufficient_balance", InsufficientFunds),
        ("orders__invalid_price_structure", InvalidOrder),
        ("orders__numeric_field_types", InvalidOrder),
        ("orders__post_only_cross", PriceMoved),
        ("auth__bad_signature", NotAuthorised),
        ("auth__missing_signature_header", NotAuthorised),
        ("auth__skew_minus5min", kalshi.TimestampExpired),
        ("auth__unknown_key_id", NotAuthorised),
        ("markets__limit_over_max", InvalidOrder),
        ("orders__cancel_unknown_id", MarketClosed),
    ],
)
def test_kalshis_recorded_answers(name, error):
    (seen,) = [row for row in recorded("kalshi_errors") if row["name"] == name]

    assert type(answer(kalshi, seen["status"], seen["body"])) is error


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"code": "available_balance_too_low"}}, InsufficientFunds),
        (400, {"error": {"code": "MARKET_INACTIVE"}}, MarketClosed),
        (400, {"error": {"code": "user_not_found:_0b1c"}}, InvalidOrder),
        (409, {"error": {"code": "fill_or_kill_insufficient_resting_volume"}}, PriceMoved),
        (409, {"error": {"code": "trading_is_paused"}}, MarketClosed),
        (409, {"error": {"code": "something_new"}}, OutcomeUnknown),
        (410, {"error": {"code": "deprecated_v1_order_endpoint"}}, InvalidOrder),
        (403, {"error": {"code": "insufficient_scope"}}, NotAuthorised),
        (429, {"error": "too many requests"}, VenueThrottled),
        (429, {"error": {"code": "too_many_requests"}}, VenueThrottled),
        (500, {"error": {"code": "internal"}}, OutcomeUnknown),
        (503, HTML, OutcomeUnknown),
        (504, b"", OutcomeUnknown),
        (302, b"", OutcomeUnknown),
        (418, {"error": {"code": "teapot"}}, OutcomeUnknown),
        (400, [1, 2], InvalidOrder),
    ],
)
def test_kalshis_other_answers(status, body, error):
    assert type(answer(kalshi, status, body)) is error


def test_a_401_that_is_not_kalshis_own_asks_whether_the_host_is_right():
    text = b"API has been moved to https://api.elections.kalshi.com/."

    found = answer(kalshi, 401, text)

    assert isinstance(found, NotAuthorised)
    assert "right host" in str(found)
    assert "api.elections.kalshi.com" in str(found)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "order 0xfeed is invalid. Duplicated."}, AlreadyExists),
        (400, {"errorMsg": "INVALID_ORDER_DUPLICATED"}, AlreadyExists),
        (400, {"error": "not enough balance / allowance"}, InsufficientFunds),
        (400, {"error": "order 0xfeed crosses the book"}, PriceMoved),
        (
            400,
            {"error": "order couldn't be fully filled. FOK orders are fully filled or killed."},
            PriceMoved,
        ),
        (400, {"error": "no orders found to match with FAK order."}, PriceMoved),
        (400, {"error": "maker address not allowed, please use the deposit wallet flow"}, NotAuthorised),
        (400, {"error": "invalid signature"}, NotAuthorised),
        (400, {"error": "order_version_mismatch"}, InvalidOrder),
        (400, {"error": "price breaks minimum tick size rule"}, InvalidOrder),
        (400, HTML, InvalidOrder),
        (401, {"error": "Unauthorized/Invalid api key"}, NotAuthorised),
        (403, HTML, NotAuthorised),
        (404, {"error": "market not found"}, MarketClosed),
        (425, {"error_msg": "matching engine is restarting", "retry_after_seconds": 79}, OutcomeUnknown),
        (429, b"", OutcomeUnknown),
        (500, {"error": "could not insert order"}, OutcomeUnknown),
        (500, {"error": "order timed out"}, VenueUnreachable),
        (503, {"error": "trading is disabled"}, MarketClosed),
        (503, {"error_msg": "Trading is currently cancel-only."}, MarketClosed),
        (503, {"error_msg": "post-only mode: only post-only orders and cancels are allowed"}, MarketClosed),
        (503, HTML, OutcomeUnknown),
        (502, b"", OutcomeUnknown),
    ],
)
def test_polymarkets_answers(status, body, error):
    assert type(answer(polymarket, status, body)) is error


def test_polymarkets_429_is_a_refusal_only_when_its_limiter_signs_it():
    told = answer(polymarket, 429, {"error": "slow"}, {"Retry-After": "7", "Poly-RateLimit-Tier": "x"})

    assert isinstance(told, VenueThrottled)
    assert told.retry_after == 7
    assert isinstance(
        answer(polymarket, 429, {"error": "slow"}, {"poly-ratelimit-remaining": "0"}), VenueThrottled
    )


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"message": "Insufficient collateral allowance for this order."}, InsufficientFunds),
        (400, {"message": ["Insufficient conditional token balance"]}, InsufficientFunds),
        (400, {"message": "Post-only order would execute immediately"}, PriceMoved),
        (400, {"message": "Order would cross resting liquidity"}, PriceMoved),
        (400, {"message": "Market x has passed deadline"}, MarketClosed),
        (400, {"message": "Invalid signature. Exchange address for this market: 0x05"}, NotAuthorised),
        (400, {"message": "Signer does not match authenticated profile account"}, NotAuthorised),
        (400, {"message": [{"constraints": {"isInt": "salt must be an integer"}}, "b"]}, InvalidOrder),
        (400, {"message": None}, InvalidOrder),
        (401, {"message": "Unauthorized"}, NotAuthorised),
        (403, b"error code: 1010", NotAuthorised),
        (404, {"message": "Market not found"}, MarketClosed),
        (409, {"message": "clientOrderId already used"}, AlreadyExists),
        (409, {"reason": "ORDER_RELEASE_IN_PROGRESS", "retryable": True}, limitless.ReleaseInProgress),
        (410, {"message": "Gone"}, NotAuthorised),
        (425, {"message": "Request is outside of the recvWindow"}, limitless.OutOfWindow),
        (425, {"message": "Trading is under maintenance"}, MarketClosed),
        (503, {"message": "maintenance"}, MarketClosed),
        (429, b"error code: 1015", VenueThrottled),
        (500, {"message": "Internal server error"}, OutcomeUnknown),
        (503, HTML, OutcomeUnknown),
    ],
)
def test_limitless_answers(status, body, error):
    assert type(answer(limitless, status, body)) is error


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"code": "FEE_RATE_MISMATCH", "message": "fee", "expectedFeeRateBps": 250}, 250),
        ({"code": "FEE_RATE_MISMATCH", "message": "fee", "expectedFeeRateBps": True}, None),
        ({"message": "feeRateBps[0] is out of user's band"}, None),
    ],
)
def test_a_fee_rate_mismatch_says_what_to_sign_instead(body, expected):
    found = answer(limitless, 400, body)

    assert isinstance(found, limitless.FeeRateMismatch)
    assert found.expected_bps == expected


@pytest.mark.parametrize("table", [kalshi, polymarket, limitless])
@pytest.mark.parametrize("body", [b"", HTML, b"{", b'{"error": NaN}', b"[" * 100_000])
def test_no_body_breaks_a_table_and_no_bare_5xx_is_a_refusal(table, body):
    for status in range(300, 600):
        error = table.classify(status, JSON, body, {})
        assert status < 500 or type(error) is OutcomeUnknown


KEYS = (
    "6f1f2c9e-0f0a-4c8b-9c56-8c4d3c1f7a10",
    "c2VjcmV0LW9mLWEtdGVzdC10b2tlbjEyMzQ1Njc4OTA=",
    "0x" + "11" * 32,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIweDEyMyJ9",
)


@pytest.mark.parametrize("table", [kalshi, limitless, polymarket])
@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500, 503])
@pytest.mark.parametrize("key", KEYS)
def test_what_a_venue_repeats_of_our_keys_is_not_in_the_error(table, status, key):
    for body in (
        {"error": f"bad key {key}", "message": f"bad key {key}"},
        {"error": {"code": key, "message": f"signature={key}"}, "message": {"key": key}},
        {"code": key, "error_description": key},
        f"bad key {key}".encode(),
    ):
        text = str(answer(table, status, body))
        assert key not in text
        assert key[2:26] not in text
    assert polymarket.unsuccessful(f"no {key}").args[0].count(key) == 0


def test_a_venues_plain_words_are_kept_and_bounded():
    long = {"error": {"code": "invalid_order", "message": "price must be a multiple of 0.01 " * 50}}
    text = str(answer(kalshi, 400, long))
    assert "price must be a multiple of 0.01" in text
    assert len(text) < 250
