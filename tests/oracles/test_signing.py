"""Our signatures against the official packages', each asked in its own environment, on random orders."""

import base64
import json
import random
import subprocess
from pathlib import Path

import pytest

from dutchbook.domain.money import format_micros
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Side
from scripts.oracle_env import OracleUnavailable, interpreter_of
from tests.support.polymarket_v1 import v1_order_digest
from venues.crypto import ZERO_ADDRESS, EthereumSigner, checksum_address
from venues.limitless import amounts as limitless_amounts
from venues.limitless import auth as limitless_auth
from venues.limitless import signing as limitless
from venues.polymarket import amounts as polymarket_amounts
from venues.polymarket import auth as polymarket_auth
from venues.polymarket import signing as polymarket
from venues.polymarket import wallets
from venues.polymarket.contracts import POLYGON_EXCHANGES

pytestmark = pytest.mark.oracle

ORDERS = 500
TICKS = (100_000, 10_000, 5_000, 2_500, 1_000, 100)
WORKERS = Path(__file__).parent / "workers"


def ask(name, requests):
    """Answers of the oracle to these requests, in order; skips the test where it cannot be installed."""
    try:
        interpreter = interpreter_of(name)
    except OracleUnavailable as error:
        pytest.skip(f"{name} cannot be installed here: {error}")
    worker = WORKERS / f"{name.replace('-', '_')}.py"
    finished = subprocess.run(
        [interpreter, "-P", worker],
        input="".join(json.dumps(request) + "\n" for request in requests),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert len(answers) == len(requests)
    return answers


@pytest.fixture
def chance():
    return random.Random(20261122)


def random_key(chance):
    return f"0x{chance.randrange(1, 1 << 255):064x}"


def random_address(chance):
    return checksum_address(f"0x{chance.getrandbits(160):040x}")


def polymarket_request(chance):
    tick = chance.choice(TICKS)
    market_buy = chance.random() < 0.3
    side = "BUY" if market_buy else chance.choice(["BUY", "SELL"])
    order_type = chance.choice(["FAK", "FOK"] if market_buy else ["GTC", "GTD"])
    version, neg_risk = chance.choice(["v1", "v2"]), chance.random() < 0.5
    exchange = POLYGON_EXCHANGES.of_market(version, neg_risk=neg_risk)
    signature_type = chance.randrange(4)
    return {
        "kind": "order",
        "private_key": random_key(chance),
        "api_key": "f4f247b7-4ac7-ff29-a152-04fda0a8755a",
        "market_version": version,
        "neg_risk": neg_risk,
        "exchange": exchange.address,
        "domain_version": exchange.domain_version,
        "signature_type": signature_type,
        "funder": random_address(chance) if signature_type else None,
        "token_id": str(chance.getrandbits(256) | 1),
        "side": side,
        "tick": format_micros(tick),
        "price": format_micros(tick * chance.randrange(1, 1_000_000 // tick)),
        "shares": format_micros(chance.randrange(1_000_000, 10_000_000_000)),
        "dollars": format_micros(chance.randrange(10_000_000, 5_000_000_000)) if market_buy else None,
        "salt": chance.randrange(1, 1 << 53),
        "timestamp_ms": chance.randrange(1_700_000_000_000, 1_900_000_000_000),
        "builder": chance.choice([polymarket.ZERO_BYTES32, f"0x{chance.getrandbits(256):064x}"]),
        "expiration": chance.randrange(1_790_000_000, 1_900_000_000) if order_type == "GTD" else 0,
        "order_type": order_type,
        "post_only": order_type in ("GTC", "GTD") and chance.random() < 0.3,
    }


def micros(text):
    whole, _, part = text.partition(".")
    return int(whole) * 1_000_000 + int(part.ljust(6, "0"))


def our_polymarket_order(request):
    signer = polymarket.OrderSigner(
        EthereumSigner(Secret(request["private_key"])),
        api_key=request["api_key"],
        signature_type=polymarket.SignatureType(request["signature_type"]),
        funder=request["funder"],
    )
    side, price, tick = Side[request["side"]], micros(request["price"]), micros(request["tick"])
    if request["dollars"]:
        amounts = polymarket_amounts.market_buy_amounts(micros(request["dollars"]), price, tick)
    else:
        amounts = polymarket_amounts.limit_amounts(side, price, micros(request["shares"]), tick)
    return amounts, signer.sign(
        polymarket.Order(
            token_id=int(request["token_id"]),
            side=side,
            amounts=amounts,
            salt=request["salt"],
            timestamp_ms=request["timestamp_ms"],
            order_type=polymarket.OrderType(request["order_type"]),
            market_version=request["market_version"],
            neg_risk=request["neg_risk"],
            expiration=request["expiration"],
            post_only=request["post_only"],
            builder=request["builder"],
        )
    )


def test_polymarket_orders_are_those_of_polymarket_client(chance):
    requests = [polymarket_request(chance) for _ in range(ORDERS)]

    for request, answer in zip(requests, ask("polymarket-client", requests), strict=True):
        payload = answer["payload"]
        payload.setdefault("postOnly", False)  # that client leaves it out where it is false
        assert json.loads(our_polymarket_order(request)[1].body) == payload


def test_polymarket_signatures_are_those_of_py_clob_client_v2(chance):
    requests = [polymarket_request(chance) for _ in range(ORDERS)]
    ours = [our_polymarket_order(request) for request in requests]
    for request, (amounts, _) in zip(requests, ours, strict=True):
        request["maker_amount"], request["taker_amount"] = amounts

    for (_, signed), answer in zip(ours, ask("py-clob-client-v2", requests), strict=True):
        assert signed.signature == answer["signature"]


def test_old_v1_orders_are_those_of_py_clob_client(chance):
    requests = []
    for _ in range(ORDERS):
        key = random_key(chance)
        signature_type = chance.randrange(3)
        address = EthereumSigner(Secret(key)).address
        requests.append(
            {
                "kind": "order",
                "private_key": key,
                "chain_id": 137,
                "exchange": "0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E",
                "maker": random_address(chance) if signature_type else address,
                "signer": address,
                "taker": ZERO_ADDRESS,
                "token_id": str(chance.getrandbits(256)),
                "maker_amount": chance.randrange(1, 10**12),
                "taker_amount": chance.randrange(1, 10**12),
                "expiration": chance.randrange(1 << 33),
                "nonce": chance.randrange(10),
                "fee_rate_bps": chance.randrange(1_000),
                "side": chance.choice(["BUY", "SELL"]),
                "signature_type": signature_type,
                "salt": chance.randrange(1, 1 << 53),
            }
        )

    for request, answer in zip(requests, ask("py-clob-client", requests), strict=True):
        digest = v1_order_digest(request, request["chain_id"], request["exchange"])
        assert "0x" + digest.hex() == answer["digest"]
        signature = EthereumSigner(Secret(request["private_key"])).sign(digest)
        assert "0x" + signature.hex() == answer["signature"]


def auth_requests(chance):
    for _ in range(ORDERS // 5):
        timestamp = chance.randrange(1_700_000_000, 1_900_000_000)
        key = random_key(chance)
        yield {"kind": "l1", "private_key": key, "timestamp": timestamp, "nonce": chance.randrange(100)}
        yield {
            "kind": "l2",
            "private_key": key,
            "api_key": "f4f247b7-4ac7-ff29-a152-04fda0a8755a",
            "secret": base64.urlsafe_b64encode(chance.randbytes(32)).decode(),
            "passphrase": chance.randbytes(32).hex(),
            "timestamp": timestamp,
            "method": chance.choice(["GET", "POST", "DELETE"]),
            "path": chance.choice(["/order", "/orders", "/data/orders", "/balance-allowance"]),
            # no apostrophe: those clients turn it into a quotation mark before signing
            "body": chance.choice(["", '{"orderID":"0xabc"}', f'["{chance.getrandbits(256):x}"]']),
        }


def our_auth_headers(request):
    key = EthereumSigner(Secret(request["private_key"]))
    if request["kind"] == "l1":
        return polymarket_auth.l1_headers(key, request["timestamp"], nonce=request["nonce"])
    credentials = polymarket_auth.ApiCredentials(
        request["api_key"], Secret(request["secret"]), Secret(request["passphrase"])
    )
    return polymarket_auth.RequestSigner(key.address, credentials).headers(
        request["method"], request["path"], request["body"].encode(), request["timestamp"]
    )


def test_auth_headers_are_those_of_py_clob_client_v2(chance):
    requests = list(auth_requests(chance))

    for request, answer in zip(requests, ask("py-clob-client-v2", requests), strict=True):
        assert our_auth_headers(request) == answer


@pytest.mark.parametrize("name", ["py-clob-client", "polymarket-client"])
def test_auth_signatures_are_those_of_the_other_clients(chance, name):
    requests = list(auth_requests(chance))

    for request, answer in zip(requests, ask(name, requests), strict=True):
        assert our_auth_headers(request)["POLY_SIGNATURE"] == answer["signature"]


def test_wallet_addresses_are_those_of_polymarket_client(chance):
    owners = [random_address(chance) for _ in range(100)]
    answers = ask("polymarket-client", [{"kind": "wallets", "owner": owner} for owner in owners])

    for owner, answer in zip(owners, answers, strict=True):
        assert answer == {
            "deposit": wallets.deposit_wallet(owner),
            "former_deposit": wallets.former_deposit_wallet(owner),
            "proxy": wallets.proxy_wallet(owner),
            "safe": wallets.safe_wallet(owner),
        }


def test_limitless_orders_are_those_of_limitless_sdk(chance):
    requests = [
        {
            "kind": "order",
            "private_key": random_key(chance),
            "exchange": random_address(chance),
            "token_id": str(chance.getrandbits(256) | 1),
            "side": chance.choice(["BUY", "SELL"]),
            "price": format_micros(1_000 * chance.randrange(1, 1_000)),
            "contracts": format_micros(1_000 * chance.randrange(1_000, 10_000_000)),
            "fee_rate_bps": chance.choice([0, 100, 300]),
            "salt": chance.randrange(1, 1 << 53),
        }
        for _ in range(ORDERS)
    ]

    for request, answer in zip(requests, ask("limitless-sdk", requests), strict=True):
        side, price = Side[request["side"]], micros(request["price"])
        amounts = limitless_amounts.order_amounts(side, price, micros(request["contracts"]))
        signer = limitless.OrderSigner(EthereumSigner(Secret(request["private_key"])), owner_id=1)
        signed = signer.sign(
            limitless.Order(
                exchange=request["exchange"],
                market_slug="slug",
                token_id=int(request["token_id"]),
                side=side,
                amounts=amounts,
                order_type=limitless.OrderType.GTC,
                fee_rate_bps=request["fee_rate_bps"],
                salt=request["salt"],
                price=price,
            )
        )
        assert (amounts.maker, amounts.taker, signed.signature) == (
            answer["maker"],
            answer["taker"],
            answer["signature"],
        )


def test_limitless_request_signatures_are_those_of_limitless_sdk(chance):
    requests = []
    for _ in range(100):
        unix_ms = chance.randrange(1_700_000_000_000, 1_900_000_000_000)
        requests.append(
            {
                "kind": "hmac",
                "unix_ms": unix_ms,
                "timestamp": limitless_auth.iso_timestamp(unix_ms),
                "secret": base64.b64encode(chance.randbytes(32)).decode(),
                "method": chance.choice(["GET", "POST", "DELETE"]),
                "path": f"/markets/slug-{chance.random()}/user-orders?statuses=LIVE&limit=200",
                "body": chance.choice(["", '{"orderId":"é"}']),
            }
        )

    for request, answer in zip(requests, ask("limitless-sdk", requests), strict=True):
        headers = limitless_auth.RequestSigner("token", Secret(request["secret"])).headers(
            request["method"], request["path"], request["body"].encode(), request["unix_ms"]
        )
        assert headers["lmts-signature"] == answer["signature"]
