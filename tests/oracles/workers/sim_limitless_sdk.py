"""Runs in the environment of limitless-sdk: one trading session against the simulated venue."""

import asyncio
import json
import sys

from eth_account import Account
from limitless_sdk import Client, HMACCredentials, OrderClient, OrderType, Side


async def session(asked):
    credentials = HMACCredentials(token_id=asked["token"], secret=asked["secret"])
    client = Client(base_url=asked["url"], hmac_credentials=credentials)
    market = await client.markets.get_market(asked["slug"])
    book = await client.markets.get_orderbook(asked["slug"])
    orders = OrderClient(client.http, Account.from_key(asked["private_key"]), market_fetcher=client.markets)
    terms = {"token_id": market.tokens.yes, "side": Side.BUY, "market_slug": asked["slug"]}
    resting = await orders.create_order(order_type=OrderType.GTC, price=0.2, size=10.0, **terms)
    canceled = await orders.cancel(resting.order.id)
    taken = await orders.create_order(order_type=OrderType.FAK, price=0.6, size=10.0, **terms)
    positions = await client.portfolio.get_clob_positions()
    await client.http.close()
    return {
        "best_ask": str(book.asks[0].price),
        "canceled": canceled["message"],
        "settled": taken.execution.settlement_status,
        "net": str(taken.execution.totals_raw.contracts_net),
        "held": [row["tokensBalance"]["yes"] for row in positions],
    }


json.dump(asyncio.run(session(json.loads(sys.stdin.readline()))), sys.stdout)
