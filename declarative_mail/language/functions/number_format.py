"""Numbers as ``%e``, ``%f`` and ``%g`` write them: the exact binary value is rounded, half to even."""

from __future__ import annotations

from decimal import Decimal

from declarative_mail.language.numeric import Number, exact_ratio, number_text

DEFAULT_PRECISION = 6


def fixed(value: Number, precision: int) -> str:
    """``%f``: so many digits after the point."""
    top, bottom = exact_ratio(value)
    digits = f"{Decimal(_half_even(abs(top) * 10**precision, bottom)):f}".rjust(precision + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-precision]}.{digits[-precision:]}" if precision else sign + digits


def scientific(value: Number, precision: int) -> str:
    """``%e``: one digit, so many after the point, and an exponent of at least two digits."""
    digits, exponent = _significant(value, precision + 1)
    return ("-" if value < 0 else "") + _with_exponent(digits.ljust(precision + 1, "0"), exponent)


def general(value: Number, precision: int | None = None) -> str:
    """``%g``.

    Whichever of the two suits the size; without a precision as many digits as tell the number from any other.
    """
    sign = "-" if value < 0 or str(value) == "-0" else ""
    if precision is None:
        digits, exponent = _shortest(value)
        limit = DEFAULT_PRECISION
    else:
        digits, exponent = _significant(value, precision or 1)
        digits = digits.rstrip("0") or "0"
        limit = precision or 1
        if limit > len(digits) > exponent:
            limit = len(digits)
    if not -4 <= exponent < limit:
        return sign + _with_exponent(digits, exponent)
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _shortest(value: Number) -> tuple[str, int]:
    number = Decimal(number_text(value))
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    return digits or "0", number.adjusted() if digits else 0


def _significant(value: Number, count: int) -> tuple[str, int]:
    """So many digits of the exact value without its sign, and the power of ten of the first."""
    top, bottom = exact_ratio(value)
    if not top:
        return "0" * count, 0
    exponent = Decimal(value).adjusted()
    shift = count - 1 - exponent
    scaled = _half_even(abs(top) * 10**shift, bottom) if shift >= 0 else _half_even(abs(top), bottom * 10**-shift)
    digits = f"{Decimal(scaled):f}"
    return digits[:count], exponent + len(digits) - count


def _with_exponent(digits: str, exponent: int) -> str:
    point = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _half_even(top: int, bottom: int) -> int:
    quotient, rest = divmod(top, bottom)
    return quotient + (rest * 2 > bottom or (rest * 2 == bottom and quotient % 2 == 1))
