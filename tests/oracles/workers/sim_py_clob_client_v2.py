"""Runs in the environment of py-clob-client-v2: one trading session against the simulated venue."""

import json
import sys

from py_clob_client_v2 import (
    ClobClient,
    MarketOrderArgs,
    OrderArgs,
    OrderPayload,
    OrderType,
    PartialCreateOrderOptions,
    Side,
)

asked = json.loads(sys.stdin.readline())
client = ClobClient(
    asked["url"],
    137,
    key=asked["private_key"],
    signature_type=asked["signature_type"],
    funder=asked["wallet"],
)
client.set_api_creds(client.create_or_derive_api_key())
book = client.get_order_book(asked["token"])
options = PartialCreateOrderOptions(
    tick_size=client.get_tick_size(asked["token"]), neg_risk=client.get_neg_risk(asked["token"])
)
resting = client.create_and_post_order(
    OrderArgs(token_id=asked["token"], price=0.3, size=10, side=Side.BUY), options, OrderType.GTC
)
found = client.get_order(resting["orderID"])
canceled = client.cancel_order(OrderPayload(orderID=resting["orderID"]))
taken = client.create_and_post_market_order(
    MarketOrderArgs(token_id=asked["token"], amount=10, side=Side.BUY, price=0.9, order_type=OrderType.FAK),
    options,
    OrderType.FAK,
)
json.dump(
    {
        "best_ask": book["asks"][-1]["price"],
        "placed": resting["status"],
        "found": [found["id"] == resting["orderID"], found["price"], found["original_size"]],
        "canceled": resting["orderID"] in canceled["canceled"],
        "taken": taken["status"],
    },
    sys.stdout,
)
