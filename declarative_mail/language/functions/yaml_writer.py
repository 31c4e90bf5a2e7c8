"""Values as YAML in the form of ``yamlencode``: blocks, strings in double quotes, texts of lines as literal blocks.

The rules for where a line ends are libyaml's, which Terraform's writer follows: the position in the line and what was
written last decide, so a writer keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from declarative_mail.language.functions.arguments import attributes, elements
from declarative_mail.language.functions.model import MAX_TEXT, too_large
from declarative_mail.language.numeric import number_text
from declarative_mail.language.values import MapValue, Value, is_null

INDENT, WIDTH = 2, 80
SIMPLE_KEY = 128
"""Bytes that a key may have before a colon; a longer one stands behind a question mark."""

_BREAKS = "\r\n\u0085\u2028\u2029"
_NOT_PRINTABLE = re.compile("[^\\n -~\xa0-\ufefe\uff00-\ufffd]")
"""What libyaml does not show as it is, among it all that is beyond the basic plane."""
_ESCAPED = re.compile("[^ !#-\\[\\]-~\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]")
_SPACES = re.compile(" +")
_LINE = re.compile(f"([^{_BREAKS}]*)([{_BREAKS}]|\\Z)")
_BLANK_AT_END = re.compile(f" (?:[{_BREAKS}]|\\Z)")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


def encode_yaml(value: Value) -> str:
    """The YAML text of a wholly known value without marks.

    Raises:
        FunctionError: the text gets too long.
    """
    writer = _Writer()
    writer.node(value, -1)
    writer.end()
    return "".join(writer.parts)


def _fits_block(text: str) -> bool:
    """Whether a text can be a literal block: all of it printable, and no blank at the end of a line or of the text."""
    return not (_NOT_PRINTABLE.search(text) or _BLANK_AT_END.search(text))


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self._size = 0
        self._column = 0
        self._after_space = True
        self._at_indent = True
        self._open_ended = False

    def node(self, value: Value, indent: int, *, in_mapping: bool = False) -> None:
        """Write a value; `indent` is that of the collection around it, -1 outside of any."""
        if is_null(value):
            self._plain("null", indent)
        elif isinstance(value, bool):
            self._plain("true" if value else "false", indent)
        elif isinstance(value, int | Decimal):
            self._plain(number_text(value), indent)
        elif isinstance(value, str):
            self._string(value, indent)
        elif isinstance(value, dict | MapValue):
            self._mapping(attributes(value), indent)
        else:
            self._sequence(elements(value), indent, in_mapping=in_mapping)

    def end(self) -> None:
        """Finish the document."""
        self._indent_to(0)
        if self._open_ended:
            self._put("...\n")

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self._size += len(text)
        last = text.rfind("\n")
        self._column = self._column + len(text) if last < 0 else len(text) - last - 1
        if self._size > MAX_TEXT:
            raise too_large(self._size, MAX_TEXT, "characters")

    def _indicator(self, text: str, *, spaced: bool, keeps_indent: bool = False) -> None:
        """A mark of the syntax, after a space where there is none; some let a nested block begin on the same line."""
        self._put(f" {text}" if spaced and not self._after_space else text)
        self._after_space = False
        self._at_indent = self._at_indent and keeps_indent
        self._open_ended = False

    def _indent_to(self, indent: int) -> None:
        indent = max(indent, 0)
        column = self._column
        if not self._at_indent or column > indent or (column == indent and not self._after_space):
            self._put("\n")
        self._put(" " * (indent - self._column))
        self._after_space = self._at_indent = True

    def _plain(self, text: str, indent: int) -> None:
        self._indicator(text, spaced=True)
        self._open_ended = indent < 0

    def _sequence(self, items: Sequence[Value], indent: int, *, in_mapping: bool) -> None:
        if not items:
            self._indicator("[", spaced=True)
            self._indicator("]", spaced=False)
            return
        inner = max(indent, 0) if indent < 0 or (in_mapping and not self._at_indent) else indent + INDENT
        for item in items:
            self._indent_to(inner)
            self._indicator("-", spaced=True, keeps_indent=True)
            self._after_space = False
            self.node(item, inner)

    def _mapping(self, members: Mapping[str, Value], indent: int) -> None:
        if not members:
            self._indicator("{", spaced=True)
            self._indicator("}", spaced=False)
            return
        inner = 0 if indent < 0 else indent + INDENT
        for key, item in members.items():
            self._indent_to(inner)
            if len(key.encode()) <= SIMPLE_KEY and not any(mark in key for mark in _BREAKS):
                self._quoted(key, inner + INDENT, foldable=False)
                self._indicator(":", spaced=False)
            else:
                self._indicator("?", spaced=True, keeps_indent=True)
                self._string(key, inner)
                self._indent_to(inner)
                self._indicator(":", spaced=True, keeps_indent=True)
            self.node(item, inner, in_mapping=True)

    def _string(self, text: str, indent: int) -> None:
        inner = max(indent, 0) + INDENT
        if "\n" in text and _fits_block(text):
            self._literal(text, inner)
        else:
            self._quoted(text, inner, foldable=True)

    def _literal(self, text: str, indent: int) -> None:
        self._indicator("|", spaced=True)
        if text[0] == " " or text[0] in _BREAKS:
            self._indicator(str(INDENT), spaced=False)
        if text[-1] not in _BREAKS:
            self._indicator("-", spaced=False)
        elif len(text) == 1 or text[-2] in _BREAKS:
            self._indicator("+", spaced=False)
        self._put("\n")
        self._at_indent = self._after_space = True
        for match in _LINE.finditer(text):
            if match[1]:
                self._indent_to(indent)
                self._put(match[1])
                self._at_indent = False
            if match[2]:
                self._put(match[2])
                self._column = 0
                self._at_indent = True

    def _quoted(self, text: str, indent: int, *, foldable: bool) -> None:
        self._indicator('"', spaced=True)
        start = 0
        for match in _SPACES.finditer(text):
            self._put(_ESCAPED.sub(_escaped, text[start : match.start()]))
            start = match.end()
            # Only the first of several spaces can be a line break; the others then need a mark to be kept.
            if foldable and self._column > WIDTH and match.start() and match.start() < len(text) - 1:
                self._indent_to(indent)
                rest = " " * (len(match[0]) - 1)
                self._put(f"\\{rest}" if rest else "")
            else:
                self._put(match[0])
        self._put(_ESCAPED.sub(_escaped, text[start:]))
        self._indicator('"', spaced=False)
        self._after_space = self._at_indent = False


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return f"\\{_ESCAPES[character]}"
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02X}"
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"
