"""Our calldata against the official package's, on random amounts and conditions."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from chain import calls
from scripts.oracle_env import OracleUnavailable, interpreter_of
from venues.polymarket.contracts import POLYGON_CONTRACTS, POLYGON_EXCHANGES

pytestmark = pytest.mark.oracle

WORKER = Path(__file__).parent / "workers" / "chain_polymarket_client.py"
PUSD, CTF = POLYGON_CONTRACTS.collateral, POLYGON_CONTRACTS.conditional_tokens
ADAPTER, ROUTER = POLYGON_CONTRACTS.collateral_adapter, POLYGON_CONTRACTS.router
EXCHANGE = POLYGON_EXCHANGES.standard.address


def cases(chance):
    """(function of the package, its arguments, our call)"""
    amount = chance.randrange(1, 1 << 60)
    condition = f"0x{chance.getrandbits(256):064x}"
    short = f"0x{chance.getrandbits(248):062x}"
    target = {"target": ADAPTER, "collateral": PUSD, "condition_id": condition, "amount": amount}
    routed = {"router": ROUTER, "condition_id": short, "amount": amount}
    index = chance.randrange(2)
    return [
        (
            "erc20_approval_call",
            {"token_address": PUSD, "spender": EXCHANGE, "amount": amount},
            calls.approve(PUSD, EXCHANGE, amount, symbol="pUSD", spender_name="it"),
        ),
        (
            "erc1155_set_approval_for_all_call",
            {"token_address": CTF, "operator": EXCHANGE, "approved": bool(index)},
            calls.set_approval_for_all(CTF, EXCHANGE, bool(index), symbol="them", operator_name="it"),
        ),
        ("ctf_split_position_call", target, calls.split(ADAPTER, PUSD, condition, amount)),
        ("ctf_merge_positions_call", target, calls.merge(ADAPTER, PUSD, condition, amount)),
        (
            "ctf_redeem_positions_call",
            {"ctf": ADAPTER, "collateral": PUSD, "condition_id": condition},
            calls.redeem(ADAPTER, PUSD, condition),
        ),
        ("router_split_call", routed, calls.router_split(ROUTER, short, amount)),
        ("router_merge_call", routed, calls.router_merge(ROUTER, short, amount)),
        (
            "router_redeem_call",
            routed | {"outcome_index": index},
            calls.router_redeem(ROUTER, short, index, amount),
        ),
    ]


def test_every_call_is_the_official_packages_byte_for_byte():
    try:
        interpreter = interpreter_of("polymarket-client")
    except OracleUnavailable as error:
        pytest.skip(f"polymarket-client cannot be installed here: {error}")
    chance = random.Random(20261123)
    asked = [case for _ in range(50) for case in cases(chance)]
    finished = subprocess.run(
        [interpreter, "-P", WORKER],
        input="".join(json.dumps({"function": f, "arguments": a}) + "\n" for f, a, _ in asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    theirs = [json.loads(line) for line in finished.stdout.splitlines()]
    ours = [{"to": call.to, "data": "0x" + call.data.hex()} for _, _, call in asked]
    assert ours == theirs
