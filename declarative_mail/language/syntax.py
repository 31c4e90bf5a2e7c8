"""The syntax tree: frozen, without behaviour, every node with the span it came from.

The names are those of the HCL native syntax specification. A template's strip markers and a heredoc's indentation are
already worked off; what stays is what the evaluator needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from declarative_mail.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Literal:
    """``null``, a bool, a number or a string without interpolation. Numbers are int, or Decimal with a fraction."""

    value: None | bool | int | Decimal | str
    span: Span


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted or heredoc template with at least one part that is not literal text.

    A template of exactly one interpolation and nothing else yields that value unconverted (`"${x}"` is `x`).
    """

    parts: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """``%{ if … }…%{ else }…%{ endif }``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """``%{ for k, v in … }…%{ endfor }``"""

    key: str | None
    value: str
    collection: Expression
    body: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A root name: ``var``, ``local``, ``user_group``, ``each``, or a name bound by a for expression."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetAttr:
    """``target.name``; `name_span` is the name alone. A legacy index (``list.0``) is an `Index`."""

    target: Expression
    name: str
    name_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """``target[key]``"""

    target: Expression
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Splat:
    """``target[*].a[0].b`` (full) or ``target.*.a.b`` (attribute-only).

    `each` is the traversal after the star, applied to a `SplatItem`; it is the `SplatItem` alone where nothing follows.
    """

    target: Expression
    each: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class SplatItem:
    """The element in hand inside `Splat.each`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Tuple:
    """``[a, b]``"""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Object:
    """``{ a = 1, (b) = 2 }``. A bare identifier key is a `Literal`, a parenthesised one a `Parentheses`."""

    items: tuple[tuple[Expression, Expression], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """``[for k, v in c : x if y]`` and, with `result_key`, ``{for k, v in c : a => b... if y}``."""

    key: str | None
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouping: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : otherwise``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` and ``!x``"""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``a + b`` and the other infix operators."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``name(a, b...)``; `expand` is the trailing ``...``."""

    name: str
    name_span: Span
    arguments: tuple[Expression, ...]
    expand: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Parentheses:
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


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = expression``"""

    name: str
    name_span: Span
    expression: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a block, quoted or bare; its span includes the quotes."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """``type "label" { body }``; `header` spans the type and the labels."""

    type: str
    type_span: Span
    labels: tuple[Label, ...]
    body: Body
    header: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Body:
    """Attributes and blocks in source order.

    Two attributes of one name are a fault that the parser reports; the first wins.
    """

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span

    def blocks_of(self, type_: str) -> Iterator[Block]:
        """The blocks of one type, in source order."""
        return (block for block in self.blocks if block.type == type_)
