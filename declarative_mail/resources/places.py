"""Where in the configuration a path of the attributes was written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from declarative_mail.diagnostics import Span
from declarative_mail.language.evaluated import EvaluatedBlock, EvaluatedBody
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Value
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.schema import Schema

# One token of a list as far as its items matter: a string without interpolation, a comment, a bracket, a comma,
# anything else.
_TOKEN = re.compile(
    r'"(?:[^"\\$%]|\\.|[$%](?!\{))*"|\#[^\n]*|//[^\n]*|/\*.*?\*/|[\[\]{}(),]|[^\s"#/\[\]{}(),]+|/', re.DOTALL
)
_COMMENTS = ("#", "//", "/*")


def place_of(body: EvaluatedBody, path: Path) -> Span:
    """The span of the value at a path; where it was not written, that of the nearest thing around it."""
    return _place(body, path, header_of(body))


def _place(body: EvaluatedBody, path: Path, header: Span) -> Span:
    if not path:
        return header
    attribute = body.attributes.get(str(path[0]))
    if attribute is not None:
        return element_span(attribute.span, path[1:])
    block = _block_at(body, path)
    if block is None:
        return header
    rest = path[2:] if len(path) > 1 and isinstance(path[1], int) else path[1:]
    return _place(block.body, rest, block.header)


def _block_at(body: EvaluatedBody, path: Path) -> EvaluatedBlock | None:
    if not path or not isinstance(path[0], str):
        return None
    found = [block for block in body.blocks if block.type == path[0]]
    index = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
    return found[index] if index < len(found) else None


def header_of(body: EvaluatedBody) -> Span:
    """The words before a body's brace: ``smtp_server "primary"``; the body itself where there are none."""
    text, start = body.span.source.text, body.span.start
    line_start = text.rfind("\n", 0, start) + 1
    header = text[line_start:start].rstrip(" \t{")
    indent = len(header) - len(header.lstrip())
    if not header.strip():
        return body.span
    return Span(body.span.source, line_start + indent, line_start + len(header))


def element_span(span: Span, path: Path) -> Span:
    """The item of a list that was written out, ``[a, b]``; the whole expression where it was made some other way."""
    if not path or not isinstance(path[0], int):
        return span
    items = _items(span)
    return items[path[0]] if path[0] < len(items) else span


def _items(span: Span) -> list[Span]:
    """The items of a tuple expression as spans; none where the text is of another form or not surely understood."""
    text = span.text
    if not text.startswith("[") or re.match(r"\[\s*for\b", text) or "<<" in text:
        return []
    items: list[Span] = []
    depth, first, last, position = 0, -1, -1, 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None and not text[position].isspace():
            return []
        if token is None:
            position += 1
            continue
        position = token.end()
        word = token[0]
        if (word.startswith(_COMMENTS) and len(word) > 1) or word == "#":
            continue
        closes = word in "]})"
        depth += (word in "[{(") - closes
        if first >= 0 and ((depth == 1 and word == ",") or (depth == 0 and closes)):
            items.append(Span(span.source, span.start + first, span.start + last))
            first = -1
        elif depth > 1 or (depth == 1 and word != "," and not (word == "[" and token.start() == 0)):
            first = token.start() if first < 0 else first
            last = token.end()
    return items if depth == 0 else []


def written_value(body: EvaluatedBody, path: Path) -> Value:
    """The value that was written at a path of attributes, None where nothing was."""
    for index, step in enumerate(path):
        attribute = body.attributes.get(str(step))
        if attribute is not None:
            return _inside(attribute.value, path[index + 1 :])
        block = _block_at(body, path[index:]) if isinstance(step, str) else None
        body = block.body if block is not None else body
    return None


def _inside(value: Value, path: Path) -> Value:
    for step in path:
        value = value.value if isinstance(value, Marked) else value
        items = value.items if isinstance(value, ListValue | SetValue | MapValue) else value
        if isinstance(items, tuple) and isinstance(step, int):
            value = items[step]
        elif isinstance(items, dict):
            value = items[str(step)]
    return value


def written_paths(body: EvaluatedBody, schema: Schema, path: Path = ()) -> Iterator[Path]:
    """The paths of all attributes and blocks of a body."""
    for name in body.attributes:
        yield (*path, name)
    seen: dict[str, int] = {}
    for block in body.blocks:
        index = seen[block.type] = seen.get(block.type, -1) + 1
        one = schema.blocks[block.type]
        here: Path = (*path, block.type, index) if one.repeated else (*path, block.type)
        yield here
        yield from written_paths(block.body, one.schema, here)
