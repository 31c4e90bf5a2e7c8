"""Defaults of optional attributes: put into a value before it is converted to a type that declares them."""

from __future__ import annotations

from declarative_mail.language.marks import remark
from declarative_mail.language.types import (
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    inner_types,
)
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Value, is_null


def has_defaults(type_: Type) -> bool:
    """Whether an optional attribute in it, at any depth, has a default."""
    if isinstance(type_, Primitive):
        return False
    return (isinstance(type_, ObjectType) and bool(type_.defaults)) or any(map(has_defaults, inner_types(type_)))


def apply_defaults(value: Value, type_: Type) -> Value:
    """The value with the defaults of attributes that are missing or null, at every depth.

    A value of another shape than the type stays as it is: the conversion that follows has the words for it. A null in
    the place of
    an object stays null; one in the place of an attribute with a default is replaced.
    """
    if not has_defaults(type_):
        return value
    match value, type_:
        case (Marked(value=inner), _):
            return remark(apply_defaults(inner, type_), value)
        case (tuple() as items, TupleType(items=types)) if len(items) == len(types):
            return tuple(map(apply_defaults, items, types))
        case (tuple() as items, ListType() | SetType()):
            return tuple([apply_defaults(item, type_.element) for item in items])
        case (ListValue(items=items) | SetValue(items=items), ListType() | SetType()) if items:
            return tuple([apply_defaults(item, type_.element) for item in items])
        case (dict() as attributes, MapType()):
            return {name: apply_defaults(item, type_.element) for name, item in attributes.items()}
        case (MapValue(items=attributes), MapType()) if attributes:
            return {name: apply_defaults(item, type_.element) for name, item in attributes.items()}
        case (dict() as attributes, ObjectType()):
            return _apply_to_object(attributes, type_)
        case (MapValue(items=attributes), ObjectType()):
            return _apply_to_object(attributes, type_)
    return value


def _apply_to_object(attributes: dict[str, Value], type_: ObjectType) -> dict[str, Value]:
    types = type_.types
    result = {name: apply_defaults(item, types[name]) if name in types else item for name, item in attributes.items()}
    for name, default in type_.defaults:
        if name not in result or is_null(result[name]):
            result[name] = apply_defaults(default, types[name])
    return {name: result[name] for name in sorted(result)}
