"""``match``: conditions on the labels of an alert, where a system has alerts instead of pipelines."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from declarative_mail.resources.models.base import Block
from declarative_mail.resources.models.fields import Sequence, SetOf
from declarative_mail.resources.rules.match import examine_condition


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
    rules: ClassVar = (examine_condition,)


class Match(Block):
    """All labels and all conditions must hold."""

    labels: dict[str, str] = Field(default_factory=dict, description="Labels that must have exactly these values.")
    condition: Sequence[Condition] = Field(default=(), description="Further conditions, any number.")
