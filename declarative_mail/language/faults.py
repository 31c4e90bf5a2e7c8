"""Faults inside one evaluation: raised where they are found, collected where parts are evaluated side by side."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics import Code, Diagnostic, DiagnosticError, Label, Span
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.dispatch import EVALUATORS
from declarative_mail.language.play import values_in_play
from declarative_mail.language.scope import MAX_ROUNDS, Scope
from declarative_mail.language.syntax import Expression
from declarative_mail.language.values import Value


def fault(
    code: Code, detail: str, expression: Expression, scope: Scope, *, span: Span | None = None, help_: str | None = None
) -> DiagnosticError:
    """The error to raise for an expression; `span` where only a part of it is at fault."""
    values = values_in_play(expression, scope)
    return DiagnosticError(Diagnostic(code, detail, Label(span or expression.span), help=help_, values=values))


def values_of(expressions: Iterable[Expression], scope: Scope) -> list[Value]:
    """The values of expressions that stand side by side.

    Raises:
        DiagnosticError: the faults of all of them together.
    """
    values: list[Value] = []
    faults: list[Diagnostic] = []
    for expression in expressions:
        try:
            values.append(EVALUATORS[type(expression)](expression, scope))
        except DiagnosticError as error:
            faults.extend(error.diagnostics)
    if faults:
        raise DiagnosticError(faults)
    return values


def spend(rounds: int, expression: Expression, scope: Scope) -> None:
    """Take rounds of a loop from the budget of this evaluation.

    Raises:
        DiagnosticError: there are not so many left.
    """
    scope.budget.rounds += rounds
    if scope.budget.rounds > MAX_ROUNDS:
        detail = (
            f"The for expressions and splats in this expression take more than {MAX_ROUNDS:,} rounds together. "
            "Evaluation stops here; loop over less, or split the work into several locals."
        )
        raise fault(codes.TOO_LARGE, detail, expression, scope)
