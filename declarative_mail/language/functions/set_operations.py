"""setintersection setproduct setsubtract setunion"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

from declarative_mail.language.convert import ConversionError, convert, unify
from declarative_mail.language.functions.arguments import elements, known_length
from declarative_mail.language.functions.model import MAX_ITEMS, Function, FunctionError, Parameter, too_large
from declarative_mail.language.marks import Marks, unmark, with_marks
from declarative_mail.language.sets import element_key, make_set
from declarative_mail.language.types import DYNAMIC, ListType, SetType, TupleType, Type, type_of
from declarative_mail.language.values import ListValue, SetValue, Unknown, Value, is_wholly_known


def _operation_type(*sets: SetValue | Unknown) -> Type:
    """The type that holds the elements of all; an empty set of nothing in particular has no say."""
    types = []
    for one in sets:
        type_ = type_of(one)
        inner = type_.element if isinstance(type_, SetType) else DYNAMIC
        if not (isinstance(one, SetValue) and not one.items and inner == DYNAMIC):
            types.append(inner)
    if not types:
        return SetType(DYNAMIC)
    common = unify(types, safe=False)
    if common is None:
        raise FunctionError(None, "given sets must all have compatible element types")
    return SetType(common)


def _operands(sets: tuple[Value, ...], returns: SetType) -> list[SetValue] | None:
    """The sets with elements of the common type, None where one of them is not known any more."""
    converted = []
    for position, one in enumerate(sets):
        try:
            operand = convert(one, returns)
        except ConversionError as error:
            raise FunctionError(position, str(error)) from None
        if not isinstance(operand, SetValue):
            return None
        converted.append(operand)
    return converted


def union(*sets: Value, returns: SetType) -> Value:
    """All elements of all sets."""
    operands = _operands(sets, returns)
    if operands is None:
        return Unknown(returns)
    return make_set([item for one in operands for item in one.items], returns.element)


def _choosing(keep: Callable[[object, list[set[object]]], bool]) -> Callable[..., Value]:
    """An operation that keeps some elements of the first set, going by which of the others they are in."""

    def operate(*sets: Value, returns: SetType) -> Value:
        operands = _operands(sets, returns)
        if operands is None or not all(map(is_wholly_known, operands)):
            return Unknown(returns)
        others = [set(map(element_key, one.items)) for one in operands[1:]]
        return make_set([item for item in operands[0].items if keep(element_key(item), others)], returns.element)

    return operate


intersection = _choosing(lambda key, others: all(key in other for other in others))
difference = _choosing(lambda key, others: not any(key in other for other in others))


def _product_type(*sets: Value) -> Type:
    if len(sets) < 2:
        raise FunctionError(None, "at least two arguments are required")
    inner = TupleType(tuple([_factor_type(type_of(one), position) for position, one in enumerate(sets)]))
    return SetType(inner) if any(isinstance(type_of(one), SetType) for one in sets) else ListType(inner)


def _factor_type(type_: Type, position: int) -> Type:
    match type_:
        case SetType(element=element) | ListType(element=element):
            return element
        case TupleType(items=items):
            common = unify(items, safe=False) if items else DYNAMIC
            if common is None:
                raise FunctionError(position, "all elements must be of the same type")
            return common
    raise FunctionError(position, "a set or a list is required")


def set_product(*sets: Value, returns: ListType | SetType) -> Value:
    """Every combination of one element of each."""
    marks: Marks = ()
    for one in sets:
        marks += unmark(one)[1]
    lengths = [known_length(one) for one in sets]
    if None in lengths or any(isinstance(unmark(one)[0], Unknown) for one in sets):
        return with_marks(Unknown(returns), marks)
    total = prod(length or 0 for length in lengths)
    if total * len(sets) > MAX_ITEMS:
        raise too_large(total, MAX_ITEMS // len(sets), "elements")
    inner = returns.element
    rows: list[Value] = [_row(row, inner) for row in product(*map(elements, sets))]
    result = make_set(rows, inner) if isinstance(returns, SetType) else ListValue(tuple(rows), inner)
    return with_marks(result, marks)


def _row(row: tuple[Value, ...], inner: Type) -> Value:
    return tuple(map(convert, row, inner.items)) if isinstance(inner, TupleType) else row


_ANY_SET = SetType(DYNAMIC)
_FIRST = (Parameter("first_set", _ANY_SET, allow_dynamic=True),)
_OTHERS = Parameter("other_sets", _ANY_SET, allow_dynamic=True)

FUNCTIONS = (
    Function(
        name="setintersection",
        parameters=_FIRST,
        variadic=_OTHERS,
        returns=_operation_type,
        category="collection",
        help="The elements that all sets have.",
        example='setintersection(["a", "b"], ["b", "c"], ["b", "d"])',
        impl=intersection,
        uses=("returns",),
    ),
    Function(
        name="setproduct",
        variadic=Parameter("sets", DYNAMIC, allow_unknown=True, allow_marked=True),
        returns=_product_type,
        category="collection",
        help="All combinations of one element from each of the sets.",
        example='setproduct(["development", "production"], ["app1", "app2"])',
        impl=set_product,
        uses=("returns",),
    ),
    Function(
        name="setsubtract",
        parameters=(Parameter("a", _ANY_SET, allow_dynamic=True), Parameter("b", _ANY_SET, allow_dynamic=True)),
        returns=_operation_type,
        category="collection",
        help="The elements of one set that another does not have.",
        example='setsubtract(["a", "b", "c"], ["a", "c"])',
        impl=difference,
        uses=("returns",),
    ),
    Function(
        name="setunion",
        parameters=_FIRST,
        variadic=_OTHERS,
        returns=_operation_type,
        category="collection",
        help="The elements that any of the sets has.",
        example='setunion(["a", "b"], ["b", "c"], ["d"])',
        impl=union,
        uses=("returns",),
    ),
)
