"""Benchmarks. Run from the project's root: `python -m bench` for all, `python -m bench.NAME` for one."""

import sys
from pathlib import Path

_LAYERS = Path(__file__).resolve().parents[1] / "layers"
# as make does with PYTHONPATH, so that a benchmark runs alone
sys.path[:0] = [
    path for name in ("core", "connectors", "chain") if (path := str(_LAYERS / name)) not in sys.path
]
