"""Runs in the environment of pykalshi: one trading session against the simulated venue."""

import json
import sys

from pykalshi import Action, KalshiClient, Side, TimeInForce

asked = json.loads(sys.stdin.readline())
client = KalshiClient(
    api_key_id=asked["key_id"],
    private_key_path=asked["key_path"],
    api_base=asked["url"] + "/trade-api/v2",
)
market = client.get_market(asked["ticker"])
book = market.get_orderbook().orderbook
terms = {"action": Action.BUY, "side": Side.YES, "count_fp": "5.00"}
resting = client.portfolio.place_order(asked["ticker"], yes_price_dollars="0.3000", **terms)
found = client.portfolio.get_order(resting.order_id)
left = resting.cancel()
client.portfolio.place_order(
    asked["ticker"], yes_price_dollars="0.9000", time_in_force=TimeInForce.IOC, **terms
)
json.dump(
    {
        "best_no_bid": book.no_dollars[-1][0],
        "placed": str(found.status.value),
        "canceled": str(left.status.value),
        "filled": [fill.count_fp for fill in client.portfolio.get_fills()],
        "balance": client.portfolio.get_balance().balance,
    },
    sys.stdout,
)
