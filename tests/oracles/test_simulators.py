"""The simulators are faithful: public clients that know nothing of us trade on them, told only the host."""

import base64
import json
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from eth_account import Account

from dutchbook.domain.money import ONE, parse_micros
from local.day.path import Depth
from local.venues.server import SimulatedVenues
from scripts.oracle_env import OracleUnavailable, interpreter_of
from venues.polymarket.wallets import deposit_wallet

pytestmark = pytest.mark.oracle

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
OWNER = Account.from_key(KEY).address
TICKER = "KXPRESPARTY-2028-D"
SLUG = "simulated-orban-hungary-pm"
WORKERS = Path(__file__).parent / "workers"


def level(price, shares):
    return parse_micros(price), parse_micros(shares)


BOOK = Depth((level("0.54", "100"),), (level("0.56", "100"),))


def session(oracle, asked):
    """What the client reports of its session; skips where it cannot be installed."""
    try:
        interpreter = interpreter_of(oracle)
    except OracleUnavailable as error:
        pytest.skip(f"{oracle} cannot be installed here: {error}")
    worker = WORKERS / f"sim_{oracle.replace('-', '_')}.py"
    finished = subprocess.run(
        [interpreter, "-P", worker],
        input=json.dumps(asked) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.fixture
def venues():
    with SimulatedVenues() as running:
        yield running


@pytest.mark.parametrize("oracle", ["polymarket-client", "py-clob-client-v2"])
def test_the_official_polymarket_clients_trade_from_a_deposit_wallet(venues, oracle):
    state = venues.states["polymarket"]
    market = next(row for row in state.listings.values() if row.facts["id"] == "565065")
    state.pin(market.key.market_id, BOOK)
    wallet = deposit_wallet(OWNER)
    facts = {"owner": OWNER, "funder": wallet, "signature_type": 3}
    state.ledger.open("client", 1_000 * ONE, facts)
    asked = {"url": venues.urls["polymarket"], "private_key": KEY, "wallet": wallet, "signature_type": 3}
    told = session(oracle, asked | {"token": market.facts["tokens"][0]})
    assert Decimal(told["best_ask"]) == Decimal("0.56")
    assert (told["placed"], told["canceled"], told["taken"]) == ("live", True, "matched")
    assert told["found"][0] is True
    assert [Decimal(value) for value in told["found"][1:]] == [Decimal("0.3"), Decimal(10)]


def test_pykalshi_trades(venues, tmp_path):
    state = venues.states["kalshi"]
    state.pin(TICKER, BOOK)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, none))
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    state.ledger.open("client", 1_000 * ONE, {"keys": {"key": public}})
    asked = {"url": venues.urls["kalshi"], "key_id": "key", "key_path": str(path), "ticker": TICKER}
    told = session("pykalshi", asked)
    assert told["best_no_bid"] == "0.4400"
    assert (told["placed"], told["canceled"], told["filled"]) == ("resting", "canceled", ["5.00"])
    # 5 x 0.56 and a fee of 0.08624, in whole cents, down.
    assert told["balance"] == 99_711


def test_the_limitless_sdk_trades(venues):
    state = venues.states["limitless"]
    state.pin(SLUG, BOOK)
    secret = base64.b64encode(b"simulated secret").decode()
    facts = {"address": OWNER, "token": "lmts_test", "secret": secret, "fee_rate_bps": 300}
    state.ledger.open("client", 1_000 * ONE, facts)
    asked = {"url": venues.urls["limitless"], "private_key": KEY, "token": "lmts_test", "secret": secret}
    told = session("limitless-sdk", asked | {"slug": SLUG})
    assert (told["best_ask"], told["canceled"]) == ("0.56", "Order canceled successfully")
    assert told["settled"] == "MINED"
    # The fee at 0.56 is 244 bps of the shares.
    assert told["net"] == "9756000"
    assert told["held"] == ["9756000"]
