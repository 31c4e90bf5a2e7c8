"""Which types convert to which, and one type for several: decided on the types alone.

The two need each other: a tuple converts to ``list(any)`` if its items have one type in common, and types have one in
common if
all of them convert to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from declarative_mail.language.types import (
    DYNAMIC,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    inner_types,
)


def convertible(given: Type, wanted: Type, *, safe: bool = False) -> bool:
    """Whether values of one type can be converted to the other.

    Args:
        given: the type of the value.
        wanted: the type that it is to have.
        safe: every value can; otherwise some can (``"1"`` is a number, ``"x"`` is not).
    """
    if wanted == DYNAMIC:
        return True
    if given == DYNAMIC:
        return not safe
    if isinstance(given, Primitive) or isinstance(wanted, Primitive):
        return (
            given == wanted or (wanted == STRING and isinstance(given, Primitive)) or _parses(given, wanted, safe=safe)
        )
    if isinstance(given, ObjectType | TupleType) and type(given) is type(wanted):
        return _same_structure(given, wanted, safe=safe)
    return _to_collection(given, wanted, safe=safe)


def _parses(given: Type, wanted: Type, *, safe: bool) -> bool:
    return given == STRING and isinstance(wanted, Primitive) and not safe


def _same_structure(given: Type, wanted: Type, *, safe: bool) -> bool:
    if isinstance(given, ObjectType) and isinstance(wanted, ObjectType):
        return _object_to_object(given, wanted, safe=safe)
    items, others = inner_types(given), inner_types(wanted)
    return len(items) == len(others) and all(
        one == other or convertible(one, other, safe=safe) for one, other in zip(items, others, strict=True)
    )


def _to_collection(given: Type, wanted: Type, *, safe: bool) -> bool:
    match given, wanted:
        case (ListType(element=element), SetType(element=other)):
            return not safe and (element == other or convertible(element, other))
        case (ListType(element=element) | SetType(element=element), ListType(element=other) | SetType(element=other)):
            return element == other or convertible(element, other, safe=safe)
        case (MapType(element=element), MapType(element=other)):
            return element == other or convertible(element, other, safe=safe)
        case (TupleType(items=items), ListType(element=other) | SetType(element=other)):
            return _all_to_element(items, other, safe=safe)
        case (ObjectType(attributes=attributes), MapType(element=other)):
            return _all_to_element([one for _, one in attributes], other, safe=safe)
        case (MapType(element=element), ObjectType()):
            return not safe and _map_to_object(element, wanted)
    return False


def _object_to_object(given: ObjectType, wanted: ObjectType, *, safe: bool) -> bool:
    have = given.types
    for name, other in wanted.attributes:
        one = have.get(name)
        if one is None:
            if name not in wanted.optional:
                return False
        elif one != other and not convertible(one, other, safe=safe):
            return False
    return True


def _map_to_object(element: Type, wanted: ObjectType) -> bool:
    return all(name in wanted.optional or convertible(element, other) for name, other in wanted.attributes)


def _all_to_element(items: Iterable[Type], element: Type, *, safe: bool) -> bool:
    types = tuple(dict.fromkeys(items))
    if element == DYNAMIC and types:
        unified = unify(types, safe=safe)
        if unified is None or (unified == DYNAMIC and types != (DYNAMIC,)):
            return False
        element = unified
    return all(one == element or convertible(one, element, safe=safe) for one in types)


def unify(types: Sequence[Type], *, safe: bool = True) -> Type | None:
    """The type that all of these convert to, None where there is none; `DYNAMIC` where one of them is not known.

    Args:
        types: at least one.
        safe: only conversions that cannot fail, as for a conditional; else also string to number, for a list of mixed
            items.
    """
    distinct = list(dict.fromkeys(types))
    if len(distinct) == 1:
        return distinct[0]
    known = {type(one) for one in distinct if one != DYNAMIC}
    if len(known) == 1 and (unifier := _UNIFIERS.get(next(iter(known)))):
        return DYNAMIC if DYNAMIC in distinct else unifier(distinct, safe=safe)
    if {ObjectType, TupleType} <= known:
        return None
    return _unify_as_collection(distinct, known, safe=safe) or _most_general(distinct, safe=safe)


def _most_general(types: Sequence[Type], *, safe: bool) -> Type | None:
    for wanted in _by_generality(types):
        if all(one == wanted or convertible(one, wanted, safe=safe) for one in types):
            return wanted
    return None


def _unify_as_collection(types: Sequence[Type], known: set[type], *, safe: bool) -> Type | None:
    """Objects among maps are taken as maps, tuples among lists as lists, where that leads to one type."""
    for collection, structure, unifier in ((MapType, ObjectType, _as_map), (ListType, TupleType, _as_list)):
        if known == {collection, structure}:
            merged = unifier([one for one in types if isinstance(one, structure)], safe=safe)
            if merged is None:
                return None
            found = unify([merged if isinstance(one, structure) else one for one in types], safe=safe)
            return found if isinstance(found, collection) else None
    return None


def _collections(kind: Callable[[Type], Type], types: Sequence[Type], *, safe: bool) -> Type | None:
    element = unify([one.element for one in types if isinstance(one, ListType | SetType | MapType)], safe=safe)
    return None if element is None else kind(element)


def _objects(types: Sequence[Type], *, safe: bool) -> Type | None:
    tables = [one.types for one in types if isinstance(one, ObjectType)]
    first = tables[0]
    if any(table.keys() != first.keys() for table in tables):
        return _as_map(types, safe=safe)
    unified = {name: unify([table[name] for table in tables], safe=safe) for name in first}
    if None in unified.values():
        return None
    return ObjectType(tuple([(name, one) for name, one in unified.items() if one is not None]))


def _as_map(types: Sequence[Type], *, safe: bool) -> Type | None:
    inner = [inner for one in types if isinstance(one, ObjectType) for _, inner in one.attributes]
    element = unify(inner, safe=safe) if inner else None
    return None if element is None else MapType(element)


def _tuples(types: Sequence[Type], *, safe: bool) -> Type | None:
    rows = [one.items for one in types if isinstance(one, TupleType)]
    if len({len(row) for row in rows}) != 1:
        return _as_list(types, safe=safe)
    unified = [unify(column, safe=safe) for column in zip(*rows, strict=True)]
    return None if None in unified else TupleType(tuple([one for one in unified if one is not None]))


def _as_list(types: Sequence[Type], *, safe: bool) -> Type | None:
    inner = [inner for one in types if isinstance(one, TupleType) for inner in one.items]
    element = unify(inner, safe=safe) if inner else None
    return None if element is None else ListType(element)


_UNIFIERS: dict[type, Callable[..., Type | None]] = {
    MapType: partial(_collections, MapType),
    ListType: partial(_collections, ListType),
    SetType: partial(_collections, SetType),
    ObjectType: _objects,
    TupleType: _tuples,
}


def _by_generality(types: Sequence[Type]) -> list[Type]:
    """The types so that a more general one stands before those it covers: a topological order, else as given."""
    count = len(types)
    after: list[list[int]] = [[] for _ in types]
    waiting = [0] * count
    for i in range(count):
        for j in range(i + 1, count):
            order = _compare(types[i], types[j])
            if order:
                first, second = (i, j) if order < 0 else (j, i)
                after[first].append(second)
                waiting[second] += 1
    ready = [i for i in range(count) if not waiting[i]]
    for i in ready:
        for j in after[i]:
            waiting[j] -= 1
            if not waiting[j]:
                ready.append(j)
    return [types[i] for i in ready]


def _compare(one: Type, other: Type) -> int:
    """Negative where `one` is the more general of the two."""
    if DYNAMIC in (one, other):
        return (one == DYNAMIC) - (other == DYNAMIC)
    if isinstance(one, Primitive) and isinstance(other, Primitive):
        return (other == STRING) - (one == STRING)
    if isinstance(one, ListType | SetType | MapType) and type(one) is type(other):
        return _compare(one.element, other.element)
    for order in _PREFERENCES:
        if type(one) is not type(other) and type(one) in order and type(other) in order:
            return -1 if order.index(type(one)) < order.index(type(other)) else 1
    return _compare_items(one, other)


_PREFERENCES: tuple[tuple[type, ...], ...] = ((ListType, TupleType, SetType), (MapType, ObjectType))


def _compare_items(one: Type, other: Type) -> int:
    if isinstance(one, ObjectType) and isinstance(other, ObjectType):
        table, others = one.types, other.types
        pairs = [(table[name], others[name]) for name in table] if table.keys() == others.keys() else []
    elif isinstance(one, TupleType) and isinstance(other, TupleType) and len(one.items) == len(other.items):
        pairs = list(zip(one.items, other.items, strict=True))
    else:
        return 0
    orders = {_compare(a, b) for a, b in pairs}
    if {-1, 1} <= orders:
        return 0
    return -1 if -1 in orders else 1 if 1 in orders else 0
