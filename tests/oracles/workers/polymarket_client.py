"""Runs in the environment of polymarket-client: signs what it is told, one JSON line in, one out."""

import json
import sys
from decimal import Decimal

from eth_account import Account
from polymarket._internal import wallet
from polymarket._internal.actions.orders.limit import _compute_limit_order_amounts
from polymarket._internal.actions.orders.market import _compute_market_order_amounts
from polymarket._internal.actions.orders.orders import create_signed_order
from polymarket._internal.actions.orders.post import _build_send_order_payload
from polymarket._internal.actions.orders.typed_data import build_order_signature, build_order_typed_data
from polymarket._internal.actions.orders.types import UnsignedOrder
from polymarket._internal.hmac import build_hmac_signature
from polymarket._internal.l1_auth import sign_api_key_auth
from polymarket.environments import PRODUCTION


def order(row):
    account = Account.from_key(row["private_key"])
    price, tick = Decimal(row["price"]), Decimal(row["tick"])
    if row["dollars"]:
        maker, taker = _compute_market_order_amounts(
            amount=Decimal(row["dollars"]), price=price, side=row["side"], tick_size=tick
        )
    else:
        maker, taker = _compute_limit_order_amounts(
            price=price, size=Decimal(row["shares"]), side=row["side"], tick_size=tick
        )
    unsigned = UnsignedOrder(
        chain_id=137,
        builder=row["builder"],
        exchange_address=row["exchange"],
        expiration=row["expiration"],
        maker=row["funder"] or account.address,
        maker_amount=maker,
        metadata="0x" + "00" * 32,
        order_type=row["order_type"],
        salt=row["salt"],
        side=row["side"],
        signature_type=row["signature_type"],
        signer=row["funder"] if row["signature_type"] == 3 else account.address,
        taker_amount=taker,
        timestamp=row["timestamp_ms"],
        token_id=row["token_id"],
        protocol_version=row["domain_version"],
    )
    signed = account.sign_typed_data(full_message=build_order_typed_data(unsigned))
    signature = build_order_signature(unsigned, "0x" + signed.signature.hex())
    payload = _build_send_order_payload(
        create_signed_order(unsigned, signature, post_only=row["post_only"]), owner_api_key=row["api_key"]
    )
    return {"payload": payload}


def wallets(row):
    owner, config = row["owner"], PRODUCTION._config.wallet_derivation
    return {
        "deposit": wallet.derive_beacon_deposit_wallet_address(owner, config),
        "former_deposit": wallet.derive_uups_deposit_wallet_address(owner, config),
        "proxy": wallet.derive_proxy_wallet_address(owner, config),
        "safe": wallet.derive_safe_wallet_address(owner, config),
    }


def l1(row):
    account = Account.from_key(row["private_key"])
    signed = sign_api_key_auth(account, chain_id=137, timestamp=row["timestamp"], nonce=row["nonce"])
    return {"signature": signed.signature}


def l2(row):
    signature = build_hmac_signature(
        secret=row["secret"],
        timestamp=row["timestamp"],
        method=row["method"],
        path=row["path"],
        body=row["body"] or None,
    )
    return {"signature": signature}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"order": order, "wallets": wallets, "l1": l1, "l2": l2}[request["kind"]](request)
    sys.stdout.write(json.dumps(answer) + "\n")
