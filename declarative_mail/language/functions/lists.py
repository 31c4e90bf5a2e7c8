"""list map matchkeys range sort sum"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from declarative_mail.language import numeric as numbers
from declarative_mail.language.convert import ConversionError, convert, unify
from declarative_mail.language.functions.arguments import elements
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.numeric import Number
from declarative_mail.language.sets import element_key
from declarative_mail.language.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    Primitive,
    SetType,
    TupleType,
    Type,
    friendly_name,
    type_of,
)
from declarative_mail.language.values import ListValue, Unknown, Value, is_null, is_wholly_known

MAX_RANGE = 1024
"""Numbers that `range` makes at most, as in Terraform."""


def _gone(name: str, instead: str, *, example: str) -> Function:
    message = f'the "{name}" function was deprecated in Terraform v0.12 and is no longer available; use {instead}'

    def refuse(*_vals: Value) -> Type:
        raise FunctionError(None, message)

    return Function(
        name=name,
        variadic=Parameter("vals", DYNAMIC, allow_null=True, allow_unknown=True, allow_dynamic=True),
        returns=refuse,
        category="collection",
        help=f"No longer available: use {instead}.",
        example=example,
        impl=refuse,  # type: ignore[arg-type]  # never reached: the type is refused first
    )


def _matchkeys_type(values: ListValue, keys: ListValue, searchset: ListValue) -> Type:
    if unify([type_of(keys), type_of(searchset)], safe=False) is None:
        raise FunctionError(None, "keys and searchset must be of the same type")
    return type_of(values)


def match_keys(values: ListValue, keys: ListValue, searchset: ListValue) -> Value:
    """The values whose key at the same position is in the search set."""
    if len(values.items) != len(keys.items):
        raise FunctionError(None, "length of keys and values should be equal")
    if not searchset.items:
        return ListValue((), values.element)
    if not (is_wholly_known(values) and is_wholly_known(keys)):
        return Unknown(type_of(values))
    if not is_wholly_known(searchset):
        return ListValue((), values.element)
    common = unify([type_of(keys), type_of(searchset)], safe=False) or DYNAMIC
    wanted = set(map(element_key, elements(convert(searchset, common))))
    chosen = [element_key(key) in wanted for key in elements(convert(keys, common))]
    return ListValue(tuple([one for one, take in zip(values.items, chosen, strict=True) if take]), values.element)


_RANGE_REMEDY = "either decrease the difference between start and end or use a larger step"
_ZERO_STEP = "the step must not be zero"


def make_range(*params: Number) -> Value:
    """Numbers from the start (0) up or down to before the end, by the step (1 or -1)."""
    if not 1 <= len(params) <= 3:
        raise FunctionError(None, "must have one, two, or three arguments")
    start, end = (0, params[0]) if len(params) == 1 else params[:2]
    step = params[2] if len(params) == 3 else -1 if end < start else 1
    if step < 0 and end > start:
        raise FunctionError(1, "end must be less than start when step is negative")
    if step >= 0 and end < start:
        raise FunctionError(1, "end must be greater than start when step is positive")
    found: list[Value] = []
    current = start
    while current > end if step < 0 else current < end:
        if len(found) == MAX_RANGE:
            raise FunctionError(
                None, f"more than {MAX_RANGE} values were generated; {_RANGE_REMEDY if step else _ZERO_STEP}"
            )
        found.append(current)
        current = numbers.add(current, step)
    return ListValue(tuple(found), NUMBER)


def sort(sequence: ListValue | Unknown) -> Value:
    """The strings in lexical order of their code points."""
    if isinstance(sequence, Unknown):
        return Unknown(ListType(STRING))
    if not is_wholly_known(sequence):
        return ListValue((Unknown(STRING),) * len(sequence.items), STRING)
    for position, one in enumerate(sequence.items):
        if is_null(one):
            raise FunctionError(None, f"given list element {position} is null; a null string cannot be sorted")
    return ListValue(tuple(sorted(one for one in sequence.items if isinstance(one, str))), STRING)


def total(sequence: Value) -> Value:
    """The sum of the numbers in a list, set or tuple."""
    type_ = type_of(sequence)
    if isinstance(type_, Primitive):
        raise FunctionError(0, "cannot sum noniterable")
    if not elements(sequence):
        raise FunctionError(0, "cannot sum an empty list")
    if not isinstance(type_, ListType | SetType | TupleType):
        raise FunctionError(0, f"argument must be list, set, or tuple. Received {friendly_name(type_)}")
    if not is_wholly_known(sequence):
        return Unknown(NUMBER)
    try:
        return _summed(elements(sequence))
    except numbers.UndefinedResultError:
        raise FunctionError(None, "can't compute sum of opposing infinities") from None
    except numbers.NumberRangeError:
        raise FunctionError(None, "the sum is out of range") from None


def _summed(items: Sequence[Value]) -> Number:
    result: Number = 0
    for position, one in enumerate(items):
        try:
            number = convert(one, NUMBER)
        except ConversionError:
            number = None
        if not isinstance(number, int | Decimal):
            raise FunctionError(0, "argument must be list, set, or tuple of number values")
        result = numbers.add(result, number) if position else number
    return result


_LIST_OF_ANY = ListType(DYNAMIC)

FUNCTIONS = (
    _gone("list", "tolist([ ... ]) syntax to write a literal list", example='tolist(["a", "b"])'),
    _gone("map", "tomap({ ... }) syntax to write a literal map", example="tomap({ a = 1 })"),
    Function(
        name="matchkeys",
        parameters=(
            Parameter("values", _LIST_OF_ANY),
            Parameter("keys", _LIST_OF_ANY),
            Parameter("searchset", _LIST_OF_ANY),
        ),
        returns=_matchkeys_type,
        category="collection",
        help="The elements of one list whose keys at the same position in a second list are in a third.",
        example='matchkeys(["i-1", "i-2"], ["east", "west"], ["east"])',
        impl=match_keys,
    ),
    Function(
        name="range",
        variadic=Parameter("params", NUMBER),
        returns=ListType(NUMBER),
        category="collection",
        help="A list of numbers from a start up to before an end.",
        example="range(1, 4)",
        impl=make_range,
    ),
    Function(
        name="sort",
        parameters=(Parameter("list", ListType(STRING), allow_unknown=True),),
        returns=ListType(STRING),
        category="collection",
        help="The strings of a list in lexical order.",
        example='sort(["e", "d", "a", "x"])',
        impl=sort,
    ),
    Function(
        name="sum",
        parameters=(Parameter("list", DYNAMIC),),
        returns=NUMBER,
        category="collection",
        help="The sum of the numbers in a list or set.",
        example="sum([10, 13, 6, 4.5])",
        impl=total,
    ),
)
