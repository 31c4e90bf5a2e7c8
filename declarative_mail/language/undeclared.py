"""References that lead nowhere: their words, and finding them before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from declarative_mail.diagnostics import Code, Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Expression
from declarative_mail.language.traversal import Traversal, references
from declarative_mail.language.values import Value

Words: TypeAlias = tuple[Code, str, str | None]
"""The code, the detail and the help of a fault."""

_TABLES = {
    "var": (
        codes.UNDECLARED_VARIABLE,
        'An input variable with the name "{0}" has not been declared. Declare it: variable "{0}" {{}}.',
    ),
    "local": (
        codes.UNDECLARED_LOCAL,
        'A local value with the name "{0}" has not been declared. Declare it in a locals block.',
    ),
}


def unknown_root(name: str, scope: Scope) -> Words:
    """The fault of a first word that nothing has for a name."""
    known = [one for one in scope.known_names if one.isidentifier()]
    help_ = suggestion(name, known)
    if help_ is None and name in _table(scope, "var"):
        help_ = f"did you mean var.{name}?"
    detail = f'There is nothing named "{name}" here. A text stands in quotes; a reference begins with a known name.'
    return codes.UNKNOWN_NAME, detail, help_


def unknown_entry(root: str, name: str, known: Iterable[str]) -> Words:
    """The fault of ``var.NAME`` and the like, where the table behind the first word has no such entry."""
    code, detail = _TABLES.get(root, (codes.UNSUPPORTED_ATTRIBUTE, f'There is no {root} named "{{0}}".'))
    return code, detail.format(name), suggestion(name, known)


def undeclared_references(expression: Expression, scope: Scope) -> Iterator[Diagnostic]:
    """A fault for each reference that cannot lead anywhere, also in a branch that is not taken.

    A configuration is checked as a whole when its graph is made; this is for an expression that somebody types.
    """
    for traversal in references(expression):
        words = _check(traversal, scope)
        if words is not None:
            code, detail, help_ = words
            yield Diagnostic(code, detail, Label(traversal.span), help=help_)


def _check(traversal: Traversal, scope: Scope) -> Words | None:
    root = traversal.root
    try:
        scope.lookup(root)
    except KeyError:
        return unknown_root(root, scope)
    if root not in _TABLES:
        return None
    if not traversal.plain(1):
        return _TABLES[root][0], f"{root} alone is not a value. Name one: {root}.NAME.", None
    table, name = _table(scope, root), traversal.names[0]
    return None if name in table else unknown_entry(root, name, table)


def _table(scope: Scope, root: str) -> Mapping[str, Value]:
    try:
        value = scope.lookup(root)
    except KeyError:
        return {}
    return value if isinstance(value, dict) else {}
