"""Renders a template that is a text of its own: the files of ``templatefile`` and the strings of ``templatestring``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from declarative_mail.diagnostics import DiagnosticError, Source
from declarative_mail.language.evaluate import Scope, evaluate, references
from declarative_mail.language.functions.model import CallContext, FunctionError
from declarative_mail.language.parse import parse_template
from declarative_mail.language.values import Value
from declarative_mail.records import replace


def render_template(
    text: str, name: str, variables: Mapping[str, Value], *, inside: str, context: CallContext
) -> Value:
    """The value of a template.

    Args:
        text: the template.
        name: what messages call it: its path.
        variables: the only names that it may use; functions it may use all, but not render further templates.
        inside: the function that asks.
        context: the world.

    Raises:
        DiagnosticError: it does not parse or cannot be evaluated.
        FunctionError: it uses a name that is not among the variables.
    """
    template, faults = parse_template(Source(name, text))
    if template is None or faults:
        raise DiagnosticError(faults)
    for reference in references(template):
        if reference.root not in variables:
            raise FunctionError(1, f'vars map does not contain key "{reference.root}", referenced at {reference.span}')
    inner = replace(context, inside=cast("Literal['', 'templatefile', 'templatestring']", inside))
    return evaluate(template, Scope.root(variables, context=inner))
