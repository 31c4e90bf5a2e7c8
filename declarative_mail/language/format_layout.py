"""Where tokens stand: indentation, the spaces between them, and the columns that neighbouring lines share.

A line is divided into up to three cells: its head, the assignment from the equals sign on, and a comment at its end.
Assignments and comments of lines that follow each other begin in one column::

    name    = "Operations"  # shown in mails
    members = [             # the value goes on: the column ends here
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct, field

from declarative_mail.language.format_tokens import (
    COMMENT,
    DIRECTIVE,
    END_HEREDOC,
    END_QUOTE,
    END_SEQUENCE,
    HEREDOC,
    INTERPOLATION,
    LITERAL,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    Token,
)
from declarative_mail.language.graphemes import count_graphemes
from declarative_mail.language.lexical import AFTER_POINT

_OPENING = frozenset(("{", "[", "(", INTERPOLATION, DIRECTIVE))
_CLOSING = frozenset(("}", "]", ")", END_SEQUENCE))
_SIGN_FOLLOWS = frozenset(
    ("", "(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-", "==", "!=", ">", ">=", "<", "<=", "&&", "||", "!")
)
"""Tokens after which a minus is a sign. Not ``=>`` nor ``${``: Terraform's formatter leaves a space there."""

_AFTER_POINT = re.compile(AFTER_POINT)


class _Line(Struct):
    head: list[Token]
    assignment: list[Token] = field(default_factory=list)
    comment: list[Token] = field(default_factory=list)


def lay_out(tokens: list[Token]) -> None:
    """Give every token the spaces before it that the canonical style has."""
    lines = [_cells(line) for line in _lines(tokens)]
    _indent(lines)
    for line in lines:
        _space(line.head)
        _space(line.assignment)
        if line.assignment:
            line.assignment[0].spaces = 1
    _align(lines, lambda line: line.assignment, lambda line: line.head)
    _align(lines, lambda line: line.comment, lambda line: [*line.head, *line.assignment])


def _lines(tokens: list[Token]) -> list[list[Token]]:
    """A heredoc is in one line with what begins it; a comment to the end of a line ends that."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        lines[-1].append(token)
        if token.ends_line:
            lines.append([])
    return [line for line in lines if line]


def _cells(tokens: list[Token]) -> _Line:
    line = _Line(tokens)
    if len(tokens) > 1 and tokens[-1].kind == COMMENT:
        line.comment, line.head = tokens[-1:], tokens[:-1]
    equals = next((index for index, token in enumerate(line.head) if index and token.kind == "="), None)
    if equals is not None and _balance(line.head[equals:]) == 0:
        line.head, line.assignment = line.head[:equals], line.head[equals:]
    return line


def _balance(tokens: Sequence[Token]) -> int:
    """How many more brackets are opened than closed."""
    return sum((token.kind in _OPENING) - (token.kind in _CLOSING) for token in tokens)


def _indent(lines: list[_Line]) -> None:
    """Two spaces for each line before that opened more brackets than it closed and whose brackets are still open."""
    open_: list[int] = []
    for line in lines:
        if line.head[0].kind == NEWLINE:
            line.head[0].spaces = 0
            continue
        balance = _balance(_before_heredoc(line.head)) + _balance(line.assignment)
        if balance < 0:
            _close(open_, -balance)
        line.head[0].spaces = 2 * len(open_)
        if balance > 0:
            open_.append(balance)


def _before_heredoc(tokens: list[Token]) -> list[Token]:
    return tokens[: next((index for index, token in enumerate(tokens) if token.kind == HEREDOC), len(tokens))]


def _close(open_: list[int], brackets: int) -> None:
    """Take closed brackets from the lines that opened them, the last one first."""
    while brackets and open_:
        if brackets < open_[-1]:
            open_[-1] -= brackets
            return
        brackets -= open_.pop()


def _align(lines: list[_Line], cell: Callable[[_Line], list[Token]], before: Callable[[_Line], list[Token]]) -> None:
    """Begin a cell in one column on all neighbouring lines that have it."""
    run: list[_Line] = []
    for line in [*lines, _Line([])]:
        if cell(line):
            run.append(line)
            continue
        widths = [_columns(before(one)) for one in run]
        for one, width in zip(run, widths, strict=True):
            cell(one)[0].spaces = max(widths) - width + 1
        run = []


def _columns(tokens: list[Token]) -> int:
    return sum(token.spaces + count_graphemes(token.text) for token in tokens)


def _space(cell: list[Token]) -> None:
    """One space or none before each token but the first.

    Terraform's formatter leaves none between a number and a dot, which makes a number with a fraction of two indexes:
    ``x.1 .5`` becomes ``x.1.5``, and ``1 .5`` the number 1.5. Here the space stays where the meaning depends on it.
    """
    before = ""
    for token, after in pairwise(cell):
        after.spaces = int(_is_space_between(before, token, after.kind))
        if token.kind == "." and before == NUMBER and _AFTER_POINT.match(after.text):
            token.spaces = 1
        before = token.kind


def _is_space_between(before: str, token: Token, after: str) -> bool:
    """Whether a space stands after a token, going by the kinds of its neighbours (empty: none)."""
    kind = token.kind
    for applies, space in _RULES:
        if applies(before, token, after):
            return space
    if kind == "-":
        return before not in _SIGN_FOLLOWS
    if kind == "{" or after == "}":
        return not (kind == "{" and after == "}")
    if kind in (INTERPOLATION, DIRECTIVE) and after == "{":
        return True
    if kind == "}" and after == END_SEQUENCE:
        return True
    if kind == END_SEQUENCE and after in (INTERPOLATION, DIRECTIVE):
        return False
    return kind not in _OPENING and after not in _CLOSING


_IN_TEMPLATE_BEFORE = frozenset((LITERAL, QUOTE, HEREDOC))
_IN_TEMPLATE_AFTER = frozenset((LITERAL, END_QUOTE, END_HEREDOC))
_INDEXED = frozenset((NAME, NUMBER)) | _CLOSING

_RULES: tuple[tuple[Callable[[str, Token, str], bool], bool], ...] = (
    (lambda before, token, after: after == NEWLINE, False),
    (lambda before, token, after: token.kind == NAME and after == "(", False),
    (lambda before, token, after: (token.kind, after) in ((NAME, "::"), ("::", NAME)), False),
    (lambda before, token, after: "." in (token.kind, after), False),
    (lambda before, token, after: after in (",", "..."), False),
    (lambda before, token, after: token.kind == ",", True),
    (lambda before, token, after: token.kind in _IN_TEMPLATE_BEFORE or after in _IN_TEMPLATE_AFTER, False),
    (lambda before, token, after: token.kind == NAME and token.text == "in" and before == NAME, True),
    (lambda before, token, after: after == "[" and token.kind in _INDEXED, False),
    (lambda before, token, after: token.kind == "!", False),
)
"""The first that applies decides whether there is a space."""
