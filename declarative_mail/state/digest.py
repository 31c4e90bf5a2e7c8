"""Digests of values: SHA-256 over canonical JSON (RFC 8785), so that equal values have equal digests on every machine.

Numbers are written as ECMAScript writes them (RFC 8785 section 3.2.2.3). A number that no IEEE 754 double stands for is
written as the leaf ``{"$number": "<digits>"}``, as RFC 8785 appendix D advises, so that two different numbers never
share a digest.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, TypeAlias

from msgspec.json import Encoder

from declarative_mail.resources.leaves import SIMPLE
from declarative_mail.resources.stored import number_leaf

Json: TypeAlias = "None | bool | int | float | Decimal | str | list[Json] | tuple[Json, ...] | Mapping[str, Json]"

_EXACT = 2**53
_PLAIN = SIMPLE - {int}
_encode = Encoder(order="sorted").encode
_PLAIN_EXPONENTS = range(-5, 22)
"""ECMAScript writes 0.000001 and 100000000000000000000 without an exponent (ECMA-262, Number::toString)."""


def canonical(value: object) -> bytes:
    """The canonical JSON text of a value, in UTF-8.

    Args:
        value: what JSON can hold, with `Decimal` for exact numbers and tuples for arrays.

    Raises:
        TypeError: a value that JSON does not know, such as a `Secret`; or an object key that is no string.
        ValueError: a number that is not finite, or a text with a lone surrogate.
    """
    return _encode(value) if _is_plain(value) else _text(value).encode()


def _is_plain(value: Any) -> bool:
    """Whether the JSON of any writer that sorts keys is the canonical one: nearly all that a plan is about.

    It differs in numbers that are not whole or not exact, and in the order of keys that are not ASCII.
    """
    kind = type(value)
    if kind is dict:
        if not "".join(value).isascii():
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return kind in _PLAIN or (kind is int and -_EXACT <= value <= _EXACT)
    for item in value:  # noqa: SIM110 - `all` is slower
        if type(item) not in _PLAIN and not _is_plain(item):
            return False
    return True


def digest(value: object) -> str:
    """``sha256:`` and the SHA-256 of the canonical form in hexadecimal."""
    return digest_of(canonical(value))


def digest_of(text: bytes) -> str:
    """``sha256:`` and the SHA-256 of what is in canonical form already, in hexadecimal."""
    return f"sha256:{sha256(text).hexdigest()}"


def attribute_digests(attributes: Mapping[str, object]) -> dict[str, str]:
    """One digest per attribute, 128 bits in 22 characters: they detect drift, nobody gains by forging them."""
    return {name: short_digest(value) for name, value in attributes.items()}


def short_digest(value: object) -> str:
    """The first 16 bytes of the digest in URL-safe base64 without padding."""
    return urlsafe_b64encode(sha256(canonical(value)).digest()[:16])[:22].decode()


def _text(value: object) -> str:
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return _array(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def _array(value: Iterable[object]) -> str:
    return f"[{','.join(map(_text, value))}]"


def _object(value: Mapping[str, object]) -> str:
    names = sorted(value)
    if not "".join(names).isascii():
        names.sort(key=_utf16)
    return "{" + ",".join([f"{encode_basestring(name)}:{_text(value[name])}" for name in names]) + "}"


def _utf16(name: str) -> bytes:
    """RFC 8785 section 3.2.3 sorts by UTF-16 code units, where U+1F600 comes before U+FB33."""
    return name.encode("utf-16-be")


def _number(value: float | Decimal) -> str:
    if isinstance(value, int) and -_EXACT <= value <= _EXACT:
        return str(value)
    if not isinstance(value, float):
        leaf = number_leaf(value)
        if isinstance(leaf, dict):
            return _object(leaf)
        value = float(leaf)
    return _double(value)


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: _number,
    dict: _object,
    list: _array,
    tuple: _array,
}
"""By the exact type: nearly every value of a state has one of these."""


def _double(value: float) -> str:
    """Number::toString of ECMA-262. Python's repr finds the same digits (the fewest that read back)."""
    if not isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "0"
    mantissa, _, exponent_text = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent_text or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return ("-" if value < 0 else "") + _layout(digits, point)


def _layout(digits: str, point: int) -> str:
    """The digits with the decimal point after `point` of them."""
    if point not in _PLAIN_EXPONENTS:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{digits[0]}{fraction}e{point - 1:+d}"
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return digits.ljust(point, "0")
    return f"{digits[:point]}.{digits[point:]}"
