"""Numbers as cty has them: binary floating point with a mantissa of 512 bits, printed as the shortest decimal.

Each such number has exactly one shortest decimal that reads back as it, so the decimal stands for it: a whole number is
an `int`, any other (also minus zero and the infinities) a normalised `Decimal`. Arithmetic goes to the exact binary
value and rounds half to even; `binary` leads there and back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from math import gcd

from declarative_mail.language.binary import (
    MAX_EXPONENT,
    PRECISION,
    SMALL,
    UNBOUNDED,
    Number,
    NumberRangeError,
    exact,
    from_ratio,
    rounded,
    shortest,
    tidy,
)

__all__ = [
    "INFINITY",
    "MAX_EXPONENT",
    "MINUS_ZERO",
    "Number",
    "NumberRangeError",
    "UndefinedResultError",
    "add",
    "canonical",
    "canonical_decimal",
    "compare",
    "divide",
    "exact_ratio",
    "modulo",
    "multiply",
    "negate",
    "number_text",
    "parse_number",
    "subtract",
]

MINUS_ZERO = Decimal("-0")
INFINITY = Decimal("Infinity")

_LITERAL = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(?:([eEpP])([+-]?[0-9]+))?", re.ASCII)
_INFINITE = re.compile(r"([+-]?)[iI]nf")


class UndefinedResultError(ArithmeticError):
    """Zero divided by zero, infinity less infinity, and the like: no number at all."""


def parse_number(text: str) -> Number | None:
    """Read a decimal number, None where the text is none. No blanks, no underscores, no hexadecimal digits.

    Raises:
        NumberRangeError: it is one, and out of range.
    """
    if len(text) > 5 * MAX_EXPONENT and text[:100].strip("+-.0123456789") == "":
        raise NumberRangeError(text[:40])
    match = _LITERAL.fullmatch(text)
    if match is None:
        infinite = _INFINITE.fullmatch(text)
        return None if infinite is None else -INFINITY if infinite[1] == "-" else INFINITY
    if text.isdigit() and len(text) < 150:
        return int(text)
    sign, digits, marker, power = match.groups()
    if power and len(power) > 9:
        raise NumberRangeError(text[:40])
    value = Decimal(digits, UNBOUNDED)
    if marker in ("p", "P"):
        value = _scaled(value, int(power))
    elif power:
        value = value.scaleb(int(power), UNBOUNDED)
    number = canonical_decimal(value)
    return negate(number) if sign == "-" else number


def _scaled(value: Decimal, power: int) -> Decimal:
    if abs(power) > 3 * MAX_EXPONENT:
        raise NumberRangeError(f"2**{power}")
    factor = Decimal(2) ** abs(power) if abs(power) < 90 else _power_of_two(abs(power))
    return UNBOUNDED.multiply(value, factor) if power >= 0 else _quotient_of_decimals(value, factor)


def _power_of_two(power: int) -> Decimal:
    return UNBOUNDED.power(2, power)


def _quotient_of_decimals(value: Decimal, divisor: Decimal) -> Decimal:
    top, bottom = value.as_integer_ratio()
    over, under = divisor.as_integer_ratio()
    return Decimal(from_ratio(top * under, bottom * over))


def canonical_decimal(value: Decimal) -> Number:
    """The number that a decimal stands for: rounded to the mantissa where it has more digits than that.

    Raises:
        NumberRangeError: it is out of range.
    """
    if not value.is_finite():
        return value
    if not value:
        return MINUS_ZERO if value.is_signed() else 0
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise NumberRangeError(f"{value:.6e}")
    digits = len(value.as_tuple().digits)
    if digits <= 153:
        return tidy(value)
    return from_ratio(*value.as_integer_ratio())


def canonical(value: Number) -> Number:
    """The same for either kind."""
    if type(value) is int and -SMALL <= value <= SMALL:
        return value
    if isinstance(value, int):
        return from_ratio(value, 1)
    return canonical_decimal(value)


def number_text(value: Number) -> str:
    """The number in plain digits, as a template and the console show it: ``1000``, ``0.1``, ``-0``, ``+Inf``."""
    if type(value) is int:
        return str(value) if -SMALL < value < SMALL else f"{Decimal(value):f}"
    if isinstance(value, int):
        return number_text(int(value))
    if not value.is_finite():
        return "-Inf" if value < 0 else "+Inf"
    return f"{value:f}"


def _both_exact(left: int, right: int) -> bool:
    """Whether both are small enough to be their binary values; a larger one is only the shortest decimal of its own."""
    return -SMALL <= left <= SMALL and -SMALL <= right <= SMALL


def negate(value: Number) -> Number:
    """``-x``; of zero it is minus zero."""
    if isinstance(value, int):
        return -value if value else MINUS_ZERO
    return _tidy_zero(value.copy_negate())


def _tidy_zero(value: Decimal) -> Number:
    return 0 if not value and not value.is_signed() else value


def add(left: Number, right: Number) -> Number:
    """``a + b``

    Raises:
        UndefinedResultError: infinity and minus infinity.
    """
    if type(left) is int and type(right) is int and _both_exact(left, right):
        return canonical(left + right)
    if special := _special(left, right):
        return _checked(Decimal.__add__, *special)
    (mantissa, exponent), (other, power) = exact(left), exact(right)
    if not mantissa and not other:
        return MINUS_ZERO if _signed(left) and _signed(right) else 0
    least = min(exponent, power)
    if max(exponent, power) - least > 16 * MAX_EXPONENT:
        raise NumberRangeError("sum")
    return _from_binary((mantissa << (exponent - least)) + (other << (power - least)), least)


def subtract(left: Number, right: Number) -> Number:
    """``a - b``"""
    if type(left) is int and type(right) is int and right and _both_exact(left, right):
        return canonical(left - right)
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """``a * b``

    Raises:
        UndefinedResultError: zero times infinity.
    """
    if type(left) is int and type(right) is int and left and right and _both_exact(left, right):
        return canonical(left * right)
    if special := _special(left, right):
        return _checked(Decimal.__mul__, *special)
    (mantissa, exponent), (other, power) = exact(left), exact(right)
    if not mantissa or not other:
        return MINUS_ZERO if _signed(left) != _signed(right) else 0
    return _from_binary(mantissa * other, exponent + power)


def divide(left: Number, right: Number) -> Number:
    """``a / b``; a number divided by zero is an infinity.

    Raises:
        UndefinedResultError: zero by zero, infinity by infinity.
    """
    if special := _special(left, right):
        top, bottom = special
        if bottom.is_infinite() and top.is_finite():
            return MINUS_ZERO if _signed(left) != _signed(right) else 0
        return _checked(Decimal.__truediv__, *special)
    (mantissa, exponent), (other, power) = exact(left), exact(right)
    if not other:
        if not mantissa:
            raise UndefinedResultError
        return -INFINITY if _signed(left) != _signed(right) else INFINITY
    if not mantissa:
        return MINUS_ZERO if _signed(left) != _signed(right) else 0
    if type(left) is int and type(right) is int and _both_exact(left, right) and left % right == 0:
        return canonical(left // right)
    return _quotient(mantissa, other, exponent - power)


def _quotient(top: int, bottom: int, exponent: int) -> Number:
    shared = gcd(top, bottom) if bottom > 0 else -gcd(top, bottom)
    mantissa, power = rounded(top // shared, bottom // shared)
    return shortest(mantissa, power + exponent)


def modulo(left: Number, right: Number) -> Number:
    """``a % b`` with the sign of `left`; by zero it is `left` itself, and with an infinity the product."""
    if type(left) is int and type(right) is int and right and left and _both_exact(left, right):
        rest = abs(left) % abs(right)
        return canonical(rest if left > 0 else -rest)
    if _special(left, right):
        return multiply(left, right)
    if not right:
        return left
    whole = divide(left, right)
    return subtract(left, multiply(right, int(whole)))


def compare(left: Number, right: Number) -> int:
    """-1, 0 or 1."""
    return (left > right) - (left < right)


def _special(left: Number, right: Number) -> tuple[Decimal, Decimal] | None:
    if (isinstance(left, Decimal) and left.is_infinite()) or (isinstance(right, Decimal) and right.is_infinite()):
        return Decimal(left), Decimal(right)
    return None


def _checked(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    with localcontext(Context(traps=[])):
        result = operation(left, right)
    if result.is_nan():
        raise UndefinedResultError
    return result


def _signed(value: Number) -> bool:
    return value.is_signed() if isinstance(value, Decimal) else value < 0


def _from_binary(mantissa: int, exponent: int) -> Number:
    if mantissa.bit_length() > PRECISION:
        kept, surplus = rounded(mantissa, 1)
        return shortest(kept, surplus + exponent)
    return shortest(mantissa, exponent)


def exact_ratio(value: Number) -> tuple[int, int]:
    """The exact binary value of a finite number as numerator and denominator."""
    mantissa, exponent = exact(value)
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)
