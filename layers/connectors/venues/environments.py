"""Where each venue lives: hosts, RPC, chain ids and contracts, one typed row per venue and stage.

Every function is pure over a mapping of environment variables (empty or absent means the real thing) and
raises InvalidEnvironment before anything connects. A host is accepted when the venue is known to serve it
over https, or when it is a simulator: loopback and host.docker.internal always, other private or unknown
hosts only with ALLOW_PRIVATE_SIMULATORS=true. Keys are sent to these hosts, so a typing error must not pass.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from venues.crypto import checksum_address
from venues.polymarket.contracts import (
    AMOY_CHAIN_ID,
    AMOY_CONTRACTS,
    AMOY_EXCHANGES,
    POLYGON_CHAIN_ID,
    POLYGON_CONTRACTS,
    POLYGON_EXCHANGES,
    POLYGON_WALLETS,
    RETIRED_EXCHANGES,
    Contracts,
    Exchange,
    Exchanges,
    WalletFactories,
)

KALSHI_API_PATH = "/trade-api/v2"
_MUMBAI_CHAIN_ID = 80001
_BASE_CHAIN_ID = 8453
_SIMULATOR_HOSTS = frozenset({"localhost", "host.docker.internal"})


class InvalidEnvironment(ValueError):
    """A host, URL, chain or contract that must not be used; the message names the variable and the fix."""


@dataclass(frozen=True, slots=True)
class PolymarketEnvironment:
    """Polymarket as this stack reaches it. URLs have no trailing slash."""

    stage: str
    clob: str
    gamma: str
    data: str
    geoblock: str
    """The full URL of the geoblock check."""
    rpc: str
    exchanges: Exchanges
    contracts: Contracts
    wallets: WalletFactories


@dataclass(frozen=True, slots=True)
class KalshiEnvironment:
    """Kalshi as this stack reaches it; `api` ends in /trade-api/v2, which is part of what is signed."""

    stage: str
    api: str

    @property
    def is_kalshis_own(self) -> bool:
        """False for a simulator, which has no maintenance of its own."""
        return _host(self.api) in _KALSHI_HOSTS


@dataclass(frozen=True, slots=True)
class LimitlessEnvironment:
    """Limitless as this stack reaches it.

    Orders are signed for the market's own exchange; the known contracts (lower case) are those seen so far,
    to be compared before leave is given to one: exchanges, the adapters of neg-risk markets, and the modules
    that take the fee of COLLATERAL markets.
    """

    stage: str
    api: str
    rpc: str
    chain_id: int
    usdc: str
    conditional_tokens: str
    known_exchanges: frozenset[str]
    known_adapters: frozenset[str]
    known_fee_modules: frozenset[str]


POLYMARKET_PROD = PolymarketEnvironment(
    stage="prod",
    clob="https://clob.polymarket.com",
    gamma="https://gamma-api.polymarket.com",
    data="https://data-api.polymarket.com",
    geoblock="https://polymarket.com/api/geoblock",
    rpc="https://polygon.drpc.org",
    exchanges=POLYGON_EXCHANGES,
    contracts=POLYGON_CONTRACTS,
    wallets=POLYGON_WALLETS,
)

KALSHI_PROD = KalshiEnvironment("prod", "https://external-api.kalshi.com" + KALSHI_API_PATH)
KALSHI_DEMO = KalshiEnvironment("demo", "https://external-api.demo.kalshi.co" + KALSHI_API_PATH)
_KALSHI_STAGES = MappingProxyType({stage.stage: stage for stage in (KALSHI_PROD, KALSHI_DEMO)})
_KALSHI_HOSTS = MappingProxyType(
    {
        "external-api.kalshi.com": "prod",
        "api.elections.kalshi.com": "prod",
        "external-api.demo.kalshi.co": "demo",
        "demo-api.kalshi.co": "demo",
    }
)

# The RPC is Base's own public node (docs.base.org); it is rate limited, so a stack that trades sets its own.
LIMITLESS_PROD = LimitlessEnvironment(
    stage="prod",
    api="https://api.limitless.exchange",
    rpc="https://mainnet.base.org",
    chain_id=_BASE_CHAIN_ID,
    usdc="0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    conditional_tokens="0xC9c98965297Bc527861c898329Ee280632B76e18",
    known_exchanges=frozenset(
        {
            "0xa4409d988ca2218d956beefd3874100f444f0dc3",
            "0x5a38afc17f7e97ad8d6c547ddb837e40b4aedfc6",
            "0xf1de958f8641448a5ba78c01f434085385af096d",
            "0x46e607d3f4a8494b0ab9b304d1463e2f4848891d",
            "0x05c748e2f4dcde0ec9fa8ddc40de6b867f923fa5",
            "0xe3e00ba3a9888d1de4834269f62ac008b4bb5c47",
        }
    ),
    known_adapters=frozenset(
        {
            "0xb8daa4c8c9f690396f671bb601727a4c3741340c",
            "0x7afeb946986211950d17f24176039f12c2ab2436",
            "0x6151ef8368b6316c1aa3c68453ef083ad31e712d",
        }
    ),
    known_fee_modules=frozenset(
        {
            "0x6d8a7d1898306ca129a74c296d14e55e20aae87d",
            "0x73fc1b1395ba964fea8705bff7ef8ea5c23cc661",
            "0xeecd2cf0ff29d712648fc328be4ee02fc7931c7a",
            "0x18b3e1192c01286050a0994bc26f7226ae4a483d",
            "0x5130c2c398f930c4f43b15635410047cbea9d6eb",
            "0xfeb646d32a2a558359419a1c9c5dfb47fd92dadb",
        }
    ),
)

_RETIRED_HOSTS = MappingProxyType(
    {
        "trading-api.kalshi.com": "Kalshi retired it; use external-api.kalshi.com",
        "api.kalshi.com": "it does not exist; use external-api.kalshi.com",
        "demo-api.kalshi.com": "it does not exist; use external-api.demo.kalshi.co",
        "demo-api.elections.kalshi.com": "it does not exist; use external-api.demo.kalshi.co",
        "rpc-mumbai.maticvigil.com": "Mumbai is gone; use Amoy (chain 80002) or Polygon (137)",
        "clob-staging.polymarket.com": "it is not public; use clob.polymarket.com or a simulator",
    }
)


def polymarket(env: Mapping[str, str]) -> PolymarketEnvironment:
    """Polymarket as the variables say.

    POLYMARKET_CHAIN_ID, POLYMARKET_{CLOB,GAMMA,DATA}_BASE, POLYMARKET_GEOBLOCK_URL, POLYGON_RPC_URL,
    POLYMARKET_{EXCHANGE,NEG_RISK_EXCHANGE,EXCHANGE_V3}.
    Raises InvalidEnvironment, also for Amoy without a simulator (no public order book runs there), and for
    the real order book beside a simulator's listings, data or geoblock answer.
    """
    prod = POLYMARKET_PROD
    chain_id = _chain_id(env)
    clob = _base(env, "POLYMARKET_CLOB_BASE", prod.clob)
    _check_kinship(env, clob)
    if chain_id == AMOY_CHAIN_ID and clob == prod.clob:
        raise InvalidEnvironment(
            "POLYMARKET_CHAIN_ID: Amoy has no public order book; set POLYMARKET_CLOB_BASE to a simulator"
        )
    return PolymarketEnvironment(
        stage="prod" if chain_id == POLYGON_CHAIN_ID else "amoy",
        clob=clob,
        gamma=_base(env, "POLYMARKET_GAMMA_BASE", prod.gamma),
        data=_base(env, "POLYMARKET_DATA_BASE", prod.data),
        geoblock=_base(env, "POLYMARKET_GEOBLOCK_URL", prod.geoblock),
        rpc=_rpc(env, "POLYGON_RPC_URL", prod.rpc),
        exchanges=_exchanges(env, AMOY_EXCHANGES if chain_id == AMOY_CHAIN_ID else POLYGON_EXCHANGES),
        contracts=AMOY_CONTRACTS if chain_id == AMOY_CHAIN_ID else prod.contracts,
        wallets=prod.wallets,
    )


def kalshi(env: Mapping[str, str]) -> KalshiEnvironment:
    """Kalshi from KALSHI_STAGE (prod, the default, or demo) and KALSHI_API_BASE.

    The API path is added where the base has none. Keys are not shared between the stages, so a base of the
    other stage is refused. Raises InvalidEnvironment.
    """
    asked = _text(env, "KALSHI_STAGE")
    stage = _KALSHI_STAGES.get(asked or "prod")
    if stage is None:
        raise InvalidEnvironment(f"KALSHI_STAGE: {asked!r} is neither prod nor demo")
    base = _text(env, "KALSHI_API_BASE")
    if not base:
        return stage
    url = _checked_url("KALSHI_API_BASE", base, frozenset(_KALSHI_HOSTS), _simulators_allowed(env))
    parts = urlsplit(url)
    path, origin = parts.path, f"{parts.scheme}://{parts.netloc}"
    if path not in ("", KALSHI_API_PATH):
        raise InvalidEnvironment(f"KALSHI_API_BASE: the path is {KALSHI_API_PATH}, not {path}")
    host_stage = _KALSHI_HOSTS.get(_host(url), stage.stage)
    if asked and host_stage != asked:
        raise InvalidEnvironment(f"KALSHI_API_BASE: {_host(url)} is {host_stage}, KALSHI_STAGE says {asked}")
    return KalshiEnvironment(host_stage, origin + KALSHI_API_PATH)


def limitless(env: Mapping[str, str]) -> LimitlessEnvironment:
    """Limitless from LIMITLESS_API_BASE and BASE_RPC_URL. Raises InvalidEnvironment."""
    prod = LIMITLESS_PROD
    return LimitlessEnvironment(
        stage=prod.stage,
        api=_base(env, "LIMITLESS_API_BASE", prod.api),
        rpc=_rpc(env, "BASE_RPC_URL", prod.rpc),
        chain_id=prod.chain_id,
        usdc=prod.usdc,
        conditional_tokens=prod.conditional_tokens,
        known_exchanges=prod.known_exchanges,
        known_adapters=prod.known_adapters,
        known_fee_modules=prod.known_fee_modules,
    )


def _chain_id(env: Mapping[str, str]) -> int:
    text = _text(env, "POLYMARKET_CHAIN_ID") or str(POLYGON_CHAIN_ID)
    if text == str(_MUMBAI_CHAIN_ID):
        raise InvalidEnvironment("POLYMARKET_CHAIN_ID: Mumbai (80001) is gone; use Amoy (80002)")
    if text not in (str(POLYGON_CHAIN_ID), str(AMOY_CHAIN_ID)):
        raise InvalidEnvironment(f"POLYMARKET_CHAIN_ID: {text!r} is neither 137 (Polygon) nor 80002 (Amoy)")
    return int(text)


def _exchanges(env: Mapping[str, str], known: Exchanges) -> Exchanges:
    return Exchanges(
        known.chain_id,
        _exchange(env, "POLYMARKET_EXCHANGE", known.standard),
        _exchange(env, "POLYMARKET_NEG_RISK_EXCHANGE", known.neg_risk),
        _exchange(env, "POLYMARKET_EXCHANGE_V3", known.v3),
    )


def _exchange(env: Mapping[str, str], variable: str, known: Exchange) -> Exchange:
    address = _text(env, variable)
    if not address:
        return known
    retired = RETIRED_EXCHANGES.get(address.lower())
    if retired is not None:
        raise InvalidEnvironment(f"{variable}: {retired}")
    if address.lower() == known.address.lower():
        return known
    if not _simulators_allowed(env):
        raise InvalidEnvironment(
            f"{variable}: {address} is not the live exchange {known.address}; the contract of a private "
            "simulator needs ALLOW_PRIVATE_SIMULATORS=true"
        )
    try:
        return Exchange(checksum_address(address), known.domain_version)
    except ValueError as error:
        raise InvalidEnvironment(f"{variable}: {error}") from error


def _base(env: Mapping[str, str], variable: str, real: str) -> str:
    override = _text(env, variable)
    if not override:
        return real
    url = _checked_url(variable, override, frozenset({_host(real)}), _simulators_allowed(env))
    if _host(url) == _host(real) and url != real:
        raise InvalidEnvironment(f"{variable}: {_host(real)} is reached at {real} alone")
    return url


def _check_kinship(env: Mapping[str, str], clob: str) -> None:
    """A real order must not follow a simulator's listings, nor its word on where orders may come from."""
    prod = POLYMARKET_PROD
    others = {
        "POLYMARKET_GAMMA_BASE": prod.gamma,
        "POLYMARKET_DATA_BASE": prod.data,
        "POLYMARKET_GEOBLOCK_URL": prod.geoblock,
    }
    for variable, real in others.items():
        if clob == prod.clob and _base(env, variable, real) != real:
            raise InvalidEnvironment(
                f"{variable}: a simulator beside the real order book; set POLYMARKET_CLOB_BASE to one too"
            )


def _rpc(env: Mapping[str, str], variable: str, real: str) -> str:
    """Any https node will do: an RPC URL receives no key of a venue."""
    override = _text(env, variable)
    if not override:
        return real
    if "mumbai" in override.lower():
        raise InvalidEnvironment(f"{variable}: Mumbai is gone; use an Amoy or mainnet node")
    return _checked_url(variable, override, None, _simulators_allowed(env))


def _checked_url(variable: str, url: str, known_hosts: frozenset[str] | None, simulators: bool) -> str:
    """The URL in its one spelling: host in lower case, no default port, no slash at its end.

    `known_hosts` None: any host over https.
    """
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise InvalidEnvironment(f"{variable}: not a URL") from None
    host = _host(url)
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidEnvironment(f"{variable}: a URL starting with https:// is expected")
    if parts.username is not None or parts.query or parts.fragment:
        raise InvalidEnvironment(f"{variable}: credentials, query and fragment do not belong in a base URL")
    retired = _RETIRED_HOSTS.get(host)
    if retired is not None:
        raise InvalidEnvironment(f"{variable}: {host} cannot be used: {retired}")
    known = known_hosts is None or host in known_hosts
    trusted = known and parts.scheme == "https"
    if not (trusted or _is_this_machine(host) or (simulators and _may_be_simulator(host, parts.scheme))):
        named = ", ".join(sorted(known_hosts or {host}))
        raise InvalidEnvironment(
            f"{variable}: {parts.scheme}://{host} is neither {named} over https "
            "nor a simulator on this machine; other simulators need ALLOW_PRIVATE_SIMULATORS=true"
        )
    shown = f"[{host}]" if ":" in host else host
    default = port in (None, {"http": 80, "https": 443}[parts.scheme])
    if known_hosts is not None and known and not default:
        raise InvalidEnvironment(f"{variable}: {host} is not reached at port {port}")
    return f"{parts.scheme}://{shown}{'' if default else f':{port}'}{parts.path}".rstrip("/")


def _is_this_machine(host: str) -> bool:
    address = _ip(host)
    return host in _SIMULATOR_HOSTS or (address is not None and address.is_loopback)


def _may_be_simulator(host: str, scheme: str) -> bool:
    """Plain http only inside a private network: an address of one, or a name without a dot."""
    address = _ip(host)
    private = address.is_private if address is not None else "." not in host
    return private or scheme == "https"


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _simulators_allowed(env: Mapping[str, str]) -> bool:
    return _text(env, "ALLOW_PRIVATE_SIMULATORS").lower() == "true"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _text(env: Mapping[str, str], variable: str) -> str:
    return env.get(variable, "").strip()
