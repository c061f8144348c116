"""An answer that holds a secret is never quoted, however it comes: in no error, cause or health reason."""

import traceback

import pytest
import responses

from dutchbook.domain.errors import DutchbookError
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from tests.support.simulated import HARDHAT_KEY
from venues import environments
from venues.crypto import EthereumSigner
from venues.health import HealthRecorder
from venues.http import VenueHttp
from venues.polymarket.errors import classify
from venues.polymarket.trading_calls import open_api_key
from venues.ratelimit import POLYMARKET_PLAN, Limiter
from venues.servertime import ServerTime

KEY = '{"apiKey":"k-1","secret":"c2VjcmV0LXNlY3JldA==","passphrase":"pass-phrase"}'
SECRETS = ("c2VjcmV0LXNlY3JldA==", "pass-phrase")
BASE = "https://clob.polymarket.com/auth"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("text/plain; charset=utf-8", KEY), ("", KEY), ("application/json", KEY[:-1])],
    ids=["as text", "untyped", "a byte short"],
)
@pytest.mark.parametrize("derived", [True, False])
@responses.activate
def test_an_api_key_that_cannot_be_read_is_in_no_error(derived, content_type, body):
    answer = {"body": body, "content_type": content_type}
    if derived:
        responses.get(f"{BASE}/derive-api-key", **answer)
    else:
        responses.get(f"{BASE}/derive-api-key", status=404, json={"error": "no key"})
        responses.post(f"{BASE}/api-key", **answer)
    clock = FakeClock()
    health = HealthRecorder(Venue.POLYMARKET, clock)
    http = VenueHttp(Venue.POLYMARKET, Limiter(POLYMARKET_PLAN), health, clock, classify, sleep=clock.sleep)
    with pytest.raises(DutchbookError) as told:
        open_api_key(
            http, environments.POLYMARKET_PROD, EthereumSigner(Secret(HARDHAT_KEY)), ServerTime(clock, health)
        )

    shown = "".join(traceback.format_exception(told.value)) + health.snapshot().reason
    causes, error = [], told.value
    while error is not None:
        causes.append(repr(vars(error)))
        error = error.__cause__ or error.__context__
    for secret in SECRETS:
        assert secret not in shown
        assert secret not in "".join(causes)
    assert str(len(body)) in str(told.value), "its length tells enough"
