"""What implementations ask of their arguments: whole numbers, elements, how they may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from declarative_mail.language.functions.model import FunctionError
from declarative_mail.language.marks import is_sensitive
from declarative_mail.language.numeric import number_text
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import DYNAMIC, ObjectType, TupleType, Type
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Marked,
    Null,
    SetValue,
    Unknown,
    Value,
    is_wholly_known,
)
from declarative_mail.secrets import PLACEHOLDER

HEX_DIGITS = frozenset("0123456789abcdefABCDEF")

LEAST, GREATEST = -(2**63), 2**63 - 1
"""What Terraform takes as an index, a width or a count."""


def null_of(type_: Type) -> Value:
    """The null of a type."""
    return None if type_ == DYNAMIC else Null(type_)


def without_mark(value: Value) -> Value:
    """The value without its own mark; marks further in stay."""
    return value.value if isinstance(value, Marked) else value


def elements(value: Value) -> Sequence[Value]:
    """The elements of a list, set or tuple, or the values of a map or object in lexical order of the keys."""
    bare = without_mark(value)
    inside = bare.items if isinstance(bare, ListValue | SetValue | MapValue) else bare
    if isinstance(inside, dict):
        return tuple(inside.values())
    if isinstance(inside, tuple):
        return inside
    raise TypeError(f"{type(bare).__name__} has no elements")


def attributes(value: Value) -> dict[str, Value]:
    """The elements of a map or the attributes of an object, by name."""
    bare = without_mark(value)
    inside = bare.items if isinstance(bare, MapValue) else bare
    if isinstance(inside, dict):
        return inside
    raise TypeError(f"{type(bare).__name__} has no attributes")


def known_length(value: Value) -> int | None:
    """How many elements a collection has, None where that is not known: elements of a set may turn out to be equal."""
    bare = without_mark(value)
    if isinstance(bare, Unknown):
        match bare.type:
            case TupleType(items=items):
                return len(items)
            case ObjectType(attributes=inner):
                return len(inner)
        return None
    count = len(elements(bare))
    if isinstance(bare, SetValue) and count > 1 and not is_wholly_known(bare):
        return None
    return count


def is_sequence(value: Value) -> bool:
    """Whether it is a known list, set or tuple."""
    return isinstance(without_mark(value), ListValue | SetValue | tuple)


def whole_number(value: Value, *, argument: int | None = None, what: str = "") -> int:
    """The number as a 64-bit integer.

    Args:
        value: a number.
        argument: the index of the argument, for the message.
        what: what the message begins with: ``invalid index: ``.

    Raises:
        FunctionError: it has a fraction or does not fit.
    """
    number = big_whole_number(value) if isinstance(value, int | Decimal) else None
    if number is None or not LEAST <= number <= GREATEST:
        raise FunctionError(argument, f"{what}value must be a whole number, between {LEAST} and {GREATEST}")
    return number


def big_whole_number(value: int | Decimal) -> int | None:
    """The number as an integer of any size, None where it has a fraction or is infinite."""
    if isinstance(value, int):
        return value
    if value.is_infinite() or value != value.to_integral_value():
        return None
    return int(value)


def shown(value: Value) -> str:
    """A string or number as a message may show it: ``(sensitive value)`` where it is sensitive."""
    if is_sensitive(value):
        return PLACEHOLDER
    bare = without_mark(value)
    if isinstance(bare, str):
        return quoted(bare)
    return number_text(bare) if isinstance(bare, int | Decimal) else str(bare)
