"""Runs in an official client's own environment, as a user installs it: one timed round for each line read.

    python signing_peer.py py-clob-client-v2|limitless-sdk

Each round builds and signs a few dozen orders and prints the median of one in microseconds. The clients are
imported by name, because each environment has one of them and ours has neither.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from importlib import import_module

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
TOKEN = "71321045679252212594626385532706912750332728571942532289631379312455583992563"
ORDERS_A_ROUND = 30

type Sign = Callable[[int], Awaitable[None]]


def py_clob_client_v2() -> Sign:
    """The client's order builder: amounts, hash and signature; no JSON body."""
    types = import_module("py_clob_client_v2.clob_types")
    key = import_module("py_clob_client_v2.signer").Signer(KEY, 137)
    builder = import_module("py_clob_client_v2.order_builder.builder").OrderBuilder(key)
    options = types.CreateOrderOptions(tick_size="0.01", neg_risk=False)

    async def sign(number: int) -> None:
        builder.build_order(types.OrderArgsV2(TOKEN, 0.56, 20.0 + number, "BUY"), options, version=2)

    return sign


def limitless_sdk() -> Sign:
    """The SDK's builder and signer, likewise."""
    types = import_module("limitless_sdk.types.orders")
    account = import_module("eth_account").Account.from_key(KEY)
    builder = import_module("limitless_sdk.orders.builder").OrderBuilder(account.address, 300)
    signer = import_module("limitless_sdk.orders.signer").OrderSigner(account)
    config = types.OrderSigningConfig(
        chain_id=8453, contract_address="0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5"
    )

    async def sign(number: int) -> None:
        order = builder.build_order(token_id=TOKEN, price=0.56, size=20.0 + number, side=types.Side.BUY)
        await signer.sign_order(order, config)

    return sign


async def timed_round(sign: Sign) -> float:
    times = []
    for number in range(ORDERS_A_ROUND):
        start = time.perf_counter_ns()
        await sign(number)
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1000


def main() -> None:
    sign = {"py-clob-client-v2": py_clob_client_v2, "limitless-sdk": limitless_sdk}[sys.argv[1]]()
    asyncio.run(timed_round(sign))
    for _ in sys.stdin:
        print(asyncio.run(timed_round(sign)), flush=True)


if __name__ == "__main__":
    main()
