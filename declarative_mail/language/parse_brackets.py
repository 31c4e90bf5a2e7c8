"""Reading brackets: which kind one opens, what it becomes when it is closed, and what to do when it is not."""

from __future__ import annotations

from declarative_mail.diagnostics import Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import lexical
from declarative_mail.language.lexical import VALUE_ENDS
from declarative_mail.language.parse_base import BaseReader
from declarative_mail.language.parse_build import Bounds
from declarative_mail.language.parse_frame import (
    BODY,
    FOR,
    OBJECT,
    PARENTHESES,
    PIECES,
    SEQUENCE,
    TEMPLATE,
    TUPLE,
    Frame,
    make_body,
)
from declarative_mail.language.parse_pieces import MAX_DEPTH
from declarative_mail.language.syntax import Attribute, Body, Literal

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_ROLES = {"(": PARENTHESES, "[": TUPLE, "{": OBJECT}


class BracketReader(BaseReader):
    """Opens and closes brackets. Methods return whether reading has to start again at `_position`."""

    def on_open(self, span: Bounds) -> bool:
        """A bracket begins."""
        frame, bracket = self._frame, self.text[span[0]]
        if bracket == "{" and PIECES.get(frame.role) == "A" and not frame.calls and lexical.EQUALS not in frame.kinds:
            self._push(Frame(BODY, span[0], "}"))
        elif bracket != "{" and frame.kinds and frame.kinds[-1] in VALUE_ENDS:
            return self._open_call(frame, bracket, span)
        elif bracket != "(" and lexical.FOR_AHEAD.match(self.text, span[1]):
            self._push(Frame(FOR, span[0], _CLOSERS[bracket]))
            self._append(bracket, *span)
        else:
            self._push(Frame(_ROLES[bracket], span[0], _CLOSERS[bracket]))
        return False

    def _open_call(self, frame: Frame, bracket: str, span: Bounds) -> bool:
        """Arguments of a call, an index or a splat: tokens of the piece that they stand in."""
        splat = lexical.SPLAT.match(self.text, span[0]) if bracket == "[" else None
        if splat:
            self._append(lexical.FULL_SPLAT, *splat.span())
            self._position = splat.end()
            return True
        if bracket == "(" and frame.kinds[-1] in lexical.CONSTANTS.values():
            frame.kinds[-1] = lexical.WORD
        if len(frame.calls) >= MAX_DEPTH:
            self._stop_too_deep(span[0])
        frame.open_call(bracket, span[0])
        self._append(bracket, *span)
        return False

    def on_close(self, span: Bounds) -> bool:
        """A bracket ends."""
        frame, bracket = self._frame, self.text[span[1] - 1]
        strip = span[1] - span[0] == 2
        if frame.calls:
            if frame.calls[-1][0] == bracket and not strip:
                frame.close_call()
                self._append(bracket, *span)
                return False
        elif frame.closer == bracket and (not strip or frame.role == SEQUENCE):
            return self._finish(frame, span)
        return self._on_mismatch(span, bracket, strip=strip)

    def _finish(self, frame: Frame, span: Bounds) -> bool:
        """The innermost bracket is closed."""
        end = span[1]
        if frame.role == BODY:
            self._pop(lexical.BODY, end, self._body(frame, end))
            return False
        if frame.role in (FOR, SEQUENCE):
            self._append(frame.closer, *span)
        if frame.kinds or frame.role == PARENTHESES:
            self._cut(frame)
        if frame.role == SEQUENCE:
            self._finish_sequence(frame, end)
            return True
        whole = frame.items or frame.role in (TUPLE, OBJECT)
        node = frame.node(self.source, end) if whole else Literal(None, Span(self.source, frame.start, end))
        self._pop(lexical.VALUE, end, node)
        return False

    def _finish_sequence(self, frame: Frame, end: int) -> None:
        self._stack.pop()
        self._frame = template = self._stack[-1]
        template.items.append(frame.part(self.text, end) if frame.items else None)
        template.depth = max(template.depth, frame.total + 1)

    def _body(self, frame: Frame, end: int) -> Body:
        """The body of a block or of the file."""
        if frame.role == BODY and frame.kinds:
            inline, (start, stop) = not frame.lines, frame.spans[0]
            self._cut(frame)
            if not inline or (frame.items and not isinstance(frame.items[-1], Attribute)):
                detail = (
                    "The closing brace stands on a line of its own, unless the block has a single argument on one line."
                )
                self.report(codes.MISSING_NEWLINE, detail, end - 1, end, (start, stop, "the line begins here"))
        body, twice = make_body(frame.items, Span(self.source, frame.start, end))
        for first, second in twice:
            detail = f"`{second.name}` is set twice in this block. Keep one of the two."
            place = (first.name_span.start, first.name_span.end, "first set here")
            self.report(codes.DUPLICATE_ARGUMENT, detail, second.name_span.start, second.name_span.end, place)
        return body

    def _on_mismatch(self, span: Bounds, bracket: str, *, strip: bool) -> bool:
        """A closing bracket that is not the one that is waited for: of an outer bracket, or of none."""
        if strip and not self._frame.calls and self._frame.closer == "}":
            self.report(codes.UNMATCHED_BRACKET, "`~}` ends a template sequence only. Use `}` here.", *span)
            return self.on_close((span[0] + 1, span[1]))
        waiting = self._open_brackets()
        match = next((one for one in waiting if one[0] == bracket), None)
        if match is None:
            text = self.text[span[0] : span[1]]
            detail = f"No bracket is open that `{text}` could close. Remove it, or add the one that it belongs to."
            self.report(codes.UNMATCHED_BRACKET, detail, *span)
            self._append(lexical.INVALID, *span)
            return False
        closer, start = waiting[0][:2]
        opener = self.text[start]
        detail = f"`{opener}` is not closed: `{bracket}` comes before `{closer}`. Add `{closer}` where it should end."
        self.report(codes.UNCLOSED_BRACKET, detail, start, start + 1, (*span, f"expected `{closer}` before this"))
        self._abandon(match[2], match[3])
        return self.on_close(span)

    def _open_brackets(self) -> list[tuple[str, int, Frame, int]]:
        """What is open, innermost first: closer, start, frame, and how many calls of that frame go on with it."""
        found: list[tuple[str, int, Frame, int]] = []
        for frame in reversed(self._stack):
            calls = list(enumerate(frame.calls, start=1))
            found += [(closer, start, frame, number) for number, (closer, start) in reversed(calls)]
            if frame.closer:
                found.append((frame.closer, frame.start, frame, 0))
            if frame.role in (SEQUENCE, TEMPLATE):
                break
        return found

    def _abandon(self, until: Frame, calls: int) -> None:
        """Leave the brackets inside a frame and its calls but the first few; their pieces are not looked at further."""
        while self._frame is not until:
            self._pop(lexical.INVALID, self._position, None)
        while len(until.calls) > calls:
            self._append(lexical.INVALID, until.calls[-1][1], self._position)
            until.close_call()
