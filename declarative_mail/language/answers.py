"""One expression at a time, as somebody types it.

Parsed, checked and evaluated against a scope; and what could come next.
"""

from __future__ import annotations

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.diagnostics.codes import syntax
from declarative_mail.language.access import AccessError, attribute_of
from declarative_mail.language.evaluate import evaluate_expression
from declarative_mail.language.functions.inspection import TypeText
from declarative_mail.language.marks import contains_sensitive
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.scope import Scope
from declarative_mail.language.show import json_text, show_value
from declarative_mail.language.types import ObjectType, type_of
from declarative_mail.language.undeclared import undeclared_references
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Unknown, Value, is_wholly_known
from declarative_mail.secrets import PLACEHOLDER

_UNFINISHED = frozenset({syntax.UNCLOSED_BRACKET, syntax.UNCLOSED_HEREDOC, syntax.UNCLOSED_COMMENT})


class Answer(Struct, frozen=True):
    """What became of one expression: a value, or faults."""

    value: Value
    faults: tuple[Diagnostic, ...] = ()

    @property
    def text(self) -> str:
        """The value as the console prints it."""
        return str(self.value) if isinstance(self.value, TypeText) else show_value(self.value)

    @property
    def json_line(self) -> str:
        """A JSON object of one line, a published contract: see ``docs/json.md``.

        ``{"value": …}``, with ``"sensitive": true`` beside it where words stand in the place of what must not be shown;
        ``{"unknown": true}`` where a part of it is known only after apply; ``{"error": SUMMARY, "detail": TEXT}``.
        """
        if self.faults:
            details = "\n".join(one.detail for one in self.faults)
            return json_text({"error": self.faults[0].code.summary, "detail": details})
        if not is_wholly_known(self.value):
            return json_text({"unknown": True})
        if contains_sensitive(self.value):
            return json_text({"value": _masked(self.value), "sensitive": True})
        return json_text({"value": self.value})


def _masked(value: Value) -> Value:
    """The value with words in the place of what is sensitive, as the console shows it."""
    match value:
        case Marked(value=inner):
            return PLACEHOLDER if value.sensitive else _masked(inner)
        case tuple() | ListValue() | SetValue():
            return tuple([_masked(item) for item in (value if isinstance(value, tuple) else value.items)])
        case dict() | MapValue():
            items = value.items if isinstance(value, MapValue) else value
            return {name: _masked(item) for name, item in items.items()}
    return value


def answer(text: str, scope: Scope) -> Answer:
    """Evaluate the text of an expression, which may be of several lines."""
    expression, faults = parse_expression(_source(text))
    if expression is not None and not faults:
        faults = list(undeclared_references(expression, scope))
    if expression is None or faults:
        return Answer(None, tuple(faults))
    value, faults = evaluate_expression(expression, scope)
    return Answer(value, tuple(faults))


def is_unfinished(text: str) -> bool:
    """Whether further lines could make an expression of it: a bracket, heredoc or comment is open."""
    _, faults = parse_expression(_source(text))
    return any(one.code in _UNFINISHED for one in faults)


def _source(text: str) -> Source:
    return Source("<console>", f"{text}\n")


def completions(text: str, scope: Scope) -> list[str]:
    """The words that a reference or function name which begins with `text` could be, in lexical order.

    Args:
        text: what stands before the cursor, back to the first character that cannot be in a reference.
        scope: where names are looked up; nothing is evaluated.
    """
    head, dot, _ = text.rpartition(".")
    if dot:
        candidates = [f"{head}.{name}" for name in _attributes(head.split("."), scope)]
    else:
        candidates = [*scope.known_names, *[f"{name}(" for name in scope.functions]]
    return sorted(one for one in candidates if one.startswith(text))


def _attributes(path: list[str], scope: Scope) -> list[str]:
    try:
        value = scope.lookup(path[0])
        for name in path[1:]:
            value = attribute_of(value, name)
    except (KeyError, AccessError):
        return []
    bare = value.value if isinstance(value, Marked) else value
    if isinstance(bare, dict):
        return list(bare)
    if isinstance(bare, MapValue) and not contains_sensitive(value):
        return [name for name in bare.items if name.isidentifier()]
    return _attributes_of_type(bare)


def _attributes_of_type(value: Value) -> list[str]:
    type_ = type_of(value) if isinstance(value, Unknown) else None
    return [name for name, _ in type_.attributes] if isinstance(type_, ObjectType) else []
