"""keys lookup merge transpose values zipmap"""

from __future__ import annotations

from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.functions.arguments import attributes, elements, null_of, shown, without_mark
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.marks import Marks, unmark, with_marks
from declarative_mail.language.types import (
    DYNAMIC,
    STRING,
    ListType,
    MapType,
    ObjectType,
    TupleType,
    Type,
    friendly_name,
    object_type,
    type_of,
)
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Unknown,
    Value,
    is_known,
    is_null,
    is_wholly_known,
    make_object,
)


def _map_like(items: dict[str, Value], returns: Type) -> Value:
    """A map where a map type is asked for, else an object."""
    members = make_object(items)
    return MapValue(members, returns.element) if isinstance(returns, MapType) else members


def _keys_type(input_map: Value) -> Type:
    match type_of(input_map):
        case MapType():
            return ListType(STRING)
        case ObjectType(attributes=inner):
            return TupleType((STRING,) * len(inner))
    raise FunctionError(0, "must have map or object type")


def keys(input_map: Value, *, returns: Type) -> Value:
    """The keys in lexical order; those of an object are known even if the object is not."""
    bare, marks = unmark(input_map)
    type_ = type_of(bare)
    if isinstance(type_, ObjectType):
        return with_marks(tuple([name for name, _ in type_.attributes]), marks)
    if isinstance(bare, Unknown):
        return with_marks(Unknown(returns), marks)
    return with_marks(ListValue(tuple(attributes(bare)), STRING), marks)


def _lookup_type(input_map: Value, key: Value, *default: Value) -> Type:
    if len(default) > 1:
        raise FunctionError(None, f"lookup() takes two or three arguments, got {2 + len(default)}")
    match type_of(input_map):
        case ObjectType() as type_:
            return _attribute_type(type_, key, *default)
        case MapType(element=element):
            if default:
                _check_default(default[0], element)
            return element
    raise FunctionError(0, "lookup() requires a map as the first argument")


def _attribute_type(type_: ObjectType, key: Value, *default: Value) -> Type:
    name = without_mark(key)
    if not isinstance(name, str):
        return DYNAMIC
    if name in type_.types:
        return type_.types[name]
    if not default:
        raise FunctionError(0, f"the given object has no attribute {shown(key)}")
    return type_of(default[0])


def _check_default(default: Value, element: Type) -> None:
    try:
        convert(default, element)
    except ConversionError:
        raise FunctionError(2, "the default value must have the same type as the map elements") from None


def lookup(input_map: Value, key: Value, *default: Value, returns: Type) -> Value:
    """The element with the key, else the default."""
    (bare, map_marks), (name, key_marks) = unmark(input_map), unmark(key)
    marks = map_marks + key_marks
    if isinstance(bare, Unknown) or not isinstance(name, str):
        return with_marks(Unknown(returns), marks)
    members = attributes(bare)
    if name in members:
        return with_marks(members[name], marks)
    if not default:
        raise FunctionError(None, f"lookup failed to find key {shown(key)}")
    value = null_of(returns) if is_null(default[0]) else convert(default[0], returns)
    return with_marks(value, marks)


def _merge_type(*maps: Value) -> Type:
    types = [type_of(one) for one in maps]
    for type_ in types:
        if type_ == DYNAMIC:
            return DYNAMIC
        if not isinstance(type_, MapType | ObjectType):
            raise _no_map(type_)
    if len(set(types)) < 2:
        return types[0] if types else object_type({})
    found: dict[str, Type] = {}
    for one, type_ in zip(maps, types, strict=True):
        if is_null(one):
            continue
        if isinstance(type_, ObjectType):
            found.update(type_.attributes)
        elif isinstance(type_, MapType):
            if not is_known(one):
                return DYNAMIC
            found.update(dict.fromkeys(attributes(one), type_.element))
    return object_type(found)


def _no_map(type_: Type) -> FunctionError:
    message = f'arguments must be maps or objects, got "{friendly_name(type_)}"'
    return FunctionError(None, message, safe=True)


def merge(*maps: Value, returns: Type) -> Value:
    """All elements; of those with the same key the last."""
    merged: dict[str, Value] = {}
    marks: Marks = ()
    for one in maps:
        if is_null(one):
            continue
        bare, found = unmark(one)
        if not isinstance(bare, dict | MapValue):
            raise _no_map(type_of(bare))
        merged.update(attributes(bare))
        marks += found
    return with_marks(_map_like(merged, returns), marks)


def transpose(values: MapValue) -> Value:
    """Keys and values swapped: for each string the keys of the lists that it is in."""
    element = ListType(STRING)
    if not is_wholly_known(values):
        return Unknown(MapType(element))
    swapped: dict[str, list[str]] = {}
    for key, words in values.items.items():
        if is_null(words):
            raise FunctionError(None, "input must not contain null list")
        for word in elements(words):
            if not isinstance(word, str):
                raise FunctionError(None, "input list must not contain null string")
            swapped.setdefault(word, []).append(key)
    lists: dict[str, Value] = {word: ListValue(tuple(sorted(found)), STRING) for word, found in sorted(swapped.items())}
    return MapValue(lists, element)


def _values_type(mapping: Value) -> Type:
    match type_of(mapping):
        case MapType(element=element):
            return ListType(element)
        case ObjectType(attributes=inner):
            return TupleType(tuple([type_ for _, type_ in inner]))
    raise FunctionError(None, "values() requires a map as the first argument")


def values(mapping: Value, *, returns: Type) -> Value:
    """The values in lexical order of their keys."""
    _, marks = unmark(mapping)
    items = tuple(attributes(mapping).values())
    return with_marks(ListValue(items, returns.element) if isinstance(returns, ListType) else items, marks)


def _zipmap_type(keys: Value, values: Value) -> Type:
    match type_of(values):
        case ListType(element=element):
            return MapType(element)
        case TupleType(items=items):
            if not is_wholly_known(keys):
                return DYNAMIC
            names = _names(keys)
            _check_same_length(len(names), len(items))
            return object_type(dict(zip(names, items, strict=True)))
    raise FunctionError(None, "values argument must be a list or tuple value")


def _names(keys: Value) -> list[str]:
    names = []
    for position, key in enumerate(elements(keys)):
        name = without_mark(key)
        if not isinstance(name, str):
            raise FunctionError(None, f"keys list has null value at index {position}")
        names.append(name)
    return names


def _check_same_length(keys: int, values: int) -> None:
    if keys != values:
        raise FunctionError(None, f"number of keys ({keys}) does not match number of values ({values})")


def zip_map(keys: Value, values: Value, *, returns: Type) -> Value:
    """The values under their keys: a map from a list, an object from a tuple."""
    marks = unmark(keys)[1] + unmark(values)[1]
    if not is_wholly_known(keys):
        return with_marks(Unknown(returns), marks)
    for key in elements(keys):
        marks += unmark(key)[1]
    names, items = _names(keys), elements(values)
    _check_same_length(len(names), len(items))
    return with_marks(_map_like(dict(zip(names, items, strict=True)), returns), marks)


FUNCTIONS = (
    Function(
        name="keys",
        parameters=(Parameter("inputMap", DYNAMIC, allow_unknown=True, allow_marked=True),),
        returns=_keys_type,
        category="collection",
        help="The keys of a map in lexical order.",
        example="keys({ a = 1, c = 2, d = 3 })",
        impl=keys,
        uses=("returns",),
    ),
    Function(
        name="lookup",
        parameters=(
            Parameter("inputMap", DYNAMIC, allow_unknown=True, allow_marked=True),
            Parameter("key", STRING, allow_unknown=True, allow_marked=True),
        ),
        variadic=Parameter(
            "default", DYNAMIC, allow_null=True, allow_unknown=True, allow_marked=True, allow_dynamic=True
        ),
        returns=_lookup_type,
        category="collection",
        help="The element of a map with a key, or a default where there is none.",
        example='lookup({ a = "ay", b = "bee" }, "c", "what?")',
        impl=lookup,
        uses=("returns",),
        may_be_null=True,
    ),
    Function(
        name="merge",
        variadic=Parameter("maps", DYNAMIC, allow_null=True, allow_marked=True, allow_dynamic=True),
        returns=_merge_type,
        category="collection",
        help="The elements of several maps as one map; the last of a key wins.",
        example='merge({ a = "b", c = "d" }, { e = "f", c = "z" })',
        impl=merge,
        uses=("returns",),
    ),
    Function(
        name="transpose",
        parameters=(Parameter("values", MapType(ListType(STRING))),),
        returns=MapType(ListType(STRING)),
        category="collection",
        help="A map of lists with keys and values swapped.",
        example='transpose({ a = ["1", "2"], b = ["2", "3"] })',
        impl=transpose,
    ),
    Function(
        name="values",
        parameters=(Parameter("mapping", DYNAMIC, allow_marked=True),),
        returns=_values_type,
        category="collection",
        help="The values of a map in lexical order of their keys.",
        example="values({ a = 3, c = 2, d = 1 })",
        impl=values,
        uses=("returns",),
    ),
    Function(
        name="zipmap",
        parameters=(
            Parameter("keys", ListType(STRING), allow_marked=True),
            Parameter("values", DYNAMIC, allow_marked=True),
        ),
        returns=_zipmap_type,
        category="collection",
        help="A map from a list of keys and a list of values.",
        example='zipmap(["a", "b"], [1, 2])',
        impl=zip_map,
        uses=("returns",),
    ),
)
