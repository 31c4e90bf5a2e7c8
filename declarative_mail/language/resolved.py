"""The type that an unknown or null value has after a conversion, when there is no value to tell it."""

from __future__ import annotations

from declarative_mail.language.types import (
    DYNAMIC,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    inner_types,
)
from declarative_mail.language.unify import unify


def resolved(given: Type, wanted: Type) -> Type:
    """The wanted type with what the value's type says in the places where anything will do."""
    if given == DYNAMIC:
        return wanted
    match wanted, given:
        case (Primitive(), _):
            return given if wanted == DYNAMIC else wanted
        case (ListType(element=element), _):
            return ListType(_resolved_element(given, element))
        case (SetType(element=element), _):
            return SetType(_resolved_element(given, element))
        case (MapType(element=element), _):
            return MapType(_resolved_element(given, element))
        case (TupleType(items=items), TupleType(items=others)):
            return TupleType(tuple(map(resolved, others, items)))
        case (ObjectType(attributes=attributes), MapType(element=element)):
            return ObjectType(tuple([(name, resolved(element, one)) for name, one in attributes]))
        case (ObjectType(attributes=attributes), ObjectType()):
            have = given.types
            return ObjectType(tuple([(name, resolved(have.get(name, DYNAMIC), one)) for name, one in attributes]))
    return wanted


def _resolved_element(given: Type, wanted: Type) -> Type:
    if isinstance(given, ListType | SetType | MapType):
        return resolved(given.element, wanted)
    inner = inner_types(given)
    return resolved(unify(inner, safe=False) or DYNAMIC, wanted) if inner else wanted
