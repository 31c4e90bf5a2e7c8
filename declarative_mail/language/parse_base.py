"""What every part of the reader shares: the open brackets, and the pieces that they are cut into."""

from __future__ import annotations

from typing import Any

from declarative_mail.diagnostics import Source
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language.lexical import EQUALS, INVALID
from declarative_mail.language.parse_faults import Faults, TooManyFaultsError
from declarative_mail.language.parse_frame import FILE, PIECES, Frame
from declarative_mail.language.parse_misfit import MisfitError
from declarative_mail.language.parse_pieces import MAX_DEPTH, MAX_PIECE, Known, Pieces
from declarative_mail.language.stored import Blobs


class BaseReader:
    """A text, how far it has been read, and the brackets that are open there.

    Args:
        source: the text.
        pieces: how pieces are made into nodes.
        blobs: where what is learned about pieces may be found.
        start: where reading begins, the start of a line.
        end: where the text is taken to end, after the break of a line.
    """

    def __init__(
        self, source: Source, pieces: Pieces, blobs: Blobs | None = None, *, start: int = 0, end: int | None = None
    ) -> None:
        self.source = source
        self.text = source.text if end is None else source.text[:end]
        self.faults = Faults(source)
        self.report = self.faults.report
        self._pieces = pieces
        self._blobs = blobs
        self._known = pieces.known
        self._position = 1 if start == 0 and source.text.startswith("\ufeff") else start
        self._frame = Frame(FILE, 0)
        self._stack = [self._frame]

    @property
    def depth(self) -> int:
        """How deep the values of the outermost bracket are nested at most, with the pieces that hold them."""
        return max(self._stack[0].depth, self._stack[0].total)

    def _push(self, frame: Frame) -> None:
        """Enter a bracket."""
        if len(self._stack) >= MAX_DEPTH:
            self._stop_too_deep(frame.start)
        self._stack.append(frame)
        self._frame = frame

    def _pop(self, kind: str, end: int, node: Any) -> None:
        """Leave a bracket: what it became is one token of the piece around it."""
        frame = self._stack.pop()
        around = self._frame = self._stack[-1]
        around.kinds.append(kind)
        around.spans.append((frame.start, end))
        around.values.append(node)
        around.depth = max(around.depth, frame.total + 1, frame.depth + 1)

    def _append(self, kind: str, start: int, end: int) -> None:
        """One token more in the piece in hand."""
        self._frame.kinds.append(kind)
        self._frame.spans.append((start, end))

    def _cut(self, frame: Frame) -> None:
        """The piece in hand is complete: keep its node, begin the next one."""
        kinds = "".join(frame.kinds)
        rule = PIECES.get(frame.role, "V")
        if rule == "A" and kinds[1:2] != EQUALS:
            rule = "K"
        entry = self._known.get(rule + kinds) or self._learn(frame, rule, kinds)
        if entry is not None:
            build, depth, around = entry
            total = max(depth, around + frame.depth)
            if total > frame.total:
                frame.total = total
                if total > MAX_DEPTH:
                    self._stop_too_deep(frame.spans[0][0])
            frame.items.append(build(self, frame.spans, frame.values))
        frame.kinds.clear()
        frame.spans.clear()
        frame.values.clear()

    def _learn(self, frame: Frame, rule: str, kinds: str) -> Known | None:
        """How to make the node of a piece that is met for the first time; None, and a report, where that cannot be."""
        if INVALID in kinds:
            return None
        if len(kinds) > MAX_PIECE:
            detail = (
                f"An expression may have {MAX_PIECE} tokens outside of brackets. Divide it, for example with `locals`."
            )
            self.report(codes.TOO_LONG, detail, frame.spans[0][0], frame.spans[0][1])
            return None
        try:
            return self._pieces.learn(rule, kinds, self._blobs)
        except MisfitError as misfit:
            self.faults.explain(frame, rule, misfit)
            return None

    def _stop_too_deep(self, start: int) -> None:
        detail = (
            f"Values may be nested {MAX_DEPTH} deep. Give the inner part a name of its own, for example in `locals`."
        )
        self.report(codes.TOO_DEEP, detail, start, start + 1)
        raise TooManyFaultsError
