"""Runs in the environment of py-clob-client-v2: headers and orders as told, one JSON line in, one out."""

import json
import sys

from py_clob_client_v2.clob_types import ApiCreds, RequestArgs
from py_clob_client_v2.headers.headers import create_level_1_headers, create_level_2_headers
from py_clob_client_v2.order_utils import ExchangeOrderBuilderV2, SignatureTypeV2
from py_clob_client_v2.order_utils.model.order_data_v2 import OrderDataV2
from py_clob_client_v2.order_utils.model.side import Side
from py_clob_client_v2.signer import Signer


def order(row):
    """An order from amounts; the client's own rounding of sizes and prices is what we do not reproduce."""
    signer = Signer(row["private_key"], 137)
    builder = ExchangeOrderBuilderV2(
        row["exchange"],
        137,
        signer,
        generate_salt=lambda: str(row["salt"]),
        domain_version=row["domain_version"],
    )
    signed = builder.build_signed_order(
        OrderDataV2(
            maker=row["funder"] or signer.address(),
            tokenId=row["token_id"],
            makerAmount=str(row["maker_amount"]),
            takerAmount=str(row["taker_amount"]),
            side=Side[row["side"]],
            signer=row["funder"] if row["signature_type"] == 3 else signer.address(),
            signatureType=SignatureTypeV2(row["signature_type"]),
            timestamp=str(row["timestamp_ms"]),
            builder=row["builder"],
            expiration=str(row["expiration"]),
        )
    )
    return {"signature": signed.signature}


def l1(row):
    return create_level_1_headers(Signer(row["private_key"], 137), row["nonce"], row["timestamp"])


def l2(row):
    request = RequestArgs(method=row["method"], request_path=row["path"], serialized_body=row["body"] or None)
    credentials = ApiCreds(row["api_key"], row["secret"], row["passphrase"])
    return create_level_2_headers(Signer(row["private_key"], 137), credentials, request, row["timestamp"])


for line in sys.stdin:
    request = json.loads(line)
    answer = {"order": order, "l1": l1, "l2": l2}[request["kind"]](request)
    sys.stdout.write(json.dumps(answer) + "\n")
