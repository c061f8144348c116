"""What the functions of execute are made of: the only module that names their concrete classes."""

from functools import cache

from dutchbook.usecases.execute_pair import Execution


@cache
def execution() -> Execution:
    """Built at the first invocation, kept for the life of the function. Raises SettingsError."""
    raise NotImplementedError
