"""Leaves of stored attributes that stand for something else: a secret, a reference, a number that JSON cannot carry.

=====================================================  ================================================================
``{"$secret": {"source", "version", "fingerprint"}}``  a secret; the value is kept nowhere
``{"$ref": "<address>"}``                              the object of another resource
``{"$number": "<digits>"}``                            a number that no IEEE 754 double stands for, as its decimal text
=====================================================  ================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from declarative_mail.resources.leaves import Path

SECRET = "$secret"  # noqa: S105
REFERENCE = "$ref"
NUMBER = "$number"

_EXACT = 2**53
"""Up to here every integer is a double of its own."""


def secret_leaf(*, source: str, version: int, fingerprint: str | None) -> dict[str, Any]:
    """A secret as it is stored.

    Args:
        source: how it is found again, e.g. ``env:SENDGRID_API_KEY``.
        version: from 1, one more each time the fingerprint changes.
        fingerprint: from a `declarative_mail.state.fingerprint.Fingerprinter`; None means "assumed equal" (an import).
    """
    return {SECRET: {"source": source, "version": version, "fingerprint": fingerprint}}


def reference_leaf(address: str) -> dict[str, Any]:
    """A reference to the object of another resource."""
    return {REFERENCE: address}


UNKNOWN_SECRET = secret_leaf(source="remote", version=1, fingerprint=None)
"""A secret of which only its existence is known. Not to be changed."""


def is_stored_leaf(value: Any) -> bool:
    """Whether a value stands for a secret or a reference."""
    return isinstance(value, dict) and len(value) == 1 and (REFERENCE in value or SECRET in value)


def leaf_content(value: object, kind: str) -> Any:
    """What a leaf of this kind holds, or None where the value is no such leaf."""
    if isinstance(value, Mapping) and len(value) == 1:
        return value.get(kind)
    return None


def number_leaf(value: int | Decimal) -> int | float | dict[str, Any]:
    """A number as it is stored: a JSON number where one reads back as the same value, otherwise a leaf.

    Raises:
        ValueError: the value is not finite.
    """
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no JSON form")
        if value == value.to_integral_value():
            value = int(value)
    if isinstance(value, int) and -_EXACT <= value <= _EXACT:
        return value
    number = _double(value)
    if number is None:
        return {NUMBER: _digits(value)}
    return value if isinstance(value, int) else number


def read_number(value: object) -> int | float | Decimal | None:
    """The number that `number_leaf` stored (an int where it has no fraction), or None where the value is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    text = leaf_content(value, NUMBER)
    if not isinstance(text, str):
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _double(value: int | Decimal) -> float | None:
    """The double whose shortest decimal text is this number, or None."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if Decimal(repr(number)) == value else None


def _digits(value: int | Decimal) -> str:
    """The exact decimal text without trailing zeros; `Decimal.normalize` would round to the context's precision."""
    sign, digits, exponent = Decimal(value).as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return str(Decimal((sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept))))


def references_in(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every reference in stored attributes: its place and the address, in the order in which they stand."""
    address = leaf_content(value, REFERENCE)
    if isinstance(address, str):
        yield path, address
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from references_in(item, (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references_in(item, (*path, index))


def with_leaves(value: Any, kind: str, change: Callable[[Any], Any]) -> Any:
    """The same stored value with the content of every leaf of one kind changed."""
    content = leaf_content(value, kind)
    if content is not None:
        return {kind: change(content)}
    if isinstance(value, Mapping):
        return {name: with_leaves(item, kind, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_leaves(item, kind, change) for item in value]
    return value
