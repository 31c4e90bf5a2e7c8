"""The picture of a fault: source lines with numbers, and under them marks with what is to be said of each place.

    12 | notification_rule "prod_failed" {
       | ------------------------------- in this rule
    14 |   server   = smtp_server.primry
       |              ^^^^^^^^^^^^^^^^^^ no smtp_server is named "primry"

The marks are characters, so that they survive ``NO_COLOR``. Of a range over several lines the first and the last are
shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from declarative_mail.diagnostics import Source, Span
from declarative_mail.rendering.secret_ranges import secret_ranges
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import TAB, visible, width_of, wrap

BLANK = "********"
"""Stands for a secret of any length."""
_GAP = "..."
_BEFORE_MARK = 20
_NARROW = 24


class Mark(Struct, frozen=True):
    """A label as it is drawn: the range, the text, the character under it and its style."""

    span: Span
    text: str
    character: str
    style: str


class _Piece(Struct, frozen=True):
    """The part of a mark on one line, in code points of that line; `text` only on its last line."""

    line: int
    start: int
    end: int
    mark: Mark
    text: str


class _Row(Struct, frozen=True):
    """A source line as it is shown: the text and, for each code point and the end, its column."""

    text: str
    columns: Sequence[int]

    def marks(self, piece: _Piece) -> str:
        """Blanks up to the piece and its characters below it, at least one."""
        start, end = self.columns[piece.start], self.columns[piece.end]
        return " " * start + piece.mark.character * max(end - start, 1)


def last_line(span: Span) -> int:
    """The last line on which something of the span stands (a trailing line end does not count)."""
    end = span.end - 1 if span.end > span.start else span.end
    return span.source.position(end)[0]


def draw(
    source: Source, marks: Sequence[Mark], *, secrets: Sequence[Span], gutter: int, terminal: Terminal
) -> list[str]:
    """The lines of one picture: everything to be marked in one source.

    Args:
        source: the text that all marks lie in.
        marks: what to mark.
        secrets: ranges of this source that must not be shown.
        gutter: the columns of the line numbers.
        terminal: the width to keep to, and whether marks are coloured.
    """
    found = (piece for mark in marks for piece in _pieces(mark))
    pieces = sorted(found, key=lambda one: (one.line, one.start, one.end))
    hidden = [*secrets, *secret_ranges(source, {piece.line for piece in pieces})]
    lines: list[str] = []
    previous = 0
    for number in sorted({piece.line for piece in pieces}):
        here = [piece for piece in pieces if piece.line == number]
        if previous and number > previous + 2:
            lines.append(terminal.paint(_GAP, "blue"))
        row = _row(source, here, hidden, terminal.width - gutter - 3)
        lines.append(f"{terminal.paint(f'{number:>{gutter}} |', 'blue')} {row.text}".rstrip())
        for piece in here:
            lines.extend(_under(row, piece, gutter=gutter, terminal=terminal))
        previous = number
    return lines


def _pieces(mark: Mark) -> list[_Piece]:
    source = mark.span.source
    line, column = source.position(mark.span.start)
    start, end = column - 1, mark.span.end - source.line_starts[line - 1]
    last = last_line(mark.span)
    if last == line:
        return [_Piece(line, start, min(end, len(source.line(line))), mark, mark.text)]
    closing = source.line(last)
    indent = len(closing) - len(closing.lstrip())
    end = min(mark.span.end - source.line_starts[last - 1], len(closing))
    opening = _Piece(line, start, len(source.line(line)), mark, "")
    return [opening, _Piece(last, min(indent, end), end, mark, mark.text)]


def _row(source: Source, pieces: Sequence[_Piece], hidden: Sequence[Span], room: int) -> _Row:
    number = pieces[0].line
    offset = source.line_starts[number - 1]
    cells = [" " * TAB if one == "\t" else visible(one) for one in source.line(number)]
    for start, end in _merged(hidden, offset, len(cells)):
        cells[start:end] = [*[""] * (end - start - 1), BLANK]
    focus = next((piece for piece in pieces if piece.mark.character == "^"), pieces[0])
    return _cropped(cells, focus, room)


def _merged(hidden: Sequence[Span], offset: int, length: int) -> list[tuple[int, int]]:
    """The hidden ranges of one line, in code points of that line, where they overlap as one."""
    ranges: list[tuple[int, int]] = []
    for span in sorted(hidden, key=lambda one: one.start):
        start, end = max(span.start - offset, 0), min(span.end - offset, length)
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        elif start < end:
            ranges.append((start, end))
    return ranges


def _cropped(cells: Sequence[str], focus: _Piece, room: int) -> _Row:
    """The row of a line; of one that is too long, the part around the focus."""
    columns = [0]
    for cell in cells:
        columns.append(columns[-1] + width_of(cell))
    if columns[-1] <= room:
        return _Row("".join(cells), columns)
    first = 0
    if columns[focus.end] > room - len(_GAP):
        begin = min(columns[focus.start] - _BEFORE_MARK, columns[-1] - room + len(_GAP))
        first = next(index for index, column in enumerate(columns) if column >= begin)
    lead = _GAP if first else ""
    shift = len(lead) - columns[first]
    limit = room if columns[-1] + shift <= room else room - len(_GAP)
    last = max(index for index, column in enumerate(columns) if column + shift <= limit)
    tail = _GAP if last < len(cells) else ""
    kept = [min(max(column, columns[first]), columns[last]) + shift for column in columns]
    return _Row(f"{lead}{''.join(cells[first:last])}{tail}", kept)


def _under(row: _Row, piece: _Piece, *, gutter: int, terminal: Terminal) -> list[str]:
    """The marks of a piece with its text behind them or, where there is no room, wrapped below."""
    rule = terminal.paint(f"{'':>{gutter}} |", "blue")
    marks = row.marks(piece)
    painted = " " * (len(marks) - len(marks.lstrip())) + terminal.paint(marks.lstrip(), piece.mark.style)
    room = terminal.width - gutter - 3
    if not piece.text:
        return [f"{rule} {painted}"]
    if "\n" not in piece.text and len(marks) + 1 + width_of(piece.text) <= room:
        return [f"{rule} {painted} {terminal.paint(piece.text, piece.mark.style)}"]
    indent = " " * max(min(row.columns[piece.start], room - _NARROW), 0)
    below = wrap(piece.text, max(room - len(indent), _NARROW))
    return [f"{rule} {painted}", *(f"{rule} {indent}{terminal.paint(line, piece.mark.style)}" for line in below)]
