"""Where in the configuration a path of the attributes was written."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.diagnostics import Span
from declarative_mail.language.evaluated import EvaluatedBlock, EvaluatedBody
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Value
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.list_items import item_span
from declarative_mail.resources.schema import Schema


def place_of(body: EvaluatedBody, path: Path) -> Span:
    """The span of the value at a path; where it was not written, that of the nearest thing around it."""
    return _place(body, path, header_of(body))


def _place(body: EvaluatedBody, path: Path, header: Span) -> Span:
    if not path:
        return header
    attribute = body.attributes.get(str(path[0]))
    if attribute is not None:
        return item_span(attribute.span, path[1]) if len(path) > 1 and isinstance(path[1], int) else attribute.span
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
