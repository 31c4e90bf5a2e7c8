"""Builders of what whole pieces become: arguments, blocks, elements of objects, and the sequences of templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from declarative_mail.diagnostics import Span
from declarative_mail.language import syntax
from declarative_mail.language.lexical import ESCAPED, STRING
from declarative_mail.language.parse_build import BUILDERS, Bounds, Build, Reading, make_builder, unescaped
from declarative_mail.language.stored import Recipe


def _element(_first: int, _last: int, key: Recipe, value: Recipe) -> Build:
    name, made = make_builder(key), make_builder(value)
    return lambda reading, spans, values: (name(reading, spans, values), made(reading, spans, values))


def _attribute(_first: int, last: int, name: int, expression: Recipe) -> Build:
    made = make_builder(expression)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Attribute:
        source, (start, end) = reading.source, spans[name]
        value = made(reading, spans, values)
        span = Span(source, start, spans[last][1])
        return syntax.Attribute(reading.text[start:end], Span(source, start, end), value, span)

    return build


def _block(_first: int, last: int, name: int, labels: list[tuple[int, str]]) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Block:
        source, (start, end) = reading.source, spans[name]
        made = tuple([_label(reading, kind, *spans[index]) for index, kind in labels])
        header, span = Span(source, start, spans[last - 1][1]), Span(source, start, spans[last][1])
        return syntax.Block(reading.text[start:end], Span(source, start, end), made, values[0], header, span)

    return build


def _label(reading: Reading, kind: str, start: int, end: int) -> syntax.Label:
    text = reading.text[start + 1 : end - 1] if kind in (STRING, ESCAPED) else reading.text[start:end]
    text = unescaped(reading, text, start + 1) if kind == ESCAPED else text
    return syntax.Label(text, Span(reading.source, start, end))


def _sequence(kind: str) -> Callable[[int, int, Recipe], Build]:
    """A sequence with one expression in it; gives its kind and the expression."""

    def builder(_first: int, _last: int, expression: Recipe) -> Build:
        made = make_builder(expression)
        return lambda reading, spans, values: (kind, made(reading, spans, values))

    return builder


def _for_directive(_first: int, _last: int, key: int | None, value: int, collection: Recipe) -> Build:
    over = make_builder(collection)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> tuple[str, tuple[str | None, str, Any]]:
        name = None if key is None else reading.text[slice(*spans[key])]
        return "for", (name, reading.text[slice(*spans[value])], over(reading, spans, values))

    return build


def _directive(kind: str) -> Callable[[int, int], Build]:
    """A sequence with nothing but a word in it."""
    return lambda _first, _last: lambda _reading, _spans, _values: (kind, None)


BUILDERS |= {
    "element": _element,
    "attribute": _attribute,
    "block": _block,
    "interpolation": _sequence("interpolation"),
    "if": _sequence("if"),
    "for_directive": _for_directive,
    **{kind: _directive(kind) for kind in ("else", "endif", "endfor")},
}
