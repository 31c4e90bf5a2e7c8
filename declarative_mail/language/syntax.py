"""The syntax tree: frozen, without behaviour, every node with the span it came from.

The names are those of the HCL native syntax specification. A template's strip markers and a heredoc's indentation are
already worked off; what stays is what the evaluator needs.

To msgspec a node is an array with a tag, which is how `stored_tree` writes it. The garbage collector leaves nodes
alone: one holds only what was made before it, so there are no circles.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from declarative_mail.diagnostics import Span

if TYPE_CHECKING:
    Scalar: TypeAlias = None | bool | int | Decimal | str
else:
    Scalar = Any  # msgspec, which reads kept trees, does not tell a decimal from a text in a union


class Literal(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``null``, a bool, a number or a string without interpolation. Numbers are int, or Decimal with a fraction."""

    value: Scalar
    span: Span


class Template(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A quoted or heredoc template with at least one part that is not literal text.

    A template of exactly one interpolation and nothing else yields that value unconverted (`"${x}"` is `x`).
    """

    parts: tuple[Expression, ...]
    span: Span


class TemplateIf(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``%{ if … }…%{ else }…%{ endif }``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


class TemplateFor(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``%{ for k, v in … }…%{ endfor }``"""

    key: str | None
    value: str
    collection: Expression
    body: Expression
    span: Span


class Variable(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A root name: ``var``, ``local``, ``user_group``, ``each``, or a name bound by a for expression."""

    name: str
    span: Span


class GetAttr(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``target.name``; `name_span` is the name alone. A legacy index (``list.0``) is an `Index`."""

    target: Expression
    name: str
    name_span: Span
    span: Span


class Index(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``target[key]``"""

    target: Expression
    key: Expression
    span: Span


class Splat(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``target[*].a[0].b`` (full) or ``target.*.a.b`` (attribute-only).

    `each` is the traversal after the star, applied to a `SplatItem`; it is the `SplatItem` alone where nothing follows.
    """

    target: Expression
    each: Expression
    span: Span


class SplatItem(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """The element in hand inside `Splat.each`."""

    span: Span


class Tuple(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``[a, b]``"""

    items: tuple[Expression, ...]
    span: Span


class Object(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``{ a = 1, (b) = 2 }``. A bare identifier key is a `Literal`, a parenthesised one a `Parentheses`."""

    items: tuple[tuple[Expression, Expression], ...]
    span: Span


class For(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``[for k, v in c : x if y]`` and, with `result_key`, ``{for k, v in c : a => b... if y}``."""

    key: str | None
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouping: bool
    span: Span


class Conditional(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``condition ? then : otherwise``"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


class Unary(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``-x`` and ``!x``"""

    operator: str
    operand: Expression
    span: Span


class Binary(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``a + b`` and the other infix operators."""

    operator: str
    left: Expression
    right: Expression
    span: Span


class Call(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """``name(a, b...)``; `expand` is the trailing ``...``."""

    name: str
    name_span: Span
    arguments: tuple[Expression, ...]
    expand: bool
    span: Span


class Parentheses(Struct, frozen=True, array_like=True, tag=True, gc=False):
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


class Attribute(Struct, frozen=True, array_like=True, gc=False):
    """``name = expression``"""

    name: str
    name_span: Span
    expression: Expression
    span: Span


class Label(Struct, frozen=True, array_like=True, gc=False):
    """One label of a block, quoted or bare; its span includes the quotes."""

    text: str
    span: Span


class Block(Struct, frozen=True, array_like=True, gc=False):
    """``type "label" { body }``; `header` spans the type and the labels."""

    type: str
    type_span: Span
    labels: tuple[Label, ...]
    body: Body
    header: Span
    span: Span


class Body(Struct, frozen=True, array_like=True, gc=False):
    """Attributes and blocks in source order.

    Two attributes of one name are a fault that the parser reports; the first wins.
    """

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span

    def blocks_of(self, type_: str) -> Iterator[Block]:
        """The blocks of one type, in source order."""
        return (block for block in self.blocks if block.type == type_)
