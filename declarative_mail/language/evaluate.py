"""Evaluates expressions: from a syntax tree and a scope to a value, with Terraform's semantics.

`evaluate_expression` is the entry for everybody outside; inside, faults are raised as `DiagnosticError` and collected
where several
parts stand side by side. The evaluators of the larger constructs live in modules of their own: `conditional`, `for_`,
`splat`, `templates`, `calls`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language import calls, conditional, for_, splat, templates
from declarative_mail.language.access import AccessError, attribute_of, element_of
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.dispatch import EVALUATORS, evaluates, value_of
from declarative_mail.language.faults import fault, values_of
from declarative_mail.language.limits import DepthError, ExcessError, check_size
from declarative_mail.language.marks import Mark, unmark, with_marks
from declarative_mail.language.operators import BINARY, UNARY, OperationError, Operator, operate
from declarative_mail.language.play import values_in_play
from declarative_mail.language.scope import ROUNDS_FOR_A_FRACTION, Scope
from declarative_mail.language.syntax import (
    Binary,
    Expression,
    GetAttr,
    Index,
    Literal,
    Object,
    Parentheses,
    Tuple,
    Unary,
    Variable,
)
from declarative_mail.language.traversal import Traversal, references
from declarative_mail.language.types import DYNAMIC, STRING
from declarative_mail.language.undeclared import unknown_entry, unknown_root
from declarative_mail.language.values import Unknown, Value, is_null

__all__ = ["Scope", "Traversal", "evaluate", "evaluate_expression", "references", "values_in_play"]

_CONSTRUCTS = (calls, conditional, for_, splat, templates)
"""Imported for what they register."""


def evaluate_expression(expression: Expression, scope: Scope) -> tuple[Value, list[Diagnostic]]:
    """The value of an expression and its faults; an unknown where there are any."""
    try:
        return evaluate(expression, scope), []
    except DiagnosticError as error:
        return Unknown(DYNAMIC), list(error.diagnostics)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression.

    Raises:
        DiagnosticError: it has none; never anything else.
    """
    scope.budget.rounds = 0
    try:
        value = EVALUATORS[type(expression)](expression, scope)
        check_size(value)
    except RecursionError:
        detail = "The expression is nested more deeply than can be evaluated. Take parts of it out into locals."
        raise DiagnosticError(Diagnostic(codes.TOO_DEEP, detail, Label(expression.span))) from None
    except ExcessError as error:
        code = codes.TOO_DEEP if isinstance(error, DepthError) else codes.TOO_LARGE
        detail = (
            f"The value of this expression is {error}. Nothing that describes mail needs that; keep less in a value."
        )
        raise fault(code, detail, expression, scope) from None
    return value


@evaluates(Literal)
def _literal(expression: Literal, _scope: Scope) -> Value:
    return expression.value


@evaluates(Parentheses)
def _parentheses(expression: Parentheses, scope: Scope) -> Value:
    return value_of(expression.inner, scope)


@evaluates(Variable)
def _variable(expression: Variable, scope: Scope) -> Value:
    try:
        return scope.lookup(expression.name)
    except KeyError:
        code, detail, help_ = unknown_root(expression.name, scope)
        raise fault(code, detail, expression, scope, help_=help_) from None


@evaluates(GetAttr)
def _get_attribute(expression: GetAttr, scope: Scope) -> Value:
    target = expression.target
    value = EVALUATORS[type(target)](target, scope)
    name = expression.name
    if type(value) is dict and name in value:
        return value[name]
    try:
        return attribute_of(value, name)
    except AccessError as error:
        raise _no_attribute(error, expression, scope, value if isinstance(value, dict) else ()) from None


def _no_attribute(error: AccessError, expression: GetAttr, scope: Scope, known: Iterable[str]) -> DiagnosticError:
    target = expression.target
    if isinstance(target, Variable) and target.name in ("var", "local"):
        code, detail, help_ = unknown_entry(target.name, expression.name, known)
        return fault(code, detail, expression, scope, help_=help_)
    return fault(error.code, error.detail, expression, scope, span=expression.name_span, help_=error.help)


@evaluates(Index)
def _index(expression: Index, scope: Scope) -> Value:
    value, key = values_of((expression.target, expression.key), scope)
    try:
        return element_of(value, key)
    except AccessError as error:
        raise fault(error.code, error.detail, expression, scope, span=expression.key.span, help_=error.help) from None


@evaluates(Tuple)
def _tuple(expression: Tuple, scope: Scope) -> Value:
    return tuple(values_of(expression.items, scope))


@evaluates(Object)
def _object(expression: Object, scope: Scope) -> Value:
    attributes: dict[str, Value] = {}
    marks: list[Mark] = []
    faults: list[Diagnostic] = []
    known = True
    for key, item in expression.items:
        try:
            name = key.value if type(key) is Literal else None
            if type(name) is not str:
                name = _key(key, scope, marks)
            value = EVALUATORS[type(item)](item, scope)
        except DiagnosticError as error:
            faults.extend(error.diagnostics)
            continue
        if name is None:
            known = False
        else:
            attributes[name] = value
    if faults:
        raise DiagnosticError(faults)
    result = {name: attributes[name] for name in sorted(attributes)} if known else Unknown(DYNAMIC)
    return with_marks(result, marks) if marks else result


def _key(key: Expression, scope: Scope, marks: list[Mark]) -> str | None:
    """The name that a key stands for, None where it is not known yet."""
    if isinstance(key, GetAttr | Index) and _begins_with_name(key):
        detail = (
            "A key with a dot or an index in it could be a reference or a name. If it is a reference, put it in "
            "parentheses; if it is a name with periods, put it in quotes."
        )
        text = key.span.text
        raise fault(codes.AMBIGUOUS_KEY, detail, key, scope, help_=f'write ({text}) or "{text}"')
    value, found = unmark(value_of(key, scope))
    marks.extend(found)
    if isinstance(key, Literal) and (value is None or isinstance(value, bool)):
        return key.span.text
    if is_null(value):
        raise fault(codes.NULL_KEY, "Can't use a null value as a key.", key, scope)
    try:
        converted = convert(value, STRING)
    except ConversionError as error:
        raise fault(codes.KEY_TYPE, f"Can't use this value as a key: {error}.", key, scope) from error
    return converted if isinstance(converted, str) else None


def _begins_with_name(key: Expression) -> bool:
    while isinstance(key, GetAttr | Index):
        key = key.target
    return isinstance(key, Variable)


@evaluates(Unary)
def _unary(expression: Unary, scope: Scope) -> Value:
    operator = UNARY[expression.operator]
    value = value_of(expression.operand, scope)
    operand = _operand(value, operator, "unary", expression.operand, scope)
    return _operate(operator, (operand,), expression, scope)


@evaluates(Binary)
def _binary(expression: Binary, scope: Scope) -> Value:
    """Chains such as ``a + b + c`` nest to the left, as deep as they are long.

    They are worked off without recursion.
    """
    chain = [expression]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    value, faults = _collected(chain[-1].left, scope)
    for link in reversed(chain):
        right, more = _collected(link.right, scope)
        faults.extend(more)
        if faults:
            continue
        operator = BINARY[link.operator]
        operands = _operands(operator, (value, right), link, scope)
        value = _operate(operator, operands, link, scope)
    if faults:
        raise DiagnosticError(faults)
    return value


def _collected(expression: Expression, scope: Scope) -> tuple[Value, list[Diagnostic]]:
    try:
        return EVALUATORS[type(expression)](expression, scope), []
    except DiagnosticError as error:
        return None, list(error.diagnostics)


def _operands(operator: Operator, values: tuple[Value, Value], expression: Binary, scope: Scope) -> tuple[Value, Value]:
    if operator.operand is DYNAMIC:
        return values
    left = _operand(values[0], operator, "left", expression.left, scope)
    return left, _operand(values[1], operator, "right", expression.right, scope)


def _operand(value: Value, operator: Operator, side: str, expression: Expression, scope: Scope) -> Value:
    try:
        return convert(value, operator.operand)
    except ConversionError as error:
        where = "unary operand" if side == "unary" else f"{side} operand"
        raise fault(codes.INVALID_OPERAND, f"Unsuitable value for {where}: {error}.", expression, scope) from error


def _operate(operator: Operator, operands: tuple[Value, ...], expression: Unary | Binary, scope: Scope) -> Value:
    try:
        result = operate(operator, *operands)
    except OperationError as error:
        raise fault(codes.OPERATION_FAILED, f"Error during operation: {error}.", expression, scope) from error
    if type(result) is Decimal:
        scope.budget.rounds += ROUNDS_FOR_A_FRACTION
    return result
