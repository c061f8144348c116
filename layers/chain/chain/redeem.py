"""Fetching the money of resolved markets on chain, as ports.Redeemer.

What is on chain decides: an account that holds no shares of the outcome any more has been paid, by us, by a
person or by the venue's own redeemer. A holding is redeemed whole, both outcomes at once; a repeated call
redeems nothing. Only wallets that an ordinary key drives are redeemed here; shares in a contract wallet wait
until their owner, or the venue, redeems them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from web3.providers import HTTPProvider

from chain.calls import Call, balance_of_token, redeem, router_redeem
from chain.wallet import Chain, ChainError, Wallet
from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import Halted, OutcomeUnknown, VenueUnreachable
from dutchbook.domain.market import Market
from dutchbook.domain.settlement import Resolution
from dutchbook.domain.venue import Outcome
from dutchbook.ports.ledger import Position
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.venues import Account
from venues.environments import LimitlessEnvironment, PolymarketEnvironment


@dataclass(frozen=True, slots=True)
class Claim:
    """How the shares of a market's outcome are counted and cashed."""

    contract: str
    """The ERC-1155 contract that the shares are tokens of."""
    token_id: int
    cash: Callable[[int], Call]
    """From the shares held (raw, six decimals) to the call that cashes them."""


type ClaimOf = Callable[[Market, Outcome], Claim]
"""Raises Halted for a market whose redemption is not known here."""


def polymarket_claim(environment: PolymarketEnvironment) -> ClaimOf:
    """V1 markets through the pUSD adapter of their kind, V2 markets through the router."""
    contracts = environment.contracts

    def claim(market: Market, outcome: Outcome) -> Claim:
        token, condition = _token(market, outcome), market.market_id
        if market.terms.get("version") == "v2":
            yes = int(market.terms["yes_index"])
            index = yes if outcome is Outcome.YES else 1 - yes
            return Claim(
                contracts.position_manager,
                token,
                lambda shares: router_redeem(contracts.router, condition, index, shares),
            )
        neg_risk = market.terms.get("neg_risk") == "true"
        adapter = contracts.neg_risk_collateral_adapter if neg_risk else contracts.collateral_adapter
        return Claim(
            contracts.conditional_tokens, token, lambda _: redeem(adapter, contracts.collateral, condition)
        )

    return claim


def limitless_claim(environment: LimitlessEnvironment) -> ClaimOf:
    """From the conditional tokens contract itself; markets of a group go through an adapter of their own."""

    def claim(market: Market, outcome: Outcome) -> Claim:
        condition = market.terms.get("condition", "")
        if market.terms.get("adapter") or not condition:
            raise Halted(f"{market.key} is redeemed through an adapter: redeem it on limitless.exchange")
        tokens = environment.conditional_tokens
        return Claim(tokens, _token(market, outcome), lambda _: redeem(tokens, environment.usdc, condition))

    return claim


@dataclass(frozen=True, slots=True)
class ChainRedeemer:
    """ports.Redeemer of one venue's real positions."""

    chain: Callable[[], Chain]
    markets: MarketStore
    claim_of: ClaimOf
    holder: Callable[[Account], str]
    """The address that holds an account's shares."""
    wallet: Callable[[Account, Chain], Wallet]
    """The wallet of the account's key."""

    def redeem(self, position: Position, resolution: Resolution) -> bool:  # noqa: ARG002  (the chain knows)
        """Raises NotSent (no node), Halted (not ours to redeem), OutcomeUnknown (it may be on its way)."""
        market = self.markets.market(position.key)
        if market is None:
            raise Halted(f"{position.key} is in no catalogue any more")
        account = Account(position.agent_id, Mode.LIVE)
        claim, owner = self.claim_of(market, position.outcome), self.holder(account)
        shares = balance_of_token(claim.contract, owner, claim.token_id)
        try:
            chain = self.chain()
            held = chain.read(shares)
        except ChainError as error:
            raise VenueUnreachable(str(error)) from error
        if held == 0:
            return True
        wallet = self.wallet(account, chain)
        if wallet.address.lower() != owner.lower():
            raise Halted(
                f"{position.key}: the shares lie in the contract wallet {owner}; redeem on the venue's site"
            )
        try:
            sent = wallet.send(claim.cash(held))
            left = chain.read(shares)
        except ChainError as error:
            # the next pass reads the balance before it sends anything again
            raise OutcomeUnknown(str(error)) from error
        if left:
            # a call that finds nothing of ours to cash is mined all the same: that is no money
            raise OutcomeUnknown(f"{position.key}: {sent} is mined and the shares are still there")
        return True


def connect(url: str, chain_id: int) -> Chain:
    """Raises ChainError for a node of another chain, or none at all."""
    return Chain(HTTPProvider(url), chain_id)


def _token(market: Market, outcome: Outcome) -> int:
    return int(market.terms["yes_token" if outcome is Outcome.YES else "no_token"])
