"""How each kind of expression finds its evaluator: one table, so that the evaluators can call each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Expression
from declarative_mail.language.values import Value

E = TypeVar("E")

EVALUATORS: dict[type, Callable[..., Value]] = {}
"""The evaluator of each kind of expression: gives a value or raises `DiagnosticError`."""


def evaluates(kind: type[E]) -> Callable[[Callable[[E, Scope], Value]], Callable[[E, Scope], Value]]:
    """Register the decorated function as the evaluator of one kind of expression."""

    def register(function: Callable[[E, Scope], Value]) -> Callable[[E, Scope], Value]:
        EVALUATORS[kind] = function
        return function

    return register


def value_of(expression: Expression, scope: Scope) -> Value:
    """The value of an expression of any kind.

    Raises:
        DiagnosticError: it has none.
    """
    return EVALUATORS[type(expression)](expression, scope)
