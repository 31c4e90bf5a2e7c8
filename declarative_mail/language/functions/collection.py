"""alltrue anytrue coalesce coalescelist compact contains distinct index length one"""

from __future__ import annotations

from declarative_mail.language.convert import convert, unify
from declarative_mail.language.equality import equal
from declarative_mail.language.functions.arguments import elements, known_length, null_of
from declarative_mail.language.functions.graphemes import cluster_count
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.marks import unmark, with_marks
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
)
