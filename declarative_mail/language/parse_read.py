"""Reads a text into syntax nodes.

The text is cut at its own separators: a body into its lines, an object and a tuple into their elements, a template
into its parts. Each piece is a short run of tokens in which every finished bracket is one token, and is looked up by
their kinds (`parse_pieces`); one that was never met goes to python-hcl2's grammar. So a file costs one scan, however
long it is, and one parse for each *kind* of line in it. Cutting is also what lets reading go on after a fault: only the
piece with the fault is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import lexical
from declarative_mail.language.lexical import TOKEN, VALUE_ENDS
from declarative_mail.language.parse_build import Bounds
from declarative_mail.language.parse_faults import TooManyFaultsError
from declarative_mail.language.parse_frame import BODY, EXPRESSION, FILE, FOR, TEMPLATE, Frame
from declarative_mail.language.parse_strings import StringReader
from declarative_mail.language.syntax import Body, Expression

_RESERVED = frozenset(("true", "false", "null", "for", "in", "if"))
_CHARACTERS = {
    "'": 'Strings are in double quotes (").',
    "`": "A text of several lines is written as a heredoc, `<<EOT`.",
    ";": "Arguments are separated by line breaks, elements of a list by commas.",
    "&": "The operator for both being true is `&&`.",
    "|": "The operator for either being true is `||`.",
    "^": "There is no such operator; see `pow` for powers.",
    "~": "There is no such operator; `!` negates.",
}
"""What may have been meant by characters that have no place in HCL."""


class Reader(StringReader):
    """Reads one text. `faults` collects what is wrong with it."""

    def read_file(self) -> Body:
        """The text as a configuration file; with faults, what could be read of it."""
        frame = self._read(Frame(FILE, self._position))
        try:
            return self._body(frame, len(self.text))
        except TooManyFaultsError:
            return frame.body(self.source, len(self.text))

    def read_expression(self) -> Expression | None:
        """The text as one expression; line breaks in it mean nothing. None where it has a fault."""
        frame = self._read(Frame(EXPRESSION, self._position))
        return None if self.faults.found else frame.items[0]

    def read_template(self) -> Expression | None:
        """The text as a template without quotes around it. None where it has a fault."""
        frame = self._read(Frame(TEMPLATE, 0, heredoc=("", False)))
        made = None if self.faults.found else self._template_node(frame, len(self.text))
        return None if self.faults.found else made

    def _read(self, outermost: Frame) -> Frame:
        """Read all of the text into a frame without brackets."""
        self._frame = outermost
        self._stack = [outermost]
        try:
            while self._position < len(self.text) or self._frame.role == TEMPLATE:
                if self._frame.role != TEMPLATE:
                    self._read_tokens()
                elif self._read_template_part():
                    break
            if waiting := self._open_brackets():
                self._report_unclosed(waiting[0][1], waiting[0][0])
            elif outermost.kinds or outermost.role == EXPRESSION:
                self._cut(outermost)
        except TooManyFaultsError:
            pass
        return outermost

    def _read_tokens(self) -> None:
        """Read tokens to the end of the text, or to where they become those of a template."""
        text, frame = self.text, self._frame
        kinds, spans = frame.kinds, frame.spans
        for match in TOKEN.finditer(text, self._position):
            group = match.lastindex
            if group is None:
                break
            span = match.span(group)
            if group == lexical.WORD_GROUP:
                word = match[group]
                kinds.append(self._reserved(word) if word in _RESERVED else "N")
                spans.append(span)
            elif group == lexical.EQUALS_GROUP:
                kinds.append("=")
                spans.append(span)
            elif group == lexical.STRING_GROUP:
                kinds.append("s")
                spans.append(span)
            elif group == lexical.NEWLINE_GROUP:
                if ";" in frame.cuts:
                    self._on_line_end(frame)
            elif group == lexical.NUMBER_GROUP:
                kinds.append("0")
                spans.append(span)
            else:
                self._position = span[1]
                if self._HANDLERS[group](self, span):
                    return
                frame = self._frame
                kinds, spans = frame.kinds, frame.spans
        self._position = len(text)

    def _reserved(self, word: str) -> str:
        """The kind of a word that means something in some places only."""
        frame = self._frame
        previous = frame.kinds[-1] if frame.kinds else ""
        if previous == lexical.DOT:
            return lexical.WORD
        if frame.role == FOR or frame.kinds[:1] == [lexical.DIRECTIVE]:
            head = "".join(frame.kinds[1:6])
            if head in ("f", "fN,"):
                return lexical.WORD
            if word == "for" and not head:
                return lexical.FOR
            if word == "in" and head in ("fN", "fN,N"):
                return lexical.IN
            if word == "if" and frame.role == FOR and (previous in VALUE_ENDS or previous == lexical.ELLIPSIS):
                return lexical.IF
        return lexical.CONSTANTS.get(word, lexical.WORD)

    def _on_line_end(self, frame: Frame) -> None:
        if frame.kinds:
            if frame.role == BODY and not frame.lines:
                detail = "A block whose first argument stands on the line of its brace must be closed on that line."
                self.report(codes.MISSING_NEWLINE, detail, *frame.spans[0])
            self._cut(frame)
        frame.lines += 1

    def on_operator(self, span: Bounds) -> bool:
        """An operator or a separator."""
        frame, kind = self._frame, lexical.OPERATORS[self.text[span[0] : span[1]]]
        previous = frame.kinds[-1] if frame.kinds else ""
        if kind in frame.cuts:
            if frame.kinds:
                self._cut(frame)
            else:
                self.report(codes.INVALID_EXPRESSION, "Expected a value before this comma.", *span)
        elif kind == "*" and previous == lexical.DOT:
            frame.kinds[-1] = lexical.STAR_SPLAT
            frame.spans[-1] = (frame.spans[-1][0], span[1])
        elif kind == lexical.SCOPE and previous == lexical.WORD:
            return self._on_scope(frame, span)
        else:
            self._append(lexical.NEGATIVE if kind == "-" and previous not in VALUE_ENDS else kind, *span)
        return False

    def _on_scope(self, frame: Frame, span: Bounds) -> bool:
        """``provider::name::function`` is one name, of a function that is called."""
        match = lexical.SCOPED_NAME.match(self.text, span[0])
        if match is None:
            self._append(lexical.SCOPE, *span)
            return False
        start, end = frame.spans[-1][0], match.end()
        frame.spans[-1] = (start, end)
        self._position = end
        if not lexical.CALL_AHEAD.match(self.text, end):
            name = self.text[start:end]
            detail = f"`{name}` is the name of a function: call it, with its arguments in parentheses after the name."
            self.report(codes.INVALID_EXPRESSION, detail, start, end)
        return True

    def on_comment(self, span: Bounds) -> bool:
        """A comment that may go over several lines."""
        end = self.text.find("*/", span[1])
        if end < 0:
            self.report(codes.UNCLOSED_COMMENT, "This comment has no `*/` that ends it.", *span)
            raise TooManyFaultsError
        self._position = end + 2
        return True

    def on_last_comment(self, span: Bounds) -> bool:
        """A comment that ends with the text and not with a line."""
        self._position = span[1]
        return False

    def on_other(self, span: Bounds) -> bool:
        """A name with letters beyond ASCII, or something that has no place in HCL."""
        start = span[0]
        end = lexical.identifier_end(self.text, start)
        if end > start:
            self._append(lexical.WORD, start, end)
        else:
            end = lexical.stray_end(self.text, start)
            character = self.text[start]
            name = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
            hint = _CHARACTERS.get(character, "Remove it, or put it into a string.")
            self.report(codes.INVALID_CHARACTER, f"The character {name} has no meaning here. {hint}", start, end)
            self._append(lexical.INVALID, start, end)
        self._position = end
        return True

    def _report_unclosed(self, start: int, closer: str) -> None:
        """The text ends inside a bracket.

        Where a brace before that is indented less than its opener, that one is to blame.
        """
        detail = f"`{self.text[start]}` is not closed before the file ends. Add `{closer}` where it should end."
        suspect = _Indentation(self.source, self._pieces).suspect() if closer == "}" else None
        if suspect is None:
            self.report(codes.UNCLOSED_BRACKET, detail, start, start + 1)
            return
        opener, end = suspect
        detail = "By the indentation, this `{` is not closed: the brace that closes it belongs to a block further out."
        self.report(
            codes.UNCLOSED_BRACKET, detail, opener, opener + 1, (end - 1, end, "indented less than the line it closes")
        )

    _HANDLERS: ClassVar[dict[int, Callable[[Reader, Bounds], bool]]] = {
        lexical.LAST_COMMENT_GROUP: on_last_comment,
        lexical.HEREDOC_GROUP: StringReader.on_heredoc,
        lexical.COMMENT_GROUP: on_comment,
        lexical.OPERATOR_GROUP: on_operator,
        lexical.OPEN_GROUP: StringReader.on_open,
        lexical.CLOSE_GROUP: StringReader.on_close,
        lexical.QUOTE_GROUP: StringReader.on_quote,
        lexical.OTHER_GROUP: on_other,
    }


class _Indentation(Reader):
    """Reads a text again to find the first brace that is closed by one that is indented less than its line."""

    _found: Bounds | None = None

    def suspect(self) -> Bounds | None:
        """Where the opener starts and where its closer ends."""
        self._read(Frame(FILE, self._position))
        return self._found

    def _finish(self, frame: Frame, span: Bounds) -> bool:
        own = self._indent(span[0])
        if (
            self._found is None
            and frame.closer == "}"
            and own == span[0]
            and self._column(own) < self._column(self._indent(frame.start))
        ):
            self._found = (frame.start, span[1])
        return super()._finish(frame, span)

    def _report_unclosed(self, start: int, closer: str) -> None:
        """Said by the first reading."""

    def _indent(self, offset: int) -> int:
        """Where the text of a line begins."""
        start = self.text.rfind("\n", 0, offset) + 1
        while self.text[start] in " \t":
            start += 1
        return start

    def _column(self, offset: int) -> int:
        return offset - self.text.rfind("\n", 0, offset)
