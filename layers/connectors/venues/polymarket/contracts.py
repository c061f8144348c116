"""Polymarket's contracts, and which exchange an order of a market is signed for.

Two numberings meet here. Gamma's market ``version`` "v1" trades CTF tokens on the CLOB V2 exchanges (EIP-712
domain version "2"); "v2" trades PositionManager tokens on ExchangeV3 (domain version "3"). The choice is
made by ``version``, never by which id fields are present. Source: the venue's contracts page and the
environment tables of its own clients, 2026-10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from dutchbook.domain.errors import InvalidOrder

POLYGON_CHAIN_ID = 137
AMOY_CHAIN_ID = 80002

_V1_GONE = (
    "signs V1 orders (EIP-712 domain version 1, USDC.e), which Polymarket has refused with "
    "order_version_mismatch since 2026-04-28; sign for the CLOB V2 exchanges or ExchangeV3, funded in pUSD"
)
RETIRED_EXCHANGES: Mapping[str, str] = MappingProxyType(
    {
        "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e": f"the exchange 0x4bFb…982E {_V1_GONE}",
        "0xc5d563a36ae78145c45a50134d48a1215220f80a": f"the neg-risk exchange 0xC5d5…f80a {_V1_GONE}",
        "0xdfe02eb6733538f8ea35d585af8de5958ad99e40": f"the Amoy exchange 0xdFE0…9E40 {_V1_GONE}",
    }
)
"""Lower-case addresses of exchanges that take no orders any more, with the reason."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A contract that orders are signed for: the EIP-712 verifyingContract and its domain version.

    Raises InvalidOrder for a retired exchange, naming why.
    """

    address: str
    domain_version: str

    def __post_init__(self) -> None:
        reason = RETIRED_EXCHANGES.get(self.address.lower())
        if reason is not None:
            raise InvalidOrder(reason)


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The three live exchanges of one chain."""

    chain_id: int
    standard: Exchange
    neg_risk: Exchange
    v3: Exchange

    def of_market(self, version: str, *, neg_risk: bool) -> Exchange:
        """The exchange of a market with Gamma's `version`. Raises InvalidOrder for an unknown one.

        ExchangeV3 serves neg-risk markets too: there the module is part of the position id.
        """
        if version == "v1":
            return self.neg_risk if neg_risk else self.standard
        if version == "v2":
            return self.v3
        raise InvalidOrder(f"market version {version!r} is unknown; v1 and v2 can be signed")


POLYGON_EXCHANGES = Exchanges(
    chain_id=POLYGON_CHAIN_ID,
    standard=Exchange("0xE111180000d2663C0091e4f400237545B87B996B", "2"),
    neg_risk=Exchange("0xe2222d279d744050d28e00520010520000310F59", "2"),
    v3=Exchange("0xe3333700cA9d93003F00f0F71f8515005F6c00Aa", "3"),
)

AMOY_EXCHANGES = Exchanges(
    chain_id=AMOY_CHAIN_ID,
    standard=Exchange("0xE111180000d2663C0091e4f400237545B87B996B", "2"),
    neg_risk=Exchange("0xe2222d279d744050d28e00520010520000310F59", "2"),
    v3=Exchange("0x9fE6e61422AdB6F610d8597F9684b16912D50C3D", "3"),
)
"""Good for signatures only: no public order book runs on Amoy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """What approvals and redemptions call on Polygon."""

    collateral: str
    """pUSD, six decimals."""
    conditional_tokens: str
    collateral_adapter: str
    neg_risk_collateral_adapter: str
    position_manager: str
    router: str
    auto_redeemer: str
    """Given leave, like the modules, on the venue's own site unasked: `chain.approve` takes it back."""
    binary_module: str
    neg_risk_module: str


POLYGON_CONTRACTS = Contracts(
    collateral="0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB",
    conditional_tokens="0x4D97DCd97eC945f40cF65F87097ACe5EA0476045",
    collateral_adapter="0xAdA100Db00Ca00073811820692005400218FcE1f",
    neg_risk_collateral_adapter="0xadA2005600Dec949baf300f4C6120000bDB6eAab",
    position_manager="0x006F54F7f9A22e0000CC2AB60031000000ae9fEF",
    router="0x12121212006e4CD160D18e3f00711DA5c3372600",
    auto_redeemer="0xa1200000d0002264C9a1698e001292D00E1b00af",
    binary_module="0x1000008dD9001B968442c1000017eaE6E0dA00Ba",
    neg_risk_module="0x200000900045e3B6259600682756002200028933",
)


AMOY_CONTRACTS = replace(POLYGON_CONTRACTS, conditional_tokens="0x69308FB512518e39F9b16112fA8d994F4e2Bf8bB")
"""Only the collateral and the CTF are known there, so that nothing is approved or cashed on Amoy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFactories:
    """What the CREATE2 addresses of Polymarket's wallets are computed from."""

    deposit_factory: str
    deposit_beacon: str
    deposit_implementation: str
    proxy_factory: str
    proxy_implementation: str
    safe_factory: str
    safe_init_code_hash: str


POLYGON_WALLETS = WalletFactories(
    deposit_factory="0x00000000000Fb5C9ADea0298D729A0CB3823Cc07",
    deposit_beacon="0x7A18EDfe055488A3128f01F563e5B479D92ffc3a",
    deposit_implementation="0x58CA52ebe0DadfdF531Cde7062e76746de4Db1eB",
    proxy_factory="0xaB45c5A4B0c941a2F231C04C3f49182e1A254052",
    proxy_implementation="0x44e999d5c2F66Ef0861317f9A4805AC2e90aEB4f",
    safe_factory="0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b",
    safe_init_code_hash="0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf",
)
