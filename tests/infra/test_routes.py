"""The template's routes are the handlers' own."""

import pytest

from local.gateway import routes_of
from local.template import Template
from scripts.routes import FUNCTIONS, routes


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_template_has_exactly_the_routes_that_the_handler_serves(function: str) -> None:
    declared = {
        (route.method, route.path)
        for route in routes_of(Template.load({}))
        if route.function == f"{function.title()}Function"
    }
    assert declared == set(routes(function))
