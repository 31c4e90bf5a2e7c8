"""Marks: what a value carries besides itself, and how it goes from operands to results.

Sensitivity follows a value through every operation; the result of an operation is marked without a source, since only
the
configuration can compute it again. The address of a resource stays with the object itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.language.memory import LARGE, remembered
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Value
from declarative_mail.records import replace


class Mark(Struct, frozen=True):
    """The marks of one value, apart from it. The fields are those of `Marked`."""

    sensitive: bool = False
    source: str = ""
    address: Address | None = None


Marks: TypeAlias = tuple[Mark, ...]


def sensitive(value: Value, source: str = "") -> Marked:
    """The value marked sensitive, and where it came from unless it says so already."""
    if not isinstance(value, Marked):
        return Marked(value, sensitive=True, source=source)
    return replace(value, sensitive=True, source=value.source or source)


def is_sensitive(value: Value) -> bool:
    """Whether the value itself is marked sensitive."""
    return isinstance(value, Marked) and value.sensitive


def unmark(value: Value) -> tuple[Value, Marks]:
    """The value without its own marks, and these; marks deeper in it stay."""
    if isinstance(value, Marked):
        return value.value, (Mark(value.sensitive, value.source, value.address),)
    return value, ()


def unmark_deep(value: Value) -> tuple[Value, Marks]:
    """The value without marks at any depth, and all that were found."""
    if not contains_marks(value):
        return value, ()
    found: list[Mark] = []
    return _strip(value, found), tuple(found)


def _strip(value: Value, found: list[Mark]) -> Value:
    match value:
        case Marked(value=inner):
            found.append(Mark(value.sensitive, value.source, value.address))
            return _strip(inner, found)
        case tuple() as items:
            return tuple([_strip(item, found) for item in items])
        case dict() as attributes:
            return {name: _strip(item, found) for name, item in attributes.items()}
        case ListValue(items=items):
            return ListValue(tuple([_strip(item, found) for item in items]), value.element)
        case SetValue(items=items):
            return SetValue(tuple([_strip(item, found) for item in items]), value.element)
        case MapValue(items=attributes):
            return MapValue({name: _strip(item, found) for name, item in attributes.items()}, value.element)
    return value


def contains_marks(value: Value) -> bool:
    """Whether a mark of either kind stands at any depth."""
    return _anywhere(value, contains_marks, "marks", _is_marked)


def contains_sensitive(value: Value) -> bool:
    """Whether a sensitive value stands at any depth."""
    return _anywhere(value, contains_sensitive, "sensitive", is_sensitive)


def _is_marked(value: Value) -> bool:
    return isinstance(value, Marked)


def _anywhere(value: Value, walk: Callable[[Value], bool], question: str, test: Callable[[Value], bool]) -> bool:
    """Whether a value or a part of it passes a test; `walk` is the function that asks it of a part."""
    if type(value) in _ATOMS:
        return False
    if isinstance(value, Marked):
        return test(value) or walk(value.value)
    items = value.items if isinstance(value, ListValue | SetValue | MapValue) else value
    if isinstance(items, dict):
        parts: Iterable[Value] = items.values()
    elif isinstance(items, tuple):
        parts = items
    else:
        return False
    if len(items) < LARGE:
        return any(map(walk, parts))
    return remembered(question, items, lambda: any(map(walk, parts)))


_ATOMS = frozenset({str, int, bool, type(None)})


def with_marks(value: Value, marks: Iterable[Mark]) -> Value:
    """The result of an operation on values with these marks: sensitive where one of them is.

    Addresses do not carry over.
    """
    if not any(mark.sensitive for mark in marks):
        return value
    if isinstance(value, Marked):
        return value if value.sensitive else replace(value, sensitive=True)
    return Marked(value, sensitive=True)


def remark(value: Value, original: Marked) -> Value:
    """The same thing in another form (after a conversion).

    All its marks, the source only where the value is unchanged.
    """
    if value is original.value:
        return original
    if isinstance(value, Marked):
        return replace(
            value, sensitive=value.sensitive or original.sensitive, address=value.address or original.address
        )
    return Marked(value, sensitive=original.sensitive, address=original.address)
