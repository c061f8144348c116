"""A stand-in for the chain's JSON-RPC node: `POST /rpc`, answering what trading and redeeming ask.

Reads: chain id, dollars, outcome shares, allowances, payout denominators, gas, nonces. Writes: redemptions
(see chain.py). The balances are the venue ledger's.
"""

from collections.abc import Callable
from math import gcd
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dutchbook.domain.money import ONE
from local.venues.chain import GAS, GAS_PRICE, Chain, Contracts, NotTaken, Reverted
from local.venues.ledger import Account
from local.venues.state import VenueState
from local.venues.wire import Json, decimal_micros

_MAX_UINT256 = (1 << 256) - 1
_BALANCE_OF = "70a08231"
_BALANCE_OF_ID = "00fdd58e"
_ALLOWANCE = "dd62ed3e"
_IS_APPROVED_FOR_ALL = "e985e9c5"
_PAYOUT_DENOMINATOR = "dd34de67"
_NO_CODE = "0x"
"""What a call to an address without a contract gives back."""

type Method = Callable[[VenueState, Chain, list[Any]], Any]


def routes(
    state: VenueState, chain_id: int, wallet: Callable[[Account], str], contracts: Contracts
) -> Blueprint:
    """`wallet` names the address that holds an account's money and shares."""
    blueprint, chain = Blueprint("rpc", __name__), Chain(state, chain_id, wallet, contracts)

    @blueprint.post("/rpc")
    def call() -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        answer: Json = {"jsonrpc": "2.0", "id": body.get("id")}
        method = _METHODS.get(str(body.get("method")))
        if method is None:
            return answer | {"error": {"code": -32601, "message": "not simulated"}}
        try:
            with state.lock:
                state.refresh()
                return answer | {"result": method(state, chain, list(body.get("params") or []))}
        except Reverted as error:
            return answer | {"error": {"code": 3, "message": f"execution reverted: {error}"}}
        except NotTaken as error:
            return answer | {"error": {"code": -32000, "message": str(error)}}
        except (IndexError, KeyError, TypeError, ValueError):
            return answer | {"error": {"code": -32602, "message": "invalid argument"}}

    return blueprint


def _call(state: VenueState, chain: Chain, params: list[Any]) -> str:
    """The value of a known view function. Raises Reverted for any other."""
    data, to = _data(params[0]), str(params[0]["to"]).lower()
    selector, words = data[:8], [data[start : start + 64] for start in range(8, len(data), 64)]
    tokens, dollars = chain.contracts.conditional_tokens.lower(), chain.contracts.collateral.lower()
    asked = {_BALANCE_OF: dollars, _BALANCE_OF_ID: tokens, _PAYOUT_DENOMINATOR: tokens}
    if asked.get(selector, to) != to:
        return _NO_CODE
    if selector == _PAYOUT_DENOMINATOR:
        return _word(_payout_denominator(state, chain, f"0x{words[0]}"))
    owner = chain.owner("0x" + words[0][24:])
    if selector == _BALANCE_OF:
        return _word(owner.cash if owner else 0)
    if selector == _BALANCE_OF_ID:
        return _word(_shares(state, owner, str(int(words[1], 16))) if owner else 0)
    if selector == _ALLOWANCE:
        limit = decimal_micros(owner.facts.get("allowance")) if owner else 0
        return _word(_MAX_UINT256 if limit is None else limit)
    if selector == _IS_APPROVED_FOR_ALL:
        return _word(int(owner is not None and owner.facts.get("ctf_approved") is not False))
    raise Reverted("not simulated")


def _estimate(_: VenueState, chain: Chain, params: list[Any]) -> str:
    told = params[0]
    data, value = bytes.fromhex(_data(told)), int(str(told.get("value", "0x0")), 16)
    chain.redemption(str(told["from"]), str(told["to"]), value, data)
    return hex(GAS)


def _send(_: VenueState, chain: Chain, params: list[Any]) -> str:
    return chain.send(bytes.fromhex(str(params[0]).removeprefix("0x")))


_METHODS: dict[str, Method] = {
    "eth_chainId": lambda _, chain, __: hex(chain.chain_id),
    "eth_call": _call,
    "eth_gasPrice": lambda _, __, ___: hex(GAS_PRICE),
    "eth_getBalance": lambda _, chain, params: hex(chain.coins(str(params[0]))),
    "eth_getTransactionCount": lambda _, chain, params: hex(chain.nonce(str(params[0]))),
    "eth_estimateGas": _estimate,
    "eth_sendRawTransaction": _send,
    "eth_getTransactionReceipt": lambda _, chain, params: chain.receipt(str(params[0])),
}


def _data(call: Json) -> str:
    return str(call.get("data") or call.get("input")).removeprefix("0x")


def _word(value: int) -> str:
    return f"0x{value:064x}"


def _payout_denominator(state: VenueState, chain: Chain, condition: str) -> int:
    """Two for a split, one for a winner, nothing while the question is open."""
    listing = chain.listing_of(condition)
    payout = state.settled.get(listing.key.market_id) if listing else None
    return 0 if payout is None else ONE // gcd(payout, ONE)


def _shares(state: VenueState, owner: Account, token_id: str) -> int:
    for listing in state.listings.values():
        tokens = listing.facts["tokens"]
        if token_id in tokens:
            outcome = "yes" if tokens[0] == token_id else "no"
            return owner.shares.get((listing.key.market_id, outcome), 0)
    return 0
