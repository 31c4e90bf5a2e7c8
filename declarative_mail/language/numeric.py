"""Numbers as cty has them: binary floating point with a mantissa of 512 bits, printed as the shortest decimal.

Each such number has exactly one shortest decimal that reads back as it, so the decimal stands for it: a whole number is
an `int`, any other (also minus zero and the infinities) a normalised `Decimal`. Arithmetic goes to the exact binary
value and rounds half to even.

    text --parse_number--> decimal --_exact--> mantissa * 2**exponent --_round--> the same --_shortest--> decimal
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from math import gcd
from typing import TypeAlias

Number: TypeAlias = int | Decimal

PRECISION = 512
"""Bits of the mantissa."""
MAX_EXPONENT = 2_000
"""The largest power of ten, either way, that is kept: six times what a double holds. Beyond it a number has no use, and
working with it takes so long that a loop would not end."""

MINUS_ZERO = Decimal("-0")
INFINITY = Decimal("Infinity")

_SMALL = 2**PRECISION
_MOST_BITS = MAX_EXPONENT * 10 // 3
_UNBOUNDED = Context(prec=4 * MAX_EXPONENT, Emax=10**9, Emin=-(10**9))
_LITERAL = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(?:([eEpP])([+-]?[0-9]+))?", re.ASCII)
_INFINITE = re.compile(r"([+-]?)[iI]nf")


class NumberRangeError(ArithmeticError):
    """A number is larger or smaller than `MAX_EXPONENT` allows."""


class UndefinedResultError(ArithmeticError):
    """Zero divided by zero, infinity less infinity, and the like: no number at all."""


def parse_number(text: str) -> Number | None:
    """Read a decimal number, None where the text is none. No blanks, no underscores, no hexadecimal digits.

    Raises:
        NumberRangeError: it is one, and out of range.
    """
    match = _LITERAL.fullmatch(text)
    if match is None:
        infinite = _INFINITE.fullmatch(text)
        return None if infinite is None else -INFINITY if infinite[1] == "-" else INFINITY
    if text.isdigit() and len(text) < 150:
        return int(text)
    sign, digits, marker, power = match.groups()
    if power and len(power) > 9:
        raise NumberRangeError(text[:40])
    value = Decimal(digits, _UNBOUNDED)
    if marker in ("p", "P"):
        value = _scaled(value, int(power))
    elif power:
        value = value.scaleb(int(power), _UNBOUNDED)
    number = canonical_decimal(value)
    return negate(number) if sign == "-" else number


def _scaled(value: Decimal, power: int) -> Decimal:
    if abs(power) > 3 * MAX_EXPONENT:
        raise NumberRangeError(f"2**{power}")
    factor = Decimal(2) ** abs(power) if abs(power) < 90 else _power_of_two(abs(power))
    return _UNBOUNDED.multiply(value, factor) if power >= 0 else canonical_quotient(value, factor)


def _power_of_two(power: int) -> Decimal:
    return _UNBOUNDED.power(2, power)


def canonical_quotient(value: Decimal, divisor: Decimal) -> Decimal:
    """The quotient of two exact decimals, rounded once."""
    top, bottom = value.as_integer_ratio()
    over, under = divisor.as_integer_ratio()
    return Decimal(_from_ratio(top * under, bottom * over))


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
        return _tidy(value)
    return _from_ratio(*value.as_integer_ratio())


def canonical(value: Number) -> Number:
    """The same for either kind."""
    if type(value) is int and -_SMALL <= value <= _SMALL:
        return value
    if isinstance(value, int):
        return _from_ratio(value, 1)
    return canonical_decimal(value)


def _tidy(value: Decimal) -> Number:
    if value == value.to_integral_value(context=_UNBOUNDED):
        return int(value)
    return value.normalize(_UNBOUNDED)


def number_text(value: Number) -> str:
    """The number in plain digits, as a template and the console show it: ``1000``, ``0.1``, ``-0``, ``+Inf``."""
    if type(value) is int:
        return str(value) if -_SMALL < value < _SMALL else f"{Decimal(value):f}"
    if isinstance(value, int):
        return number_text(int(value))
    if not value.is_finite():
        return "-Inf" if value < 0 else "+Inf"
    return f"{value:f}"


# A finite number is a pair (mantissa, exponent) for mantissa * 2**exponent.


def _exact(value: Number) -> tuple[int, int]:
    if isinstance(value, int):
        return (int(value), 0) if -_SMALL <= value <= _SMALL else _round(int(value), 1)
    return _exact_decimal(value)


@lru_cache(maxsize=1024)
def _exact_decimal(value: Decimal) -> tuple[int, int]:
    return _round(*value.as_integer_ratio())


def _round(top: int, bottom: int) -> tuple[int, int]:
    """The mantissa and exponent nearest to a ratio, ties to even; the mantissa fills `PRECISION` bits unless it is

    Exact.
    """
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


def _from_ratio(top: int, bottom: int) -> Number:
    return _shortest(*_round(top, bottom))


def _shortest(mantissa: int, exponent: int) -> Number:
    """The shortest decimal that rounds to this binary number."""
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
    return _tidy(value)


def _digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """All decimal digits of a positive binary number without trailing zeros, and where the point stands from the

    Left.
    """
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


def _are_exact(left: int, right: int) -> bool:
    """Whether both are small enough to be their binary values; a larger one is only the shortest decimal of its own."""
    return -_SMALL <= left <= _SMALL and -_SMALL <= right <= _SMALL


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
    if type(left) is int and type(right) is int and _are_exact(left, right):
        return canonical(left + right)
    if special := _special(left, right):
        return _checked(Decimal.__add__, *special)
    (mantissa, exponent), (other, power) = _exact(left), _exact(right)
    if not mantissa and not other:
        return MINUS_ZERO if _signed(left) and _signed(right) else 0
    least = min(exponent, power)
    if max(exponent, power) - least > 16 * MAX_EXPONENT:
        raise NumberRangeError("sum")
    return _from_binary((mantissa << (exponent - least)) + (other << (power - least)), least)


def subtract(left: Number, right: Number) -> Number:
    """``a - b``"""
    if type(left) is int and type(right) is int and right and _are_exact(left, right):
        return canonical(left - right)
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """``a * b``

    Raises:
        UndefinedResultError: zero times infinity.
    """
    if type(left) is int and type(right) is int and left and right and _are_exact(left, right):
        return canonical(left * right)
    if special := _special(left, right):
        return _checked(Decimal.__mul__, *special)
    (mantissa, exponent), (other, power) = _exact(left), _exact(right)
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
    (mantissa, exponent), (other, power) = _exact(left), _exact(right)
    if not other:
        if not mantissa:
            raise UndefinedResultError
        return -INFINITY if _signed(left) != _signed(right) else INFINITY
    if not mantissa:
        return MINUS_ZERO if _signed(left) != _signed(right) else 0
    if type(left) is int and type(right) is int and _are_exact(left, right) and left % right == 0:
        return canonical(left // right)
    return _quotient(mantissa, other, exponent - power)


def _quotient(top: int, bottom: int, exponent: int) -> Number:
    shared = gcd(top, bottom) if bottom > 0 else -gcd(top, bottom)
    mantissa, power = _round(top // shared, bottom // shared)
    return _shortest(mantissa, power + exponent)


def modulo(left: Number, right: Number) -> Number:
    """``a % b`` with the sign of `left`; by zero it is `left` itself, and with an infinity the product."""
    if type(left) is int and type(right) is int and right and left and _are_exact(left, right):
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
        rounded, surplus = _round(mantissa, 1)
        return _shortest(rounded, surplus + exponent)
    return _shortest(mantissa, exponent)


def exact_ratio(value: Number) -> tuple[int, int]:
    """The exact binary value of a finite number as numerator and denominator."""
    mantissa, exponent = _exact(value)
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)
