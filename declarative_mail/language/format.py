"""The canonical style, byte for byte that of ``terraform fmt``: see `format_layout` for where tokens stand.

Beside moving tokens, the formatter rewrites what has a plainer form: block labels are quoted, a string that is nothing
but one interpolation becomes its expression, and the types of variables are written as of today.

In three things it is not Terraform's: a label with a dollar or percent sign is kept, an interpolation in an
interpolation is unwrapped at once and not in a second run, and an expression of several lines that begins and ends with
parentheses of its own gets those without which it would not be one.
"""

from __future__ import annotations

from bisect import bisect_left

from declarative_mail.diagnostics import Diagnostic, Source, Span
from declarative_mail.language.format_layout import lay_out
from declarative_mail.language.format_tokens import (
    END_QUOTE,
    END_SEQUENCE,
    INTERPOLATION,
    LITERAL,
    NAME,
    NEWLINE,
    QUOTE,
    Token,
    scan,
)
from declarative_mail.language.parse import parse_file
from declarative_mail.language.syntax import Block, Body

_LEGACY_TYPES = {"string": ["string"], "list": ["list", "(", "string", ")"], "map": ["map", "(", "string", ")"]}
_BARE_COLLECTIONS = frozenset(("list", "map", "set"))
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def format_text(text: str, *, name: str = "-") -> tuple[str, list[Diagnostic]]:
    """The text in canonical style. With a fault it comes back as it is, with what is wrong with it.

    Args:
        text: a configuration file.
        name: what a person calls it.
    """
    body, faults = parse_file(Source(name, text))
    if faults:
        return text, faults
    tokens = scan(text)
    # Terraform counts bytes here: a byte order mark and nothing else becomes three spaces.
    rest = len(text) - tokens[-1].start - len(tokens[-1].text) if tokens else len(text.encode())
    return _joined(_Rewriting(tokens).body(body)) + " " * rest, []


def lay_out_text(text: str) -> str:
    """A text without faults with its tokens in their places and nothing rewritten."""
    return _joined(scan(text))


def _joined(tokens: list[Token]) -> str:
    lay_out(tokens)
    return "".join([" " * token.spaces + token.text for token in tokens])


def quote(text: str) -> str:
    """A text as a quoted string literal."""
    written = []
    for character, following in zip(text, text[1:] + " ", strict=False):
        if character in "$%":
            written.append(character * 2 if following == "{" else character)
        elif character in _ESCAPES:
            written.append(_ESCAPES[character])
        elif not character.isprintable():
            number = ord(character)
            written.append(f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")
        else:
            written.append(character)
    return f'"{"".join(written)}"'


class _Rewriting:
    """Replaces the tokens of parts of a text. Replacements are collected by the place of what they replace."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._starts = [token.start for token in tokens]
        self._replaced: list[tuple[int, int, list[Token]]] = []

    def body(self, body: Body) -> list[Token]:
        """The tokens of a file after all rewriting."""
        self._rewrite(body, ())
        done: list[Token] = []
        position = 0
        for first, last, tokens in sorted(self._replaced, key=lambda one: one[0]):
            done += self._tokens[position:first] + tokens
            position = last
        return done + self._tokens[position:]

    def _range(self, span: Span) -> tuple[int, int]:
        return bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)

    def _rewrite(self, body: Body, outer: tuple[str, ...]) -> None:
        for attribute in body.attributes.values():
            first, last = self._range(attribute.expression.span)
            given = self._tokens[first:last]
            of_type = outer == ("variable",) and attribute.name == "type"
            self._replaced.append((first, last, _plain_type(given) if of_type else _plain_value(given)))
        for block in body.blocks:
            self._labels(block)
            self._rewrite(block.body, (*outer, block.type))

    def _labels(self, block: Block) -> None:
        """Quote the labels; comments between them go."""
        if not block.labels:
            return
        first = self._range(block.type_span)[1]
        last = self._range(block.header)[1]
        texts = [
            label.span.text if "$" in label.text or "%" in label.text else quote(label.text) for label in block.labels
        ]
        self._replaced.append((first, last, [Token(NAME, text, 0, 0) for text in texts]))


def _plain_value(tokens: list[Token]) -> list[Token]:
    """Without quotes and interpolation where there is nothing else; in parentheses if it has several lines."""
    inner = _inside_interpolation(tokens)
    if inner is None:
        return tokens
    if any(token.ends_line for token in inner[:-1]) and not _in_parentheses(inner):
        return [Token("(", "(", 0, 0), *inner, Token(")", ")", 0, 0)]
    return _plain_value(inner)


def _inside_interpolation(tokens: list[Token]) -> list[Token] | None:
    kinds = [token.kind for token in tokens]
    if len(kinds) < 5 or kinds[:2] != [QUOTE, INTERPOLATION] or kinds[-2:] != [END_SEQUENCE, END_QUOTE]:
        return None
    depth = 0
    for token in tokens[2:-2]:
        depth += (token.kind == QUOTE) - (token.kind == END_QUOTE)
        if depth <= 0 and token.kind in (INTERPOLATION, END_SEQUENCE, LITERAL):
            return None
    return _trimmed(tokens[2:-2])


def _in_parentheses(tokens: list[Token]) -> bool:
    """Whether the first token is a parenthesis that the last one closes."""
    depth = 0
    for token in tokens[:-1]:
        depth += (token.kind == "(") - (token.kind == ")")
        if depth == 0:
            return False
    return tokens[-1].kind == ")"


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Without line breaks at either end."""
    kept = [index for index, token in enumerate(tokens) if token.kind != NEWLINE]
    return tokens[kept[0] : kept[-1] + 1] if kept else []


def _plain_type(tokens: list[Token]) -> list[Token]:
    """A type as of today, for one of Terraform 0.11 (``"list"``) and for a collection without a type of elements."""
    texts = [token.text for token in tokens]
    if len(texts) == 1 and texts[0] in _BARE_COLLECTIONS:
        words = [texts[0], "(", "any", ")"]
    elif len(texts) == 3 and tokens[0].kind == QUOTE and texts[1] in _LEGACY_TYPES:
        words = _LEGACY_TYPES[texts[1]]
    else:
        return tokens
    return [Token(word if word in "()" else NAME, word, 0, 0) for word in words]
