"""A published validator reads the state machines too: it knows rules that ours do not repeat."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "scripts" / "node"
MACHINES = sorted((ROOT / "statemachines").glob("*.asl.json"))

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed: asl-validator needs Node"),
    # on one worker: of two that install it at once, one takes away what the other has put there
    pytest.mark.xdist_group("asl-validator"),
]


@pytest.fixture(scope="session")
def validator() -> Path:
    installed = NODE / "node_modules" / ".bin" / "asl-validator"
    if not installed.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=NODE, check=True, capture_output=True)
    return installed


@pytest.mark.parametrize("machine", MACHINES, ids=lambda path: path.name)
def test_the_validator_finds_nothing(validator: Path, machine: Path) -> None:
    done = subprocess.run(
        [validator, "--json-path", machine], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
