"""Reading a chain over JSON-RPC without web3: one `eth_call` is all that trading needs."""

import json

from dutchbook.domain.errors import VenueUnreachable
from venues.crypto import address_word, keccak256
from venues.http import VenueHttp

_BALANCE_OF = keccak256(b"balanceOf(address)")[:4]
_BUCKET = "rpc"


class ChainReader:
    """Reads of one chain through one node. `http` is limited by a plan with the bucket "rpc"."""

    def __init__(self, http: VenueHttp, url: str) -> None:
        self._http = http
        self._url = url

    def token_balance(self, token: str, owner: str) -> int:
        """An owner's balance of an ERC-20 token in its smallest unit, at the latest block. Raises NotSent."""
        data = "0x" + (_BALANCE_OF + address_word(owner)).hex()
        result = self._call("eth_call", [{"to": token, "data": data}, "latest"])
        try:
            return int(result, 16)
        except ValueError as error:
            raise VenueUnreachable(f"the node's balance {result!r} is no number") from error

    def _call(self, method: str, params: list[object]) -> str:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        reply = self._http.read_post(self._url, json.dumps(body).encode(), bucket=_BUCKET).data
        result = reply.get("result") if isinstance(reply, dict) else None
        if not isinstance(result, str):
            error = reply.get("error") if isinstance(reply, dict) else None
            raise VenueUnreachable(f"the node gave no result for {method}: {error}")
        return result
