import pytest

# its assertions are explained like those of test files
pytest.register_assert_rewrite("tests.contract.venues.bench", "tests.contract.venues.contract")
