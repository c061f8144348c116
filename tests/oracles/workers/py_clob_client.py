"""Runs in the environment of py-clob-client: headers and orders as told, one JSON line in, one out."""

import json
import sys

from py_clob_client.signer import Signer
from py_clob_client.signing.eip712 import sign_clob_auth_message
from py_clob_client.signing.hmac import build_hmac_signature
from py_order_utils.builders import OrderBuilder
from py_order_utils.model import OrderData
from py_order_utils.signer import Signer as OrderKey


def order(row):
    """A V1 order, which the venue refuses today."""
    builder = OrderBuilder(
        row["exchange"], row["chain_id"], OrderKey(row["private_key"]), salt_generator=lambda: row["salt"]
    )
    unsigned = builder.build_order(
        OrderData(
            maker=row["maker"],
            taker=row["taker"],
            tokenId=row["token_id"],
            makerAmount=str(row["maker_amount"]),
            takerAmount=str(row["taker_amount"]),
            side=0 if row["side"] == "BUY" else 1,
            feeRateBps=str(row["fee_rate_bps"]),
            nonce=str(row["nonce"]),
            signer=row["signer"],
            expiration=str(row["expiration"]),
            signatureType=row["signature_type"],
        )
    )
    return {
        "digest": builder._create_struct_hash(unsigned),
        "signature": builder.build_order_signature(unsigned),
    }


def l1(row):
    return {
        "signature": sign_clob_auth_message(Signer(row["private_key"], 137), row["timestamp"], row["nonce"])
    }


def l2(row):
    signature = build_hmac_signature(
        row["secret"], row["timestamp"], row["method"], row["path"], row["body"] or None
    )
    return {"signature": signature}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"order": order, "l1": l1, "l2": l2}[request["kind"]](request)
    sys.stdout.write(json.dumps(answer) + "\n")
