"""cty's conversions: what happens to a value where a type is asked for.

Marks stay where they are at every depth; unknown and null become those of the wanted type. What converts to what is
decided
on the types first (`unify.convertible`), so that a value that happens to fit cannot hide a constraint that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

from declarative_mail.addresses import format_key
from declarative_mail.language.defaults import apply_defaults, has_defaults
from declarative_mail.language.marks import remark
from declarative_mail.language.mismatch import mismatch
from declarative_mail.language.numeric import MAX_EXPONENT, NumberRangeError, number_text, parse_number
from declarative_mail.language.resolved import resolved
from declarative_mail.language.sets import make_set
from declarative_mail.language.types import (
    BOOL,
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
    has_dynamic,
    type_of,
    without_optional,
)
from declarative_mail.language.unify import convertible, unify
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value

__all__ = ["ConversionError", "convert", "convertible", "unify"]


class MapKey(str):
    """The key of an element of a map, in a path in which a plain string is the name of an attribute."""

    __slots__ = ()


Path: TypeAlias = tuple[str | int, ...]


class ConversionError(ValueError):
    """A value does not convert.

    Args:
        path: the attributes, keys and indices from the value to the part at fault.
        message: what is asked for there, e.g. ``a number is required``; never holds the value.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message

    @property
    def located(self) -> str:
        """The message after the path to the part at fault: ``[0].name: string required``."""
        steps = "".join(map(_step_text, self.path))
        return f"{steps}: {self.message}" if steps else self.message


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return format_key(str(step)) if isinstance(step, MapKey) else f".{step}"


def convert(value: Value, to: Type) -> Value:
    """The value as a value of another type; the same object where it has that type already.

    Raises:
        ConversionError: the types do not fit, or this value does not (``"x"`` as a number).
    """
    if _PLAIN.get(type(value)) is to:
        return value
    if isinstance(to, ObjectType | TupleType | ListType | SetType | MapType) and has_defaults(to):
        value = apply_defaults(value, to)
    try:
        return _convert(value, to, ())
    except ConversionError as error:
        given = type_of(value)
        if convertible(given, to):
            raise
        raise ConversionError((), mismatch(given, to)) from error


_PLAIN: dict[type, Type] = {bool: BOOL, int: NUMBER, Decimal: NUMBER, str: STRING}


def _convert(value: Value, to: Type, path: Path) -> Value:
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return value if plain is to else _convert_plain(value, to, path)
    if isinstance(value, Marked):
        return remark(_convert(value.value, to, path), value)
    if isinstance(to, Primitive) and to == DYNAMIC:
        return value
    if value is None or isinstance(value, Null | Unknown):
        return _convert_absent(value, to, path)
    return _CONVERSIONS[type(to)](value, to, path)


def _fail(value: Value, to: Type, path: Path) -> ConversionError:
    return ConversionError(path, mismatch(type_of(value), to))


def _convert_absent(value: None | Null | Unknown, to: Type, path: Path) -> Value:
    given = type_of(value)
    if given == to:
        return value
    if not convertible(given, to):
        raise _fail(value, to, path)
    result = resolved(given, without_optional(to))
    if isinstance(value, Unknown):
        return Unknown(result, value.path, value.not_null, value.prefix)
    return Null(result)


def _convert_plain(value: Value, to: Type, path: Path) -> Value:
    if not isinstance(to, Primitive):
        raise _fail(value, to, path)
    if to == DYNAMIC:
        return value
    if to == STRING and isinstance(value, bool):
        return "true" if value else "false"
    if to == STRING and isinstance(value, int | Decimal):
        return number_text(value)
    if to == NUMBER and isinstance(value, str):
        return _number(value, path)
    if to == BOOL and isinstance(value, str):
        return _bool(value, path)
    if _PLAIN[type(value)] == to:
        return value
    raise _fail(value, to, path)


def _number(text: str, path: Path) -> Value:
    try:
        number = parse_number(text)
    except NumberRangeError:
        raise ConversionError(path, f"a number with at most {MAX_EXPONENT:,} digits is required") from None
    if number is None:
        raise ConversionError(path, "a number is required")
    return number


def _bool(text: str, path: Path) -> Value:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    if (folded := text.lower()) in ("true", "false"):
        raise ConversionError(path, f'a bool is required; to convert from string, use lowercase "{folded}"')
    raise ConversionError(path, "a bool is required")


def _to_primitive(value: Value, to: Primitive, path: Path) -> Value:
    raise _fail(value, to, path)


def _to_list(value: Value, to: ListType, path: Path) -> Value:
    if isinstance(value, ListValue) and value.element == to.element:
        return value
    if isinstance(value, SetValue) and any(isinstance(item, Unknown) for item in value.items):
        return Unknown(ListType(value.element))
    items, element = _sequence(value, to, path)
    return ListValue(tuple(items), element)


def _to_set(value: Value, to: SetType, path: Path) -> Value:
    if isinstance(value, SetValue) and value.element == to.element:
        return value
    items, element = _sequence(value, to, path)
    return make_set(items, element)


def _sequence(value: Value, to: ListType | SetType, path: Path) -> tuple[list[Value], Type]:
    """The elements of a sequence converted to the element type, and the type that they then have."""
    if isinstance(value, tuple):
        wanted = _element_type(value, to, path)
        items = value
    elif isinstance(value, ListValue | SetValue):
        if value.element != to.element and not convertible(value.element, to.element):
            raise _fail(value, to, path)
        wanted, items = to.element, value.items
    else:
        raise _fail(value, to, path)
    empty = value.element if isinstance(value, ListValue | SetValue) else wanted
    converted = [_convert(item, wanted, (*path, index)) for index, item in enumerate(items)]
    return _uniform(converted, wanted, empty, path)


def _element_type(items: Iterable[Value], to: ListType | SetType | MapType, path: Path) -> Type:
    """What the items of a tuple or object are converted to: for "any", the one type that all of them can have."""
    types = dict.fromkeys(map(type_of, items)) if to.element == DYNAMIC else None
    if not types:
        return to.element
    unified = unify(list(types), safe=False)
    if unified is None or (unified == DYNAMIC and len(types) > 1 and not isinstance(to, MapType)):
        kind = friendly_name(to).split(" ", 1)[0]
        raise ConversionError(path, f"all {kind} elements must have the same type")
    return unified


def _uniform(items: list[Value], wanted: Type, empty: Type, path: Path) -> tuple[list[Value], Type]:
    """Give items that were converted to a type with "any" in it the one type that they have in common."""
    if not has_dynamic(wanted):
        return items, without_optional(wanted)
    if not items:
        return items, empty if wanted == DYNAMIC else without_optional(wanted)
    unified = unify(list(dict.fromkeys(map(type_of, items))), safe=False)
    if unified is None:
        raise ConversionError(path, "cannot find a common base type for all elements")
    return [_convert(item, unified, (*path, index)) for index, item in enumerate(items)], unified


def _to_map(value: Value, to: MapType, path: Path) -> Value:
    if isinstance(value, MapValue):
        if value.element == to.element:
            return value
        if not convertible(value.element, to.element):
            raise _fail(value, to, path)
        wanted, empty, attributes = to.element, value.element, value.items
    elif isinstance(value, dict):
        attributes = value
        wanted = empty = _element_type(value.values(), to, path)
    else:
        raise _fail(value, to, path)
    converted = [_convert(item, wanted, (*path, MapKey(name))) for name, item in attributes.items()]
    items, element = _uniform(converted, wanted, empty, path)
    return MapValue(dict(zip(attributes, items, strict=True)), element)


def _to_tuple(value: Value, to: TupleType, path: Path) -> Value:
    if not isinstance(value, tuple) or len(value) != len(to.items):
        raise _fail(value, to, path)
    pairs = enumerate(zip(value, to.items, strict=True))
    items = tuple([_convert(item, wanted, (*path, index)) for index, (item, wanted) in pairs])
    return value if all(map(_same, items, value)) else items


def _same(one: Value, other: Value) -> bool:
    return one is other


def _to_object(value: Value, to: ObjectType, path: Path) -> Value:
    if isinstance(value, dict):
        attributes, message = value, "attribute {} is required"
    elif isinstance(value, MapValue):
        attributes, message = value.items, "map has no element for required attribute {}"
    else:
        raise _fail(value, to, path)
    result: dict[str, Value] = {}
    for name, wanted in to.attributes:
        if name in attributes:
            result[name] = _attribute(attributes[name], wanted, (*path, name), from_map=isinstance(value, MapValue))
        elif name in to.optional:
            result[name] = Null(without_optional(wanted)) if wanted != DYNAMIC else None
        else:
            raise ConversionError(path, message.format(f'"{name}"'))
    unchanged = (
        attributes is value and len(attributes) == len(result) and all(result[k] is attributes[k] for k in result)
    )
    return value if unchanged else result


def _attribute(value: Value, wanted: Type, path: Path, *, from_map: bool) -> Value:
    if from_map and not convertible(given := type_of(value), wanted):
        message = f'map element type is incompatible with attribute "{path[-1]}": {mismatch(given, wanted)}'
        raise ConversionError(path[:-1], message)
    return _convert(value, wanted, path)


_CONVERSIONS: dict[type, Callable[..., Value]] = {
    Primitive: _to_primitive,
    ListType: _to_list,
    SetType: _to_set,
    MapType: _to_map,
    TupleType: _to_tuple,
    ObjectType: _to_object,
}
