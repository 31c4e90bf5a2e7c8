"""Equality of values as ``==`` has it: of the same type and the same content; unknown where that is not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from declarative_mail.language.marks import contains_marks, unmark_deep, with_marks
from declarative_mail.language.sets import element_key
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    has_dynamic,
    inner_types,
    type_of,
)
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Null,
    SetValue,
    Unknown,
    Value,
    is_null,
    is_wholly_known,
)

_SIMPLE = frozenset({str, bool, int, Decimal})


def equal(left: Value, right: Value) -> Value:
    """``left == right``: a bool, or an unknown one; sensitive where an operand is or contains what is.

    Nulls are equal to each other whatever their types are.
    """
    if type(left) in _SIMPLE and type(right) in _SIMPLE:
        return _equal_simple(left, right)
    if contains_marks(left) or contains_marks(right):
        return _equal_marked(left, right)
    result = _compare(left, right)
    return Unknown(BOOL, not_null=True) if result is None else result


def _equal_marked(left: Value, right: Value) -> Value:
    bare_left, left_marks = unmark_deep(left)
    bare_right, right_marks = unmark_deep(right)
    return with_marks(equal(bare_left, bare_right), left_marks + right_marks)


def _equal_simple(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def _compare(left: Value, right: Value) -> bool | None:
    if (left is None or isinstance(left, Null)) and (right is None or isinstance(right, Null)):
        return True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _compare_unknown(left, right)
    if is_null(left) or is_null(right):
        return False
    if not (has_known_type(left) and has_known_type(right)):
        conformable = _conforms(type_of(left), type_of(right)) or _conforms(type_of(right), type_of(left))
        return None if conformable else False
    return type_of(left) == type_of(right) and _compare_content(left, right)


def _compare_unknown(left: Value, right: Value) -> bool | None:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unknown) and is_null(other):
            return False if one.not_null else None
        if isinstance(one, Unknown) and isinstance(other, str) and not other.startswith(one.prefix):
            return False
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return None
    unknown, known = (left, right) if isinstance(left, Unknown) else (right, left)
    undecided = isinstance(unknown, Unknown) and (has_dynamic(unknown.type) or unknown.type == type_of(known))
    return None if undecided else False


def _compare_content(left: Value, right: Value) -> bool | None:
    """Compare two values of the same type."""
    if type(left) in _SIMPLE and type(right) in _SIMPLE:
        return _equal_simple(left, right)
    match left, right:
        case (tuple() as items, tuple() as others):
            return _compare_all(zip(items, others, strict=True))
        case (dict() as items, dict() as others):
            return _compare_all((item, others[name]) for name, item in items.items())
        case (ListValue(items=items), ListValue(items=others)):
            return len(items) == len(others) and _compare_all(zip(items, others, strict=True))
        case (MapValue(items=items), MapValue(items=others)):
            return items.keys() == others.keys() and _compare_all((item, others[name]) for name, item in items.items())
        case (SetValue(items=items), SetValue(items=others)):
            if not (is_wholly_known(left) and is_wholly_known(right)):
                return None
            return set(map(element_key, items)) == set(map(element_key, others))
    return _compare(left, right)


def _compare_all(pairs: Iterable[tuple[Value, Value]]) -> bool | None:
    for left, right in pairs:
        result = _compare_content(left, right)
        if result is not True:
            return result
    return True


def has_known_type(value: Value) -> bool:
    """Whether no unknown in it has a type that is not known either."""
    match value:
        case Unknown(type=type_):
            return type_ != DYNAMIC
        case tuple() as items:
            return all(map(has_known_type, items))
        case dict() as attributes:
            return all(map(has_known_type, attributes.values()))
        case ListValue(items=items) | SetValue(items=items):
            return all(map(has_known_type, items))
        case MapValue(items=attributes):
            return all(map(has_known_type, attributes.values()))
    return True


def _conforms(given: Type, wanted: Type) -> bool:
    """Whether the types are the same but for what is not known in `wanted`."""
    if DYNAMIC in (given, wanted):
        return wanted == DYNAMIC
    if type(given) is not type(wanted):
        return False
    match given, wanted:
        case (Primitive(), Primitive()):
            return given == wanted
        case (ObjectType(), ObjectType()) if given.types.keys() != wanted.types.keys():
            return False
        case (TupleType(items=items), TupleType(items=others)) if len(items) != len(others):
            return False
        case (ListType() | SetType() | MapType() | ObjectType() | TupleType(), _):
            return all(map(_conforms, inner_types(given), inner_types(wanted)))
    return False
