"""What must hold of the conditions of ``match``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Values


def examine_condition(values: Values) -> Iterable[Fault]:
    """An operator has what it looks at, and nothing else."""
    operator = values["operator"]
    if operator in ("in", "not_in") and values["values"] == []:
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, (), f'The operator "{operator}" needs values = ["…"].')
    if operator not in ("in", "not_in") and isinstance(operator, str) and values["values"]:
        detail = f'The operator "{operator}" looks at no values. Remove them, or use "in".'
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("values",), detail)
    yield from _examine_pattern(values, operator)


def _examine_pattern(values: Values, operator: object) -> Iterable[Fault]:
    pattern = values["pattern"]
    if operator == "matches" and pattern is None:
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, (), 'The operator "matches" needs pattern = "…".')
    elif operator != "matches" and isinstance(operator, str) and pattern is not None:
        yield Fault(
            codes.CONFLICTING_ATTRIBUTES, ("pattern",), f'pattern is for the operator "matches", not "{operator}".'
        )
    elif isinstance(pattern, str):
        # The systems that hold the rule are written in Go, whose syntax is RE2's, as is that of our own regex().
        from declarative_mail.language.functions.regular import PatternError, compile_pattern

        try:
            compile_pattern(pattern)
        except PatternError as error:
            detail = f'"{pattern}" is no regular expression: {error.what} in {error.where}.'
            yield Fault(codes.INVALID_PATTERN, ("pattern",), detail)
