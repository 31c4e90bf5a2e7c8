"""Where something stands: a source text and spans in it. Lines and columns are worked out only when asked for."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct


class Source:
    """One text that a person wrote: a configuration file, a variables file, a ``--var`` argument.

    Equal to itself alone. Not a record that msgspec knows, so that it writes spans without their text.

    Args:
        name: what a person calls it: the path relative to the working directory, or ``--var region``.
        text: the whole text, decoded. Offsets count code points of this text.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def __repr__(self) -> str:
        return f"Source(name={self.name!r})"

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of the first character of every line."""
        starts = [0]
        find = self.text.find
        position = find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, columns in code points."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


class Span(Struct, frozen=True, array_like=True, gc=False):
    """A half-open range ``[start, end)`` of code-point offsets in a source."""

    source: Source
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.source, self.start, other.end)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """The line (from 1) on which it starts."""
        return self.source.position(self.start)[0]

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"

    @property
    def data(self) -> dict[str, object]:
        """The ``range`` of the JSON form: file, start and end with line and column from 1."""
        (line, column), (end_line, end_column) = self.source.position(self.start), self.source.position(self.end)
        return {
            "file": self.source.name,
            "start": {"line": line, "column": column},
            "end": {"line": end_line, "column": end_column},
        }
