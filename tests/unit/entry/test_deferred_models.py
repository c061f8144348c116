"""Models are built when a request needs them, not forty at every cold start."""

import importlib
import pkgutil

import pytest
from pydantic import BaseModel

import dutchbook.entry


def models() -> list[type[BaseModel]]:
    for module in pkgutil.walk_packages(dutchbook.entry.__path__, "dutchbook.entry."):
        importlib.import_module(module.name)
    found, waiting = [], [BaseModel]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += [model for model in below if model.__module__.startswith("dutchbook.")]
        waiting += below
    return found


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__qualname__)
def test_every_model_of_the_api_is_built_at_first_use(model):
    assert model.model_config.get("defer_build")
