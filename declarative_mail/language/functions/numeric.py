"""abs ceil floor log max min parseint pow signum"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from declarative_mail.language import numeric as numbers
from declarative_mail.language.functions.arguments import shown, whole_number
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.numeric import Number
from declarative_mail.language.types import DYNAMIC, NUMBER, STRING, Type, friendly_name, type_of
from declarative_mail.language.values import Unknown, Value

LARGEST_FLOAT = "1.7976931348623157e+308"
DIGITS = {digit: value for value, digit in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}
MAX_DIGITS = 20_000
"""Digits that `parseint` reads: their value takes quadratic time."""


def _float(value: Number) -> float:
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if math.isinf(result) and not (isinstance(value, Decimal) and value.is_infinite()):
        raise FunctionError(None, f"value must be between -{LARGEST_FLOAT} and {LARGEST_FLOAT} inclusive")
    return result


def _from_float(value: float, call: str) -> Number:
    """The number with the digits that a double is printed with, as Terraform shows it, and not all that it has."""
    if math.isnan(value):
        raise FunctionError(None, f"the result of {call} is not a real number")
    if math.isinf(value):
        return numbers.INFINITY if value > 0 else -numbers.INFINITY
    return numbers.canonical_decimal(Decimal(repr(value)))


def _rounded(value: Number, rounding: str) -> Number:
    if isinstance(value, int) or value.is_infinite():
        return value
    return int(value.to_integral_value(rounding=rounding))


def absolute(num: Number) -> Value:
    """The number without its sign."""
    return numbers.negate(num) if num < 0 or num is numbers.MINUS_ZERO else num


def ceil(num: Number) -> Value:
    """The nearest whole number that is not smaller."""
    return _rounded(num, ROUND_CEILING)


def floor(num: Number) -> Value:
    """The nearest whole number that is not larger."""
    return _rounded(num, ROUND_FLOOR)


def _natural_log(value: float) -> float:
    if value > 0:
        return math.log(value)
    return math.nan if value < 0 else -math.inf


def log(num: Number, base: Number) -> Value:
    """The logarithm, as a double has it; of zero it is minus infinity."""
    top, bottom = _natural_log(_float(num)), _natural_log(_float(base))
    call = f"log({numbers.number_text(num)}, {numbers.number_text(base)})"
    if bottom:
        return _from_float(top / bottom, call)
    return _from_float(math.copysign(math.inf, top) if top else math.nan, call)


def power(num: Number, power: Number) -> Value:
    """The power, as a double has it; what is too large for one is infinite."""
    call = f"pow({numbers.number_text(num)}, {numbers.number_text(power)})"
    return _from_float(_float_power(_float(num), _float(power)), call)


def _float_power(base: float, exponent: float) -> float:
    odd = exponent % 2 == 1
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        if base == 0:
            return math.copysign(math.inf, base) if odd else math.inf
        return math.nan


def signum(num: Number) -> Value:
    """-1, 0 or 1."""
    whole = whole_number(num)
    return (whole > 0) - (whole < 0)


def least(*numbers: Number) -> Value:
    """The smallest of the numbers."""
    if not numbers:
        raise FunctionError(None, "must pass at least one number")
    return min(numbers)


def greatest(*numbers: Number) -> Value:
    """The greatest of the numbers."""
    if not numbers:
        raise FunctionError(None, "must pass at least one number")
    return max(numbers)


def _parseint_type(number: Value, _base: Value) -> Type:
    if type_of(number) != STRING:
        raise FunctionError(0, f"first argument must be a string, not {friendly_name(type_of(number))}")
    return NUMBER


def parse_int(number: Value, base: Value) -> Value:
    """The integer that a string spells in base 2 to 62; above 36 small letters come before capitals."""
    (text, text_marks), (radix, radix_marks) = unmark(number), unmark(base)
    if not isinstance(text, str) or not isinstance(radix, int | Decimal):
        return with_marks(Unknown(NUMBER), text_marks + radix_marks)
    whole = whole_number(radix, argument=1)
    if not 2 <= whole <= 62:
        raise FunctionError(1, "base must be a whole number between 2 and 62 inclusive")
    parsed = _parsed(text, whole)
    if parsed is None:
        raise FunctionError(0, f"cannot parse {shown(number)} as a base {shown(base)} integer")
    return with_marks(numbers.canonical(parsed), text_marks + radix_marks)


def _parsed(text: str, base: int) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if base <= 36:
        digits = digits.lower() if digits.isascii() else ""
    if not digits or len(digits) > MAX_DIGITS:
        return None
    value = 0
    for digit in digits:
        unit = DIGITS.get(digit, base)
        if unit >= base:
            return None
        value = value * base + unit
    return -value if text[0] == "-" else value


_NUM = Parameter("num", NUMBER)

FUNCTIONS = (
    Function(
        name="abs",
        parameters=(_NUM,),
        returns=NUMBER,
        category="numeric",
        help="The number without its sign.",
        example="abs(-12.4)",
        impl=absolute,
    ),
    Function(
        name="ceil",
        parameters=(_NUM,),
        returns=NUMBER,
        category="numeric",
        help="The nearest whole number that is not smaller.",
        example="ceil(5.1)",
        impl=ceil,
    ),
    Function(
        name="floor",
        parameters=(_NUM,),
        returns=NUMBER,
        category="numeric",
        help="The nearest whole number that is not larger.",
        example="floor(4.9)",
        impl=floor,
    ),
    Function(
        name="log",
        parameters=(_NUM, Parameter("base", NUMBER)),
        returns=NUMBER,
        category="numeric",
        help="The logarithm of a number in a base.",
        example="log(16, 2)",
        impl=log,
    ),
    Function(
        name="max",
        variadic=Parameter("numbers", NUMBER),
        returns=NUMBER,
        category="numeric",
        help="The greatest of the numbers.",
        example="max(12, 54, 3)",
        impl=greatest,
    ),
    Function(
        name="min",
        variadic=Parameter("numbers", NUMBER),
        returns=NUMBER,
        category="numeric",
        help="The smallest of the numbers.",
        example="min(12, 54, 3)",
        impl=least,
    ),
    Function(
        name="parseint",
        parameters=(
            Parameter("number", DYNAMIC, allow_unknown=True, allow_marked=True),
            Parameter("base", NUMBER, allow_unknown=True, allow_marked=True),
        ),
        returns=_parseint_type,
        category="numeric",
        help="The integer that a string spells in a base from 2 to 62.",
        example='parseint("FF", 16)',
        impl=parse_int,
    ),
    Function(
        name="pow",
        parameters=(_NUM, Parameter("power", NUMBER)),
        returns=NUMBER,
        category="numeric",
        help="A number raised to a power.",
        example="pow(3, 2)",
        impl=power,
    ),
    Function(
        name="signum",
        parameters=(_NUM,),
        returns=NUMBER,
        category="numeric",
        help="-1, 0 or 1 for a whole number that is negative, zero or positive.",
        example="signum(-13)",
        impl=signum,
    ),
)
