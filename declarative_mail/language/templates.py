"""Templates: text with interpolations and directives becomes a string."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.conditional import choose
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.dispatch import EVALUATORS, evaluates, value_of
from declarative_mail.language.faults import fault
from declarative_mail.language.for_ import collection_of, rounds
from declarative_mail.language.functions.model import MAX_TEXT
from declarative_mail.language.marks import Mark, unmark, with_marks
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Expression, Template, TemplateFor, TemplateIf
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Null, Unknown, Value


@evaluates(Template)
def template(expression: Template, scope: Scope) -> Value:
    """A string; the value itself where the template is one interpolation and nothing else."""
    parts = expression.parts
    if len(parts) == 1 and not isinstance(parts[0], TemplateIf | TemplateFor):
        return value_of(parts[0], scope)
    return _string(parts, expression, scope)


@evaluates(TemplateIf)
def template_if(expression: TemplateIf, scope: Scope) -> Value:
    """``%{ if … }``: both branches are strings."""
    return choose(expression, scope, evaluate=_branch)


@evaluates(TemplateFor)
def template_for(expression: TemplateFor, scope: Scope) -> Value:
    """``%{ for … }``: the body once for each element, joined."""
    items, marks = collection_of(expression, scope)
    if items is None:
        return with_marks(Unknown(STRING, not_null=True), marks)
    texts = [_branch(expression.body, inner) for inner in rounds(expression, items, scope)]
    return with_marks(_joined(texts, expression, scope), marks)


def _branch(expression: Expression, scope: Scope) -> Value:
    """The body of a directive: always a string, also where it is a single interpolation."""
    parts = expression.parts if isinstance(expression, Template) else (expression,)
    return _string(parts, expression, scope)


def _string(parts: Sequence[Expression], expression: Expression, scope: Scope) -> Value:
    values: list[Value] = []
    faults: list[Diagnostic] = []
    plain = True
    for part in parts:
        try:
            value = EVALUATORS[type(part)](part, scope)
            if type(value) is not str:
                value = _converted(value, part, scope)
                plain = plain and type(value) is str
            values.append(value)
        except DiagnosticError as error:
            faults.extend(error.diagnostics)
    if faults:
        raise DiagnosticError(faults)
    if plain:
        return _checked("".join(values), expression, scope)  # type: ignore[arg-type]  # all of them are str
    return _joined(values, expression, scope)


def _converted(value: Value, part: Expression, scope: Scope) -> Value:
    """A part as a string, or unknown; marked as before."""
    bare, _ = unmark(value)
    if bare is None or isinstance(bare, Null):
        detail = "The expression result is null. Cannot include a null value in a string template."
        raise fault(
            codes.INVALID_INTERPOLATION, detail, part, scope, help_="coalesce() can give another value for null"
        )
    if isinstance(bare, Unknown):
        return value
    try:
        return convert(value, STRING)
    except ConversionError as error:
        detail = f"Cannot include the given value in a string template: {error}."
        raise fault(
            codes.INVALID_INTERPOLATION, detail, part, scope, help_="jsonencode() makes a string of any value"
        ) from error


def _joined(values: Sequence[Value], expression: Expression, scope: Scope) -> Value:
    """Strings and unknowns, marked or not, one after the other."""
    marks: list[Mark] = []
    texts: list[str] = []
    known = True
    for value in values:
        bare, found = unmark(value)
        marks.extend(found)
        if not isinstance(bare, str):
            known = False
        elif known:
            texts.append(bare)
    text = "".join(texts)
    result = _checked(text, expression, scope) if known else Unknown(STRING, not_null=True, prefix=_safe_prefix(text))
    return with_marks(result, marks)


_LONGEST_PREFIX = 128
_SEPARATORS = frozenset("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'")
"""Characters that nothing which follows can combine with to another one."""


def _safe_prefix(text: str) -> str:
    """What a text that goes on unknown certainly begins with: its last character may combine with the next."""
    prefix = text[:_LONGEST_PREFIX]
    return prefix if prefix[-1:] in _SEPARATORS else prefix[:-1]


def _checked(text: str, expression: Expression, scope: Scope) -> str:
    if len(text) > MAX_TEXT:
        detail = f"The template makes a string of {len(text):,} characters, more than the limit of {MAX_TEXT:,}."
        raise fault(codes.TOO_LARGE, detail, expression, scope)
    return text if text.isascii() else normalize("NFC", text)
