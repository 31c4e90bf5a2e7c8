"""Sets: which values are the same element, and the order in which Terraform iterates over them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from declarative_mail.language.marks import Mark, contains_marks, unmark_deep, with_marks
from declarative_mail.language.numeric import Number, number_text
from declarative_mail.language.types import Type, type_of
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value


def make_set(elements: Iterable[Value], element: Type) -> Value:
    """A set of values that are all of the type `element` already.

    No element of a set is sensitive by itself: where one is, the whole set is.
    """
    items = tuple(elements)
    if all(type(item) is str for item in items):
        return SetValue(tuple(sorted(set(items))), element)  # type: ignore[type-var]  # all of them are str
    marks: list[Mark] = []
    bare = [_without_sensitive(item, marks) for item in items]
    distinct = {element_key(item): item for item in reversed(bare)}
    return with_marks(SetValue(tuple(sorted(distinct.values(), key=_order)), element), marks)


def _without_sensitive(value: Value, marks: list[Mark]) -> Value:
    if not contains_marks(value):
        return value
    bare, found = unmark_deep(value)
    if any(mark.sensitive for mark in found):
        marks.extend(found)
        return Marked(bare, address=value.address) if isinstance(value, Marked) and value.address else bare
    return value


def element_key(value: Value) -> object:
    """A hashable key that two known values of one type share exactly if they are equal; an unknown is equal to

    Nothing.
    """
    bare = value.value if isinstance(value, Marked) else value
    if isinstance(bare, str | bool):
        return bare
    if isinstance(bare, Unknown):
        return object()
    return _text(bare, exact=True)


def _order(value: Value) -> tuple[int, object]:
    """Known values first, then unknown ones, then null. Anything but strings, numbers and bools goes by its text."""
    bare = value.value if isinstance(value, Marked) else value
    if bare is None or isinstance(bare, Null):
        return 2, 0
    if isinstance(bare, Unknown):
        return 1, 0
    if isinstance(bare, str | int | Decimal):
        return 0, bare
    return 0, _text(bare, exact=False)


def _text(value: Value, *, exact: bool) -> str:
    """The key under which cty files a value. Numbers have ten digits for the order, all of them for identity."""
    match value:
        case Marked(value=inner):
            return _text(inner, exact=exact)
        case None | Null():
            return "~"
        case Unknown():
            return f"?{id(value)}" if exact else "?"
        case bool():
            return "T" if value else "F"
        case int() | Decimal():
            return number_text(value) if exact else _ten_digits(value)
        case str():
            return quoted(value)
    return _collection_text(value, exact=exact)


def _collection_text(value: Value, *, exact: bool) -> str:
    match value:
        case tuple() as items:
            return f"<{_joined(items, exact=exact)}>"
        case dict() as attributes:
            return f"<{_joined(attributes.values(), exact=exact)}>"
        case ListValue(items=items) | SetValue(items=items):
            return f"[{_joined(items, exact=exact)}]"
        case MapValue(items=attributes):
            pairs = (f"{quoted(key)}:{_text(item, exact=exact)};" for key, item in attributes.items())
            return f"{{{''.join(pairs)}}}"
    raise TypeError(f"a {type_of(value)} has no place in a set")


def _joined(items: Iterable[Value], *, exact: bool) -> str:
    return "".join([f"{_text(item, exact=exact)};" for item in items])


def _ten_digits(value: Number) -> str:
    try:
        return f"{float(value):.10g}"
    except OverflowError:
        return f"{Decimal(value):.9e}"


_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", '"': '\\"', "\\": "\\\\",
}  # fmt: skip


def quoted(text: str) -> str:
    """A string between quotes with everything unprintable escaped, as Go's ``%q`` writes it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
