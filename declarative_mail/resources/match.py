"""``match``: conditions on the labels of an alert, where a system has alerts instead of pipelines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Block, Fault, Values
from declarative_mail.resources.fields import Sequence, SetOf


def _examine_condition(values: Values) -> Iterable[Fault]:
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


class Condition(Block):
    """What one label must be."""

    label: str = Field(min_length=1, description="The label.")
    operator: Literal["in", "not_in", "exists", "does_not_exist", "matches"] = Field(
        default="in", description="How it is looked at."
    )
    values: SetOf[str] = Field(default=(), description="For `in` and `not_in`.")
    pattern: str | None = Field(
        default=None, min_length=1, description="For `matches`: a regular expression for the whole value."
    )

    other_names: ClassVar = {
        "key": "label",
        "name": "label",
        "value": "values = […]",
        "regex": "pattern",
        "op": "operator",
    }
    rules: ClassVar = (_examine_condition,)


class Match(Block):
    """All labels and all conditions must hold."""

    labels: dict[str, str] = Field(default_factory=dict, description="Labels that must have exactly these values.")
    condition: Sequence[Condition] = Field(default=(), description="Further conditions, any number.")
