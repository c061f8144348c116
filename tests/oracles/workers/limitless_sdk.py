"""Runs in the environment of limitless-sdk: signs what it is told, one JSON line in, one out."""

import asyncio
import json
import sys

from eth_account import Account
from limitless_sdk.api.hmac import compute_hmac_signature
from limitless_sdk.orders.builder import OrderBuilder
from limitless_sdk.orders.signer import OrderSigner
from limitless_sdk.types.orders import OrderSigningConfig, Side


def order(row):
    account = Account.from_key(row["private_key"])
    builder = OrderBuilder(account.address, row["fee_rate_bps"])
    builder._generate_salt = lambda: row["salt"]
    unsigned = builder.build_order(
        token_id=row["token_id"],
        price=float(row["price"]),
        size=float(row["contracts"]),
        side=Side[row["side"]],
    )
    config = OrderSigningConfig(chain_id=8453, contract_address=row["exchange"])
    signature = asyncio.run(OrderSigner(account).sign_order(unsigned, config))
    return {"maker": unsigned.maker_amount, "taker": unsigned.taker_amount, "signature": signature}


def hmac(row):
    return {
        "signature": compute_hmac_signature(
            row["secret"], row["timestamp"], row["method"], row["path"], row["body"]
        )
    }


for line in sys.stdin:
    request = json.loads(line)
    answer = {"order": order, "hmac": hmac}[request["kind"]](request)
    sys.stdout.write(json.dumps(answer) + "\n")
