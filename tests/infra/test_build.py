"""The artefacts that `sam build` makes: what Lambda would unpack imports, and stays small."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".aws-sam" / "build"
LAYERS = {"CoreLayer": 16, "ConnectorsLayer": 40}
"""Megabytes each may take unpacked."""
FUNCTIONS = {
    "RegisterFunction": ("app.handler", ("CoreLayer", "ConnectorsLayer")),
    "StatusFunction": ("app.handler", ("CoreLayer",)),
    "AuthorizeFunction": ("app.handler", ("CoreLayer",)),
    "ScanFunction": ("app.handler", ("CoreLayer", "ConnectorsLayer")),
    "BuyLegFunction": ("app.buy_leg", ("CoreLayer", "ConnectorsLayer")),
    "SellLegFunction": ("app.sell_leg", ("CoreLayer", "ConnectorsLayer")),
    "TradeFunction": ("app.trade", ("CoreLayer", "ConnectorsLayer")),
}
NEVER = ("web3", "eth_account", "py_clob_client", "aiohttp", "pytest", "moto", "hypothesis")
"""Not one of these may be imported by a function that is asked for a quick answer."""
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


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_built_function_imports_as_lambda_does_and_pulls_in_nothing_heavy(
    function: str, runtime: Path
) -> None:
    handler, layers = FUNCTIONS[function]
    module, attribute = handler.split(".")
    program = (
        f"import sys, {module}; assert callable({module}.{attribute}); "
        f"print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )
    path = [BUILD / function, *(BUILD / layer / "python" for layer in layers), runtime]
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
    assert not imported & set(NEVER)
    if function in NO_VENUE:
        assert not imported & {"requests", "venues", "coincurve", "cryptography"}


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda's Python runtime has by itself, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("runtime")
    for package in ("boto3", "botocore", "s3transfer", "dateutil", "urllib3", "jmespath", "six"):
        found = importlib.util.find_spec(package)
        assert found is not None
        assert found.origin is not None
        source = Path(found.origin)
        target = source.parent if source.name == "__init__.py" else source
        (folder / target.name).symlink_to(target)
    return folder
