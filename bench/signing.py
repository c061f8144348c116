"""Signing speed beside its peers and its floor: ``python -m bench.signing`` prints ``name: value`` rows.

Every round runs all contestants in turn, since these machines change speed while one measures; a figure is
the best of the rounds' medians, and a ratio compares best with best. Peers run in their own environments,
as a user installs them; where they cannot be installed their rows are left out and standard error says so.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

import coincurve
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Side
from scripts.oracle_env import OracleUnavailable, interpreter_of
from venues.crypto import EthereumSigner, keccak256
from venues.kalshi.signing import PrivateKey
from venues.kalshi.signing import RequestSigner as KalshiRequestSigner
from venues.limitless import amounts as limitless_amounts
from venues.limitless import signing as limitless
from venues.polymarket import amounts as polymarket_amounts
from venues.polymarket import signing as polymarket

ROUNDS = 7
SIGNINGS_A_ROUND = 300
IMPORT_ROUNDS = 11
ROOT = Path(__file__).resolve().parents[1]
KEY = Secret("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
TOKEN = 71321045679252212594626385532706912750332728571942532289631379312455583992563
ORDER_PATH = (
    "venues.environments, venues.polymarket.signing, venues.polymarket.auth, venues.polymarket.wallets, "
    "venues.kalshi.signing, venues.limitless.signing, venues.limitless.auth"
)

type Round = Callable[[], float]
"""Runs one round and answers its median in microseconds."""


def polymarket_sign() -> Callable[[int], object]:
    """From price and size to the signed body: amounts, hash, signature, JSON."""
    signer = polymarket.OrderSigner(EthereumSigner(KEY), api_key="f4f247b7-4ac7-ff29-a152-04fda0a8755a")

    def sign(number: int) -> object:
        amounts = polymarket_amounts.limit_amounts(Side.BUY, 560_000, 20_000_000 + number * 10_000, 10_000)
        return signer.sign(
            polymarket.Order(
                token_id=TOKEN,
                side=Side.BUY,
                amounts=amounts,
                salt=479_249_096_354 + number,
                timestamp_ms=1_790_000_000_000,
                order_type=polymarket.OrderType.GTC,
                market_version="v1",
                neg_risk=False,
            )
        )

    return sign


def limitless_sign() -> Callable[[int], object]:
    """From price and contracts to the signed body."""
    signer = limitless.OrderSigner(EthereumSigner(KEY), owner_id=12345)

    def sign(number: int) -> object:
        return signer.sign(
            limitless.Order(
                exchange="0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5",
                market_slug="btc-up-or-down",
                token_id=TOKEN,
                side=Side.BUY,
                amounts=limitless_amounts.order_amounts(Side.BUY, 560_000, 20_000_000 + number * 1_000),
                order_type=limitless.OrderType.FAK,
                fee_rate_bps=300,
                salt=479_249_096_354 + number,
                price=560_000,
            )
        )

    return sign


def secp256k1_floor() -> Callable[[int], object]:
    """coincurve alone on a ready digest: no order can be signed in less."""
    key = coincurve.PrivateKey(keccak256(b"floor"))
    digests = [keccak256(number.to_bytes(4, "big")) for number in range(SIGNINGS_A_ROUND)]
    return lambda number: key.sign_recoverable(digests[number], hasher=None)


def kalshi_sign(key: PrivateKey) -> Callable[[int], object]:
    """All three headers of a request."""
    signer = KalshiRequestSigner("a952bcbe-ec3b-4b5b-b8f9-11dae589608c", key)
    url = "https://external-api.kalshi.com/trade-api/v2/portfolio/events/orders"
    return lambda number: signer.headers("POST", url, 1_703_123_456_789 + number)


def in_process(sign: Callable[[int], object]) -> Round:
    """A round of this interpreter's own."""

    def run() -> float:
        times = []
        for number in range(SIGNINGS_A_ROUND):
            start = time.perf_counter_ns()
            sign(number)
            times.append(time.perf_counter_ns() - start)
        return statistics.median(times) / 1000

    return run


@contextmanager
def peer(name: str) -> Iterator[Round]:
    """A round of an official client that stays warm in its own interpreter."""
    worker = Path(__file__).with_name("signing_peer.py")
    with subprocess.Popen(
        [interpreter_of(name), "-P", worker, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asks, answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)

        def run() -> float:
            asks.write("\n")
            asks.flush()
            return float(answers.readline())

        try:
            yield run
        finally:
            asks.close()


def best_medians(contestants: dict[str, Round]) -> dict[str, float]:
    """Runs all contestants in turn, round by round; the best median of each."""
    medians: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, run in contestants.items():
            medians[name].append(run())
    return {name: min(values) for name, values in medians.items()}


def import_ratio() -> float:
    """Median import time of the order path over that of bare boto3, fresh interpreters taking turns."""
    ours, theirs = [], []
    for number in range(IMPORT_ROUNDS + 1):
        pair = _import_seconds(ORDER_PATH), _import_seconds("boto3")
        if number:  # the first one may compile bytecode
            ours.append(pair[0])
            theirs.append(pair[1])
    return statistics.median(ours) / statistics.median(theirs)


def _import_seconds(modules: str) -> float:
    code = f"import time; start = time.perf_counter(); import {modules}; print(time.perf_counter() - start)"
    paths = os.pathsep.join(str(ROOT / "layers" / layer) for layer in ("core", "connectors"))
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(finished.stdout)


def measure() -> dict[str, float]:
    """All rows by name, in the order they are printed."""
    contestants = {
        "floor": in_process(secp256k1_floor()),
        "polymarket": in_process(polymarket_sign()),
        "limitless": in_process(limitless_sign()),
        "rsa": in_process(kalshi_sign(rsa.generate_private_key(public_exponent=65537, key_size=2048))),
        "ed25519": in_process(kalshi_sign(ed25519.Ed25519PrivateKey.generate())),
    }
    with ExitStack() as stack:
        for name in ("py-clob-client-v2", "limitless-sdk"):
            try:
                contestants[name] = stack.enter_context(peer(name))
            except OracleUnavailable as error:
                print(f"{name} left out: {error}", file=sys.stderr)
        best = best_medians(contestants)
    rows = {"polymarket_sign_us": best["polymarket"]}
    if "py-clob-client-v2" in best:
        rows["polymarket_sign_vs_py_clob_client_v2"] = best["py-clob-client-v2"] / best["polymarket"]
    rows["polymarket_sign_vs_secp256k1_floor"] = best["polymarket"] / best["floor"]
    rows["limitless_sign_us"] = best["limitless"]
    if "limitless-sdk" in best:
        rows["limitless_sign_vs_limitless_sdk"] = best["limitless-sdk"] / best["limitless"]
    rows["limitless_sign_vs_secp256k1_floor"] = best["limitless"] / best["floor"]
    rows["kalshi_sign_rsa_us"] = best["rsa"]
    rows["kalshi_sign_ed25519_us"] = best["ed25519"]
    rows["connector_import_vs_boto3"] = import_ratio()
    return rows


def main() -> None:
    for name, value in measure().items():
        print(f"{name}: {value:.4g}")


if __name__ == "__main__":
    main()
