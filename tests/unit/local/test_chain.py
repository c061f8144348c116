"""Shares of an answered question become dollars by a signed transaction that the simulated chain has checked.

The transactions are built on `eth_account` and `eth_abi` alone; the last tests send the product's own.
"""

from dataclasses import replace

import pytest
import requests
from eth_abi.abi import encode
from eth_account import Account as EthAccount
from eth_utils.crypto import keccak

from chain.redeem import ChainRedeemer, connect, limitless_claim, polymarket_claim
from chain.wallet import Wallet
from dutchbook.domain.errors import OutcomeUnknown
from dutchbook.domain.money import ONE
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from local.venues.chain import GAS, GAS_PRICE
from local.venues.settlement import settle
from tests.support.ledger import MemoryMarketStore
from tests.support.simulated import (
    ACCOUNT,
    HARDHAT_ADDRESS,
    HARDHAT_KEY,
    open_limitless,
    open_polymarket,
    simulation,
)

OTHERS_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
PUSD, USDC = "0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
ADAPTER = "0xAdA100Db00Ca00073811820692005400218FcE1f"
NEG_RISK_ADAPTER = "0xadA2005600Dec949baf300f4C6120000bDB6eAab"
POLYGON_TOKENS = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045"
NOWHERE = "0x" + "11" * 20
HELD = 10 * ONE + 7


class Node:
    """One venue's node, a market with ten YES shares and seven millionths in our wallet, as many NO."""

    def __init__(self, world, venue, pick):
        self.world, self.state = world, world.state(venue)
        self.chain_id = 137 if venue is Venue.POLYMARKET else 8453
        self.url = world.venues.urls[venue.value] + "/rpc"
        self.listing = next(row for row in self.state.listings.values() if pick(row))
        self.market_id = self.listing.key.market_id
        shares = [(self.market_id, outcome, HELD) for outcome in ("yes", "no")]
        self.state.ledger.post(ACCOUNT.agent_id, "deposit", "shares", 0, 0, shares)
        self.account = self.state.ledger.accounts[ACCOUNT.agent_id]

    def answer(self, payout=ONE):
        settle(self.state, self.market_id, payout)

    def ask(self, method, *params):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return requests.post(self.url, json=body, timeout=5).json()

    def calldata(self, collateral=PUSD, parent=bytes(32), sets=(1, 2)):
        condition = bytes.fromhex(self.listing.facts["condition"][2:])
        kinds = ["address", "bytes32", "bytes32", "uint256[]"]
        selector = keccak(b"redeemPositions(address,bytes32,bytes32,uint256[])")[:4]
        return selector + encode(kinds, [collateral, parent, condition, list(sets)])

    def signed(self, data, to=NEG_RISK_ADAPTER, key=HARDHAT_KEY, **changes):
        fields = {"nonce": 0, "gasPrice": GAS_PRICE, "gas": GAS, "to": to, "value": 0, "data": data}
        transaction = fields | {"chainId": self.chain_id} | changes
        return EthAccount.sign_transaction(transaction, key).raw_transaction.to_0x_hex()

    def send(self, data, **changes):
        return self.ask("eth_sendRawTransaction", self.signed(data, **changes))

    def status(self, answer):
        return self.ask("eth_getTransactionReceipt", answer["result"])["result"]["status"]

    def books(self):
        held = tuple(self.account.shares[self.market_id, outcome] for outcome in ("yes", "no"))
        return self.account.cash - 1_000 * ONE, held


@pytest.fixture
def world():
    with simulation() as world:
        yield world


@pytest.fixture
def neg_risk(world):
    open_polymarket(world)
    return Node(world, Venue.POLYMARKET, lambda row: row.facts["neg_risk"])


UNTOUCHED = (0, (HELD, HELD))


@pytest.mark.parametrize("payout", [0, 500_000, ONE])
def test_a_redemption_takes_both_outcomes_and_pays_each_rounded_down(neg_risk, payout):
    neg_risk.answer(payout)
    assert neg_risk.books() == UNTOUCHED
    sent = neg_risk.send(neg_risk.calldata())
    assert neg_risk.status(sent) == "0x1"
    paid = sum(HELD * each // ONE for each in (payout, ONE - payout))
    assert neg_risk.books() == (paid, (0, 0))
    (entry,) = [each for each in neg_risk.state.ledger.entries if each.kind == "redemption"]
    assert (entry.ref, entry.cash) == (sent["result"], paid)
    assert neg_risk.state.ledger.audit() == []


def test_only_the_outcomes_that_are_named_are_redeemed(neg_risk):
    neg_risk.answer()
    neg_risk.send(neg_risk.calldata(sets=[1, 1]))
    assert neg_risk.books() == (HELD, (0, HELD))


@pytest.mark.parametrize("to", [ADAPTER, POLYGON_TOKENS, NOWHERE])
def test_the_wrong_contract_takes_the_call_and_moves_nothing(neg_risk, to):
    neg_risk.answer()
    assert neg_risk.status(neg_risk.send(neg_risk.calldata(), to=to)) == "0x1"
    assert neg_risk.books() == UNTOUCHED


@pytest.mark.parametrize("wrong", [{"collateral": USDC}, {"parent": b"\1" * 32}])
def test_shares_of_another_collateral_or_collection_are_not_ours(neg_risk, wrong):
    neg_risk.answer()
    assert neg_risk.status(neg_risk.send(neg_risk.calldata(**wrong))) == "0x1"
    assert neg_risk.books() == UNTOUCHED


def test_what_the_contract_undoes_is_told_before_and_costs_gas_after(neg_risk):
    call = {"from": HARDHAT_ADDRESS, "to": NEG_RISK_ADAPTER, "data": "0x" + neg_risk.calldata().hex()}
    told = neg_risk.ask("eth_estimateGas", call)["error"]
    assert told == {"code": 3, "message": "execution reverted: result for condition not received yet"}
    assert neg_risk.status(neg_risk.send(neg_risk.calldata())) == "0x0"
    assert neg_risk.books() == UNTOUCHED
    left = int(neg_risk.ask("eth_getBalance", HARDHAT_ADDRESS, "latest")["result"], 16)
    assert left == 10**18 - GAS * GAS_PRICE


def test_calldata_that_makes_no_sense_is_undone(neg_risk):
    neg_risk.answer()
    good = neg_risk.calldata()
    for nonce, data in enumerate((neg_risk.calldata(sets=[3]), bytes(4) + good[4:], good[:40])):
        assert neg_risk.status(neg_risk.send(data, nonce=nonce)) == "0x0"
    assert neg_risk.books() == UNTOUCHED


def test_an_adapter_takes_no_shares_without_leave(neg_risk):
    neg_risk.answer()
    neg_risk.account.facts["ctf_approved"] = False
    assert neg_risk.status(neg_risk.send(neg_risk.calldata())) == "0x0"
    assert neg_risk.books() == UNTOUCHED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nonce": 1}, "nonce too high"),
        ({"chainId": 1}, "invalid chain id"),
        ({"gas": GAS - 1}, "intrinsic gas too low"),
        ({"gasPrice": GAS_PRICE - 1}, "underpriced"),
        ({"key": OTHERS_KEY}, "insufficient funds"),
    ],
)
def test_the_node_refuses_what_no_chain_would_mine(neg_risk, changes, words):
    neg_risk.answer()
    assert words in neg_risk.send(neg_risk.calldata(), **changes)["error"]["message"]
    assert neg_risk.books() == UNTOUCHED


def test_a_transaction_counts_once(neg_risk):
    neg_risk.answer()
    raw = neg_risk.signed(neg_risk.calldata())
    assert "result" in neg_risk.ask("eth_sendRawTransaction", raw)
    assert neg_risk.ask("eth_sendRawTransaction", raw)["error"]["message"] == "already known"
    again = neg_risk.send(neg_risk.calldata(), gasPrice=GAS_PRICE + 1)
    assert "nonce too low: next nonce 1, tx nonce 0" in again["error"]["message"]
    assert neg_risk.books() == (HELD, (0, 0))


@pytest.mark.parametrize("raw", ["0x", "0x02c0", "0xc0", "nonsense"])
def test_bytes_that_are_no_transaction_are_refused(neg_risk, raw):
    assert neg_risk.ask("eth_sendRawTransaction", raw)["error"]["code"] in (-32000, -32602)


def redeemer_of(world, node, venue, **contracts):
    """`contracts` are those of Polymarket that it takes for others."""
    market = world.public.data[venue].markets([node.market_id])[node.market_id]
    store = MemoryMarketStore(world.clock)
    store.put_markets([market])
    polygon = world.environments.polymarket
    claims = {
        Venue.POLYMARKET: polymarket_claim(
            replace(polygon, contracts=replace(polygon.contracts, **contracts))
        ),
        Venue.LIMITLESS: limitless_claim(world.environments.limitless),
    }
    redeemer = ChainRedeemer(
        lambda: connect(node.url, node.chain_id),
        store,
        claims[venue],
        lambda account: world.live.holder(venue, account),
        lambda _, chain: Wallet(chain, Secret(HARDHAT_KEY)),
    )
    position = Position(ACCOUNT.agent_id, market.key, Outcome.YES, HELD, 4 * ONE, simulated=False)
    return lambda: redeemer.redeem(position, Resolution(market.key, Stage.PAYABLE, ONE))


@pytest.mark.parametrize("kind", ["neg-risk", "single", "limitless"])
def test_our_redeemer_cashes_every_kind_of_market_once(world, kind):
    venue = Venue.LIMITLESS if kind == "limitless" else Venue.POLYMARKET
    (open_limitless if kind == "limitless" else open_polymarket)(world)
    node = Node(world, venue, lambda row: row.facts.get("neg_risk", False) is (kind == "neg-risk"))
    redeem = redeemer_of(world, node, venue)
    with pytest.raises(OutcomeUnknown, match="nothing was sent"):
        redeem()
    assert node.books() == UNTOUCHED

    node.answer()
    assert redeem()
    assert redeem()

    assert node.books() == (HELD, (0, 0))
    assert int(node.ask("eth_getTransactionCount", HARDHAT_ADDRESS, "pending")["result"], 16) == 1


def test_a_transaction_that_cashed_nothing_of_ours_is_no_payout(world, neg_risk):
    neg_risk.answer()
    redeem = redeemer_of(world, neg_risk, Venue.POLYMARKET, neg_risk_collateral_adapter=ADAPTER)
    with pytest.raises(OutcomeUnknown, match="is mined and the shares are still there"):
        redeem()
    assert neg_risk.books() == UNTOUCHED


def test_without_gas_nothing_is_sent(world):
    open_limitless(world, wei=GAS * GAS_PRICE - 1)
    node = Node(world, Venue.LIMITLESS, lambda row: "condition" in row.facts)
    node.answer()
    with pytest.raises(OutcomeUnknown, match="gas costs"):
        redeemer_of(world, node, Venue.LIMITLESS)()
    assert node.books() == UNTOUCHED
