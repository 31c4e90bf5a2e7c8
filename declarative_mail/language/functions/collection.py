"""alltrue anytrue coalesce coalescelist compact contains distinct index length list map matchkeys one range sort sum"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from declarative_mail.language import numeric as numbers
from declarative_mail.language.convert import ConversionError, convert, unify
from declarative_mail.language.equality import equal
from declarative_mail.language.functions.arguments import elements, known_length, null_of
from declarative_mail.language.functions.graphemes import cluster_count
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.numeric import Number
from declarative_mail.language.sets import element_key
from declarative_mail.language.types import (
    BOOL,
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
from declarative_mail.language.values import (
    ListValue,
    Unknown,
    Value,
    is_known,
    is_null,
    is_wholly_known,
)

MAX_RANGE = 1024
"""Numbers that `range` makes at most, as in Terraform."""


def all_true(sequence: ListValue) -> Value:
    """Whether no element is false or null; one that comes before the first unknown decides."""
    for one in elements(sequence):
        if not is_known(one):
            return Unknown(BOOL)
        if is_null(one) or one is False:
            return False
    return True


def any_true(sequence: ListValue) -> Value:
    """Whether an element is true, wherever it stands."""
    items = elements(sequence)
    if any(one is True for one in items):
        return True
    return False if all(map(is_known, items)) else Unknown(BOOL)


def _coalesce_type(*vals: Value) -> Type:
    unified = unify([type_of(one) for one in vals], safe=False) if vals else None
    if unified is None:
        raise FunctionError(None, "all arguments must have the same type")
    return unified


def coalesce(*vals: Value, returns: Type) -> Value:
    """The first argument that is neither null nor an empty string."""
    for one in vals:
        value = convert(one, returns)
        if not is_known(value):
            return Unknown(returns)
        if not is_null(value) and not (returns == STRING and value == ""):
            return value
    raise FunctionError(None, "no non-null, non-empty-string arguments")


def _coalescelist_type(*vals: Value) -> Type:
    if not vals:
        raise FunctionError(None, "at least one argument is required")
    types = []
    for one in vals:
        if not is_known(one):
            return DYNAMIC
        types.append(type_of(one))
        if not isinstance(types[-1], ListType | TupleType):
            raise FunctionError(None, "coalescelist arguments must be lists or tuples")
    return types[0] if len(set(types)) == 1 else DYNAMIC


def coalesce_lists(*vals: Value, returns: Type) -> Value:
    """The first list or tuple that has elements."""
    for one in vals:
        if not is_known(one):
            return Unknown(returns)
        if not is_null(one) and elements(one):
            return one
    raise FunctionError(None, "no non-null arguments")


def compact(sequence: ListValue) -> Value:
    """The list without its empty and null elements."""
    if not is_wholly_known(sequence):
        return Unknown(ListType(STRING))
    return ListValue(tuple([one for one in elements(sequence) if not is_null(one) and one != ""]), STRING)


def contains(sequence: Value, value: Value) -> Value:
    """Whether an element equals the value, type and all."""
    if not isinstance(type_of(sequence), ListType | TupleType | SetType):
        raise FunctionError(None, "argument must be list, tuple, or set")
    answers = [equal(value, one) for one in elements(sequence)]
    if any(answer is True for answer in answers):
        return True
    return False if all(map(is_known, answers)) else Unknown(BOOL)


def distinct(sequence: ListValue) -> Value:
    """The list without the elements that came before."""
    if not is_wholly_known(sequence):
        return Unknown(type_of(sequence))
    first: dict[object, Value] = {}
    for one in sequence.items:
        first.setdefault(element_key(one), one)
    return ListValue(tuple(first.values()), sequence.element)


def index_of(sequence: Value, value: Value) -> Value:
    """The position of the first element that equals the value."""
    if not isinstance(type_of(sequence), ListType | TupleType):
        raise FunctionError(None, "argument must be a list or tuple")
    items = elements(sequence)
    if not items:
        raise FunctionError(None, "cannot search an empty list")
    for position, one in enumerate(items):
        answer = equal(one, value)
        if not is_known(answer):
            return Unknown(NUMBER)
        if answer is True:
            return position
    raise FunctionError(None, "item not found")


def _length_type(value: Value) -> Type:
    type_ = type_of(value)
    if isinstance(type_, Primitive) and type_ not in (STRING, DYNAMIC):
        raise FunctionError(None, "argument must be a string, a collection type, or a structural type")
    return NUMBER


def length(value: Value) -> Value:
    """How many elements, attributes or characters a value has; only its own marks go to the result."""
    bare, marks = unmark(value)
    count = cluster_count(bare) if isinstance(bare, str) else known_length(bare)
    return with_marks(Unknown(NUMBER) if count is None else count, marks)


def _gone(name: str, instead: str) -> Function:
    message = f'the "{name}" function was deprecated in Terraform v0.12 and is no longer available; use {instead}'

    def refuse(*_vals: Value) -> Type:
        raise FunctionError(None, message)

    return Function(
        name=name,
        variadic=Parameter("vals", DYNAMIC, allow_null=True, allow_unknown=True, allow_dynamic=True),
        returns=refuse,
        category="collection",
        help=f"No longer available: use {instead}.",
        example=instead.partition(" ")[0],
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
    try:
        wanted = set(map(element_key, elements(convert(searchset, common))))
        chosen = [element_key(key) in wanted for key in elements(convert(keys, common))]
    except ConversionError as error:
        raise FunctionError(None, str(error)) from None
    return ListValue(tuple([one for one, take in zip(values.items, chosen, strict=True) if take]), values.element)


_ONE = "must be a list, set, or tuple value with either zero or one elements"


def _one_type(sequence: Value) -> Type:
    match type_of(sequence):
        case ListType(element=element) | SetType(element=element):
            return element
        case TupleType(items=items) if len(items) < 2:
            return items[0] if items else DYNAMIC
    raise FunctionError(0, _ONE)


def only_element(sequence: Value, *, returns: Type) -> Value:
    """The only element, or null where there is none."""
    count = known_length(sequence)
    if count is None:
        return Unknown(returns)
    if count > 1:
        raise FunctionError(0, _ONE)
    return elements(sequence)[0] if count else null_of(returns)


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
    if isinstance(sequence, Unknown) or not is_wholly_known(sequence):
        return Unknown(ListType(STRING))
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
_BOOLS = (Parameter("list", ListType(BOOL)),)
_STRINGS = (Parameter("list", ListType(STRING)),)
_ANY_VALUES = Parameter("vals", DYNAMIC, allow_null=True, allow_unknown=True, allow_dynamic=True)

FUNCTIONS = (
    Function(
        name="alltrue",
        parameters=_BOOLS,
        returns=BOOL,
        category="collection",
        help="Whether all elements of a list are true.",
        example='alltrue(["true", true])',
        impl=all_true,
    ),
    Function(
        name="anytrue",
        parameters=_BOOLS,
        returns=BOOL,
        category="collection",
        help="Whether any element of a list is true.",
        example="anytrue([true, false])",
        impl=any_true,
    ),
    Function(
        name="coalesce",
        variadic=_ANY_VALUES,
        returns=_coalesce_type,
        category="collection",
        help="The first argument that is neither null nor an empty string.",
        example='coalesce("", null, "b")',
        impl=coalesce,
        uses=("returns",),
    ),
    Function(
        name="coalescelist",
        variadic=_ANY_VALUES,
        returns=_coalescelist_type,
        category="collection",
        help="The first list that is not empty.",
        example='coalescelist([], ["c", "d"])',
        impl=coalesce_lists,
        uses=("returns",),
    ),
    Function(
        name="compact",
        parameters=_STRINGS,
        returns=ListType(STRING),
        category="collection",
        help="A list of strings without the empty and null ones.",
        example='compact(["a", "", "b", null])',
        impl=compact,
    ),
    Function(
        name="contains",
        parameters=(Parameter("list", DYNAMIC), Parameter("value", DYNAMIC)),
        returns=BOOL,
        category="collection",
        help="Whether a list or set has a value among its elements.",
        example='contains(["a", "b", "c"], "a")',
        impl=contains,
    ),
    Function(
        name="distinct",
        parameters=(Parameter("list", _LIST_OF_ANY),),
        returns=type_of,
        category="collection",
        help="A list with only the first of equal elements.",
        example='distinct(["a", "b", "a"])',
        impl=distinct,
    ),
    Function(
        name="index",
        parameters=(Parameter("list", DYNAMIC), Parameter("value", DYNAMIC)),
        returns=NUMBER,
        category="collection",
        help="The position of a value in a list.",
        example='index(["a", "b", "c"], "b")',
        impl=index_of,
    ),
    Function(
        name="length",
        parameters=(Parameter("value", DYNAMIC, allow_unknown=True, allow_marked=True, allow_dynamic=True),),
        returns=_length_type,
        category="collection",
        help="The number of elements of a collection, or of characters of a string.",
        example='length(["a", "b"])',
        impl=length,
    ),
    _gone("list", "tolist([ ... ]) syntax to write a literal list"),
    _gone("map", "tomap({ ... }) syntax to write a literal map"),
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
        name="one",
        parameters=(Parameter("list", DYNAMIC),),
        returns=_one_type,
        category="collection",
        help="The only element of a list, or null where the list is empty.",
        example='one(["a"])',
        impl=only_element,
        uses=("returns",),
        may_be_null=True,
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
