"""chunklist concat element flatten reverse slice"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from declarative_mail.language.convert import ConversionError, convert, unify
from declarative_mail.language.functions.arguments import elements, known_length, whole_number, without_mark
from declarative_mail.language.functions.model import MAX_ITEMS, Function, FunctionError, Parameter, too_large
from declarative_mail.language.marks import Marks, unmark, with_marks
from declarative_mail.language.numeric import Number
from declarative_mail.language.types import DYNAMIC, NUMBER, ListType, SetType, TupleType, Type, friendly_name, type_of
from declarative_mail.language.values import ListValue, Unknown, Value, is_known, is_null, is_wholly_known

Items: TypeAlias = list[Value]
Types: TypeAlias = list[Type]


def _chunklist_type(sequence: Value, _size: Value) -> Type:
    return ListType(type_of(sequence))


def chunk_list(sequence: Value, size: Value, *, returns: ListType) -> Value:
    """The list in lists of so many elements each; size 0 gives one list of all."""
    (_, marks), (count, count_marks) = unmark(sequence), unmark(size)
    step = whole_number(count, what="invalid size: ")
    if step < 0:
        raise FunctionError(None, "the size argument must be positive")
    items = tuple(elements(sequence))
    step = step or max(len(items), 1)
    chunks: Items = []
    for start in range(0, len(items), step):
        chunks.append(_list_of(items[start : start + step], returns.element))
    return with_marks(_list_of(chunks, returns), marks + count_marks)


def _list_of(items: Sequence[Value], returns: Type) -> Value:
    """A list where a list type is asked for, else a tuple."""
    return ListValue(tuple(items), returns.element) if isinstance(returns, ListType) else tuple(items)


def _concat_type(*seqs: Value) -> Type:
    if not seqs:
        raise FunctionError(None, "at least one argument is required")
    types = [type_of(one) for one in seqs]
    if all(isinstance(one, ListType) for one in types):
        common = unify(types, safe=False)
        if common is not None:
            return common
    items: Types = []
    for position, (one, type_) in enumerate(zip(seqs, types, strict=True)):
        match type_:
            case TupleType(items=inner):
                items.extend(inner)
            case ListType(element=element):
                if not is_known(one):
                    return DYNAMIC
                items.extend([element] * len(elements(one)))
            case _:
                message = f"all arguments must be lists or tuples; got {friendly_name(type_)}"
                raise FunctionError(position, message)
    return TupleType(tuple(items))


def concat(*seqs: Value, returns: Type) -> Value:
    """The elements of all lists, one after the other: a list if all are lists, else a tuple."""
    joined: Items = []
    marks: Marks = ()
    for position, one in enumerate(seqs):
        sequence, found = unmark(_as_part(one, position, returns))
        joined.extend(elements(sequence))
        marks += found
        if len(joined) > MAX_ITEMS:
            raise too_large(len(joined), MAX_ITEMS, "elements")
    return with_marks(_list_of(joined, returns), marks)


def _as_part(value: Value, position: int, wanted: Type) -> Value:
    if not isinstance(wanted, ListType):
        return value
    try:
        return convert(value, wanted)
    except ConversionError as error:
        raise FunctionError(position, str(error)) from None


def _element_type(sequence: Value, index: Number | Unknown) -> Type:
    match type_of(sequence):
        case ListType(element=element):
            return element
        case TupleType(items=items):
            return DYNAMIC if isinstance(index, Unknown) else items[_tuple_position(index, len(items))]
        case other:
            raise FunctionError(None, f"cannot read elements from {friendly_name(other)}")


def _tuple_position(index: Number, count: int) -> int:
    """The position in a tuple: from its end only a multiple of its length may be counted, as in Terraform 1.11."""
    position = whole_number(index, what="invalid index: ")
    if not count:
        raise FunctionError(None, "cannot use element function with an empty list")
    if position < 0 and position % count:
        raise FunctionError(None, f"index out of range [{position}]: a tuple has no negative index")
    return position % count


def element(sequence: Value, index: Number) -> Value:
    """The element at a position, which starts again from the beginning where it is beyond the end."""
    _, marks = unmark(sequence)
    items = elements(sequence)
    position = whole_number(index, what="invalid index: ")
    if not items:
        raise FunctionError(None, "cannot use element function with an empty list")
    return with_marks(items[position % len(items)], marks)


def _flatten_type(sequence: Value) -> Type:
    if not is_wholly_known(sequence):
        return DYNAMIC
    if not isinstance(type_of(sequence), ListType | SetType | TupleType):
        raise FunctionError(None, "can only flatten lists, sets and tuples")
    found: Items = []
    _flatten(sequence, found)
    return TupleType(tuple(map(type_of, found)))


def flatten(sequence: Value, *, returns: Type) -> Value:
    """All elements of nested lists, sets and tuples as one tuple."""
    if not isinstance(type_of(sequence), ListType | SetType | TupleType):
        raise FunctionError(None, "can only flatten lists, sets and tuples")
    found: Items = []
    marks, known = _flatten(sequence, found)
    return with_marks(tuple(found) if known else Unknown(returns), marks)


def _flatten(value: Value, found: Items) -> tuple[Marks, bool]:
    """Append what is not a sequence; give the marks of the sequences, and whether their lengths are known."""
    sequence, marks = unmark(value)
    if known_length(sequence) is None or isinstance(sequence, Unknown):
        return marks, False
    known = True
    for item in elements(sequence):
        bare = without_mark(item)
        if is_null(bare) or not isinstance(type_of(bare), ListType | SetType | TupleType):
            known = known and not (isinstance(bare, Unknown) and bare.type == DYNAMIC)
            found.append(item)
        else:
            inner, inner_known = _flatten(item, found)
            marks += inner
            known = known and inner_known
        if len(found) > MAX_ITEMS:
            raise too_large(len(found), MAX_ITEMS, "elements")
    return marks, known


def _reverse_type(sequence: Value) -> Type:
    match type_of(sequence):
        case TupleType(items=items):
            return TupleType(items[::-1])
        case ListType(element=element) | SetType(element=element):
            return ListType(element)
        case other:
            raise FunctionError(0, f"can only reverse list or tuple values, not {friendly_name(other)}")


def reverse(sequence: Value, *, returns: Type) -> Value:
    """The elements from the last to the first; of a set as well."""
    _, marks = unmark(sequence)
    return with_marks(_list_of(elements(sequence)[::-1], returns), marks)


def _slice_type(sequence: Value, start_index: Number | Unknown, end_index: Number | Unknown) -> Type:
    type_ = type_of(sequence)
    if isinstance(type_, SetType):
        message = (
            "cannot slice a set, because its elements do not have indices; "
            "explicitly convert to a list if the ordering of the result is not important"
        )
        raise FunctionError(0, message)
    if not isinstance(type_, ListType | TupleType):
        raise FunctionError(0, "must be a list or tuple value")
    start, end = _slice_bounds(known_length(sequence), start_index, end_index)
    if isinstance(type_, ListType):
        return type_
    return DYNAMIC if start is None or end is None else TupleType(type_.items[start:end])


def _slice_bounds(
    length: int | None, start_index: Number | Unknown, end_index: Number | Unknown
) -> tuple[int | None, int | None]:
    start, end = (
        _slice_bound(bound, length, position, name)
        for position, (bound, name) in enumerate([(start_index, "start"), (end_index, "end")], 1)
    )
    if start is not None and end is not None and start > end:
        raise FunctionError(1, "start index must not be greater than end index")
    return start, end


def _slice_bound(index: Number | Unknown, length: int | None, argument: int, name: str) -> int | None:
    if isinstance(index, Unknown):
        return None
    position = whole_number(index, argument=argument, what=f"invalid {name} index: ")
    if position < 0:
        raise FunctionError(argument, f"{name} index must not be less than zero")
    if length is not None and position > length:
        raise FunctionError(argument, f"{name} index must not be greater than the length of the list")
    return position


def slice_(sequence: Value, start_index: Number, end_index: Number, *, returns: Type) -> Value:
    """The elements from the start up to before the end."""
    _, marks = unmark(sequence)
    return with_marks(_list_of(elements(sequence)[int(start_index) : int(end_index)], returns), marks)


_ANY_LIST = Parameter("list", DYNAMIC, allow_marked=True)

FUNCTIONS = (
    Function(
        name="chunklist",
        parameters=(
            Parameter("list", ListType(DYNAMIC), allow_marked=True),
            Parameter("size", NUMBER, allow_marked=True),
        ),
        returns=_chunklist_type,
        category="collection",
        help="A list split into lists of at most so many elements.",
        example='chunklist(["a", "b", "c"], 2)',
        impl=chunk_list,
        uses=("returns",),
    ),
    Function(
        name="concat",
        variadic=Parameter("seqs", DYNAMIC, allow_marked=True),
        returns=_concat_type,
        category="collection",
        help="The elements of several lists as one list.",
        example='concat(["a", ""], ["b", "c"])',
        impl=concat,
        uses=("returns",),
    ),
    Function(
        name="element",
        parameters=(_ANY_LIST, Parameter("index", NUMBER)),
        returns=_element_type,
        category="collection",
        help="The element of a list at a position, counting on from the beginning beyond its end.",
        example='element(["a", "b", "c"], 4)',
        impl=element,
        may_be_null=True,
    ),
    Function(
        name="flatten",
        parameters=(_ANY_LIST,),
        returns=_flatten_type,
        category="collection",
        help="All elements of nested lists as one list.",
        example='flatten([["a", "b"], [], ["c"]])',
        impl=flatten,
        uses=("returns",),
    ),
    Function(
        name="reverse",
        parameters=(_ANY_LIST,),
        returns=_reverse_type,
        category="collection",
        help="A list with its elements in reverse order.",
        example="reverse([1, 2, 3])",
        impl=reverse,
        uses=("returns",),
    ),
    Function(
        name="slice",
        parameters=(_ANY_LIST, Parameter("start_index", NUMBER), Parameter("end_index", NUMBER)),
        returns=_slice_type,
        category="collection",
        help="The elements of a list from one index up to before another.",
        example='slice(["a", "b", "c", "d"], 1, 3)',
        impl=slice_,
        uses=("returns",),
    ),
)
