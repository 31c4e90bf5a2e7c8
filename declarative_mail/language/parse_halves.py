"""Reads a large text in two parts at once: the first here, the second in another process.

    text  ├──────── first ────────┤├──────── second ───────┤
                                   cut: the head of a block, by its look

The cut is right if the first part, taken as a whole text, has no fault: then nothing is open at its end, and who reads
on from there reads what the second process read. Where either part has a fault, or the two together have one, there is
no result: the text is read again as one, so that what is said of it does not depend on the machine.

The other process has time when it has handed over its part. It goes on to read the first one too, and keeps the tree.
"""

from __future__ import annotations

from collections.abc import Callable

from declarative_mail.diagnostics import Source, Span
from declarative_mail.language.beside import Beside, Give
from declarative_mail.language.lexical import TOP_LEVEL_LINE
from declarative_mail.language.parse_pieces import MAX_DEPTH, Pieces
from declarative_mail.language.parse_read import Reader
from declarative_mail.language.stored import Blobs
from declarative_mail.language.stored_tree import read_tree, write_tree
from declarative_mail.language.syntax import Body

WIDE = 200_000
"""Characters, some 500 blocks, from which on a second process pays.

To start one costs a few milliseconds in all, and two cores that are one and its twin are slower than two.
"""
_SHARE = 0.53
"""How much of the text is read here. The other process has a tree to hand over, and we to take it."""


class Halves:
    """A text that is read in two parts.

    Args:
        source: the text.
        pieces: how pieces are made into nodes.
        blobs: where what is learned about pieces is found and kept.
        keep: keeps a tree. Called in the other process.
    """

    def __init__(self, source: Source, pieces: Pieces, blobs: Blobs | None, keep: Callable[[Body], None]) -> None:
        self._source = source
        self._pieces = pieces
        self._blobs = blobs
        self._keep = keep

    def read(self, beside: Beside) -> Body | None:
        """The body of the text. None where it is to be read as one."""
        text = self._source.text
        head = TOP_LEVEL_LINE.search(text, int(len(text) * _SHARE)) if len(text) >= WIDE else None
        return None if head is None else self.read_cut(head.start(), beside)

    def read_cut(self, cut: int, beside: Beside) -> Body | None:
        """The same for a certain cut, the start of a line."""
        result = beside.start(lambda give: self._work(cut, give))
        if result is None:
            return None
        first = self._part(end=cut)
        content = result()
        if first is None or not content:
            return None
        depth, second = int.from_bytes(content[:2]), read_tree(content[2:], self._source)
        return None if second is None else _joined(*first, second, depth)

    def _work(self, cut: int, give: Give) -> None:
        """All that the other process does."""
        second = self._part(start=cut)
        if second is None:
            give(b"")
            return
        if self._blobs is not None:
            self._pieces.keep(self._blobs)
        body, depth = second
        give(depth.to_bytes(2) + write_tree(body))
        first = self._part(end=cut)
        whole = None if first is None else _joined(*first, body, depth)
        if whole is not None:
            self._keep(whole)

    def _part(self, *, start: int = 0, end: int | None = None) -> tuple[Body, int] | None:
        """The body of a part and how deep it is nested. None where it has a fault."""
        reader = Reader(self._source, self._pieces, self._blobs, start=start, end=end)
        body = reader.read_file()
        return None if reader.faults.found else (body, reader.depth)


def _joined(first: Body, first_depth: int, second: Body, second_depth: int) -> Body | None:
    """The body of both parts. None where they have a fault together that neither has alone."""
    # Read as one, a value of the second part is measured with the deepest of the first.
    if first_depth + second_depth > MAX_DEPTH or not first.attributes.keys().isdisjoint(second.attributes):
        return None
    span = Span(first.span.source, first.span.start, second.span.end)
    return Body(first.attributes | second.attributes, first.blocks + second.blocks, span)
