"""The part of a chain that redeeming needs: signed transactions, gas and nonces, shares that become dollars.

Written on the ABI and on `eth_account`, not on the product's calldata. Shares are those of the venue ledger;
what a transaction redeems leaves it and the dollars enter it, in one entry. A block holds one transaction and
is mined at once. As on a real chain, a call that finds nothing to redeem (another wallet's shares, another
kind's adapter, another collateral, an address without code) succeeds and moves nothing.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import rlp
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_account import Account as EthAccount
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from dutchbook.domain.money import ONE, mul_floor
from local.day.catalogue import Listing
from local.venues.ledger import Account, Shares
from local.venues.state import VenueState
from local.venues.wire import Json

GAS = 150_000
"""What any transaction uses, and the least that one must allow."""
GAS_PRICE = 30 * 10**9
_COIN = 10**18
_REDEEM = keccak(b"redeemPositions(address,bytes32,bytes32,uint256[])")[:4]
_REDEEM_ARGUMENTS = ("address", "bytes32", "bytes32", "uint256[]")
_OUTCOMES = {1: "yes", 2: "no"}
"""Index set of a binary condition to its outcome: YES is the first one at both venues."""
_LEGACY_FIELDS = 9


class Contracts(NamedTuple):
    """What a venue's shares are made of on its chain. Addresses are compared in lower case."""

    collateral: str
    conditional_tokens: str
    redeemer: Callable[[Listing], str]
    """The contract that cashes a market's shares. Where it is not the conditional tokens contract itself, it
    takes them from the wallet and must be approved to (the account's fact `ctf_approved`)."""


class Redemption(NamedTuple):
    """What a call moves: dollars (micros) to an account, and the shares that leave it."""

    account_id: str = ""
    cash: int = 0
    shares: tuple[Shares, ...] = ()


class Reverted(Exception):
    """The contract undoes the call, with its own words."""


class NotTaken(Exception):
    """The node does not take the transaction: nothing happened."""


class Transaction(NamedTuple):
    tx_hash: str
    sender: str
    nonce: int
    gas_price: int
    gas: int
    to: str
    value: int
    data: bytes


class Chain:
    """One venue's chain. `wallet` names the address that holds an account's dollars and shares.

    Callers hold the state's lock.
    """

    def __init__(
        self, state: VenueState, chain_id: int, wallet: Callable[[Account], str], contracts: Contracts
    ) -> None:
        self.chain_id = chain_id
        self.contracts = contracts
        self._state = state
        self._wallet = wallet
        self._sent: dict[str, int] = {}
        """How many transactions each address has sent."""
        self._gas_paid: dict[str, int] = {}
        self._receipts: dict[str, Json] = {}

    def owner(self, address: str) -> Account | None:
        accounts = self._state.ledger.accounts.values()
        return next((one for one in accounts if _same(self._wallet(one), address)), None)

    def nonce(self, address: str) -> int:
        return self._sent.get(address.lower(), 0)

    def coins(self, address: str) -> int:
        """Wei to pay gas with: an account's fact `wei`, one coin without it; nobody else has any."""
        owner = self.owner(address)
        given = int(owner.facts.get("wei", _COIN)) if owner else 0
        return given - self._gas_paid.get(address.lower(), 0)

    def receipt(self, tx_hash: str) -> Json | None:
        return self._receipts.get(tx_hash.lower())

    def redemption(self, sender: str, to: str, value: int, data: bytes) -> Redemption:
        """What the call would move now. Raises Reverted."""
        owner = self.owner(sender)
        if data[:4] != _REDEEM:
            raise Reverted("only redeemPositions is simulated")
        if value:
            raise Reverted("the function is not payable")
        try:
            collateral, parent, condition, index_sets = decode(_REDEEM_ARGUMENTS, data[4:])
        except DecodingError as error:
            raise Reverted("the arguments cannot be decoded") from error
        if not all(index_set in _OUTCOMES for index_set in index_sets):
            raise Reverted("got invalid index set")
        listing = self.listing_of("0x" + condition.hex())
        if listing is None or listing.key.market_id not in self._state.settled:
            raise Reverted("result for condition not received yet")
        found = (
            _same(to, self.contracts.redeemer(listing))
            and _same(collateral, self.contracts.collateral)
            and not any(parent)
        )
        if not found or owner is None:
            return Redemption()
        by_adapter = not _same(to, self.contracts.conditional_tokens)
        if by_adapter and owner.facts.get("ctf_approved") is False:
            raise Reverted("ERC1155: need operator approval for 3rd party transfers")
        return self._stakes(owner, listing, index_sets)

    def listing_of(self, condition: str) -> Listing | None:
        """Polymarket's market ids are condition ids; Limitless's markets name theirs."""
        rows = self._state.listings.values()
        return next((row for row in rows if row.facts.get("condition") == condition), None)

    def send(self, raw: bytes) -> str:
        """Takes a signed transaction and mines it; returns its hash. Raises NotTaken."""
        told = self._checked(raw)
        address = told.sender.lower()
        self._sent[address] = told.nonce + 1
        self._gas_paid[address] = self._gas_paid.get(address, 0) + GAS * told.gas_price
        try:
            moved = self.redemption(told.sender, told.to, told.value, told.data)
        except Reverted:
            self._receipts[told.tx_hash] = self._receipt(told, worked=False)
            return told.tx_hash
        if moved.shares:
            now, ledger = self._state.time.now_ms(), self._state.ledger
            ledger.post(moved.account_id, "redemption", told.tx_hash, now, moved.cash, moved.shares)
        self._receipts[told.tx_hash] = self._receipt(told, worked=True)
        return told.tx_hash

    def _stakes(self, owner: Account, listing: Listing, index_sets: Iterable[int]) -> Redemption:
        """The wallet's whole holding of the outcomes, but what a trade on its way will take."""
        market = listing.key.market_id
        payout, cash, moved = self._state.settled[market], 0, list[Shares]()
        for index_set in dict.fromkeys(index_sets):
            outcome = _OUTCOMES[index_set]
            shares = self._state.ledger.free_shares(owner.account_id, market, outcome)
            if shares > 0:
                cash += mul_floor(shares, payout if outcome == "yes" else ONE - payout)
                moved.append((market, outcome, -shares))
        return Redemption(owner.account_id, cash, tuple(moved))

    def _checked(self, raw: bytes) -> Transaction:
        told = _decoded(raw, self.chain_id)
        if told.tx_hash in self._receipts:
            raise NotTaken("already known")
        expected = self.nonce(told.sender)
        if told.nonce != expected:
            which = "low" if told.nonce < expected else "high"
            raise NotTaken(f"nonce too {which}: next nonce {expected}, tx nonce {told.nonce}")
        if told.gas < GAS:
            raise NotTaken("intrinsic gas too low")
        if told.gas_price < GAS_PRICE:
            raise NotTaken("transaction underpriced")
        if self.coins(told.sender) < told.gas * told.gas_price + told.value:
            raise NotTaken("insufficient funds for gas * price + value")
        return told

    def _receipt(self, told: Transaction, *, worked: bool) -> Json:
        block = len(self._receipts) + 1
        return {
            "transactionHash": told.tx_hash,
            "transactionIndex": "0x0",
            "blockNumber": hex(block),
            "blockHash": "0x" + keccak(block.to_bytes(32)).hex(),
            "from": told.sender,
            "to": told.to,
            "status": hex(worked),
            "gasUsed": hex(GAS),
            "cumulativeGasUsed": hex(GAS),
            "effectiveGasPrice": hex(told.gas_price),
            "contractAddress": None,
            "logs": [],
            "logsBloom": "0x" + "0" * 512,
            "type": "0x0",
        }


def _decoded(raw: bytes, chain_id: int) -> Transaction:
    """A legacy transaction signed for this chain (EIP-155). Raises NotTaken."""
    try:
        fields = rlp.decode(raw)
    except rlp.DecodingError as error:
        raise NotTaken("rlp: the transaction cannot be decoded") from error
    if not isinstance(fields, list) or len(fields) != _LEGACY_FIELDS:
        raise NotTaken("only legacy transactions are simulated")
    nonce, gas_price, gas, to, value, data, v, _, _ = fields
    if (int.from_bytes(v) - 35) // 2 != chain_id:
        raise NotTaken("invalid chain id for signer")
    try:
        sender = EthAccount.recover_transaction(raw)
    except (ValueError, TypeError, ValidationError) as error:
        raise NotTaken("invalid sender") from error
    return Transaction(
        tx_hash="0x" + keccak(raw).hex(),
        sender=sender,
        nonce=int.from_bytes(nonce),
        gas_price=int.from_bytes(gas_price),
        gas=int.from_bytes(gas),
        to="0x" + to.hex(),
        value=int.from_bytes(value),
        data=data,
    )


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
