"""Between decimal and binary: the 512-bit number that a decimal stands for, and the shortest decimal of such a number.

    text --parse_number--> decimal --exact--> mantissa * 2**exponent --rounded--> the same --shortest--> decimal

A binary number is a pair of mantissa and exponent. The way to the shortest decimal is that of the strconv family of
printers, also where that is a digit off (for powers of two): what a number prints as is what people compare.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Final, TypeAlias

Number: TypeAlias = int | Decimal
Binary: TypeAlias = tuple[int, int]

PRECISION = 512
"""Bits of the mantissa."""
MAX_EXPONENT = 2_000
"""The largest power of ten, either way, that is kept: six times what a double holds. Beyond it a number has no use, and
working with it takes so long that a loop would not end."""

SMALL: Final[int] = 2**PRECISION
"""Whole numbers up to here, either way, are their own binary value."""
_MOST_BITS = MAX_EXPONENT * 10 // 3
UNBOUNDED = Context(prec=4 * MAX_EXPONENT, Emax=10**9, Emin=-(10**9))
"""Decimal arithmetic that is exact for every number in range."""


class NumberRangeError(ArithmeticError):
    """A number is larger or smaller than `MAX_EXPONENT` allows."""


def tidy(value: Decimal) -> Number:
    """A decimal in its one form: an int where it is whole, no trailing zeros where not."""
    if value == value.to_integral_value(context=UNBOUNDED):
        return int(value)
    return value.normalize(UNBOUNDED)


def exact(value: Number) -> Binary:
    """The binary value that a finite number stands for."""
    if isinstance(value, int):
        return (int(value), 0) if -SMALL <= value <= SMALL else rounded(int(value), 1)
    return _exact_decimal(value)


@lru_cache(maxsize=1024)
def _exact_decimal(value: Decimal) -> Binary:
    return rounded(*value.as_integer_ratio())


def rounded(top: int, bottom: int) -> Binary:
    """The binary number nearest to a ratio, ties to even."""
    if not top:
        return 0, 0
    magnitude = abs(top)
    shift = PRECISION + 2 - (magnitude.bit_length() - bottom.bit_length())
    quotient, rest = divmod(magnitude << shift, bottom) if shift >= 0 else divmod(magnitude, bottom << -shift)
    surplus = quotient.bit_length() - PRECISION
    mantissa = _half_even(quotient, surplus, sticky=bool(rest))
    return (mantissa if top > 0 else -mantissa), surplus - shift


def _half_even(quotient: int, surplus: int, *, sticky: bool) -> int:
    kept, dropped = quotient >> surplus, quotient & ((1 << surplus) - 1)
    half = 1 << (surplus - 1)
    up = dropped > half or (dropped == half and (sticky or kept & 1 == 1))
    return kept + up


def from_ratio(top: int, bottom: int) -> Number:
    """The number nearest to a ratio."""
    return shortest(*rounded(top, bottom))


def shortest(mantissa: int, exponent: int) -> Number:
    """The shortest decimal that rounds to this binary number.

    Raises:
        NumberRangeError: it is out of range.
    """
    if not mantissa:
        return 0
    if exponent >= 0 and mantissa.bit_length() + exponent <= PRECISION:
        return mantissa << exponent
    spare = -exponent
    if 0 < spare < mantissa.bit_length() and mantissa & ((1 << spare) - 1) == 0:
        return mantissa >> spare
    if abs(mantissa.bit_length() + exponent) > _MOST_BITS:
        raise NumberRangeError(f"2**{mantissa.bit_length() + exponent}")
    digits, point = _shortest_digits(abs(mantissa), exponent)
    value = Decimal((mantissa < 0, tuple(map(int, digits)), point - len(digits)))
    return tidy(value)


def _digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """All decimal digits of a positive number without trailing zeros, and how many stand before the point."""
    whole = Decimal(mantissa << exponent if exponent >= 0 else mantissa * 5**-exponent)
    text = f"{whole:f}"
    point = len(text) if exponent >= 0 else len(text) + exponent
    return text.rstrip("0"), point


def _shortest_digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """Take digits until the decimal lies between the neighbours' midpoints, as the strconv family of printers does."""
    surplus = PRECISION + 1 - mantissa.bit_length()
    mantissa, exponent = (
        (mantissa << surplus, exponent - surplus) if surplus >= 0 else (mantissa >> -surplus, exponent - surplus)
    )
    inclusive = mantissa & 2 == 0
    digits, point = _digits(mantissa, exponent)
    lower, upper = _digits(mantissa - 1, exponent)[0], _digits(mantissa + 1, exponent)[0]
    for index, digit in enumerate(digits):
        low, high = lower[index : index + 1] or "0", upper[index : index + 1] or "0"
        down = low != digit or (inclusive and index + 1 == len(lower))
        up = digit != high and (inclusive or int(digit) + 1 < int(high) or index + 1 < len(upper))
        if down and up:
            return _cut(digits, point, index + 1, up=_rounds_up(digits, index + 1))
        if down or up:
            return _cut(digits, point, index + 1, up=up)
    return digits, point


def _rounds_up(digits: str, count: int) -> bool:
    if count >= len(digits):
        return False
    if digits[count] == "5" and count + 1 == len(digits):
        return int(digits[count - 1]) % 2 == 1
    return digits[count] >= "5"


def _cut(digits: str, point: int, count: int, *, up: bool) -> tuple[str, int]:
    kept = digits[:count]
    if not up or count >= len(digits):
        return kept.rstrip("0") or "0", point
    raised = kept.rstrip("9")
    if not raised:
        return "1", point + 1
    return raised[:-1] + str(int(raised[-1]) + 1), point
