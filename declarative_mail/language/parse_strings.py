"""Reading quoted strings, heredocs and templates: literal text, interpolations and directives."""

from __future__ import annotations

from declarative_mail.diagnostics import Span, suggestion
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import lexical
from declarative_mail.language.parse_brackets import BracketReader
from declarative_mail.language.parse_build import Bounds, unescaped
from declarative_mail.language.parse_frame import SEQUENCE, TEMPLATE, Frame
from declarative_mail.language.parse_template import LITERAL, Part, make_template
from declarative_mail.language.syntax import Expression, Literal

_UNCLOSED_STRING = (
    "The string is not closed on its line. Add the closing quote. "
    "For a text of several lines use a heredoc (`<<EOT`), for a line break in a string `\\n`."
)


class StringReader(BracketReader):
    """Reads what is in quotes or in a heredoc. A template is a frame whose items are its parts."""

    def on_quote(self, span: Bounds) -> bool:
        """A string begins that has escapes or template sequences, or that is not closed."""
        whole = lexical.ESCAPED_STRING.match(self.text, span[0])
        if whole:
            self._append(lexical.ESCAPED, *whole.span())
            self._position = whole.end()
        else:
            self._push(Frame(TEMPLATE, span[0]))
        return True

    def on_heredoc(self, span: Bounds) -> bool:
        """A heredoc begins."""
        introduction = self.text[span[0] : span[1]].rstrip("\r\n")
        flush = introduction[2] == "-"
        self._push(Frame(TEMPLATE, span[0], heredoc=(introduction[3 if flush else 2 :], flush)))
        return True

    def _read_template_part(self) -> bool:
        """Read one part of a template. True at the end of a text that is a template itself."""
        frame = self._frame
        pattern = lexical.QUOTED_PART if frame.heredoc is None else lexical.LINE_PART
        match = pattern.match(self.text, self._position)
        if match is None:
            return self._end_in_template(frame)
        start, end = match.span()
        group = match.lastindex
        if group == lexical.LITERAL_GROUP:
            self._on_literal(frame, start, end)
        elif group == lexical.STRAY_GROUP:
            self._on_stray(frame, start)
        else:
            self._open_sequence(start, end, directive=group == lexical.DIRECTIVE_GROUP)
        return False

    def _on_literal(self, frame: Frame, start: int, end: int) -> None:
        text = self.text[start:end]
        self._position = end
        if frame.heredoc is None:
            frame.items.append(Part(LITERAL, unescaped(self, text, start), start, end))
        elif self._ends_heredoc(frame.heredoc[0], text, start):
            self._position = end - (2 if text.endswith("\r\n") else 1)
            self._pop(lexical.VALUE, self._position, self._template_node(frame, self._position))
        else:
            frame.items.append(Part(LITERAL, lexical.unescape_line(text), start, end))

    def _ends_heredoc(self, marker: str, text: str, start: int) -> bool:
        whole_line = text.endswith("\n") and self.text[start - 1 : start] == "\n"
        return marker != "" and whole_line and text.strip(lexical.SPACES) == marker

    def _open_sequence(self, start: int, end: int, *, directive: bool) -> None:
        """``${`` or ``%{`` and the word after it."""
        self._position = end
        self._push(Frame(SEQUENCE, start, "}"))
        self._append(lexical.DIRECTIVE if directive else lexical.INTERPOLATION, start, end)
        if not directive:
            return
        match = lexical.DIRECTIVE_WORD.match(self.text, end)
        kind = lexical.DIRECTIVES.get(match[1]) if match else None
        span = match.span(1) if match else (start, end)
        if kind is None:
            near = suggestion(match[1], lexical.DIRECTIVES) if match else None
            detail = "Expected `if`, `for`, `else`, `endif` or `endfor` after `%{`."
            self.report(codes.INVALID_DIRECTIVE, detail, *span, near=near)
        self._append(kind or lexical.INVALID, *span)
        self._position = match.end() if match else end

    def _on_stray(self, frame: Frame, start: int) -> None:
        """In a quoted template its end, or a line break where none may be; in a heredoc a lone carriage return."""
        self._position = start + 1
        if frame.heredoc is not None:
            self.report(codes.INVALID_CHARACTER, "A carriage return stands before a line feed only.", start, start + 1)
        elif self.text[start] == '"':
            self._pop(lexical.VALUE, start + 1, self._template_node(frame, start + 1))
        else:
            self._report_unclosed_string(frame, lexical.line_end(self.text, start))

    def _report_unclosed_string(self, frame: Frame, end: int) -> None:
        """The line ends in a string. Inside a template sequence it is more likely that this is what was not closed."""
        self._position = end
        code, detail, start, until = codes.UNCLOSED_STRING, _UNCLOSED_STRING, frame.start, self._stack[-2]
        sequences = [index for index, one in enumerate(self._stack) if one.role == SEQUENCE]
        if sequences:
            code, start = codes.UNCLOSED_SEQUENCE, self._stack[sequences[-1]].start
            detail = "The template sequence is not closed before its string ends. Add `}` where it should end."
            template = self._stack[sequences[0] - 1]
            # A heredoc goes on after the line; a quoted template is lost with what is in it.
            until = self._stack[sequences[0] - 2] if template.heredoc is None else template
            template.items.append(None)
        self._abandon(until, len(self._stack))
        self.report(code, detail, start, end)

    def _end_in_template(self, frame: Frame) -> bool:
        """The text ends in a template; true where it is one as a whole."""
        if len(self._stack) == 1:
            return True
        if frame.heredoc is None:
            self._report_unclosed_string(frame, len(self.text))
            return False
        detail = f"The heredoc is not ended before the file is. A line with nothing but `{frame.heredoc[0]}` ends it."
        end = self.text.find("\n", frame.start)
        resume = lexical.TOP_LEVEL_LINE.search(self.text, end)
        self.report(codes.UNCLOSED_HEREDOC, detail, frame.start, end)
        self._abandon(self._stack[0], 0)
        self._stack[0].clear_piece()
        self._position = resume.start() if resume else len(self.text)
        return False

    def _template_node(self, frame: Frame, end: int) -> Expression:
        span = Span(self.source, frame.start, end)
        if None in frame.items:  # a sequence with a fault: what it would have opened or closed is not known
            return Literal(None, span)
        return make_template(self, frame.items, span, flush=frame.heredoc is not None and frame.heredoc[1])
