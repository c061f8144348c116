"""Reading a chain over JSON-RPC without web3: `eth_call` is all that trading and settling need."""

import json

from dutchbook.domain.errors import VenueUnreachable
from venues.crypto import address_word, keccak256
from venues.http import VenueHttp
from venues.ratelimit import Rate, RatePlan

_BALANCE_OF = keccak256(b"balanceOf(address)")[:4]
_PAYOUT_DENOMINATOR = keccak256(b"payoutDenominator(bytes32)")[:4]
_BUCKET = "rpc"
RPC_PLAN = RatePlan({_BUCKET: Rate(per_second=5, burst=5)})
"""Public nodes publish no figure; a trade needs one read, a payout another."""


class ChainReader:
    """Reads of one chain through one node. `http` is limited by a plan with the bucket "rpc"."""

    def __init__(self, http: VenueHttp, url: str) -> None:
        self._http = http
        self._url = url

    def token_balance(self, token: str, owner: str) -> int:
        """An owner's balance of an ERC-20 token in its smallest unit, at the latest block. Raises NotSent."""
        return self._number(token, _BALANCE_OF + address_word(owner))

    def payout_denominator(self, conditional_tokens: str, condition_id: str) -> int:
        """Above 0 once a condition's outcome is on chain, so that it can be redeemed. Raises NotSent."""
        try:
            word = bytes.fromhex(condition_id.removeprefix("0x"))
        except ValueError as error:
            raise VenueUnreachable(f"{condition_id!r} is no condition id") from error
        if len(word) != 32:
            raise VenueUnreachable(f"{condition_id!r} is no condition id")
        return self._number(conditional_tokens, _PAYOUT_DENOMINATOR + word)

    def _number(self, contract: str, data: bytes) -> int:
        result = self._call("eth_call", [{"to": contract, "data": "0x" + data.hex()}, "latest"])
        try:
            return int(result, 16)
        except ValueError as error:
            raise VenueUnreachable(f"the node's answer {result!r} is no number") from error

    def _call(self, method: str, params: list[object]) -> str:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        reply = self._http.read_post(self._url, json.dumps(body).encode(), bucket=_BUCKET).data
        result = reply.get("result") if isinstance(reply, dict) else None
        if not isinstance(result, str):
            error = reply.get("error") if isinstance(reply, dict) else None
            raise VenueUnreachable(f"the node gave no result for {method}: {error}")
        return result
