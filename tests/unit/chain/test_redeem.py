"""Shares of a resolved market become dollars on chain, once; what is on chain decides whether they have."""

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from chain.redeem import ChainRedeemer, limitless_claim, polymarket_claim
from chain.wallet import Chain, Wallet
from dutchbook.domain.errors import Halted, OutcomeUnknown, VenueUnreachable
from dutchbook.domain.money import ONE
from dutchbook.domain.secret import Secret
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.ledger import Position
from tests.support.ledger import MemoryMarketStore
from tests.support.market_data import FakeClock
from tests.support.markets import a_market
from tests.unit.chain.node import FakeNode
from venues.environments import LIMITLESS_PROD, POLYMARKET_PROD

KEY = Secret("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
OWNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
CONDITION = "0x" + "ab" * 32
SHORT = "0x" + "cd" * 31 + "00"
TERMS = {"yes_token": "11", "no_token": "22", "yes_index": "0"}
BALANCE_OF = keccak(b"balanceOf(address,uint256)")[:4].hex()
REDEEM = keccak(b"redeemPositions(address,bytes32,bytes32,uint256[])")[:4].hex()
ROUTER_REDEEM = keccak(b"redeem(bytes31,uint256,uint256)")[:4].hex()
CONTRACTS = POLYMARKET_PROD.contracts


class TokenNode(FakeNode):
    """Counts outcome tokens: `tokens` by (contract, token id); redeeming takes them all."""

    def __init__(self, chain_id):
        super().__init__(chain_id)
        self.tokens = {}

    def eth_call(self, transaction, block, *rest):
        assert transaction["data"][2:10] == BALANCE_OF
        token = int(transaction["data"][-64:], 16)
        return f"0x{self.tokens.get((transaction['to'].lower(), token), 0):064x}"

    def eth_sendRawTransaction(self, raw):  # noqa: N802
        from tests.unit.chain.node import _decoded

        self.sent.append(_decoded(raw))
        if self.status:
            self.tokens.clear()
        return "0x" + keccak(hexstr=raw).hex()


def setting(venue=Venue.POLYMARKET, holder=OWNER, **terms):
    market_id = {"v2": SHORT}.get(terms.get("version"), CONDITION)
    market = a_market(venue, market_id, terms=TERMS | terms)
    store = MemoryMarketStore(FakeClock())
    store.put_markets([market])
    polymarket = venue is Venue.POLYMARKET
    node = TokenNode(137 if polymarket else 8453)
    redeemer = ChainRedeemer(
        lambda: Chain(node, node.chain_id),
        store,
        polymarket_claim(POLYMARKET_PROD) if polymarket else limitless_claim(LIMITLESS_PROD),
        lambda _account: holder,
        lambda _account, chain: Wallet(chain, KEY),
    )
    position = Position("agt_1", market.key, Outcome.YES, 10 * ONE, 4 * ONE, simulated=False)
    return node, redeemer, position, Resolution(market.key, Stage.PAYABLE, ONE)


def hold(node, contract, token=11, shares=10 * ONE):
    node.tokens[contract.lower(), token] = shares


@pytest.mark.parametrize(
    ("neg_risk", "adapter"),
    [("false", CONTRACTS.collateral_adapter), ("true", CONTRACTS.neg_risk_collateral_adapter)],
)
def test_polymarket_pays_through_the_adapter_of_the_market(neg_risk, adapter):
    node, redeemer, position, resolution = setting(version="v1", neg_risk=neg_risk)
    hold(node, CONTRACTS.conditional_tokens)
    assert redeemer.redeem(position, resolution)
    (sent,) = node.sent
    assert sent["to"] == adapter.lower()
    assert sent["data"][:4].hex() == REDEEM
    assert sent["data"][4 + 64 : 4 + 96].hex() == "ab" * 32


def test_a_v2_market_pays_the_shares_of_the_outcome_through_the_router():
    node, redeemer, position, resolution = setting(version="v2", yes_index="1")
    hold(node, CONTRACTS.position_manager, shares=7 * ONE)
    assert redeemer.redeem(position, resolution)
    (sent,) = node.sent
    assert sent["to"] == CONTRACTS.router.lower()
    assert sent["data"][:4].hex() == ROUTER_REDEEM
    assert int.from_bytes(sent["data"][36:68]) == 1
    assert int.from_bytes(sent["data"][68:100]) == 7 * ONE


def test_limitless_pays_from_the_conditional_tokens_themselves():
    node, redeemer, position, resolution = setting(Venue.LIMITLESS, condition=CONDITION)
    hold(node, LIMITLESS_PROD.conditional_tokens)
    assert redeemer.redeem(position, resolution)
    assert node.sent[0]["to"] == LIMITLESS_PROD.conditional_tokens.lower()


def test_an_account_without_shares_has_been_paid():
    node, redeemer, position, resolution = setting(version="v1")
    assert redeemer.redeem(position, resolution)
    assert node.sent == []


def test_asking_again_sends_nothing_again():
    node, redeemer, position, resolution = setting(version="v1")
    hold(node, CONTRACTS.conditional_tokens)
    assert redeemer.redeem(position, resolution)
    assert redeemer.redeem(position, resolution)
    assert len(node.sent) == 1


def test_a_transaction_that_fails_is_no_payout():
    node, redeemer, position, resolution = setting(version="v1")
    hold(node, CONTRACTS.conditional_tokens)
    node.status = 0
    with pytest.raises(OutcomeUnknown, match="failed on the chain"):
        redeemer.redeem(position, resolution)


def test_without_a_node_nothing_is_said():
    node, redeemer, position, resolution = setting(version="v1")
    node.down = True
    with pytest.raises(VenueUnreachable):
        redeemer.redeem(position, resolution)


def test_shares_in_a_contract_wallet_are_left_to_their_owner():
    node, redeemer, position, resolution = setting(version="v1", holder="0x" + "11" * 20)
    hold(node, CONTRACTS.conditional_tokens)
    with pytest.raises(Halted, match="contract wallet"):
        redeemer.redeem(position, resolution)
    assert node.sent == []


@pytest.mark.parametrize("terms", [{"condition": CONDITION, "adapter": "0x" + "22" * 20}, {"condition": ""}])
def test_a_redemption_that_is_not_known_here_is_left_to_the_owner(terms):
    _, redeemer, position, resolution = setting(Venue.LIMITLESS, **terms)
    with pytest.raises(Halted):
        redeemer.redeem(position, resolution)


def test_a_market_that_is_gone_is_not_guessed():
    _, redeemer, position, resolution = setting(version="v1")
    gone = replace(position, key=position.key._replace(market_id="0x" + "ee" * 32))
    with pytest.raises(Halted):
        redeemer.redeem(gone, resolution)
