"""templatefile templatestring: templates that are not written where they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.functions.arguments import attributes
from declarative_mail.language.functions.filesystem import read_text
from declarative_mail.language.functions.model import (
    NOT_SHOWN,
    CallContext,
    Deferred,
    Function,
    FunctionError,
    Parameter,
)
from declarative_mail.language.marks import Marks, unmark, unmark_deep, with_marks
from declarative_mail.language.sets import quoted
from declarative_mail.language.syntax import Expression, GetAttr, Index, Literal, Splat, Template, Variable
from declarative_mail.language.types import DYNAMIC, STRING, MapType, ObjectType, type_of
from declarative_mail.language.values import Unknown, Value, is_null

_ONLY = (
    "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere"
)


def _variables(value: Value) -> Mapping[str, Value]:
    if not isinstance(type_of(value), MapType | ObjectType):
        raise FunctionError(1, "invalid vars value: must be a map")
    variables = attributes(value)
    for name in variables:
        if not name.replace("-", "_").isidentifier():
            rule = "must start with a letter, followed by zero or more letters, digits, and underscores"
            raise FunctionError(1, f"invalid template variable name {quoted(name)}: {rule}")
    return variables


def _render(text: str, name: str, variables: Value, function: str, context: CallContext) -> Value:
    result = context.render_template(text, name, _variables(variables), function)
    if is_null(result):
        raise FunctionError(None, "the template result is null, which is not a valid result for a template")
    return result


def template_file(path: Value, variables: Value, *, context: CallContext) -> Value:
    """The template in a file, rendered."""
    (name, marks), (values, value_marks) = unmark(path), unmark_deep(variables)
    marks += value_marks
    if not isinstance(name, str) or isinstance(values, Unknown):
        return with_marks(Unknown(DYNAMIC), marks)
    text = read_text(path, context)
    with _discreetly(marks):
        return with_marks(_render(text, name, values, "templatefile", context), marks)


def template_string(template: Deferred, variables: Value, *, context: CallContext) -> Value:
    """The template that a reference leads to, rendered."""
    _check_reference(template.expression)
    text, marks = unmark(template.evaluate())
    if isinstance(text, Unknown):
        return with_marks(Unknown(STRING, not_null=True), marks)
    if not isinstance(text, str):
        raise FunctionError(0, "invalid template value: a string is required")
    with _discreetly(marks):
        result = _render(text, "<templatestring argument>", variables, "templatestring", context)
    try:
        return with_marks(convert(result, STRING), marks)
    except ConversionError as error:
        raise FunctionError(None, f"invalid template result: {error}", safe=True) from None


@contextmanager
def _discreetly(marks: Marks) -> Iterator[None]:
    """Faults of a template quote its text and its variables: not where one of them is sensitive."""
    try:
        yield
    except (DiagnosticError, FunctionError):
        if not any(mark.sensitive for mark in marks):
            raise
        raise FunctionError(None, f"the template cannot be rendered; {NOT_SHOWN}", safe=True) from None


def _check_reference(expression: Expression) -> None:
    """Refuse anything but a reference: a template that is built on the spot needs no function, and confuses."""
    match expression:
        case Literal(value=str()):
            hint = "consider using a template string expression instead"
            raise FunctionError(0, f"{_ONLY}, and so does not support providing a literal template; {hint}")
        case Template(parts=parts) if len(parts) == 1:
            hint = "to treat the inner expression as template syntax, write the reference expression directly"
            raise FunctionError(0, f"{_ONLY}; {hint} without any template interpolation syntax")
        case Template():
            hint = "to render an inline template, consider using a plain template string expression"
            raise FunctionError(0, f"{_ONLY}; {hint}")
    if not _is_reference(expression):
        message = "must be a direct reference to a single string from elsewhere, containing valid template syntax"
        raise FunctionError(0, f"invalid template expression: {message}")


def _is_reference(expression: Expression) -> bool:
    while isinstance(expression, GetAttr | Index | Splat):
        expression = expression.target
    return isinstance(expression, Variable)


FUNCTIONS = (
    Function(
        name="templatefile",
        parameters=(
            Parameter("path", STRING, allow_unknown=True, allow_marked=True),
            Parameter("vars", DYNAMIC, allow_unknown=True, allow_marked=True),
        ),
        returns=DYNAMIC,
        category="filesystem",
        help="The template in a file, rendered with the given variables.",
        example='templatefile("body.tftpl", { team = "core" })',
        impl=template_file,
        uses=("context",),
        may_be_null=True,
        reads_files=True,
    ),
    Function(
        name="templatestring",
        parameters=(Parameter("template", STRING, lazy=True), Parameter("vars", DYNAMIC)),
        returns=STRING,
        category="string",
        help="The template in a string from elsewhere, rendered with the given variables.",
        example='templatestring(local.body, { team = "core" })',
        impl=template_string,
        uses=("context",),
    ),
)
