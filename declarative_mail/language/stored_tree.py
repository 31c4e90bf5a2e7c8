"""The tree of a file as JSON, and back: half the time of reading the text again.

A node is a list of a tag, its fields and its span. Where a text is what stands in the file, only its place is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode, encode

from declarative_mail.diagnostics import Source, Span
from declarative_mail.language import syntax
from declarative_mail.language.numeric import parse_number
from declarative_mail.language.stored import FORMAT
from declarative_mail.language.syntax import Attribute, Block, Body, Label, Literal, Tuple

_FIELDS: tuple[tuple[type[Any], str], ...] = (
    (syntax.Template, "*"),
    (syntax.TemplateIf, "nnn"),
    (syntax.TemplateFor, "vvnn"),
    (syntax.Variable, "v"),
    (syntax.GetAttr, "nvs"),
    (syntax.Index, "nn"),
    (syntax.Splat, "nn"),
    (syntax.SplatItem, ""),
    (syntax.Object, "p"),
    (syntax.For, "vvnonov"),
    (syntax.Conditional, "nnn"),
    (syntax.Unary, "vn"),
    (syntax.Binary, "vnn"),
    (syntax.Call, "vs*v"),
    (syntax.Parentheses, "n"),
)
"""The fields of each class before its span: a value, a node, an optional one, several, pairs of nodes, a span."""

_TEXT, _LITERAL, _TUPLE = 0, 1, 2
_TAGS = {class_: (tag, fields) for tag, (class_, fields) in enumerate(_FIELDS, start=3)}
_LARGEST = 10**15


def tree_name(source: Source) -> str:
    """What the tree of a text is kept under."""
    return f"tree-{FORMAT}-{sha256(source.text.encode(errors='surrogatepass')).hexdigest()}.json"


def write_tree(body: Body) -> bytes:
    """The bytes of a tree."""
    return encode(_body(body))


def read_tree(content: bytes | None, source: Source) -> Body | None:
    """The tree over a text, None where the bytes are missing or damaged."""
    if content is None:
        return None
    try:
        return _read_body(decode(content), source)
    except (DecodeError, ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
        return None


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _body(body: Body) -> list[Any]:
    attributes = [
        [*_ends(one.name_span), one.span.end, _expression(one.expression)] for one in body.attributes.values()
    ]
    return [attributes, [_block(block) for block in body.blocks], *_ends(body.span)]


def _block(block: Block) -> list[Any]:
    labels = [[*_ends(label.span), label.text] for label in block.labels]
    return [*_ends(block.type_span), labels, _body(block.body), block.header.end, block.span.end]


def _expression(node: Any) -> list[Any]:
    start, end = node.span.start, node.span.end
    if isinstance(node, Literal):
        if isinstance(node.value, str) and node.span.source.text[start + 1 : end - 1] == node.value:
            return [_TEXT, start, end]
        return [_LITERAL, _value(node.value), start, end]
    if isinstance(node, Tuple):
        return [_TUPLE, [_expression(item) for item in node.items], start, end]
    tag, fields = _TAGS[type(node)]
    names = type(node).__struct_fields__
    return [tag, *[_WRITERS[kind](getattr(node, name)) for kind, name in zip(fields, names, strict=False)], start, end]


def _value(value: Any) -> Any:
    """A literal's value; numbers that JSON's readers may round or refuse as text."""
    if isinstance(value, Decimal) or (isinstance(value, int) and abs(value) > _LARGEST):
        return {"number": str(Decimal(value))}
    return value


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "v": lambda value: value,
    "n": _expression,
    "o": lambda node: None if node is None else _expression(node),
    "*": lambda nodes: [_expression(node) for node in nodes],
    "p": lambda pairs: [[_expression(key), _expression(value)] for key, value in pairs],
    "s": _ends,
}


def _read_body(encoded: list[Any], source: Source) -> Body:
    attributes, blocks, start, end = encoded
    text = source.text
    found: dict[str, Attribute] = {}
    for first, last, whole, expression in attributes:
        name = text[first:last]
        value = _READERS[expression[0]](expression, source)
        found[name] = Attribute(name, Span(source, first, last), value, Span(source, first, whole))
    return Body(found, tuple([_read_block(block, source) for block in blocks]), Span(source, start, end))


def _read_block(encoded: list[Any], source: Source) -> Block:
    start, end, labels, body, header, whole = encoded
    return Block(
        source.text[start:end],
        Span(source, start, end),
        tuple([Label(text, Span(source, first, last)) for first, last, text in labels]),
        _read_body(body, source),
        Span(source, start, header),
        Span(source, start, whole),
    )


def _read_text(encoded: list[Any], source: Source) -> Literal:
    _, start, end = encoded
    return Literal(source.text[start + 1 : end - 1], Span(source, start, end))


def _read_literal(encoded: list[Any], source: Source) -> Literal:
    _, value, start, end = encoded
    return Literal(parse_number(value["number"]) if isinstance(value, dict) else value, Span(source, start, end))


def _read_tuple(encoded: list[Any], source: Source) -> Tuple:
    _, items, start, end = encoded
    return Tuple(tuple([_READERS[item[0]](item, source) for item in items]), Span(source, start, end))


def _reader(class_: type[Any], fields: str) -> Callable[[list[Any], Source], Any]:
    readers = [_FIELD_READERS[kind] for kind in fields]

    def read(encoded: list[Any], source: Source) -> Any:
        _, *values, start, end = encoded
        parts = [reader(value, source) for reader, value in zip(readers, values, strict=True)]
        return class_(*parts, Span(source, start, end))

    return read


def _read_expression(encoded: list[Any], source: Source) -> Any:
    return _READERS[encoded[0]](encoded, source)


_FIELD_READERS: dict[str, Callable[[Any, Source], Any]] = {
    "v": lambda value, _: value,
    "n": _read_expression,
    "o": lambda encoded, source: None if encoded is None else _read_expression(encoded, source),
    "*": lambda nodes, source: tuple([_read_expression(node, source) for node in nodes]),
    "p": lambda pairs, source: tuple(
        [(_read_expression(key, source), _read_expression(value, source)) for key, value in pairs]
    ),
    "s": lambda ends, source: Span(source, *ends),
}
_READERS: list[Callable[[list[Any], Source], Any]] = [
    _read_text,
    _read_literal,
    _read_tuple,
    *[_reader(class_, fields) for class_, fields in _FIELDS],
]
