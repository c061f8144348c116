"""The page offers what the API takes."""

from scripts.dashboard_strategies import FILE, text


def test_the_form_offers_the_parameters_that_the_api_checks():
    assert FILE.read_text() == text(), "run: .venv/bin/python -m scripts.dashboard_strategies"
