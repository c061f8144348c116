"""All that makes moto quicker. Answers stay what moto answers: tests/unit/local/test_quick_moto.py."""

from local import moto_expressions, moto_items, moto_steps, moto_tables, moto_wire


def make_quick() -> None:
    """Patches moto for the life of this process."""
    moto_tables.make_quick()
    moto_items.make_quick()
    moto_expressions.make_quick()
    moto_wire.make_quick()
    moto_steps.make_quick()
