"""A node of a chain in memory: allowances, approvals and what was sent. Written on the ABI alone."""

from typing import Any

from eth_account import Account
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3.providers import BaseProvider

APPROVE, ALLOWANCE = "095ea7b3", "dd62ed3e"
APPROVE_ALL, IS_APPROVED = "a22cb465", "e985e9c5"


class FakeNode(BaseProvider):
    """`reverts`, `status` and `coins` say how the chain behaves; `sent` holds decoded transactions."""

    def __init__(self, chain_id: int = 137) -> None:
        super().__init__()
        self.chain_id = chain_id
        self.sent: list[dict[str, Any]] = []
        self.slots: dict[tuple[str, str, str], int] = {}
        self.coins = 10**18
        self.reverts = False
        self.status = 1
        self.down = False

    def __call__(self, url: str) -> "FakeNode":
        """Stands for HTTPProvider(url)."""
        return self

    def make_request(self, method: Any, params: Any) -> Any:
        if self.down:
            raise ConnectionRefusedError("no node here")
        answer = getattr(self, method)(*params)
        return {
            "jsonrpc": "2.0",
            "id": 1,
            **({"result": answer} if not isinstance(answer, Error) else answer),
        }

    def eth_chainId(self) -> str:  # noqa: N802
        return hex(self.chain_id)

    def eth_gasPrice(self) -> str:  # noqa: N802
        return hex(30 * 10**9)

    def eth_getBalance(self, address: str, block: str) -> str:  # noqa: N802
        return hex(self.coins)

    def eth_getTransactionCount(self, address: str, block: str) -> str:  # noqa: N802
        return hex(len(self.sent))

    def eth_estimateGas(self, transaction: Any, *rest: Any) -> Any:  # noqa: N802
        return Error("execution reverted") if self.reverts else hex(60_000)

    def eth_call(self, transaction: Any, block: Any, *rest: Any) -> str:
        selector, words = _split(transaction["data"])
        assert selector in (ALLOWANCE, IS_APPROVED)
        owner, other = words
        return f"0x{self.slots.get((transaction['to'].lower(), owner, other), 0):064x}"

    def eth_sendRawTransaction(self, raw: str) -> str:  # noqa: N802
        sender = Account.recover_transaction(raw)
        decoded = _decoded(raw)
        self.sent.append(decoded | {"from": sender})
        selector, words = _split("0x" + decoded["data"].hex())
        assert selector in (APPROVE, APPROVE_ALL)
        owner = sender[2:].lower().rjust(64, "0")
        if self.status:
            self.slots[decoded["to"].lower(), owner, words[0]] = int(words[1], 16)
        return "0x" + keccak(HexBytes(raw)).hex()

    def eth_getTransactionReceipt(self, hash_: str) -> Any:  # noqa: N802
        return {"transactionHash": hash_, "status": hex(self.status), "blockNumber": "0x1"}


class Error(dict[str, Any]):
    def __init__(self, message: str) -> None:
        super().__init__(error={"code": 3, "message": message})


def _split(data: str) -> tuple[str, list[str]]:
    body = data[10:].lower()
    return data[2:10].lower(), [body[start : start + 64] for start in range(0, len(body), 64)]


def _decoded(raw: str) -> dict[str, Any]:
    """Fields of a legacy transaction."""
    import rlp

    nonce, price, gas, to, value, data, *_ = rlp.decode(bytes(HexBytes(raw)))
    return {
        "nonce": int.from_bytes(nonce),
        "gas_price": int.from_bytes(price),
        "gas": int.from_bytes(gas),
        "to": "0x" + to.hex(),
        "value": int.from_bytes(value),
        "data": data,
    }
