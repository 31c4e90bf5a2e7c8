"""cty's types: what a value can be, and what a type constraint asks for.

A type is a frozen, hashable record; two types are the same when they are equal. `DYNAMIC` stands for "any type" in a
constraint and
for "not known yet" in a value. Reading types from source is `type_syntax`, converting values is `convert`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from declarative_mail.language.memory import LARGE, remembered
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown

if TYPE_CHECKING:
    from declarative_mail.language.values import Value


class Primitive(Struct, frozen=True):
    """``string``, ``number``, ``bool``, and the placeholder for any type."""

    name: str


STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")


class ListType(Struct, frozen=True):
    """``list(T)``"""

    element: Type


class SetType(Struct, frozen=True):
    """``set(T)``"""

    element: Type


class MapType(Struct, frozen=True):
    """``map(T)``"""

    element: Type


class TupleType(Struct, frozen=True):
    """``tuple([T, U])``"""

    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """``object({ a = T, b = optional(U, default) })``

    Args:
        attributes: name and type of each, in lexical order of the names. `object_type` sorts them.
        optional: the names that may be missing from a value that is converted to this type. The type of a value has
            none.
        defaults: name and value for optional attributes that have one; they are no part of the type's identity.
    """

    attributes: tuple[tuple[str, Type], ...]
    optional: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, Value], ...] = field(default=(), compare=False)

    @property
    def types(self) -> Mapping[str, Type]:
        """The attributes by name."""
        attributes = self.attributes
        return (
            dict(attributes) if len(attributes) < LARGE else remembered("types", attributes, lambda: dict(attributes))
        )


CollectionType: TypeAlias = ListType | SetType | MapType
Type: TypeAlias = Primitive | CollectionType | TupleType | ObjectType

_COLLECTION_NAMES: dict[type, str] = {ListType: "list", SetType: "set", MapType: "map"}


def object_type(
    attributes: Mapping[str, Type], *, optional: Iterable[str] = (), defaults: Mapping[str, Value] | None = None
) -> ObjectType:
    """An object type with its attributes in lexical order; an attribute with a default is optional."""
    defaults = defaults or {}
    names = frozenset(optional) | frozenset(defaults)
    return ObjectType(tuple(sorted(attributes.items())), names, tuple(defaults.items()))


def type_of(value: Value) -> Type:
    """The type of a value; marks do not matter, and an untyped null is `DYNAMIC`."""
    simple = _SIMPLE.get(type(value))
    if simple is not None:
        return simple
    if isinstance(value, tuple | dict):
        return _type_of_items(value) if len(value) < LARGE else remembered("type", value, lambda: _type_of_items(value))
    return _type_of_record(value)


def _type_of_items(value: tuple[Value, ...] | dict[str, Value]) -> Type:
    if isinstance(value, tuple):
        return TupleType(tuple(map(type_of, value)))
    return ObjectType(tuple([(name, type_of(item)) for name, item in value.items()]))


def _type_of_record(value: Value) -> Type:
    match value:
        case Marked(value=inner):
            return type_of(inner)
        case ListValue(element=element):
            return ListType(element)
        case SetValue(element=element):
            return SetType(element)
        case MapValue(element=element):
            return MapType(element)
        case Null(type=type_) | Unknown(type=type_):
            return type_
        case str():
            return STRING
    raise TypeError(f"{type(value).__name__} is no value of the language")


_SIMPLE: dict[type, Type] = {
    type(None): DYNAMIC, bool: BOOL, int: NUMBER, Decimal: NUMBER, str: STRING,
}  # fmt: skip


def has_dynamic(type_: Type) -> bool:
    """Whether `DYNAMIC` stands anywhere in the type."""
    if isinstance(type_, Primitive):
        return type_ is DYNAMIC or type_ == DYNAMIC
    return any(map(has_dynamic, inner_types(type_)))


def inner_types(type_: Type) -> tuple[Type, ...]:
    """The types of the elements, items or attributes."""
    match type_:
        case TupleType(items=items):
            return items
        case ObjectType(attributes=attributes):
            return tuple([inner for _, inner in attributes])
        case Primitive():
            return ()
    return (type_.element,)


def without_optional(type_: Type) -> Type:
    """The type with every attribute required, at every depth: what a converted value has."""
    match type_:
        case Primitive():
            return type_
        case TupleType(items=items):
            return TupleType(tuple(map(without_optional, items)))
        case ObjectType(attributes=attributes):
            return ObjectType(tuple([(name, without_optional(inner)) for name, inner in attributes]))
    return type(type_)(without_optional(type_.element))


def friendly_name(type_: Type, *, constraint: bool = False) -> str:
    """The type in words, as messages have it: ``list of string``; as a constraint `DYNAMIC` reads "any type"."""
    match type_:
        case Primitive(name="dynamic"):
            return "any type" if constraint else "dynamic"
        case Primitive(name=name):
            return name
        case TupleType():
            return "tuple"
        case ObjectType():
            return "object"
    inner = (
        "any single type"
        if constraint and type_.element == DYNAMIC
        else friendly_name(type_.element, constraint=constraint)
    )
    return f"{_COLLECTION_NAMES[type(type_)]} of {inner}"


def type_expression(type_: Type) -> str:
    """The type as it is written in a configuration: ``list(string)``, ``object({a=number})``."""
    match type_:
        case Primitive(name=name):
            return "any" if type_ == DYNAMIC else name
        case TupleType(items=items):
            return f"tuple([{','.join(map(type_expression, items))}])"
        case ObjectType(attributes=attributes):
            return f"object({{{','.join(_attribute_expression(type_, *pair) for pair in attributes)}}})"
    return f"{_COLLECTION_NAMES[type(type_)]}({type_expression(type_.element)})"


def _attribute_expression(owner: ObjectType, name: str, type_: Type) -> str:
    text = type_expression(type_)
    return f"{name}={f'optional({text})' if name in owner.optional else text}"
