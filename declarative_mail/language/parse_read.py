"""Reads a text into syntax nodes.

The text is cut at its own separators: a body into its lines, an object and a tuple into their elements, a template into its parts.
Each piece is a short run of tokens in which every finished bracket is one token, and is looked up by their kinds (`parse_pieces`);
one that was never met goes to python-hcl2's grammar. So a file costs one scan, however long it is, and one parse for each *kind*
of line in it. Cutting also is what lets reading go on after a fault: only the piece with the fault is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from declarative_mail.diagnostics import Source, Span, suggestion
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import lexical
from declarative_mail.language.grammar import Misfit
from declarative_mail.language.lexical import TOKEN, VALUE_ENDS
from declarative_mail.language.parse_build import Build, unescaped
from declarative_mail.language.parse_faults import Faults, TooManyFaults
from declarative_mail.language.parse_frame import (
    BODY,
    EXPRESSION,
    FILE,
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
from declarative_mail.language.parse_pieces import MAX_DEPTH, Pieces
from declarative_mail.language.parse_template import LITERAL, Part, make_template
from declarative_mail.language.syntax import Attribute, Body, Expression, Literal

_RESERVED = frozenset(("true", "false", "null", "for", "in", "if"))
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPEN_ROLES = {"(": PARENTHESES, "[": TUPLE, "{": OBJECT}


class Reader:
    """Reads one text. `faults` collects what is wrong with it."""

    def __init__(self, source: Source, pieces: Pieces) -> None:
        self.source = source
        self.text = source.text
        self.faults = Faults(source)
        self.report = self.faults.report
        self._pieces = pieces
        self._known = pieces.known
        self._position = 1 if self.text.startswith("\ufeff") else 0
        self._stack: list[Frame] = []
        self._frame = Frame(FILE, 0)

    def read_file(self) -> Body:
        """The text as a configuration file."""
        frame = self._read(Frame(FILE, 0))
        return self._body(frame, len(self.text))

    def read_expression(self) -> Expression | None:
        """The text as one expression; line breaks in it mean nothing. None where it has a fault."""
        frame = self._read(Frame(EXPRESSION, 0))
        return None if self.faults.found or not frame.items else frame.items[0]

    def read_template(self) -> Expression | None:
        """The text as a template without quotes around it. None where it has a fault."""
        frame = self._read(Frame(TEMPLATE, 0, heredoc=("", False)))
        made = self._template_node(frame, len(self.text))
        return None if self.faults.found else made

    # --- the run over the text ---------------------------------------------------------------------------------------

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
            if len(self._stack) > 1:
                self._report_unclosed()
            elif outermost.kinds or outermost.role == EXPRESSION:
                self._cut(outermost)
        except TooManyFaults:
            pass
        return outermost

    def _read_tokens(self) -> None:
        """Read tokens to the end of the text or to where they become those of a template."""
        text, frame = self.text, self._frame
        for match in TOKEN.finditer(text, self._position):
            group = match.lastindex
            if group is None:
                break
            span = match.span(group)
            if group == lexical.WORD_GROUP:
                word = match[group]
                frame.kinds.append(self._reserved(word) if word in _RESERVED else "N")
                frame.spans.append(span)
            elif group == lexical.STRING_GROUP:
                frame.kinds.append("s")
                frame.spans.append(span)
            elif group == lexical.NEWLINE_GROUP:
                if ";" in frame.cuts:
                    self._end_line(frame)
            elif group == lexical.NUMBER_GROUP:
                frame.kinds.append("0")
                frame.spans.append(span)
            else:
                self._position = span[1]
                if self._HANDLERS[group](self, span):
                    return
                frame = self._frame
        self._position = len(text)

    def _reserved(self, word: str) -> str:
        """The kind of a word that means something in some places only."""
        frame = self._frame
        kinds = frame.kinds
        previous = kinds[-1] if kinds else ""
        if previous == lexical.DOT:
            return lexical.WORD
        if frame.role == FOR or kinds[:1] == [lexical.DIRECTIVE]:
            head = "".join(kinds[1:5])
            if head in ("f", "fN,"):
                return lexical.WORD
            if word == "for" and not head:
                return lexical.FOR
            if word == "in" and head in ("fN", "fN,N"):
                return lexical.IN
            if word == "if" and frame.role == FOR and (previous in VALUE_ENDS or previous == lexical.ELLIPSIS):
                return lexical.IF
        return lexical.CONSTANTS.get(word, lexical.WORD)

    def _end_line(self, frame: Frame) -> None:
        if frame.kinds:
            if frame.role == BODY and not frame.lines:
                detail = "A block whose first argument stands on the line of its brace must be closed on that line."
                self.report(codes.MISSING_NEWLINE, detail, *frame.spans[0])
            self._cut(frame)
        frame.lines += 1

    def _on_operator(self, span: tuple[int, int]) -> bool:
        frame, symbol = self._frame, self.text[span[0] : span[1]]
        kinds = frame.kinds
        previous = kinds[-1] if kinds else ""
        kind = lexical.OPERATORS[symbol]
        if kind in frame.cuts:
            self._on_comma(frame, span)
        elif kind == "*" and previous == lexical.DOT:
            kinds[-1] = lexical.STAR_SPLAT
            frame.spans[-1] = (frame.spans[-1][0], span[1])
        elif (
            kind == lexical.SCOPE
            and previous == lexical.WORD
            and (match := lexical.SCOPED_NAME.match(self.text, span[0]))
        ):
            frame.spans[-1] = (frame.spans[-1][0], match.end())
            self._position = match.end()
            return True
        else:
            kinds.append(lexical.NEGATIVE if kind == "-" and previous not in VALUE_ENDS else kind)
            frame.spans.append(span)
        return False

    def _on_comma(self, frame: Frame, span: tuple[int, int]) -> None:
        if frame.kinds:
            self._cut(frame)
        else:
            self.report(codes.INVALID_EXPRESSION, "Expected a value before this comma.", *span)

    # --- pieces ------------------------------------------------------------------------------------------------------

    def _cut(self, frame: Frame) -> None:
        """The piece in hand is complete."""
        node = self._piece(frame)
        if node is not None:
            frame.items.append(node)
        frame.clear_piece()

    def _piece(self, frame: Frame) -> Any:
        """The node of the piece in hand, None where it has a fault."""
        kinds = "".join(frame.kinds)
        rule = PIECES.get(frame.role, "V")
        if rule == "A" and kinds[1:2] != lexical.EQUALS:
            rule = "K"
        entry = self._known.get(rule + kinds) or self._learn(frame, rule, kinds)
        if entry is None:
            return None
        build, depth = entry
        if depth + frame.depth > frame.total:
            frame.total = depth + frame.depth
            if frame.total > MAX_DEPTH:
                self._too_deep(frame.spans[0][0] if frame.spans else frame.start)
        return build(self, frame.spans, frame.values)

    def _learn(self, frame: Frame, rule: str, kinds: str) -> tuple[Build, int] | None:
        if lexical.INVALID in kinds:
            return None
        try:
            return self._pieces.learn(rule, kinds)
        except Misfit as misfit:
            self.faults.explain(frame, rule, misfit)
            return None

    def _too_deep(self, start: int) -> None:
        detail = (
            f"Values may be nested {MAX_DEPTH} deep. Give the inner part a name of its own, for example in `locals`."
        )
        self.report(codes.TOO_DEEP, detail, start, start + 1)
        raise TooManyFaults

    # --- brackets ----------------------------------------------------------------------------------------------------

    def _push(self, frame: Frame) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep(frame.start)
        self._stack.append(frame)
        self._frame = frame

    def _on_open(self, span: tuple[int, int]) -> bool:
        frame, bracket = self._frame, self.text[span[0]]
        kinds = frame.kinds
        if bracket == "{" and PIECES.get(frame.role) == "A" and not frame.calls and lexical.EQUALS not in kinds:
            self._push(Frame(BODY, span[0], "}"))
        elif bracket != "{" and kinds and kinds[-1] in VALUE_ENDS:
            return self._open_call(frame, bracket, span)
        elif bracket != "(" and lexical.FOR_AHEAD.match(self.text, span[1]):
            self._push(Frame(FOR, span[0], _CLOSERS[bracket]))
            self._frame.kinds.append(bracket)
            self._frame.spans.append(span)
        else:
            self._push(Frame(_OPEN_ROLES[bracket], span[0], _CLOSERS[bracket]))
        return False

    def _open_call(self, frame: Frame, bracket: str, span: tuple[int, int]) -> bool:
        splat = lexical.SPLAT.match(self.text, span[0]) if bracket == "[" else None
        if splat:
            frame.kinds.append(lexical.FULL_SPLAT)
            frame.spans.append(splat.span())
            self._position = splat.end()
            return True
        if bracket == "(" and frame.kinds[-1] in lexical.CONSTANTS.values():
            frame.kinds[-1] = lexical.WORD
        if len(frame.calls) >= MAX_DEPTH:
            self._too_deep(span[0])
        frame.open_call(bracket, span[0])
        frame.kinds.append(bracket)
        frame.spans.append(span)
        return False

    def _on_close(self, span: tuple[int, int]) -> bool:
        frame, bracket = self._frame, self.text[span[1] - 1]
        strip = span[1] - span[0] == 2
        if frame.calls:
            if frame.calls[-1][0] == bracket and not strip:
                frame.close_call()
                frame.kinds.append(bracket)
                frame.spans.append(span)
                return False
        elif frame.closer == bracket and (not strip or frame.role == SEQUENCE):
            return self._finish(frame, span)
        return self._on_mismatch(span, bracket)

    def _finish(self, frame: Frame, span: tuple[int, int]) -> bool:
        """A bracket is closed: its node becomes one token of the piece around it."""
        end = span[1]
        if frame.role == BODY:
            self._append(lexical.BODY, frame, end, self._body(frame, end))
            return False
        if frame.role in (FOR, SEQUENCE):
            frame.kinds.append(frame.closer)
            frame.spans.append(span)
        if frame.kinds or frame.role == PARENTHESES:
            self._cut(frame)
        if frame.role == SEQUENCE:
            self._stack.pop()
            self._frame = self._stack[-1]
            if frame.items:
                self._frame.items.append(frame.part(self.text, end))
            self._frame.depth = max(self._frame.depth, frame.total + 1)
            return True
        whole = frame.items or frame.role in (TUPLE, OBJECT)
        self._append(
            lexical.VALUE,
            frame,
            end,
            frame.node(self.source, end) if whole else Literal(None, Span(self.source, frame.start, end)),
        )
        return False

    def _append(self, kind: str, frame: Frame, end: int, node: Any) -> None:
        """Leave a frame and put what it became into the one around it."""
        self._stack.pop()
        around = self._frame = self._stack[-1]
        around.kinds.append(kind)
        around.spans.append((frame.start, end))
        around.values.append(node)
        around.depth = max(around.depth, frame.total + 1, frame.depth + 1)

    def _body(self, frame: Frame, end: int) -> Body:
        if frame.role == BODY and frame.kinds:
            inline = not frame.lines
            spans = list(frame.spans)
            self._cut(frame)
            if not inline or (frame.items and not isinstance(frame.items[-1], Attribute)):
                detail = (
                    "The closing brace stands on a line of its own, unless the block has a single argument on one line."
                )
                self.report(codes.MISSING_NEWLINE, detail, end - 1, end, (*spans[0], "the line begins here"))
        body, twice = make_body(frame.items, Span(self.source, frame.start, end))
        for first, second in twice:
            detail = f"`{second.name}` is set twice in this block. Keep one of the two."
            place = (first.name_span.start, first.name_span.end, "first set here")
            self.report(codes.DUPLICATE_ARGUMENT, detail, second.name_span.start, second.name_span.end, place)
        return body

    def _on_mismatch(self, span: tuple[int, int], bracket: str) -> bool:
        """A closing bracket that is not the one that is waited for: of an outer bracket, or of none."""
        strip = span[1] - span[0] == 2
        if strip and not self._frame.calls and self._frame.closer == "}":
            self.report(codes.UNMATCHED_BRACKET, "`~}` ends a template sequence only. Use `}` here.", *span)
            return self._on_close((span[0] + 1, span[1]))
        waiting = self._open_brackets()
        match = next((one for one in waiting if one[0] == bracket), None)
        if match is None:
            text = self.text[slice(*span)]
            detail = f"No bracket is open that `{text}` could close. Remove it, or add the one that it belongs to."
            self.report(codes.UNMATCHED_BRACKET, detail, *span)
            self._frame.kinds.append(lexical.INVALID)
            self._frame.spans.append(span)
            return False
        closer, start = waiting[0][:2]
        detail = f"`{self.text[start]}` is not closed: `{bracket}` comes before `{closer}`. Add `{closer}` where it should end."
        self.report(codes.UNCLOSED_BRACKET, detail, start, start + 1, (*span, f"expected `{closer}` before this"))
        self._abandon(match[2], match[3])
        return self._on_close(span)

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
        """Leave the frames inside another and the calls in that one but some; what they belong to is not looked at further."""
        while self._frame is not until:
            self._append(lexical.INVALID, self._frame, self._position, None)
        while len(until.calls) > calls:
            until.kinds.append(lexical.INVALID)
            until.spans.append((until.calls[-1][1], self._position))
            until.close_call()

    def _report_unclosed(self) -> None:
        """The text ends inside a bracket."""
        waiting = self._open_brackets()
        if not waiting:
            return
        closer, start = waiting[0][:2]
        detail = f"`{self.text[start]}` is not closed before the file ends. Add `{closer}` where it should end."
        self.report(codes.UNCLOSED_BRACKET, detail, start, start + 1)

    # --- strings, templates, comments --------------------------------------------------------------------------------

    def _on_quote(self, span: tuple[int, int]) -> bool:
        whole = lexical.ESCAPED_STRING.match(self.text, span[0])
        if whole:
            self._frame.kinds.append(lexical.ESCAPED)
            self._frame.spans.append(whole.span())
            self._position = whole.end()
        else:
            self._push(Frame(TEMPLATE, span[0]))
        return True

    def _on_heredoc(self, span: tuple[int, int]) -> bool:
        introduction = self.text[span[0] : span[1]].rstrip("\r\n")
        flush = introduction[2] == "-"
        self._push(Frame(TEMPLATE, span[0], heredoc=(introduction[3 if flush else 2 :], flush)))
        return True

    def _on_comment(self, span: tuple[int, int]) -> bool:
        end = self.text.find("*/", span[1])
        if end < 0:
            self.report(codes.UNCLOSED_COMMENT, "This comment has no `*/` that ends it.", *span)
            raise TooManyFaults
        self._position = end + 2
        return True

    def _on_last_comment(self, span: tuple[int, int]) -> bool:
        return False

    def _on_other(self, span: tuple[int, int]) -> bool:
        """A name with letters beyond ASCII, or something that has no place in HCL."""
        frame, start = self._frame, span[0]
        end = lexical.identifier_end(self.text, start)
        if end > start:
            self._position = end
            frame.kinds.append(lexical.WORD)
            frame.spans.append((start, end))
            return True
        character = self.text[start]
        hint = _CHARACTERS.get(character, "Remove it, or put it into a string.")
        name = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
        self.report(codes.INVALID_CHARACTER, f"The character {name} has no meaning here. {hint}", *span)
        frame.kinds.append(lexical.INVALID)
        frame.spans.append(span)
        return False

    def _read_template_part(self) -> bool:
        """Read one part of a template. True at the end of a text that is a template itself."""
        frame = self._frame
        pattern = lexical.QUOTED_PART if frame.heredoc is None else lexical.LINE_PART
        match = pattern.match(self.text, self._position)
        if match is None:
            return self._end_of_text(frame)
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
            value = unescaped(self, text, start)
        elif frame.heredoc[0] and self._ends_heredoc(frame.heredoc[0], text, start):
            self._position = end = end - (2 if text.endswith("\r\n") else 1)
            self._append(lexical.VALUE, frame, end, self._template_node(frame, end))
            return
        else:
            value = lexical.unescape_line(text)
        frame.items.append(Part(LITERAL, value, start, end))

    def _ends_heredoc(self, marker: str, text: str, start: int) -> bool:
        return text.endswith("\n") and self.text[start - 1] == "\n" and text.strip(lexical.SPACES) == marker

    def _open_sequence(self, start: int, end: int, *, directive: bool) -> None:
        self._position = end
        self._push(Frame(SEQUENCE, start, "}"))
        frame = self._frame
        frame.kinds.append(lexical.DIRECTIVE if directive else lexical.INTERPOLATION)
        frame.spans.append((start, end))
        if not directive:
            return
        match = lexical.DIRECTIVE_WORD.match(self.text, end)
        kind = lexical.DIRECTIVES.get(match[1]) if match else None
        if match is None or kind is None:
            near = suggestion(match[1], lexical.DIRECTIVES) if match else None
            detail = f"Expected `if`, `for`, `else`, `endif` or `endfor` after `%{{`. {near or ''}".rstrip()
            self.report(codes.INVALID_DIRECTIVE, detail, *(match.span(1) if match else (start, end)))
        frame.kinds.append(kind or lexical.INVALID)
        frame.spans.append(match.span(1) if match else (start, end))
        self._position = match.end() if match else end

    def _on_stray(self, frame: Frame, start: int) -> None:
        """In a quoted template its end, or a line break where none may be; in a heredoc a carriage return of its own."""
        character = self.text[start]
        self._position = start + 1
        if frame.heredoc is not None:
            self.report(codes.INVALID_CHARACTER, "A carriage return stands before a line feed only.", start, start + 1)
        elif character == '"':
            self._append(lexical.VALUE, frame, start + 1, self._template_node(frame, start + 1))
        else:
            self._report_unclosed_string(frame, start)

    def _report_unclosed_string(self, frame: Frame, end: int) -> None:
        detail = (
            "The string is not closed on its line. Add the closing quote. "
            "For a text of several lines use a heredoc (`<<EOT`), for a line break in a string `\\n`."
        )
        self._position = end
        outer = self._stack[-2]
        if outer.role == SEQUENCE:
            code, start = codes.UNCLOSED_SEQUENCE, outer.start
            detail = "The template sequence is not closed before its string ends. Add `}` where it should end."
            while self._frame.role in (SEQUENCE, TEMPLATE) or self._in_sequence():
                self._append(lexical.INVALID, self._frame, end, None)
        else:
            code, start = codes.UNCLOSED_STRING, frame.start
            self._append(lexical.INVALID, frame, end, None)
        self.report(code, detail, start, end)

    def _in_sequence(self) -> bool:
        return any(frame.role == SEQUENCE for frame in self._stack)

    def _end_of_text(self, frame: Frame) -> bool:
        """The text ends in a template."""
        if len(self._stack) == 1:
            return True
        if frame.heredoc is None:
            self._report_unclosed_string(frame, len(self.text))
            return False
        marker = frame.heredoc[0]
        detail = f"The heredoc is not ended before the file is. A line with nothing but `{marker}` ends it."
        end = self.text.find("\n", frame.start)
        resume = lexical.TOP_LEVEL_LINE.search(self.text, end)
        self.report(codes.UNCLOSED_HEREDOC, detail, frame.start, end)
        self._position = resume.start() if resume else len(self.text)
        self._abandon(self._stack[0], 0)
        self._stack[0].clear_piece()
        return False

    def _template_node(self, frame: Frame, end: int) -> Expression:
        flush = frame.heredoc is not None and frame.heredoc[1]
        return make_template(self, frame.items, Span(self.source, frame.start, end), flush=flush)

    _HANDLERS: ClassVar[dict[int, Callable[[Reader, tuple[int, int]], bool]]] = {
        lexical.LAST_COMMENT_GROUP: _on_last_comment,
        lexical.HEREDOC_GROUP: _on_heredoc,
        lexical.COMMENT_GROUP: _on_comment,
        lexical.OPERATOR_GROUP: _on_operator,
        lexical.OPEN_GROUP: _on_open,
        lexical.CLOSE_GROUP: _on_close,
        lexical.QUOTE_GROUP: _on_quote,
        lexical.OTHER_GROUP: _on_other,
    }


_CHARACTERS = {
    "'": 'Strings are in double quotes (").',
    "`": "A text of several lines is written as a heredoc, `<<EOT`.",
    ";": "Arguments are separated by line breaks, elements of a list by commas.",
    "&": "The operator for both being true is `&&`.",
    "|": "The operator for either being true is `||`.",
    "^": "There is no such operator; see `pow` for powers.",
    "~": "There is no such operator; `!` negates.",
}
