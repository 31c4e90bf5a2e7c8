"""``value.name`` and ``value[key]``: reading a part of a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from declarative_mail.diagnostics import Code, suggestion
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.marks import Marks, unmark, with_marks
from declarative_mail.language.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    friendly_name,
    inner_types,
    type_of,
)
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value


class AccessError(LookupError):
    """A value has no such part; the caller knows where in the source that is."""

    def __init__(self, code: Code, detail: str, help_: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.help = help_


def attribute_of(value: Value, name: str) -> Value:
    """``value.name`` of an object or a map; sensitive where the value is.

    Raises:
        AccessError: it has none.
    """
    if isinstance(value, Marked):
        bare, marks = unmark(value)
        try:
            return with_marks(attribute_of(bare, name), marks)
        except AccessError as error:
            raise _hidden(error, marks) from None
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise _no_attribute(name, value)
    if isinstance(value, MapValue):
        if name in value.items:
            return value.items[name]
        detail = f'This map does not have an element with the key "{name}".'
        raise AccessError(codes.MISSING_MAP_ELEMENT, detail, suggestion(name, value.items))
    if value is None or isinstance(value, Null):
        detail = "This value is null, so it does not have any attributes."
        raise AccessError(codes.NULL_ATTRIBUTE, detail)
    if isinstance(value, Unknown):
        return _attribute_of_unknown(value, name)
    raise _unsupported_attribute(type_of(value), name)


def _hidden(error: AccessError, marks: Marks) -> AccessError:
    """The same fault without a suggestion where that could show a part of a sensitive value."""
    return AccessError(error.code, error.detail) if any(mark.sensitive for mark in marks) else error


def _no_attribute(name: str, known: Iterable[str]) -> AccessError:
    detail = f'This object does not have an attribute named "{name}".'
    return AccessError(codes.UNSUPPORTED_ATTRIBUTE, detail, suggestion(name, known))


def _attribute_of_unknown(value: Unknown, name: str) -> Value:
    path = f"{value.path}.{name}" if value.path else ""
    match value.type:
        case ObjectType(attributes=attributes):
            types = dict(attributes)
            if name not in types:
                raise _no_attribute(name, types)
            return Unknown(types[name], path)
        case MapType(element=element):
            return Unknown(element, path)
        case Primitive(name="dynamic"):
            return Unknown(DYNAMIC, path)
    raise _unsupported_attribute(value.type, name)


def _unsupported_attribute(type_: Type, name: str) -> AccessError:
    match type_:
        case ListType(element=ObjectType(attributes=attributes)):
            which = f'attribute "{name}"' if name in dict(attributes) else "an attribute"
            detail = (
                f"Can't access attributes on a list of objects. Did you mean to access {which} for a specific element "
                "of the list, or across all elements of the list?"
            )
            return AccessError(codes.UNSUPPORTED_ATTRIBUTE, detail, f"write [0].{name} or [*].{name}")
        case SetType(element=ObjectType()):
            detail = (
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements "
                "of the set?"
            )
            return AccessError(codes.UNSUPPORTED_ATTRIBUTE, detail, f"write [*].{name}")
        case Primitive():
            detail = f"Can't access attributes on a primitive-typed value ({friendly_name(type_)})."
            return AccessError(codes.UNSUPPORTED_ATTRIBUTE, detail)
    return AccessError(codes.UNSUPPORTED_ATTRIBUTE, "This value does not have any attributes.")


_NO_ELEMENT = "The given key does not identify an element in this collection value"


def element_of(value: Value, key: Value) -> Value:
    """``value[key]`` of a list, tuple, map or object; sensitive where the value or the key is.

    Raises:
        AccessError: there is no such element, or the value has none at all.
    """
    if type(key) is int and key >= 0:
        if isinstance(value, tuple) and key < len(value):
            return value[key]
        if isinstance(value, ListValue) and key < len(value.items):
            return value.items[key]
    if isinstance(value, Marked) or isinstance(key, Marked):
        bare, marks = unmark(value)
        bare_key, key_marks = unmark(key)
        try:
            return with_marks(_element(bare, bare_key), marks + key_marks)
        except AccessError as error:
            raise _hidden(error, marks + key_marks) from None
    return _element(value, key)


def _element(value: Value, key: Value) -> Value:
    if value is None or isinstance(value, Null):
        raise AccessError(codes.NULL_INDEX, "This value is null, so it does not have any indices.")
    if key is None or isinstance(key, Null):
        raise AccessError(codes.INVALID_INDEX, "Can't use a null value as an indexing key.")
    type_ = type_of(value) if isinstance(value, Unknown) else None
    if type_ == DYNAMIC or (isinstance(key, Unknown) and key.type == DYNAMIC):
        return Unknown(DYNAMIC, _index_path(value, key))
    if isinstance(value, tuple | ListValue) or isinstance(type_, ListType | TupleType):
        return _in_sequence(value, _key(key, NUMBER))
    if isinstance(value, MapValue) or isinstance(type_, MapType):
        return _in_map(value, _key(key, STRING))
    if isinstance(value, dict) or isinstance(type_, ObjectType):
        return _in_object(value, key)
    if isinstance(value, SetValue) or isinstance(type_, SetType):
        detail = (
            "Elements of a set are identified only by their value and don't have any separate index or key to select "
            "with, so it's only possible to perform operations across all elements of the set."
        )
        raise AccessError(codes.INVALID_INDEX, detail, "tolist() gives the elements an order")
    raise AccessError(codes.INVALID_INDEX, "This value does not have any indices.")


def _index_path(value: Value, key: Value) -> str:
    path = value.path if isinstance(value, Unknown) else ""
    if not path or isinstance(key, Unknown):
        return ""
    return f'{path}["{key}"]' if isinstance(key, str) else f"{path}[{key}]"


def _key(key: Value, type_: Type) -> Value:
    try:
        return convert(key, type_)
    except ConversionError as error:
        raise AccessError(codes.INVALID_INDEX, f"{_NO_ELEMENT}: {error}.") from error


def _in_sequence(value: Value, key: Value) -> Value:
    items = value.items if isinstance(value, ListValue) else value if isinstance(value, tuple) else None
    if items is None or isinstance(key, Unknown):
        return _unknown_element(value, key)
    if isinstance(key, Decimal) and key:
        reason = "indexing a sequence requires a whole number, but the given index has a fractional part"
    elif not isinstance(key, int):
        return _in_sequence(value, 0)
    elif key < 0:
        reason = "a negative number is not a valid index for a sequence"
    elif key < len(items):
        return items[key]
    elif not items:
        reason = "the collection has no elements"
    else:
        reason = "the given index is greater than or equal to the length of the collection"
    raise AccessError(codes.INVALID_INDEX, f"{_NO_ELEMENT}: {reason}.")


def _unknown_element(value: Value, key: Value) -> Value:
    type_ = type_of(value)
    if isinstance(type_, TupleType):
        known = isinstance(key, int) and key < len(type_.items)
        if isinstance(key, int) and not known:
            raise AccessError(codes.INVALID_INDEX, f"{_NO_ELEMENT}.")
        return Unknown(type_.items[key] if isinstance(key, int) else DYNAMIC, _index_path(value, key))
    return Unknown(inner_types(type_)[0], _index_path(value, key))


def _in_map(value: Value, key: Value) -> Value:
    if not isinstance(value, MapValue) or not isinstance(key, str):
        return _unknown_element(value, key)
    if key in value.items:
        return value.items[key]
    raise AccessError(codes.INVALID_INDEX, f"{_NO_ELEMENT}.", suggestion(key, value.items))


def _in_object(value: Value, key: Value) -> Value:
    name = _key(key, STRING)
    if not isinstance(name, str):
        return Unknown(DYNAMIC)
    attributes = value if isinstance(value, dict) else _unknown_attributes(value)
    if name in attributes:
        return attributes[name]
    by_number = not isinstance(key, str)
    more = " An object only supports looking up attributes by name, not by numeric index." if by_number else ""
    help_ = None if by_number else suggestion(name, attributes)
    raise AccessError(codes.INVALID_INDEX, f"{_NO_ELEMENT}.{more}", help_)


def _unknown_attributes(value: Value) -> dict[str, Value]:
    """The attributes of an unknown object, each unknown."""
    type_ = type_of(value)
    attributes = type_.attributes if isinstance(type_, ObjectType) else ()
    return {name: Unknown(one, _index_path(value, name)) for name, one in attributes}


Elements = list[tuple[Value, Value]]


def elements(value: Value) -> Elements | None:
    """Key and value of each element in the order of iteration, None where the value cannot be iterated over.

    Args:
        value: known, not null, unmarked.
    """
    reader = _ITERATIONS.get(type(value))
    return None if reader is None else reader(value)


_ITERATIONS: dict[type, Callable[..., Elements]] = {
    tuple: lambda value: list(enumerate(value)),
    ListValue: lambda value: list(enumerate(value.items)),
    SetValue: lambda value: [(item, item) for item in value.items],
    dict: lambda value: sorted(value.items()),
    MapValue: lambda value: list(value.items.items()),
}
