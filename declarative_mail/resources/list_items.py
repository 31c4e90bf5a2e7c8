"""Finds the items of a list in its source text, so that a fault in one of forty addresses is shown under that address.

An evaluated value no longer knows its expression, only its span; so the text is read again, as far as commas and
brackets go. Where it is anything but a list written out (``[for …]``, a function) there are no items to find.
"""

from __future__ import annotations

import re

from declarative_mail.diagnostics import Span

_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[^\s\"#/\[\]{}(),]+|/")
_NOT_WRITTEN_OUT = re.compile(r"\[\s*for\b")


def item_span(span: Span, index: int) -> Span:
    """The item of a list that is written out; the whole expression where it is made some other way."""
    items = _items(span.text)
    if index >= len(items):
        return span
    start, end = items[index]
    return Span(span.source, span.start + start, span.start + end)


def _items(text: str) -> list[tuple[int, int]]:
    """Where each item of ``[a, b]`` starts and ends; nothing where the text is of another form."""
    if not text.startswith("[") or _NOT_WRITTEN_OUT.match(text) or "<<" in text:
        return []
    items: list[tuple[int, int]] = []
    depth, first, last, position = 1, -1, -1, 1
    while depth and position < len(text):
        start, position = position, _token_end(text, position)
        piece = text[start:position]
        if piece.isspace() or _COMMENT.fullmatch(piece):
            continue
        depth += (piece in "[{(") - (piece in ")}]")
        if depth == 0 or (depth == 1 and piece == ","):
            items.extend([(first, last)] if first >= 0 else [])
            first = -1
        else:
            first, last = (start if first < 0 else first), position
    return items if depth == 0 and position == len(text) else []


def _token_end(text: str, start: int) -> int:
    if text[start] == '"':
        return _string_end(text, start)
    match = _COMMENT.match(text, start) or _WORD.match(text, start)
    return match.end() if match else start + 1


def _string_end(text: str, start: int) -> int:
    """Behind the closing quote of the string that starts here, whatever is interpolated in it."""
    position = start + 1
    while position < len(text):
        if text[position] == '"':
            return position + 1
        if text.startswith(("$${", "%%{"), position):
            position += 3
        elif text.startswith(("${", "%{"), position):
            position = _braces_end(text, position + 1)
        else:
            position += 2 if text[position] == "\\" else 1
    return position


def _braces_end(text: str, start: int) -> int:
    """Behind the brace that closes the one that starts here."""
    depth, position = 0, start
    while position < len(text):
        depth += (text[position] == "{") - (text[position] == "}")
        position = _token_end(text, position)
        if depth == 0:
            break
    return position
