"""The tokens of a text that is known to be HCL, all of them: comments and line breaks too, a string in its parts.

The formatter moves tokens and never changes them, so here a token is its text, with the spaces before it. The division
is that of Terraform's scanner, since the formatter's rules are about its tokens.
"""

from __future__ import annotations

import re

from msgspec import Struct

from declarative_mail.language.lexical import NUMERAL, SPACES, identifier_end

NAME, NUMBER, COMMENT, NEWLINE = "name", "number", "comment", "newline"
QUOTE, END_QUOTE, HEREDOC, END_HEREDOC, LITERAL = '"', 'end"', "<<", "end<<", "literal"
INTERPOLATION, DIRECTIVE, END_SEQUENCE = "${", "%{", "}$"
"""Kinds of tokens; that of any other token is its text."""

_COMMENT = r"(?:[#]|//)[^\n]*\n?|/\*[\s\S]*?\*/"
_TOKEN = re.compile(
    rf"""([ \t]*+)(?:
    ({_COMMENT})
    |(\r?\n)
    |([a-zA-Z_][a-zA-Z0-9_-]*+(?![^\x00-\x7f]))
    |({NUMERAL})
    |(<<-?[^\W\d][\w-]*\r?\n)
    |(")
    |(==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|~\}}|[^ \t\r\n]))""",
    re.VERBOSE,
)
_COMMENT_GROUP, _NEWLINE_GROUP, _NAME_GROUP, _NUMBER_GROUP, _HEREDOC_GROUP, _QUOTE_GROUP, _SYMBOL_GROUP = range(2, 9)
_KINDS = {
    _COMMENT_GROUP: COMMENT,
    _NEWLINE_GROUP: NEWLINE,
    _NAME_GROUP: NAME,
    _NUMBER_GROUP: NUMBER,
    _HEREDOC_GROUP: HEREDOC,
    _QUOTE_GROUP: QUOTE,
}
_SEQUENCE = r"(\$\{~?)|(%\{~?)"
_QUOTED = re.compile(rf'(\$\$\{{~?|%%\{{~?|\$(?!\{{)|%(?!\{{)|(?:[^"\\$%]|\\[\s\S])+)|{_SEQUENCE}|(")')
_LINE = re.compile(rf"(\$\$\{{~?|%%\{{~?|\$(?!\{{)|%(?!\{{)|[^$%\n]*\n|[^$%\n]+)|{_SEQUENCE}")


class Token(Struct):
    """A token: its kind, its text, the spaces before it, and where it began in the text that was read."""

    kind: str
    text: str
    spaces: int
    start: int

    @property
    def ends_line(self) -> bool:
        """A line break is part of a comment to the end of a line."""
        return self.kind == NEWLINE or (self.kind == COMMENT and self.text.endswith("\n"))


class _Scanner:
    """Walks through a text.

    `_modes` are the templates and the sequences in them that are open: a heredoc by its marker, a quoted template by
    the empty string, a sequence by the number of braces that are open in it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 1 if text.startswith("\ufeff") else 0
        self._modes: list[str | int] = []
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        while self._position < len(self._text):
            if self._modes and isinstance(self._modes[-1], str):
                self._template(self._modes[-1])
            else:
                self._plain()
        return self.tokens

    def _add(self, kind: str, start: int, end: int, spaces: int = 0) -> None:
        self.tokens.append(Token(kind, self._text[start:end], spaces, start))
        self._position = end

    def _plain(self) -> None:
        match = _TOKEN.match(self._text, self._position)
        if match is None:  # spaces at the very end
            self._position = len(self._text)
            return
        group = match.lastindex or 0
        start, end = match.span(group)
        name_end = identifier_end(self._text, start) if group >= _SYMBOL_GROUP else start
        if name_end > start:
            self._add(NAME, start, name_end, len(match[1]))
        elif group == _SYMBOL_GROUP:
            self._symbol(start, end, len(match[1]))
        else:
            self._add(_KINDS[group], start, end, len(match[1]))
        if group == _QUOTE_GROUP:
            self._modes.append("")
        elif group == _HEREDOC_GROUP:
            self._modes.append(match[group].strip().lstrip("<").removeprefix("-"))

    def _symbol(self, start: int, end: int, spaces: int) -> None:
        """A bracket or an operator; a brace may end a sequence of a template."""
        symbol = self._text[start:end]
        open_ = self._modes[-1] if self._modes else None
        if symbol in ("}", "~}") and open_ == 0:
            self._modes.pop()
            self._add(END_SEQUENCE, start, end, spaces)
            return
        if isinstance(open_, int) and symbol in ("{", "}"):
            self._modes[-1] = open_ + (1 if symbol == "{" else -1)
        self._add(symbol, start, end, spaces)

    def _template(self, marker: str) -> None:
        match = (_LINE if marker else _QUOTED).match(self._text, self._position)
        if match is None:
            raise ValueError("the text is not HCL")
        start, end = match.span()
        group = match.lastindex or 0
        if group == 1:
            self._literal(marker, start, end)
        elif group == 4:
            self._add(END_QUOTE, start, end)
            self._modes.pop()
        else:
            self._add(INTERPOLATION if group == 2 else DIRECTIVE, start, end)
            self._modes.append(0)

    def _literal(self, marker: str, start: int, end: int) -> None:
        text = self._text[start:end]
        if marker and text.endswith("\n") and self._text[start - 1] == "\n" and text.strip(SPACES) == marker:
            self._add(END_HEREDOC, start, end - (2 if text.endswith("\r\n") else 1))
            self._modes.pop()
        else:
            self._add(LITERAL, start, end)


def scan(text: str) -> list[Token]:
    """The tokens of a text that `parse_file` accepts. A byte order mark is no token."""
    return _Scanner(text).run()
