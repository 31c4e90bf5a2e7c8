"""References: the paths of names and keys with which an expression refers to what is outside it."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from declarative_mail.addresses import AddressError, format_key
from declarative_mail.diagnostics import Span
from declarative_mail.language.dispatch import value_of
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Literal,
    Object,
    Parentheses,
    Splat,
    SplatItem,
    Template,
    TemplateFor,
    TemplateIf,
    Tuple,
    Unary,
    Variable,
)
from declarative_mail.language.values import Marked
from declarative_mail.language.written_out import is_written_out


class KeyStep(Struct, frozen=True):
    """``[0]`` or ``["core"]`` with a literal key."""

    key: int | str


Step: TypeAlias = str | KeyStep


class Traversal(Struct, frozen=True):
    """A reference as far as it is written out: it ends before an index that is computed, and before a splat.

    Args:
        root: the first word.
        steps: what follows, attributes as text.
        span: the place of the part that is written out.
    """

    root: str
    steps: tuple[Step, ...]
    span: Span

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes after the root, without the keys between them: ``module.eu["a"].id`` gives ``eu, id``."""
        return tuple([step for step in self.steps if isinstance(step, str)])

    def plain(self, count: int) -> bool:
        """Whether the first steps are attributes, with no key among them."""
        return len(self.steps) >= count and all(isinstance(step, str) for step in self.steps[:count])

    @property
    def text(self) -> str:
        """The reference as it is written."""
        parts = [f".{step}" if isinstance(step, str) else format_key(step.key) for step in self.steps]
        return self.root + "".join(parts)


_Pending: TypeAlias = list[tuple[Expression, frozenset[str]]]


def references(expression: Expression) -> list[Traversal]:
    """Every reference in an expression, in source order, except to names that it binds itself."""
    found: list[Traversal] = []
    if is_written_out(expression):
        return found
    pending: _Pending = [(expression, frozenset())]
    while pending:
        node, bound = pending.pop()
        kind = type(node)
        if kind is Literal or kind is SplatItem:
            continue
        if isinstance(node, GetAttr | Index | Variable):
            traversal = _unwind(node, bound, pending)
            if traversal is not None:
                found.append(traversal)
        elif isinstance(node, For | TemplateFor):
            _enter_for(node, bound, pending)
        else:
            pending.extend([(child, bound) for child in reversed(children(node))])
    return found


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one that binds no names, in source order."""
    match node:
        case Template(parts=parts):
            return parts
        case Tuple(items=items):
            return items
        case Call(arguments=arguments):
            return arguments
        case Object(items=pairs):
            return tuple([part for pair in pairs for part in pair])
        case Binary(left=left, right=right):
            return left, right
        case Conditional() | TemplateIf():
            return node.condition, node.then, node.otherwise
        case Unary(operand=inner) | Parentheses(inner=inner):
            return (inner,)
        case Splat(target=target, each=each):
            return target, each
    return ()


def _enter_for(node: For | TemplateFor, bound: frozenset[str], pending: _Pending) -> None:
    inner = bound | {node.value} | ({node.key} if node.key else set())
    parts = (node.result_key, node.result, node.condition) if isinstance(node, For) else (node.body,)
    pending.extend([(part, inner) for part in reversed(parts) if part is not None])
    pending.append((node.collection, bound))


def _unwind(node: GetAttr | Index | Variable, bound: frozenset[str], pending: _Pending) -> Traversal | None:
    steps: list[Step] = []
    keys: _Pending = []
    span, current = node.span, node
    inner: Expression = node
    while True:
        inner = current
        if isinstance(current, GetAttr):
            steps.append(current.name)
        elif isinstance(current, Index) and _is_literal_key(current.key):
            steps.append(KeyStep(current.key.value))  # type: ignore[union-attr,arg-type]  # a literal text or int
        elif isinstance(current, Index):
            keys.append((current.key, bound))
            steps.clear()
            span = current.target.span
        else:
            break
        current = current.target  # type: ignore[assignment]  # ends at the first node that is no step
    pending.extend(keys)
    if isinstance(inner, Variable):
        return None if inner.name in bound else Traversal(inner.name, tuple(reversed(steps)), span)
    pending.append((inner, bound))
    return None


def _is_literal_key(key: Expression) -> bool:
    return isinstance(key, Literal) and isinstance(key.value, str | int) and not isinstance(key.value, bool)


def address_in_scope(expression: Expression, scope: Scope) -> str:
    """The address that an expression names, with the keys of its instances evaluated: ``user_group.team[each.key]``.

    Raises:
        AddressError: it is no address, or a key is not known or sensitive.
        DiagnosticError: a key cannot be evaluated.
    """
    match expression:
        case Variable(name=name):
            return name
        case GetAttr(target=target, name=name):
            return f"{address_in_scope(target, scope)}.{name}"
        case Index(target=target, key=key):
            return f"{address_in_scope(target, scope)}{_evaluated_key(key, scope)}"
    raise AddressError(f"{expression.span.text!r} is not an address: expected a form like user_group.ops")


def _evaluated_key(key: Expression, scope: Scope) -> str:
    value = value_of(key, scope)
    if isinstance(value, Marked) and not value.sensitive:
        value = value.value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise AddressError(f"{key.span.text!r} is not the key of an instance: it must be a known text or whole number")
    return format_key(value)
