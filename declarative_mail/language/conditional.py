"""``condition ? a : b``: both results are evaluated to find the type they have in common; one of them is the value."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.convert import ConversionError, convert, unify
from declarative_mail.language.dispatch import evaluates, value_of
from declarative_mail.language.faults import fault
from declarative_mail.language.marks import Marks, unmark, with_marks
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Conditional, Expression, TemplateIf
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    friendly_name,
    type_of,
)
from declarative_mail.language.values import Marked, Null, Unknown, Value, is_null

_SIMPLE = frozenset({str, bool, int})


@evaluates(Conditional)
def conditional(expression: Conditional, scope: Scope) -> Value:
    """The chosen result, converted to the type of both. Faults of the other result do not count."""
    return choose(expression, scope, evaluate=value_of)


def choose(
    expression: Conditional | TemplateIf, scope: Scope, *, evaluate: Callable[[Expression, Scope], Value]
) -> Value:
    """The same for an ``if`` directive, whose branches `evaluate` makes strings of."""
    then = _result(expression.then, scope, evaluate)
    otherwise = _result(expression.otherwise, scope, evaluate)
    type_ = _common_type(then.value, otherwise.value)
    if type_ is None:
        difference = _difference(type_of(then.value), type_of(otherwise.value))
        detail = f"The true and false result expressions must have consistent types. {difference}."
        span = expression.then.span.to(expression.otherwise.span)
        raise fault(codes.INCONSISTENT_RESULTS, detail, expression, scope, span=span)
    condition, marks = _condition(expression.condition, scope)
    if isinstance(condition, Unknown):
        return _undecided(then.value, otherwise.value, type_, marks)
    chosen, other = (then, otherwise) if condition else (otherwise, then)
    if chosen.error is not None:
        raise chosen.error
    value = _as_type(chosen, type_, scope, word="true" if condition else "false")
    if isinstance(other.value, Marked):
        marks += unmark(other.value)[1]
    return with_marks(value, marks) if marks else value


class _Result(Struct, frozen=True):
    """One of the two results: its value, or an unknown and the error that it gave."""

    expression: Expression
    value: Value
    error: DiagnosticError | None = None


def _result(expression: Expression, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> _Result:
    try:
        return _Result(expression, evaluate(expression, scope))
    except DiagnosticError as error:
        return _Result(expression, Unknown(DYNAMIC), error)


def _common_type(then: Value, otherwise: Value) -> Type | None:
    if type(then) is type(otherwise) and type(then) in _SIMPLE:
        return type_of(then)
    types = type_of(then), type_of(otherwise)
    for one, other in (types, types[::-1]):
        if one == DYNAMIC:
            return other if is_null(then if types[0] == DYNAMIC else otherwise) else DYNAMIC
    return unify(types, safe=False)


def _condition(expression: Expression, scope: Scope) -> tuple[Value, Marks]:
    condition, marks = unmark(value_of(expression, scope))
    if condition is None or isinstance(condition, Null):
        detail = "The condition value is null. Conditions must either be true or false."
        raise fault(codes.NULL_CONDITION, detail, expression, scope)
    if isinstance(condition, bool | Unknown):
        return condition, marks
    try:
        return convert(condition, BOOL), marks
    except ConversionError as error:
        detail = "The condition expression must be of type bool."
        raise fault(codes.CONDITION_TYPE, detail, expression, scope) from error


def _undecided(then: Value, otherwise: Value, type_: Type, marks: Marks) -> Value:
    (bare, more), (other, others) = unmark(then), unmark(otherwise)
    all_marks = marks + more + others
    if is_null(bare) and is_null(other):
        return with_marks(Null(type_) if type_ != DYNAMIC else None, all_marks)
    return with_marks(Unknown(type_, not_null=_never_null(bare) and _never_null(other)), all_marks)


def _never_null(value: Value) -> bool:
    return value.not_null if isinstance(value, Unknown) else not is_null(value)


def _as_type(chosen: _Result, type_: Type, scope: Scope, *, word: str) -> Value:
    if type_ is DYNAMIC:
        return chosen.value
    try:
        return convert(chosen.value, type_)
    except ConversionError as error:
        detail = f"The {word} result value has the wrong type: {error}."
        raise fault(codes.INCONSISTENT_RESULTS, detail, chosen.expression, scope) from error


def _difference(then: Type, otherwise: Type) -> str:
    """What is different between two types that have none in common, as far down as words reach."""
    match then, otherwise:
        case (ObjectType(), ObjectType()):
            return _object_difference(then, otherwise)
        case (TupleType(items=items), TupleType(items=others)):
            if len(items) != len(others):
                return f"The 'true' tuple has length {len(items)}, but the 'false' tuple has length {len(others)}"
            index = next(index for index, pair in enumerate(zip(items, others, strict=True)) if pair[0] != pair[1])
            return f"Type mismatch for tuple element {index}: {_difference(items[index], others[index])}"
        case (
            (ListType(element=one), ListType(element=other))
            | (SetType(element=one), SetType(element=other))
            | (MapType(element=one), MapType(element=other))
        ) if type(one) is type(other) and isinstance(one, ObjectType | TupleType):
            kind = friendly_name(then).split(" ", 1)[0]
            return f"Mismatched {kind} element types: {_difference(one, other)}"
    if friendly_name(then) == friendly_name(otherwise):
        return (
            "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' "
            "value"
        )
    return f"The 'true' value is {friendly_name(then)}, but the 'false' value is {friendly_name(otherwise)}"


def _object_difference(then: ObjectType, otherwise: ObjectType) -> str:
    others = otherwise.types
    for name, one in then.attributes:
        if name not in others:
            return f"The 'true' value includes object attribute \"{name}\", which is absent in the 'false' value"
        if one != others[name]:
            return f'Type mismatch for object attribute "{name}": {_difference(one, others[name])}'
    name = next(name for name, _ in otherwise.attributes if name not in then.types)
    return f"The 'false' value includes object attribute \"{name}\", which is absent in the 'true' value"
