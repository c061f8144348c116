"""Money, prices and share counts as integers of a millionth ("micros").

One unit fits all three: a price of $0.52 a share is 520_000, 19.69 shares are 19_690_000 and $4.33 are
4_330_000. Floats never enter; decimals exist only at the edge, as strings.
"""

from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
)

ONE = 1_000_000
"""A dollar, a share, or a price of one dollar a share, in micros."""

PPM = 1_000_000
"""Ratios (returns, percentages, rates) are parts per million: 2 % is 20_000."""

_PLACES = 6
_MAX_DIGITS = 40
_EXACT = Context(prec=10_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation])
"""Moves the point without dropping a digit: decimal's own context would round at the 28th, either way."""


def parse_micros(text: str | int | Decimal) -> int:
    """Exact micros of a decimal such as ``"0.52"``.

    Raises ValueError when the text is no finite decimal or has digits below a millionth: whoever may
    drop them must say which way (`parse_micros_floor`, `parse_micros_ceil`).
    """
    scaled = _scaled(text)
    micros = int(scaled)
    if micros != scaled:
        raise ValueError(f"{text!r} has digits below a millionth")
    return micros


def parse_micros_floor(text: str | int | Decimal) -> int:
    """Micros of a decimal, digits below a millionth rounded towards minus infinity."""
    return int(_scaled(text).to_integral_value(ROUND_FLOOR))


def parse_micros_ceil(text: str | int | Decimal) -> int:
    """Micros of a decimal, digits below a millionth rounded towards plus infinity."""
    return int(_scaled(text).to_integral_value(ROUND_CEILING))


def _scaled(text: str | int | Decimal) -> Decimal:
    if isinstance(text, bool | float):
        raise ValueError(f"{text!r} is not a decimal string")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a decimal number") from error
    if not value.is_finite() or value.adjusted() > _MAX_DIGITS:
        raise ValueError(f"{text!r} is not a finite amount")
    try:
        return value.scaleb(_PLACES, _EXACT)
    except ArithmeticError as error:
        raise ValueError(f"a number of {len(value.as_tuple().digits)} digits is not an amount") from error


def format_micros(micros: int) -> str:
    """Shortest decimal string of micros: 520_000 → ``"0.52"``, 1_000_000 → ``"1"``."""
    sign = "-" if micros < 0 else ""
    whole, part = divmod(abs(micros), ONE)
    return f"{sign}{whole}.{part:06d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"


def mul_floor(a: int, b: int) -> int:
    """a × b, both in micros, rounded towards minus infinity."""
    return a * b // ONE


def mul_ceil(a: int, b: int) -> int:
    """a × b, both in micros, rounded towards plus infinity."""
    return -(-a * b // ONE)


def div_ceil(numerator: int, denominator: int) -> int:
    """Integer quotient rounded towards plus infinity; the denominator is positive."""
    return -(-numerator // denominator)
