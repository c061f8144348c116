"""Every route of the HTTP functions at least once, in the way that asks most of AWS."""

from dataclasses import replace

from dutchbook.domain.book import OrderBook
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.trade_states import LegState, TradeState
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import register as register_parts
from dutchbook.entry.bootstrap import status as status_parts
from tests.support.api import registration
from tests.support.builders import NOW, NOW_MS, a_fill, a_trade
from tests.support.cloud import WALLET, open_cloud
from tests.support.markets import a_market, a_pair
from tests.support.rights import AGENTS_SECRETS

TRADE = "trd_01KAQSM8000000000000000001"
KEY_ID = "6f1f2c9e-0f0a-4c8b-9c56-8c4d3c1f7a10"


def play(monkeypatch):
    """(action, resource) of what each function asked of AWS, by the function's name."""
    with open_cloud(monkeypatch) as cloud:
        cloud.sign_in()
        body = registration(wallet=WALLET)
        for key in ("key-00000001", "key-00000001"):
            agent = cloud.call("POST", "/api/agent/register", body, headers={"idempotency-key": key})[1][
                "agent_id"
            ]
        refused = registration(wallet=WALLET, strategy="martingale")
        cloud.call("POST", "/api/agent/register", refused, headers={"idempotency-key": "key-00000002"})
        cloud.call("POST", "/api/agent/activate", {"agent_id": agent})
        pair = seed(agent)
        for path in PAGES:
            status, answer = cloud.call("GET", path.format(agent=agent, trade=TRADE, pair=pair))
            assert status == 200, (path, answer)
        assert cloud.call("GET", "/api/markets", query={"keys": "kalshi:A,polymarket:B"})[0] == 200
        # a page that is not the last is given a signed cursor
        cloud.call("GET", f"/api/agent/{agent}/audit", query={"limit": "1"})
        cloud.call("POST", f"/api/agent/{agent}/pause")
        cloud.call("PATCH", f"/api/agent/{agent}", {"version": 3, "maxTrades": 9})
        cloud.call("POST", f"/api/agent/{agent}/close")
        read = cloud.call("GET", f"/api/pairs/{pair}")[1]["rules_hash"]
        for word, texts in (("approve", {"rules_hash": read}), ("reject", {})):
            assert cloud.call("POST", f"/api/pairs/{pair}/{word}", {"reason": "x", **texts})[0] == 200
        cloud.call("PUT", "/api/control", {"trading": True, "reason": "x"})
        resolve_a_trade(cloud)
        word = {"market": "limitless:rain", "yes_pays": "refund", "reason": "x"}
        assert cloud.call("POST", "/api/rulings", word)[0] == 200
        path = f"/api/agent/{agent}/credentials/polymarket"
        stored = {
            "privateKey": "11" * 32,
            "jurisdiction": "CH",
            "acceptTerms": True,
            "readinessOverride": "a test",
        }
        for _ in range(2):
            assert cloud.call("PUT", path, stored)[0] == 200
        cloud.call("POST", f"{path}/test")
        assert cloud.call("DELETE", path)[0] == 204
        cloud.call("POST", "/api/agent/deactivate", {"agent_id": agent})
        idle = cloud.call("POST", "/api/agent/register", body)[1]["agent_id"]
        assert cloud.call("PUT", path.replace(agent, idle), stored)[0] == 200
        assert cloud.call("DELETE", f"/api/agent/{idle}")[0] == 204
        return {name.title(): {shape(*call) for call in calls} for name, calls in cloud.calls.items()}


PAGES = (
    "/api/health",
    "/api/venues",
    "/api/opportunities",
    "/api/stats",
    "/api/agents",
    "/api/agent/status/{agent}",
    "/api/agent/{agent}/trades",
    "/api/agent/{agent}/positions",
    "/api/agent/{agent}/audit",
    "/api/agent/{agent}/settlements",
    "/api/agent/{agent}/performance",
    "/api/agent/{agent}/readiness",
    "/api/trade/{trade}",
    "/api/pairs",
    "/api/pairs/{pair}",
    "/api/control",
    "/api/agent/{agent}/alerts",
)


def resolve_a_trade(cloud):
    """What was bought on Kalshi was sold by hand, and the venue has no more of the order."""
    status_parts.services().ledger.finish(TRADE, TradeState.OPENING, TradeState.QUARANTINED, reason="x")
    sold = {"leg": 0, "shares": "10", "price": "0.3"}
    body = {"reason": "x", "absent": [0], "closed": [sold]}
    status, answer = cloud.call("POST", f"/api/trade/{TRADE}/resolve", body)
    assert (status, answer.get("state")) == (200, "FLAT"), answer


def seed(agent):
    """A trade with a fill and a pair with a book, written by nobody in particular."""
    ledger, markets = status_parts.services().ledger, status_parts.services().markets
    planned = a_trade(TRADE, agent)
    ledger.reserve(planned, register_parts.services().agents.get(agent).limits)
    ledger.move_trade(TRADE, TradeState.RESERVED, TradeState.OPENING)
    ledger.move_leg(
        TRADE, replace(planned.legs[0], state=LegState.SUBMITTING, submitted_at=NOW), LegState.PLANNED
    )
    ledger.book_fills(TRADE, 0, [a_fill()])
    # one that came to an end, so that there is a result to tell of
    ended = a_trade(TRADE[:-1] + "Z", agent, pair_id="pair_2")
    ledger.reserve(ended, register_parts.services().agents.get(agent).limits)
    ledger.move_trade(ended.trade_id, TradeState.RESERVED, TradeState.OPENING)
    ledger.book_fills(ended.trade_id, 0, [a_fill("f2")])
    ledger.finish(ended.trade_id, TradeState.OPENING, TradeState.FLAT, reason="")
    sides = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
    markets.put_markets(sides)
    pair = replace(a_pair(*sides), status=PairStatus.PROPOSED)
    markets.put_pair(pair)
    markets.put_books([OrderBook.from_bids(sides[0].key, [(450_000, ONE)], [], NOW_MS)])
    return pair.pair_id


def shape(action, resource):
    """A request's (action, resource) under the template's names."""
    if resource.startswith("/dutchbook/"):
        return action, AGENTS_SECRETS
    return action, {"token": "TokenSecret", "cursor": "CursorSecret"}.get(resource, resource)
