"""An ordinary key's wallet on one chain: reads, and transactions that it signs and waits for."""

from typing import Any, cast

from eth_account import Account
from web3 import Web3
from web3.exceptions import TimeExhausted, Web3Exception
from web3.providers import BaseProvider

from chain.calls import Call
from dutchbook.domain.secret import InvalidCredential, Secret

RECEIPT_SECONDS = 120.0


class ChainError(Exception):
    """The node, the chain or the wallet does not allow the transaction; the message says what was done."""


class Chain:
    """A node of the chain that we mean. Raises ChainError for a node of another one, or none at all."""

    def __init__(self, provider: BaseProvider, chain_id: int) -> None:
        self.web3 = Web3(provider)
        self.chain_id = chain_id
        try:
            answered = self.web3.eth.chain_id
        except (Web3Exception, OSError, ValueError) as error:
            raise ChainError(f"the node does not answer: {type(error).__name__}") from error
        if answered != chain_id:
            raise ChainError(f"the node is of chain {answered}, not of {chain_id}")

    def read(self, call: Call) -> int:
        """The first word of a view call's result. Raises ChainError."""
        target = Web3.to_checksum_address(call.to)
        try:
            result = self.web3.eth.call({"to": target, "data": "0x" + call.data.hex()})  # type: ignore[typeddict-item]
        except (Web3Exception, OSError, ValueError) as error:
            raise ChainError(f"{call.what}: {error}") from error
        if len(result) < 32:
            raise ChainError(f"{call.what}: there is no such contract at {call.to}")
        return int.from_bytes(result[:32], "big")


class Wallet:
    """Sends calls one after the other, each after the one before is mined."""

    def __init__(self, chain: Chain, private_key: Secret) -> None:
        self._chain = chain
        try:
            self._account = Account.from_key(private_key.reveal().strip())
        except (ValueError, TypeError):
            # `from None`: the cause's text could carry the key
            raise InvalidCredential("the private key is not 32 bytes of hex") from None
        self.address: str = self._account.address

    def __repr__(self) -> str:
        return f"<Wallet {self.address}>"

    def send(self, call: Call) -> str:
        """Signs, sends and waits for the receipt; returns the transaction's hash.

        Raises ChainError: before anything was sent when the call would revert or the gas cannot be paid,
        after it when the transaction failed or was not mined in time (its hash is in the message).
        """
        transaction = self._prepared(call)
        signed = self._account.sign_transaction(transaction)
        eth = self._chain.web3.eth
        try:
            sent = eth.send_raw_transaction(signed.raw_transaction).to_0x_hex()
        except (Web3Exception, OSError, ValueError) as error:
            hash_ = signed.hash.to_0x_hex()
            raise ChainError(f"{call.what}: it may have been sent as {hash_}: {error}") from error
        try:
            receipt = eth.wait_for_transaction_receipt(
                cast("Any", sent), timeout=RECEIPT_SECONDS, poll_latency=2.0
            )
        except (TimeExhausted, Web3Exception, OSError) as error:
            raise ChainError(f"{call.what}: {sent} is not mined yet: {type(error).__name__}") from error
        if receipt["status"] != 1:
            raise ChainError(f"{call.what}: {sent} failed on the chain")
        return sent

    def _prepared(self, call: Call) -> dict[str, Any]:
        eth = self._chain.web3.eth
        transaction: dict[str, Any] = {
            "chainId": self._chain.chain_id,
            "from": self.address,
            "to": Web3.to_checksum_address(call.to),
            "value": 0,
            "data": "0x" + call.data.hex(),
        }
        try:
            transaction["gas"] = eth.estimate_gas(cast("Any", transaction))
            transaction["gasPrice"] = eth.gas_price
            transaction["nonce"] = eth.get_transaction_count(cast("Any", self.address), "pending")
            funds = eth.get_balance(cast("Any", self.address))
        except (Web3Exception, OSError, ValueError) as error:
            raise ChainError(f"{call.what}: nothing was sent: {error}") from error
        cost = transaction["gas"] * transaction["gasPrice"]
        if funds < cost:
            raise ChainError(
                f"{call.what}: nothing was sent: gas costs {Web3.from_wei(cost, 'ether')} of the chain's"
                f" coin, the wallet has {Web3.from_wei(funds, 'ether')}"
            )
        return transaction
