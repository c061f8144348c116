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
NO_VENUE = ("StatusFunction", "AuthorizeFunction")

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
        f"import sys, app; assert callable(app.{attribute}); "
        f"print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
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
    assert function == "RedeemFunction" or not imported & set(NEVER)
    if function in NO_VENUE:
        assert not imported & {"requests", "venues", "coincurve", "cryptography"}


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runtime_folder(tmp_path_factory.mktemp("runtime"))
