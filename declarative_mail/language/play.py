"""The values behind a fault: which references stand in an expression, and what each of them is."""

from __future__ import annotations

from declarative_mail.language.access import AccessError, attribute_of, element_of
from declarative_mail.language.clear_secrets import named_like_secret
from declarative_mail.language.marks import contains_sensitive
from declarative_mail.language.numeric import number_text
from declarative_mail.language.scope import Scope
from declarative_mail.language.sets import quoted
from declarative_mail.language.syntax import Expression
from declarative_mail.language.traversal import Traversal, references
from declarative_mail.language.types import DYNAMIC, Type, friendly_name, type_of
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value

_MOST_SHOWN = 6
_LONGEST = 80


def values_in_play(expression: Expression, scope: Scope) -> dict[str, str]:
    """What the references of an expression stand for in this scope, described; sensitive values are not shown.

    A reference that leads nowhere is followed as far as it leads. A name that a ``for`` inside the expression binds
    has no
    value here and is left out.
    """
    found: dict[str, str] = {}
    for traversal in references(expression):
        reached = _reached(traversal, scope)
        if reached is not None and reached[0] not in found:
            found[reached[0]] = _described(traversal, reached[1])
        if len(found) == _MOST_SHOWN:
            break
    return found


def described_reference(traversal: Traversal, scope: Scope) -> str | None:
    """What a reference stands for, described; None where it does not lead to a value."""
    value, count = follow(traversal, scope)
    return _described(traversal, value) if count == len(traversal.steps) else None


def _described(traversal: Traversal, value: Value) -> str:
    """A value in a few words; a text whose name says that it is a secret is not shown although nothing marks it."""
    named = any(name not in ("key", "keys") and named_like_secret(name) for name in traversal.names)
    if named and isinstance(value, str):
        return "a string that is not shown"
    return describe(value)


def _reached(traversal: Traversal, scope: Scope) -> tuple[str, Value] | None:
    """The longest part of a reference that has a value, and that value; None where that is a table of names at most."""
    value, count = follow(traversal, scope)
    if count < _ROOT_DEPTHS.get(traversal.root, 0):
        return None
    return Traversal(traversal.root, traversal.steps[:count], traversal.span).text, value


def follow(traversal: Traversal, scope: Scope) -> tuple[Value, int]:
    """Follow a reference as far as it leads.

    The value there, and how many steps that is; -1 where even the root is missing.
    """
    try:
        value = scope.lookup(traversal.root)
    except KeyError:
        return None, -1
    for count, step in enumerate(traversal.steps):
        try:
            value = attribute_of(value, step) if isinstance(step, str) else element_of(value, step.key)
        except AccessError:
            return value, count
    return value, len(traversal.steps)


_ROOT_DEPTHS = {"var": 1, "local": 1, "each": 1, "count": 1, "path": 1, "terraform": 1, "module": 2, "data": 2}
"""How many steps after a root name the first real value stands; above it there are only tables of names."""


def describe(value: Value) -> str:
    """A value in a few words: small ones in full, large ones by type and size, sensitive ones not at all."""
    if contains_sensitive(value):
        return "a sensitive value"
    match value:
        case Marked(value=inner):
            return describe(inner)
        case None | Null():
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = quoted(value)
            return text if len(text) <= _LONGEST else f"a string of {len(value)} characters"
        case Unknown(type=type_):
            return f"{_article(type_)}, known only after apply"
        case tuple() | dict() | ListValue() | SetValue() | MapValue():
            return _describe_collection(value)
    return number_text(value)


def _article(type_: Type) -> str:
    if type_ == DYNAMIC:
        return "a value"
    name = friendly_name(type_)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _describe_collection(value: tuple[Value, ...] | dict[str, Value] | ListValue | SetValue | MapValue) -> str:
    size = len(value) if isinstance(value, tuple | dict) else len(value.items)
    part = "attribute" if isinstance(value, dict) else "element"
    count = f"{size or 'no'} {part}{'' if size == 1 else 's'}"
    shallow = type_of(value) if not isinstance(value, tuple | dict) else None
    name = friendly_name(shallow) if shallow is not None else "object" if isinstance(value, dict) else "tuple"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} with {count}"
