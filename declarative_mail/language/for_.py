"""``[for … : …]`` and ``{for … : … => …}``: a tuple or an object made from the elements of a collection."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.access import Elements, elements
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.dispatch import evaluates, value_of
from declarative_mail.language.faults import fault, spend
from declarative_mail.language.marks import Mark, Marks, unmark, with_marks
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Expression, For, TemplateFor
from declarative_mail.language.types import BOOL, DYNAMIC, STRING, Primitive, friendly_name, type_of
from declarative_mail.language.values import Unknown, Value, is_null


def collection_of(expression: For | TemplateFor, scope: Scope) -> tuple[Elements | None, Marks]:
    """What a ``for`` runs over, None where that is not known yet, and the marks of the collection.

    Raises:
        DiagnosticError: it is null, or nothing that has elements.
    """
    value, marks = unmark(value_of(expression.collection, scope))
    if is_null(value):
        detail = "A null value cannot be used as the collection in a 'for' expression."
        raise fault(codes.ITERATION_OVER_NULL, detail, expression.collection, scope)
    items = elements(value)
    if items is not None:
        spend(len(items), expression, scope)
        return items, marks
    type_ = type_of(value)
    if isinstance(value, Unknown) and (type_ == DYNAMIC or not isinstance(type_, Primitive)):
        return None, marks
    detail = f"A value of type {friendly_name(type_)} cannot be used as the collection in a 'for' expression."
    raise fault(codes.NOT_ITERABLE, detail, expression.collection, scope)


def rounds(expression: For | TemplateFor, items: Elements, scope: Scope) -> Iterator[Scope]:
    """The scope of each round: the same one each time, in which the names have the values of that round."""
    names: dict[str, Value] = {}
    inner = scope.child(names)
    for key, value in items:
        if expression.key is not None:
            names[expression.key] = key
        names[expression.value] = value
        yield inner


@evaluates(For)
def for_(expression: For, scope: Scope) -> Value:
    """A tuple, or an object where the result has a key; unknown where a condition or key is."""
    items, marks = collection_of(expression, scope)
    found = list(marks)
    if expression.condition is not None:
        found.extend(_check_condition(expression.condition, expression, scope, known=items is not None))
    if items is None:
        return with_marks(Unknown(DYNAMIC), found)
    inner_scopes = rounds(expression, items, scope)
    if expression.result_key is None:
        result = _tuple(expression, inner_scopes, found)
    elif expression.grouping:
        result = _groups(expression, expression.result_key, inner_scopes, found)
    else:
        result = _object(expression, expression.result_key, inner_scopes, found)
    return with_marks(result, found) if found else result


def _check_condition(condition: Expression, expression: For, scope: Scope, *, known: bool) -> Marks:
    """Find the faults that a condition has whatever the elements are, also where there are none."""
    names: dict[str, Value] = {expression.value: Unknown(DYNAMIC)}
    if expression.key is not None:
        names[expression.key] = Unknown(DYNAMIC)
    inner = scope.child(names)
    value, marks = unmark(value_of(condition, inner))
    if is_null(value):
        detail = "The value of the 'if' clause must not be null."
        raise fault(codes.CONDITION_IS_NULL, detail, condition, inner)
    _bool(value, condition, inner)
    return () if known else marks


def _included(condition: Expression, inner: Scope, marks: list[Mark]) -> bool | None:
    """Whether an element takes part, None where that is not known yet."""
    value, found = unmark(value_of(condition, inner))
    marks.extend(found)
    if is_null(value):
        detail = "The value of the 'if' clause must not be null."
        raise fault(codes.INVALID_FOR_CONDITION, detail, condition, inner)
    return _bool(value, condition, inner)


def _bool(value: Value, condition: Expression, inner: Scope) -> bool | None:
    if isinstance(value, bool):
        return value
    try:
        converted = convert(value, BOOL)
    except ConversionError as error:
        detail = f"The 'if' clause value is invalid: {error}."
        raise fault(codes.INVALID_FOR_CONDITION, detail, condition, inner) from error
    return converted if isinstance(converted, bool) else None


def _tuple(expression: For, inner_scopes: Iterator[Scope], marks: list[Mark]) -> Value:
    result: list[Value] = []
    known = True
    for inner in inner_scopes:
        included = True if expression.condition is None else _included(expression.condition, inner, marks)
        if included is None:
            known = False
        elif included:
            result.append(value_of(expression.result, inner))
    return tuple(result) if known else Unknown(DYNAMIC)


def _object(expression: For, key: Expression, inner_scopes: Iterator[Scope], marks: list[Mark]) -> Value:
    result: dict[str, Value] = {}
    known = True
    for inner in inner_scopes:
        name = _name(expression, key, inner, marks)
        if name is None:
            known = False
        elif name is _LEFT_OUT:
            continue
        elif name in result:
            shown = "the same key" if any(mark.sensitive for mark in marks) else f'the key "{name}"'
            detail = (
                f"Two different items produced {shown} in this 'for' expression. If duplicates are expected, use the "
                "ellipsis (...) after the value expression to enable grouping by key."
            )
            raise fault(codes.DUPLICATE_KEY, detail, key, inner)
        else:
            result[name] = value_of(expression.result, inner)
    return {name: result[name] for name in sorted(result)} if known else Unknown(DYNAMIC)


def _groups(expression: For, key: Expression, inner_scopes: Iterator[Scope], marks: list[Mark]) -> Value:
    result: dict[str, list[Value]] = {}
    known = True
    for inner in inner_scopes:
        name = _name(expression, key, inner, marks)
        if name is None:
            known = False
        elif name is not _LEFT_OUT:
            result.setdefault(name, []).append(value_of(expression.result, inner))
    return {name: tuple(result[name]) for name in sorted(result)} if known else Unknown(DYNAMIC)


class _LeftOut(str):
    """Stands for the key of an element that the condition leaves out."""

    __slots__ = ()


_LEFT_OUT = _LeftOut()


def _name(expression: For, key: Expression, inner: Scope, marks: list[Mark]) -> str | None:
    """The key of one element, `_LEFT_OUT`, or None where it is not known yet."""
    if expression.condition is not None:
        included = _included(expression.condition, inner, marks)
        if not included:
            return None if included is None else _LEFT_OUT
    value, found = unmark(value_of(key, inner))
    marks.extend(found)
    if type(value) is str:
        return value
    if is_null(value):
        detail = "Key expression in 'for' expression must not produce a null value."
        raise fault(codes.INVALID_OBJECT_KEY, detail, key, inner)
    try:
        converted = convert(value, STRING)
    except ConversionError as error:
        detail = f"The key expression produced an invalid result: {error}."
        raise fault(codes.INVALID_OBJECT_KEY, detail, key, inner) from error
    return converted if isinstance(converted, str) else None
