"""Which contracts need which leave, and which calls bring a wallet there from where it is.

Dollars are approved exactly, for each exchange by itself: an exchange that is broken into can take that much
and no more. Outcome tokens (ERC-1155) can only be approved all or not at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chain.calls import Call, allowance, approve, is_approved_for_all, set_approval_for_all
from venues.crypto import checksum_address
from venues.environments import LimitlessEnvironment, PolymarketEnvironment
from venues.polymarket.contracts import AMOY_CHAIN_ID

type Read = Callable[[Call], int]
"""The result word of a view call, as a number."""


@dataclass(frozen=True, slots=True)
class Dollars:
    """A contract that is to be allowed to take exactly `amount` (micros) of an ERC-20 token."""

    token: str
    symbol: str
    spender: str
    spender_name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A contract that is, or is not, to be allowed to move all tokens of an ERC-1155 contract."""

    token: str
    symbol: str
    operator: str
    operator_name: str
    approved: bool = True


type Approval = Dollars | Tokens


def for_polymarket(
    environment: PolymarketEnvironment, amount: int, *, adapters: bool = False
) -> tuple[Approval, ...]:
    """What buying (pUSD) and selling (outcome tokens) need on each exchange, and no more.

    `adapters` adds what split, merge and redeem need. Sources: the venue's contracts page and the approval
    list of its own client, of which the perpetuals, the modules and the auto-redeemer are left out.
    Raises ValueError for Amoy.
    """
    contracts, exchanges = environment.contracts, environment.exchanges
    if exchanges.chain_id == AMOY_CHAIN_ID:
        raise ValueError("Amoy is good for signatures alone: most contracts there are not known")
    pusd, ctf, manager = contracts.collateral, contracts.conditional_tokens, contracts.position_manager
    standard, neg_risk, v3 = (
        exchanges.standard.address,
        exchanges.neg_risk.address,
        exchanges.v3.address,
    )
    wanted: list[Approval] = [
        Dollars(pusd, "pUSD", standard, "the exchange", amount),
        Dollars(pusd, "pUSD", neg_risk, "the neg-risk exchange", amount),
        Dollars(pusd, "pUSD", v3, "ExchangeV3", amount),
        Tokens(ctf, "outcome tokens", standard, "the exchange"),
        Tokens(ctf, "outcome tokens", neg_risk, "the neg-risk exchange"),
        Tokens(manager, "V2 positions", v3, "ExchangeV3"),
    ]
    if adapters:
        plain, risk = contracts.collateral_adapter, contracts.neg_risk_collateral_adapter
        wanted += [
            Dollars(pusd, "pUSD", plain, "the collateral adapter", amount),
            Dollars(pusd, "pUSD", risk, "the neg-risk collateral adapter", amount),
            Dollars(pusd, "pUSD", contracts.router, "the router", amount),
            Tokens(ctf, "outcome tokens", plain, "the collateral adapter"),
            Tokens(ctf, "outcome tokens", risk, "the neg-risk collateral adapter"),
            Tokens(manager, "V2 positions", contracts.router, "the router"),
        ]
    return tuple(wanted)


def for_limitless(
    environment: LimitlessEnvironment,
    amount: int,
    exchanges: Sequence[str],
    adapters: Sequence[str] = (),
    fee_modules: Sequence[str] = (),
) -> tuple[Approval, ...]:
    """What the markets' own exchanges need; `adapters` are those of neg-risk markets, needed to sell there,
    `fee_modules` those of COLLATERAL markets, which take the fee of buys and sells in dollars of their own.

    Raises ValueError for a contract that Limitless has not been seen to use.
    """
    for kind, asked, known in (
        ("exchanges", exchanges, environment.known_exchanges),
        ("adapters", adapters, environment.known_adapters),
        ("fee modules", fee_modules, environment.known_fee_modules),
    ):
        for address in asked:
            if address.lower() not in known:
                raise ValueError(f"{address} is none of Limitless's known {kind}: nothing is approved for it")
    usdc, ctf = environment.usdc, environment.conditional_tokens
    wanted: list[Approval] = []
    for exchange in exchanges:
        wanted.append(Dollars(usdc, "USDC", exchange, f"exchange {exchange}", amount))
        wanted.append(Tokens(ctf, "outcome tokens", exchange, f"exchange {exchange}"))
    wanted += [Tokens(ctf, "outcome tokens", adapter, f"adapter {adapter}") for adapter in adapters]
    wanted += [Dollars(usdc, "USDC", module, f"fee module {module}", amount) for module in fee_modules]
    return tuple(wanted)


def all_of_polymarket(environment: PolymarketEnvironment) -> tuple[Approval, ...]:
    """All leave that this command or the venue's own site can have given: to take back, not to give."""
    contracts = environment.contracts
    ctf, manager = contracts.conditional_tokens, contracts.position_manager
    given_on_the_site = (
        Tokens(ctf, "outcome tokens", contracts.auto_redeemer, "the auto-redeemer"),
        Tokens(ctf, "outcome tokens", contracts.binary_module, "the binary module"),
        Tokens(ctf, "outcome tokens", contracts.neg_risk_module, "the neg-risk module"),
        Tokens(manager, "V2 positions", contracts.auto_redeemer, "the auto-redeemer"),
    )
    return for_polymarket(environment, 0, adapters=True) + given_on_the_site


def all_of_limitless(environment: LimitlessEnvironment) -> tuple[Approval, ...]:
    """The same, for every contract that Limitless has been seen to use."""
    exchanges, adapters, modules = (
        [checksum_address(one) for one in sorted(known)]
        for known in (environment.known_exchanges, environment.known_adapters, environment.known_fee_modules)
    )
    return for_limitless(environment, 0, exchanges, adapters, modules)


def revoked(approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    """The same contracts, with no leave left."""
    return tuple(
        Dollars(one.token, one.symbol, one.spender, one.spender_name, 0)
        if isinstance(one, Dollars)
        else Tokens(one.token, one.symbol, one.operator, one.operator_name, approved=False)
        for one in approvals
    )


def missing(approvals: Iterable[Approval], owner: str, read: Read) -> list[Call]:
    """The calls that are still needed; what the chain already says is left alone.

    An allowance above the amount is lowered to it.
    """
    calls = []
    for one in approvals:
        if isinstance(one, Dollars):
            if read(allowance(one.token, owner, one.spender)) != one.amount:
                calls.append(
                    approve(
                        one.token,
                        one.spender,
                        one.amount,
                        symbol=one.symbol,
                        spender_name=one.spender_name,
                    )
                )
        elif bool(read(is_approved_for_all(one.token, owner, one.operator))) is not one.approved:
            calls.append(
                set_approval_for_all(
                    one.token,
                    one.operator,
                    one.approved,
                    symbol=one.symbol,
                    operator_name=one.operator_name,
                )
            )
    return calls
