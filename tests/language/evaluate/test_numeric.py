"""Numbers: binary arithmetic with 512 bits, shown as the shortest decimal that reads back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.binary import PRECISION, from_ratio
from declarative_mail.language.numeric import (
    INFINITY,
    MINUS_ZERO,
    Number,
    NumberRangeError,
    UndefinedResultError,
    add,
    canonical,
    compare,
    divide,
    modulo,
    multiply,
    negate,
    number_text,
    parse_number,
    subtract,
)
from tests.language.evaluate.scope import UNHURRIED

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**60), max_value=10**60).map(canonical)
integers = st.integers(-(2**600), 2**600).map(canonical)
numbers = st.one_of(decimals, integers)


def exact(number: Number) -> Fraction:
    """The binary value that a number stands for: the nearest to its decimal."""
    value = Fraction(number)
    return nearest(value) if value else value


def nearest(value: Fraction) -> Fraction:
    """The 512-bit binary number nearest to a fraction, ties to even, worked out without the code under test."""
    if not value:
        return value
    exponent = 0
    magnitude = abs(value)
    while magnitude >= 2**PRECISION:
        magnitude /= 2
        exponent += 1
    while magnitude < 2 ** (PRECISION - 1):
        magnitude *= 2
        exponent -= 1
    rounded = round(magnitude)
    return (rounded if value > 0 else -rounded) * Fraction(2) ** exponent


def shown(value: Fraction) -> Number:
    """The shortest decimal of a binary number."""
    return from_ratio(value.numerator, value.denominator)


@UNHURRIED
@given(numbers, numbers)
def test_a_sum_is_the_exact_one_rounded_once(left: Number, right: Number) -> None:
    """Addition and subtraction go to the binary values and round their result."""
    assert shown(nearest(exact(left) + exact(right))) == add(left, right)
    assert shown(nearest(exact(left) - exact(right))) == subtract(left, right)


@UNHURRIED
@given(numbers, numbers)
def test_a_product_is_the_exact_one_rounded_once(left: Number, right: Number) -> None:
    """Multiplication rounds once."""
    assert shown(nearest(exact(left) * exact(right))) == multiply(left, right)


@UNHURRIED
@given(numbers, numbers.filter(bool))
def test_a_quotient_is_the_exact_one_rounded_once(left: Number, right: Number) -> None:
    """Division rounds once."""
    assert shown(nearest(exact(left) / exact(right))) == divide(left, right)


@UNHURRIED
@given(numbers)
def test_a_number_reads_back_as_itself(number: Number) -> None:
    """The printed decimal stands for the same binary number."""
    assert number == parse_number(number_text(number))


@UNHURRIED
@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_no_shorter_decimal_stands_for_the_same_number(top: int, bottom: int) -> None:
    """Dropping the last digit, rounded either way, gives another number."""
    number = divide(top, bottom)
    if isinstance(number, int):
        return
    digits = number.as_tuple()
    for last in (0, 1):
        shorter = Decimal((digits.sign, digits.digits[:-1], int(digits.exponent) + 1))
        step = Decimal((0, (last,), int(digits.exponent) + 1))

        assert exact(canonical(shorter + step)) != exact(number) or len(digits.digits) == 1


@UNHURRIED
@given(numbers)
def test_whole_numbers_are_ints_and_others_normalised_decimals(number: Number) -> None:
    """Each number has one form, so that equality and keys of sets need no further care."""
    if isinstance(number, Decimal) and number:
        assert number != number.to_integral_value()
        assert number.as_tuple().digits[-1]
    else:
        assert isinstance(number, int) or number.is_signed()


@UNHURRIED
@given(st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6).filter(bool))
def test_the_remainder_has_the_sign_of_the_dividend(left: int, right: int) -> None:
    """As in Go, not as in Python."""
    rest = modulo(left, right)

    assert isinstance(rest, int)
    assert abs(rest) < abs(right)
    assert (left - rest) % right == 0
    assert rest == 0 or (rest > 0) == (left > 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-0", MINUS_ZERO),
        ("007", 7),
        ("1.50", Decimal("1.5")),
        (".5", Decimal("0.5")),
        ("5.", 5),
        ("+5", 5),
        ("1e3", 1000),
        ("1E-3", Decimal("0.001")),
        ("1p3", 8),
        ("3p-1", Decimal("1.5")),
        ("1p-100", divide(1, 2**100)),
        ("1p200", 2**200),
        ("Inf", INFINITY),
        ("-inf", -INFINITY),
        ("", None),
        (" 1", None),
        ("1 ", None),
        ("1_000", None),
        ("0x10", None),
        ("1e", None),
        ("e1", None),
        (".", None),
        ("\u0661", None),
        ("NaN", None),
        ("infinity", None),
    ],
)
def test_what_reads_as_a_number(text: str, number: Number | None) -> None:
    """Decimal digits, a point, an exponent of ten or two, Inf; nothing else."""
    assert repr(number) == repr(parse_number(text))


@pytest.mark.parametrize(
    "text", ["1e2001", "1e-2002", "1e999999999999", "1p9999999", "-1e20000", "0." + "1" * 10**6, "1" * 10**6]
)
def test_a_number_out_of_range_is_refused_and_not_computed(text: str) -> None:
    """Printing it would take minutes."""
    with pytest.raises(NumberRangeError):
        parse_number(text)


def test_a_result_out_of_range_is_refused() -> None:
    """Also where the operands are not."""
    large, small = parse_number("1e1999"), parse_number("1e-1999")
    assert large is not None
    assert small is not None

    for operation, left, right in ((multiply, large, large), (divide, small, large), (multiply, small, small)):
        with pytest.raises(NumberRangeError):
            operation(left, right)


def test_large_and_small_numbers_print_in_full() -> None:
    """No exponent, however many digits."""
    assert number_text(parse_number("1e1999") or 0) == "1" + "0" * 1999
    assert number_text(parse_number("1e-1500") or 0) == "0." + "0" * 1499 + "1"


def test_infinities_follow_the_usual_rules() -> None:
    """What has no answer is refused."""
    assert divide(1, 0) == INFINITY
    assert divide(-1, 0) == -INFINITY
    assert divide(1, MINUS_ZERO) == -INFINITY
    assert divide(1, INFINITY) == 0
    assert add(INFINITY, 1) == INFINITY
    assert modulo(INFINITY, 2) == INFINITY
    assert (number_text(INFINITY), number_text(-INFINITY)) == ("+Inf", "-Inf")
    for operation, left, right in (
        (divide, 0, 0),
        (divide, INFINITY, INFINITY),
        (subtract, INFINITY, INFINITY),
        (multiply, 0, INFINITY),
    ):
        with pytest.raises(UndefinedResultError):
            operation(left, right)


def test_minus_zero_is_kept_as_terraform_keeps_it() -> None:
    """It is equal to zero and shows its sign."""
    assert number_text(negate(0)) == "-0"
    assert number_text(multiply(0, -1)) == "-0"
    assert number_text(subtract(0, 0)) == "0"
    assert number_text(negate(MINUS_ZERO)) == "0"
    assert compare(MINUS_ZERO, 0) == 0
    assert number_text(add(MINUS_ZERO, MINUS_ZERO)) == "-0"
    assert number_text(add(MINUS_ZERO, 0)) == "0"
    assert number_text(divide(0, -5)) == "-0"


def test_comparison() -> None:
    """By value, across both forms."""
    assert [compare(1, Decimal("1.5")), compare(2, 2), compare(Decimal("2.5"), 2)] == [-1, 0, 1]
