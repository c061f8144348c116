"""Runs in the environment of polymarket-client: one trading session against the simulated venue."""

import dataclasses
import json
import sys

from polymarket import SecureClient
from polymarket.environments import PRODUCTION, _create_environment

asked = json.loads(sys.stdin.readline())
url = asked["url"]
config = dataclasses.replace(
    PRODUCTION._config, clob_url=url, gamma_url=url, data_url=url, relayer_url=url, rpc_url=url + "/rpc"
)
client = SecureClient.create(
    private_key=asked["private_key"],
    wallet=asked["wallet"],
    environment=_create_environment(name="simulated", config=config),
)
book = client.get_order_book(token_id=asked["token"])
resting = client.place_limit_order(token_id=asked["token"], price="0.3", size="10", side="BUY")
found = client.get_order(order_id=resting.order_id)
canceled = client.cancel_order(order_id=resting.order_id)
taken = client.place_market_order(
    token_id=asked["token"], amount="10", side="BUY", order_type="FAK", max_price="0.9"
)
json.dump(
    {
        "best_ask": str(min(level.price for level in book.asks)),
        "placed": resting.status,
        "found": [found.id == resting.order_id, str(found.price), str(found.original_size)],
        "canceled": resting.order_id in canceled.canceled,
        "taken": taken.status,
    },
    sys.stdout,
)
