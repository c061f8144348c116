"""Each of Polymarket's calls waits at the limit that the venue publishes for it, calls in ten seconds."""

import json

import pytest
import responses

from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from tests.support.simulated import HARDHAT_ADDRESS
from venues.environments import POLYMARKET_PROD
from venues.health import HealthRecorder
from venues.http import VenueHttp
from venues.polymarket.auth import ApiCredentials, RequestSigner
from venues.polymarket.errors import classify
from venues.polymarket.signing import SignatureType
from venues.polymarket.trading_calls import PolymarketCalls
from venues.ratelimit import POLYMARKET_PLAN, Limiter
from venues.servertime import ServerTime

CLOB, DATA = POLYMARKET_PROD.clob, POLYMARKET_PROD.data
POSITIONS = json.dumps({"data": [], "pagination": {"has_more": False}})


@pytest.mark.parametrize(
    ("url", "call", "body", "in_ten_seconds"),
    [
        (f"{CLOB}/balance-allowance", lambda calls: calls.funds(), "{}", 200),
        (f"{CLOB}/balance-allowance/update", lambda calls: calls.refresh_funds(), "", 50),
        (f"{DATA}/v2/positions", lambda calls: list(calls.positions(HARDHAT_ADDRESS)), POSITIONS, 150),
        (POLYMARKET_PROD.geoblock, lambda calls: calls.geoblock(), "{}", 50),
    ],
)
@responses.activate
def test_a_call_keeps_to_its_own_limit(url, call, body, in_ten_seconds):
    responses.get(url, body=body, content_type="application/json")
    clock = FakeClock()
    started = clock.now_ms()
    limiter = Limiter(POLYMARKET_PLAN, monotonic=lambda: clock.ms / 1000, sleep=clock.sleep, patience=60)
    health = HealthRecorder(Venue.POLYMARKET, clock)
    http = VenueHttp(Venue.POLYMARKET, limiter, health, clock, classify, sleep=clock.sleep)
    key = ApiCredentials("key", Secret("c2VjcmV0"), Secret("pass"))
    signer = RequestSigner(HARDHAT_ADDRESS, key)
    calls = PolymarketCalls(http, POLYMARKET_PROD, signer, SignatureType.EOA, ServerTime(clock, health))
    for _ in range(in_ten_seconds):
        call(calls)
    # a second's worth goes at once
    assert 8_900 <= clock.now_ms() - started <= 9_100
