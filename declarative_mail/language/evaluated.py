"""A resource body after evaluation: its attributes as values and its blocks expanded, each still with its span.

Made by the evaluator (``dynamic`` blocks are already unrolled, meta-arguments already taken out), read by
`resources.decode`.
"""

from __future__ import annotations

from msgspec import Struct

from declarative_mail.diagnostics import Span
from declarative_mail.language.values import Value


class EvaluatedAttribute(Struct, frozen=True):
    """``name = value``: `span` is the expression, `name_span` the name alone."""

    value: Value
    span: Span
    name_span: Span


class EvaluatedBlock(Struct, frozen=True):
    """A nested block; `header` spans its type and labels."""

    type: str
    labels: tuple[str, ...]
    body: EvaluatedBody
    header: Span


class EvaluatedBody(Struct, frozen=True):
    """The attributes and, in source order, the blocks of one resource instance or nested block."""

    attributes: dict[str, EvaluatedAttribute]
    blocks: tuple[EvaluatedBlock, ...]
    span: Span
