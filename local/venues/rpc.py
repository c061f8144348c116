"""A stand-in for the chain's JSON-RPC node: `POST /rpc`, answering what a trader asks before trading.

Reads only: chain id, dollars, outcome shares, allowances, payout denominators. The balances are the venue
ledger's.
"""

from collections.abc import Callable
from math import gcd
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.ledger import Account
from local.venues.state import VenueState
from local.venues.wire import decimal_micros

_MAX_UINT256 = (1 << 256) - 1
_BALANCE_OF = "70a08231"
_BALANCE_OF_ID = "00fdd58e"
_ALLOWANCE = "dd62ed3e"
_IS_APPROVED_FOR_ALL = "e985e9c5"
_PAYOUT_DENOMINATOR = "dd34de67"


def routes(state: VenueState, chain_id: int, wallet: Callable[[Account], str]) -> Blueprint:
    """`wallet` names the address that holds an account's money."""
    blueprint = Blueprint("rpc", __name__)

    @blueprint.post("/rpc")
    def call() -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": body.get("id")}
        if body.get("method") == "eth_chainId":
            return answer | {"result": hex(chain_id)}
        if body.get("method") == "eth_call":
            value = _read(state, wallet, str(body["params"][0].get("data") or body["params"][0].get("input")))
            if value is not None:
                return answer | {"result": f"0x{value:064x}"}
        return answer | {"error": {"code": -32601, "message": "not simulated"}}

    return blueprint


def _read(state: VenueState, wallet: Callable[[Account], str], data: str) -> int | None:
    """The value of a known view function; None for any other."""
    selector, words = data[2:10], [data[start : start + 64] for start in range(10, len(data), 64)]
    if selector == _PAYOUT_DENOMINATOR:
        return _payout_denominator(state, f"0x{words[0]}")
    owner = next(
        (a for a in state.ledger.accounts.values() if wallet(a)[2:].lower() == words[0][24:].lower()), None
    )
    if selector == _BALANCE_OF:
        return owner.cash if owner else 0
    if selector == _BALANCE_OF_ID:
        return _shares(state, owner, str(int(words[1], 16))) if owner else 0
    if selector == _ALLOWANCE:
        limit = decimal_micros(owner.facts.get("allowance")) if owner else 0
        return _MAX_UINT256 if limit is None else limit
    if selector == _IS_APPROVED_FOR_ALL:
        return int(owner is not None and owner.facts.get("ctf_approved") is not False)
    return None


def _payout_denominator(state: VenueState, condition: str) -> int:
    """Two for a split, one for a winner, nothing while the question is open."""
    for market_id, payout in state.settled.items():
        if state.listings[market_id].facts.get("condition", market_id) == condition:
            return ONE // gcd(payout, ONE)
    return 0


def _shares(state: VenueState, owner: Account, token_id: str) -> int:
    for listing in state.listings.values():
        tokens = listing.facts["tokens"]
        if token_id in tokens:
            outcome = "yes" if tokens[0] == token_id else "no"
            return owner.shares.get((listing.key.market_id, outcome), 0)
    return 0
