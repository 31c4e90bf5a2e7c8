"""The syntax tree: frozen, without behaviour, every node with the span it came from.

The names are those of the HCL native syntax specification. A template's strip markers and a heredoc's indentation are
already worked off; what stays is what the evaluator needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from declarative_mail.diagnostics import Span


class Literal(Struct, frozen=True):
    """``null``, a bool, a number or a string without interpolation. Numbers are int, or Decimal with a fraction."""

    value: None | bool | int | Decimal | str
    span: Span


class Template(Struct, frozen=True):
    """A quoted or heredoc template with at least one part that is not literal text.

    A template of exactly one interpolation and nothing else yields that value unconverted (`"${x}"` is `x`).
    """

    parts: tuple[Expression, ...]
    span: Span


class TemplateIf(Struct, frozen=True):
    """``%{ if … }…%{ else }…%{ endif }``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


class TemplateFor(Struct, frozen=True):
    """``%{ for k, v in … }…%{ endfor }``"""

    key: str | None
    value: str
    collection: Expression
    body: Expression
    span: Span


class Variable(Struct, frozen=True):
    """A root name: ``var``, ``local``, ``user_group``, ``each``, or a name bound by a for expression."""

    name: str
    span: Span


class GetAttr(Struct, frozen=True):
    """``target.name``; `name_span` is the name alone. A legacy index (``list.0``) is an `Index`."""

    target: Expression
    name: str
    name_span: Span
    span: Span


class Index(Struct, frozen=True):
    """``target[key]``"""

    target: Expression
    key: Expression
    span: Span


class Splat(Struct, frozen=True):
    """``target[*].a[0].b`` (full) or ``target.*.a.b`` (attribute-only).

    `each` is the traversal after the star, applied to a `SplatItem`; it is the `SplatItem` alone where nothing follows.
    """

    target: Expression
    each: Expression
    span: Span


class SplatItem(Struct, frozen=True):
    """The element in hand inside `Splat.each`."""

    span: Span


class Tuple(Struct, frozen=True):
    """``[a, b]``"""

    items: tuple[Expression, ...]
    span: Span


class Object(Struct, frozen=True):
    """``{ a = 1, (b) = 2 }``. A bare identifier key is a `Literal`, a parenthesised one a `Parentheses`."""

    items: tuple[tuple[Expression, Expression], ...]
    span: Span


class For(Struct, frozen=True):
    """``[for k, v in c : x if y]`` and, with `result_key`, ``{for k, v in c : a => b... if y}``."""

    key: str | None
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouping: bool
    span: Span


class Conditional(Struct, frozen=True):
    """``condition ? then : otherwise``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


class Unary(Struct, frozen=True):
    """``-x`` and ``!x``"""

    operator: str
    operand: Expression
    span: Span


class Binary(Struct, frozen=True):
    """``a + b`` and the other infix operators."""

    operator: str
    left: Expression
    right: Expression
    span: Span


class Call(Struct, frozen=True):
    """``name(a, b...)``; `expand` is the trailing ``...``."""

    name: str
    name_span: Span
    arguments: tuple[Expression, ...]
    expand: bool
    span: Span


class Parentheses(Struct, frozen=True):
    """``(x)``: kept because it matters in object keys and for the formatter."""

    inner: Expression
    span: Span


Expression: TypeAlias = (
    Literal
    | Template
    | TemplateIf
    | TemplateFor
    | Variable
    | GetAttr
    | Index
    | Splat
    | SplatItem
    | Tuple
    | Object
    | For
    | Conditional
    | Unary
    | Binary
    | Call
    | Parentheses
)


class Attribute(Struct, frozen=True):
    """``name = expression``"""

    name: str
    name_span: Span
    expression: Expression
    span: Span


class Label(Struct, frozen=True):
    """One label of a block, quoted or bare; its span includes the quotes."""

    text: str
    span: Span


class Block(Struct, frozen=True):
    """``type "label" { body }``; `header` spans the type and the labels."""

    type: str
    type_span: Span
    labels: tuple[Label, ...]
    body: Body
    header: Span
    span: Span


class Body(Struct, frozen=True):
    """Attributes and blocks in source order.

    Two attributes of one name are a fault that the parser reports; the first wins.
    """

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span

    def blocks_of(self, type_: str) -> Iterator[Block]:
        """The blocks of one type, in source order."""
        return (block for block in self.blocks if block.type == type_)
