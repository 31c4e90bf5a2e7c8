"""The words for types that do not convert to each other."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.language.types import (
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    friendly_name,
)
from declarative_mail.language.unify import convertible


def mismatch(given: Type, wanted: Type) -> str:
    """Why a type does not convert to another, as Terraform puts it: ``list of string required``."""
    match given, wanted:
        case (ObjectType(), ObjectType()):
            return _mismatched_objects(given, wanted)
        case (TupleType(), ListType(element=Primitive(name="dynamic"))):
            return "all list elements must have the same type"
        case (TupleType(), SetType(element=Primitive(name="dynamic"))):
            return "all set elements must have the same type"
        case (ObjectType(), MapType(element=Primitive(name="dynamic"))):
            return "all map elements must have the same type"
        case (TupleType(items=items), ListType(element=other) | SetType(element=other)):
            return _mismatched_elements(enumerate(items), other)
        case (ObjectType(attributes=attributes), MapType(element=other)):
            return _mismatched_elements(((f'"{name}"', one) for name, one in attributes), other)
        case (ListType(element=element) | SetType(element=element), ListType(element=other)):
            return f"incorrect list element type: {mismatch(element, other)}"
        case (ListType(element=element) | SetType(element=element), SetType(element=other)):
            return f"incorrect set element type: {mismatch(element, other)}"
        case (MapType(element=element), MapType(element=other)):
            return f"incorrect map element type: {mismatch(element, other)}"
    return f"{friendly_name(wanted, constraint=True)} required"


def _mismatched_elements(elements: Iterable[tuple[object, Type]], wanted: Type) -> str:
    for label, one in elements:
        if one != wanted and not convertible(one, wanted):
            return f"element {label}: {mismatch(one, wanted)}"
    return f"all elements must be {friendly_name(wanted, constraint=True)}"


def _mismatched_objects(given: ObjectType, wanted: ObjectType) -> str:
    have = given.types
    missing = [f'"{name}"' for name, _ in wanted.attributes if name not in have and name not in wanted.optional]
    if len(missing) == 1:
        return f"attribute {missing[0]} is required"
    if missing:
        listed = " and ".join(missing) if len(missing) == 2 else f"{', '.join(missing[:-1])}, and {missing[-1]}"
        return f"attributes {listed} are required"
    for safe in (False, True):
        for name, other in wanted.attributes:
            one = have.get(name)
            if one is not None and one != other and not convertible(one, other, safe=safe):
                return f'attribute "{name}": {mismatch(one, other)}'
    return "incorrect object attributes"
