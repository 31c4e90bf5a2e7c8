"""Evaluates validation, precondition, postcondition and assert blocks."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Code, Diagnostic, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Rule
from declarative_mail.language.evaluate import Scope, evaluate_expression, values_in_play
from declarative_mail.language.values import Marked, Unknown, Value

_HIDDEN = "The error message of this condition comes from a sensitive value, so it is not shown."


def failed_conditions(
    rules: Iterable[Rule], scope: Scope, code: Code, *, address: Address | None = None
) -> list[Diagnostic]:
    """The rules whose condition is false, with their message; a condition that is unknown is left for apply."""
    return [fault for rule in rules for fault in _check(rule, scope, code, address)]


def are_open(rules: Iterable[Rule], scope: Scope) -> bool:
    """Whether one of the conditions is known only after apply."""
    return any(isinstance(_bare(evaluate_expression(rule.condition, scope)[0]), Unknown) for rule in rules)


def _check(rule: Rule, scope: Scope, code: Code, address: Address | None) -> list[Diagnostic]:
    value, faults = evaluate_expression(rule.condition, scope)
    if faults:
        return faults
    bare = _bare(value)
    if bare is True or isinstance(bare, Unknown) or bare == "true":
        return []
    if bare is not False and bare != "false":
        detail = "A condition must be true or false."
        return [Diagnostic(codes.INVALID_CONDITION, detail, Label(rule.condition.span), address=address)]
    message, faults = _message(rule, scope)
    if faults:
        return faults
    label = Label(rule.condition.span, "this is false")
    return [Diagnostic(code, message, label, address=address, values=values_in_play(rule.condition, scope))]


def _message(rule: Rule, scope: Scope) -> tuple[str, list[Diagnostic]]:
    value, faults = evaluate_expression(rule.error_message, scope)
    if faults:
        return "", faults
    if isinstance(value, Marked) and value.sensitive:
        return _HIDDEN, []
    return (str(value) if not isinstance(value, Unknown) else "The condition is false."), []


def _bare(value: Value) -> Value:
    return value.value if isinstance(value, Marked) else value
