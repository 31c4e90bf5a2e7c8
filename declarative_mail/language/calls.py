"""``name(a, b...)``: from a call in the source to a call of a function, and back from its fault to the argument."""

from __future__ import annotations

from functools import partial

from declarative_mail.diagnostics import DiagnosticError, suggestion
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.diagnostics.codes.functions import CALL_FAILED, UNKNOWN_FUNCTION
from declarative_mail.language.dispatch import evaluates, value_of
from declarative_mail.language.faults import fault, values_of
from declarative_mail.language.functions.model import Argument, Deferred, Function, FunctionError, call_function
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Call, Expression
from declarative_mail.language.types import DYNAMIC, ListType, SetType, TupleType
from declarative_mail.language.values import ListValue, SetValue, Unknown, Value, is_null


@evaluates(Call)
def call(expression: Call, scope: Scope) -> Value:
    """The result of a function call."""
    function = scope.functions.get(expression.name)
    if function is None:
        name = expression.name
        detail = f'There is no function named "{name}".'
        help_ = suggestion(name, scope.functions)
        raise fault(UNKNOWN_FUNCTION, detail, expression, scope, span=expression.name_span, help_=help_)
    if scope.context is None:
        raise fault(CALL_FAILED, "Functions cannot be called here.", expression, scope)
    arguments = _arguments(expression, function, scope)
    if arguments is None:
        return Unknown(DYNAMIC)
    try:
        return call_function(function, arguments, scope.context)
    except FunctionError as error:
        raise _failed(error, function, expression, scope) from error


def _failed(error: FunctionError, function: Function, expression: Call, scope: Scope) -> DiagnosticError:
    place: Expression = expression
    if error.argument is not None and expression.arguments:
        place = expression.arguments[min(error.argument, len(expression.arguments) - 1)]
    return fault(error.code, error.detail(function), place, scope)


def _arguments(expression: Call, function: Function, scope: Scope) -> list[Argument] | None:
    """The arguments in the form that the function takes; None where the number of them is not known yet."""
    given = expression.arguments
    expanded: list[Value] | None = []
    if expression.expand:
        expanded = _expand(given[-1], scope)
        given = given[:-1]
    if expanded is None:
        return None
    if function.lazy:
        deferred = [Deferred(one, partial(value_of, one, scope)) for one in given]
        return [*deferred, *[Deferred(expression.arguments[-1], partial(_same, value)) for value in expanded]]
    return [*values_of(given, scope), *expanded]


def _same(value: Value) -> Value:
    return value


def _expand(expression: Expression, scope: Scope) -> list[Value] | None:
    """The elements of the last argument before ``...``; each carries the marks of the whole."""
    value, marks = unmark(value_of(expression, scope))
    if is_null(value):
        detail = "The expanding argument (indicated by ...) must not be null."
        raise fault(codes.INVALID_EXPANSION, detail, expression, scope)
    if isinstance(value, tuple):
        return [with_marks(item, marks) for item in value]
    if isinstance(value, ListValue | SetValue):
        return [with_marks(item, marks) for item in value.items]
    if isinstance(value, Unknown) and (value.type == DYNAMIC or isinstance(value.type, ListType | SetType | TupleType)):
        return None
    detail = "The expanding argument (indicated by ...) must be of a tuple, list, or set type."
    raise fault(codes.INVALID_EXPANSION, detail, expression, scope)
