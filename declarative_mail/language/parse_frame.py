"""A bracket that is being read: what has been seen inside it so far, and the node that it becomes."""

from __future__ import annotations

from typing import Any

from declarative_mail.diagnostics import Source, Span
from declarative_mail.language.lexical import COMMA, NEWLINE
from declarative_mail.language.parse_template import Part
from declarative_mail.language.syntax import Attribute, Block, Body, Object, Parentheses, Tuple

FILE, BODY, OBJECT, TUPLE, FOR, PARENTHESES, TEMPLATE, SEQUENCE, EXPRESSION = (
    "file",
    "body",
    "object",
    "tuple",
    "for",
    "parentheses",
    "template",
    "sequence",
    "expression",
)
"""What a bracket is: the first and the last have none, a sequence is ``${ }`` or ``%{ }`` inside a template."""

_CUTS = {FILE: NEWLINE, BODY: NEWLINE, OBJECT: COMMA + NEWLINE, TUPLE: COMMA}
"""Kinds that end a piece; everywhere else line breaks mean nothing and commas belong to the piece."""

PIECES = {FILE: "A", BODY: "A", OBJECT: "E", SEQUENCE: "S"}
"""The rule of the grammar for the pieces of a bracket; all others are expressions."""


class Frame:
    """One open bracket.

    `kinds`, `spans` and `values` are the piece in hand: the kind of each token, where it stands, and the node of each
    finished bracket among them. `calls` are the openers of calls and indexes inside the piece, which do not start a
    frame of their own. `depth` is how deep the finished brackets inside go at most, `total` the same with the pieces
    that hold them.
    """

    __slots__ = (
        "calls",
        "closer",
        "cuts",
        "depth",
        "heredoc",
        "items",
        "kinds",
        "lines",
        "role",
        "spans",
        "start",
        "total",
        "values",
    )

    def __init__(self, role: str, start: int, closer: str = "", heredoc: tuple[str, bool] | None = None) -> None:
        self.role = role
        self.start = start
        self.closer = closer
        self.heredoc = heredoc
        self.cuts = _CUTS.get(role, "")
        self.kinds: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.values: list[Any] = []
        self.calls: list[tuple[str, int]] = []
        self.items: list[Any] = []
        self.depth = 0
        self.total = 0
        self.lines = 0

    def open_call(self, bracket: str, start: int) -> None:
        """A call or an index begins: until it ends nothing cuts the piece."""
        self.calls.append((")" if bracket == "(" else "]", start))
        self.cuts = ""

    def close_call(self) -> None:
        """It ends."""
        self.calls.pop()
        if not self.calls:
            self.cuts = _CUTS.get(self.role, "")

    def body(self, source: Source, end: int) -> Body:
        """The body of the items so far, whatever is wrong with them."""
        return make_body(self.items, Span(source, self.start, end))[0]

    def clear_piece(self) -> None:
        """Begin the next piece."""
        self.kinds.clear()
        self.spans.clear()
        self.values.clear()

    def node(self, source: Source, end: int) -> Any:
        """What the bracket becomes, from its finished pieces."""
        span = Span(source, self.start, end)
        if self.role == TUPLE:
            return Tuple(tuple(self.items), span)
        if self.role == OBJECT:
            return Object(tuple(self.items), span)
        if self.role == PARENTHESES:
            return Parentheses(self.items[0], span)
        return self.items[0]

    def part(self, text: str, end: int) -> Part:
        """What a sequence becomes: a part of its template."""
        kind, value = self.items[0]
        strips = (text[self.start + 2] == "~", text[end - 2] == "~")
        return Part(kind, value, self.start, end, strips)


def make_body(items: list[Attribute | Block], span: Span) -> tuple[Body, list[tuple[Attribute, Attribute]]]:
    """A body, and the pairs of arguments that have one name: the first, which holds, and another."""
    attributes: dict[str, Attribute] = {}
    twice: list[tuple[Attribute, Attribute]] = []
    blocks: list[Block] = []
    for item in items:
        if isinstance(item, Block):
            blocks.append(item)
        elif item.name in attributes:
            twice.append((attributes[item.name], item))
        else:
            attributes[item.name] = item
    return Body(attributes, tuple(blocks), span), twice
