"""The artefacts that `sam build` makes: what Lambda would unpack imports, and stays small."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.runtime import BUILD, import_path, runtime_folder
from local.template import Template

LAYERS = {"CoreLayer": 16, "ConnectorsLayer": 40, "ChainLayer": 70}
"""Megabytes each may take unpacked."""
TEMPLATE = Template.load({})
FUNCTIONS = sorted(TEMPLATE.resources("AWS::Serverless::Function"))
NEVER = ("web3", "eth_account", "py_clob_client", "aiohttp", "pytest", "moto", "hypothesis")
"""Not one of these may be imported by a function other than Redeem, which speaks to the chain."""
BUDGETS = {
    # the answer comes before any venue is asked: no venue, no signature, no S3 transfer
    "AuthorizeFunction": {"requests", "venues", "coincurve", "cryptography", "jwt", "boto3", "pydantic"},
    "StatusFunction": {
        *("requests", "venues", "coincurve", "cryptography", "jwt", "boto3"),
        # what is written is Register's, and the saga is of no request
        *("dutchbook.entry.models", "dutchbook.usecases.execute_pair", "dutchbook.domain.strategies"),
    },
    "RegisterFunction": {
        *("requests", "venues", "coincurve", "cryptography", "jwt", "boto3"),
        "dutchbook.usecases.execute_pair",
    },
    # they ask venues (requests) and their breaker (boto3, by Powertools), and read no form
    "ScanFunction": {"cryptography", "jwt", "pydantic", "rapidfuzz", "venues.live"},
    "BuyLegFunction": {"cryptography", "jwt", "pydantic", "rapidfuzz", "venues.live"},
    "SellLegFunction": {"cryptography", "jwt", "pydantic", "rapidfuzz", "venues.live"},
    "TradeFunction": {"cryptography", "jwt", "pydantic", "rapidfuzz", "venues.live"},
}
"""What a function's cold start does not wait for, beside NEVER; `make bench` shows what it takes."""

pytestmark = [
    pytest.mark.sam,
    pytest.mark.skipif(not BUILD.exists(), reason="not built: `make build` makes .aws-sam/build"),
]


@pytest.mark.parametrize(("layer", "megabytes"), LAYERS.items())
def test_layers_stay_small(layer: str, megabytes: int) -> None:
    size = sum(path.stat().st_size for path in (BUILD / layer).rglob("*") if path.is_file())
    assert size <= megabytes * 1024 * 1024


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_hold_neither_tests_nor_what_the_runtime_has(layer: str) -> None:
    shipped = {path.name for path in (BUILD / layer / "python").iterdir()}
    assert not shipped & {"boto3", "botocore", "pytest", "moto", "tests"}


@pytest.mark.parametrize("folder", [*LAYERS, "ScanFunction"])
def test_nothing_is_compiled_at_a_cold_start(folder: str) -> None:
    for source in (BUILD / folder).rglob("*.py"):
        bytecode = Path(importlib.util.cache_from_source(str(source)))
        header = bytecode.read_bytes()[:8]
        assert header[:4] == importlib.util.MAGIC_NUMBER, source
        # hash-based and not checked against the source (PEP 552): uploads do not keep times
        assert int.from_bytes(header[4:], "little") == 0b01, source


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_built_function_imports_as_lambda_does_and_pulls_in_nothing_heavy(
    function: str, runtime: Path
) -> None:
    _, attribute = TEMPLATE.handler(function)
    program = (
        f"import gc, sys, app; assert callable(app.{attribute}); "
        # the collector rested meanwhile; it works now, and leaves what was imported alone
        "assert gc.isenabled() and gc.get_freeze_count(); "
        "print(*sys.modules)"
    )
    path = import_path(TEMPLATE, function, runtime)
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": os.pathsep.join(map(str, path)), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.split())
    assert "app" in imported
    assert function == "RedeemFunction" or not imported & set(NEVER)
    assert not imported & BUDGETS.get(function, set())


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runtime_folder(tmp_path_factory.mktemp("runtime"))
