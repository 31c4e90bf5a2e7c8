"""Values for variables: from the environment, variables files and options, in Terraform's order of precedence.

Later ones win: ``DMAIL_VAR_name``, ``dmail.hclvars``, ``*.auto.hclvars`` in the order of their names, then ``--var``
and
``--var-file`` in the order of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal as OneOf
from typing import cast

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, Label, Source, Span, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import VariableDeclaration
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.plain import from_json
from declarative_mail.language.syntax import Body, Expression
from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, STRING
from declarative_mail.language.values import Marked, Null, Unknown, Value

_TEXT_TYPES = (STRING, NUMBER, BOOL, DYNAMIC)


class Given(Struct, frozen=True):
    """One value as it was given. A text becomes a string or an expression once the variable's type is known.

    Args:
        name: the variable.
        value: an expression of a variables file, or the text of an option or of an environment variable.
        origin: where it comes from: decides what a value for an undeclared variable means.
        span: the place, for faults.
    """

    name: str
    value: Expression | str | Restored
    origin: OneOf["environment", "file", "option", "plan"]
    span: Span


class Restored(Struct, frozen=True):
    """A value that was evaluated in an earlier run and kept as JSON, in a saved plan."""

    json: object


def restored(name: str, json: object) -> Given:
    """The value that a saved plan holds for a variable."""
    return Given(name, Restored(json), "plan", Span(Source(f"the saved plan, variable {name}", ""), 0, 0))


def given_in_file(body: Body, diagnostics: list[Diagnostic]) -> list[Given]:
    """The values of one parsed variables file; blocks in it are faults."""
    for block in body.blocks:
        detail = (
            f'A variables file holds values only: NAME = VALUE. Declare variables ("{block.type}") in an .hcl file.'
        )
        diagnostics.append(Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(block.type_span)))
    return [Given(one.name, one.expression, "file", one.name_span) for one in body.attributes.values()]


def given_as_text(name: str, text: str, origin: OneOf["environment", "option"]) -> Given:
    """The value of ``--var name=text`` or of ``DMAIL_VAR_name``."""
    where = f"--var {name}" if origin == "option" else f"DMAIL_VAR_{name}"
    return Given(name, text, origin, Span(Source(where, text), 0, len(text)))


def given_in_environment(environment: Mapping[str, str]) -> list[Given]:
    """The values of all variables ``DMAIL_VAR_name``."""
    prefix = "DMAIL_VAR_"
    names = sorted(key for key in environment if key.startswith(prefix))
    return [given_as_text(key.removeprefix(prefix), environment[key], "environment") for key in names]


def choose(
    given: list[Given], declared: Mapping[str, VariableDeclaration]
) -> tuple[dict[str, Given], list[Diagnostic]]:
    """The value that counts for each variable, and what is to be said of values that nobody declared.

    An undeclared ``DMAIL_VAR_`` is silent (an environment serves several configurations), one in a file is a warning,
    an undeclared ``--var`` an error, as in Terraform.
    """
    chosen: dict[str, Given] = {}
    diagnostics = []
    for one in given:
        if one.name in declared:
            chosen[one.name] = one
        elif one.origin != "environment":
            code = codes.UNDECLARED_VALUE if one.origin == "file" else codes.UNDECLARED_VAR_OPTION
            detail = (
                f'A value is given for a variable named "{one.name}", but the root module declares none. '
                f'Declare it with variable "{one.name}" {{}}, or leave the value out.'
            )
            diagnostics.append(
                Diagnostic(code, detail, Label(one.span, secret=True), help=suggestion(one.name, declared))
            )
    return chosen, diagnostics


def input_value(
    declaration: VariableDeclaration, given: Given | None, *, scope: Scope, missing: Callable[[], Value | None]
) -> tuple[Value, list[Diagnostic]]:
    """The value of a root variable.

    Args:
        declaration: the variable.
        given: what the user gave, if anything.
        scope: an empty scope, in which values of files are evaluated.
        missing: what a required variable without a value is; None makes it a fault.
    """
    unknown = Unknown(declaration.type, f"var.{declaration.name}")
    if given is None and declaration.default is None:
        value = missing()
        if value is None:
            return unknown, [_missing(declaration)]
        return _mark(declaration, convert(value, declaration.type)), []
    if given is None:
        return default_value(declaration, scope)
    value, faults = _evaluate_given(declaration, given, scope)
    if faults:
        return unknown, faults
    return accept(declaration, value, place=Label(given.span, secret=declaration.sensitive), scope=scope)


def _evaluate_given(declaration: VariableDeclaration, given: Given, scope: Scope) -> tuple[Value, list[Diagnostic]]:
    if isinstance(given.value, Restored):
        return from_json(given.value.json), []
    if not isinstance(given.value, str):
        return evaluate_expression(given.value, scope)
    if declaration.type in _TEXT_TYPES:
        return given.value, []
    expression, faults = parse_expression(given.span.source)
    if expression is None or faults:
        return None, faults
    return evaluate_expression(expression, scope)


def _missing(declaration: VariableDeclaration) -> Diagnostic:
    name = declaration.name
    detail = (
        f'The variable "{name}" has no default and no value was given. Give one in one of these ways:\n'
        f"    --var '{name}=…'\n"
        f"    {name} = …    in dmail.hclvars\n"
        f"    export DMAIL_VAR_{name}=…"
    )
    if declaration.sensitive:
        detail += "\n    --keep-secrets    where it is for a secret that exists and stays as it is"
    return Diagnostic(codes.MISSING_VARIABLE, detail, Label(declaration.span))


def default_value(declaration: VariableDeclaration, scope: Scope) -> tuple[Value, list[Diagnostic]]:
    """The value of the default, converted to the declared type."""
    default = cast("Expression", declaration.default)
    value, faults = evaluate_expression(default, scope)
    if faults:
        return Unknown(declaration.type), faults
    if value is None:
        return Null(declaration.type) if declaration.type is not DYNAMIC else None, []
    try:
        return _mark(declaration, convert(value, declaration.type)), []
    except ConversionError as error:
        detail = f'The default of variable "{declaration.name}" does not fit its type: {error}.'
        return Unknown(declaration.type), [Diagnostic(codes.INVALID_DEFAULT, detail, Label(default.span))]


def accept(
    declaration: VariableDeclaration, value: Value, *, place: Label, scope: Scope
) -> tuple[Value, list[Diagnostic]]:
    """A given value after conversion to the declared type, with null replaced as `nullable` asks."""
    if (value is None or isinstance(value, Null)) and not declaration.nullable:
        if declaration.default is not None:
            return default_value(declaration, scope)
        detail = f'The variable "{declaration.name}" is declared nullable = false, so null is no value for it.'
        return Unknown(declaration.type), [Diagnostic(codes.INVALID_VARIABLE_VALUE, detail, place)]
    try:
        return _mark(declaration, convert(value, declaration.type)), []
    except ConversionError as error:
        detail = f'The value for variable "{declaration.name}" does not fit its type: {error}.'
        related = (Label(declaration.span, "declared here"),)
        return Unknown(declaration.type), [Diagnostic(codes.INVALID_VARIABLE_VALUE, detail, place, related)]


def _mark(declaration: VariableDeclaration, value: Value) -> Value:
    if not declaration.sensitive:
        return value
    source = f"var.{declaration.name}"
    if isinstance(value, Marked):
        return Marked(value.value, sensitive=True, source=value.source or source, address=value.address)
    return Marked(value, sensitive=True, source=source)
