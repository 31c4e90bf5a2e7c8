"""From a recipe to syntax nodes.

A recipe is turned into a function once, and each piece of its kinds goes through that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from declarative_mail.diagnostics import Code, Source, Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import syntax
from declarative_mail.language.lexical import ESCAPED, FALSE, NULL, STRING, TRUE, nfc, number_value, unescape
from declarative_mail.language.stored import Recipe

Bounds: TypeAlias = tuple[int, int]


class Reading(Protocol):
    """What a node is made from: the text, and somebody to tell of faults in it."""

    source: Source
    text: str

    def report(self, code: Code, detail: str, start: int, end: int) -> None:
        """Note a fault at a range of the text."""


Build: TypeAlias = Callable[[Reading, list[Bounds], list[Any]], Any]
"""Makes the node of one piece from where its tokens stand and the finished values among them."""

_CONSTANTS: dict[str, bool | None] = {TRUE: True, FALSE: False, NULL: None}


def make_builder(recipe: Recipe) -> Build:
    """The function that follows a recipe."""
    operation, first, last, *operands = recipe
    return _BUILDERS[operation](first, last, *operands)


def depth_of(recipe: Recipe) -> int:
    """How many operations stand one inside the other at most. Without recursion: a recipe may be too deep for that."""
    deepest, waiting = 0, [(recipe, 0)]
    while waiting:
        part, above = waiting.pop()
        depth = above + isinstance(part[0], str) if part else above
        deepest = max(deepest, depth)
        waiting += [(inner, depth) for inner in part if isinstance(inner, (tuple, list))]
    return deepest


def _optional(recipe: Recipe | None) -> Build:
    return (lambda reading, spans, values: None) if recipe is None else make_builder(recipe)


def unescaped(reading: Reading, text: str, start: int) -> str:
    """What text inside of quotes stands for; its escapes are checked. Not normalised.

    Args:
        start: where the text begins.
    """

    def report(offset: int, sequence: str) -> None:
        detail = f"`{sequence}` is not an escape sequence. {_ESCAPES}"
        reading.report(codes.INVALID_ESCAPE, detail, start + offset, start + offset + len(sequence))

    return unescape(text, report)


_ESCAPES = (
    'A backslash in a quoted string stands before n, r, t, ", another backslash, u with four or U with eight hexadecimal '
    "digits of a character. To mean a backslash, write two."
)


def _name(first: int, last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Variable:
        start, end = spans[first]
        name = reading.text[start:end]
        if ":" in name:
            detail = (
                f"`{name}` is the name of a function and must be called: put its arguments in parentheses after it."
            )
            reading.report(codes.INVALID_EXPRESSION, detail, start, end)
        return syntax.Variable(name, Span(reading.source, start, end))

    return build


def _string(first: int, last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        text = reading.text[start + 1 : end - 1]
        return syntax.Literal(text if text.isascii() else nfc(text), Span(reading.source, start, end))

    return build


def _escaped(first: int, last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        value = nfc(unescaped(reading, reading.text[start + 1 : end - 1], start + 1))
        return syntax.Literal(value, Span(reading.source, start, end))

    return build


def _number(first: int, last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        value = number_value(reading.text[start:end])
        if value is None:
            detail = (
                "This is not a number that can be worked with: digits, at most one point, and an exponent up to 100000."
            )
            reading.report(codes.INVALID_NUMBER, detail, start, end)
        return syntax.Literal(value, Span(reading.source, start, end))

    return build


def _constant(first: int, last: int, kind: str) -> Build:
    value = _CONSTANTS[kind]
    return lambda reading, spans, values: syntax.Literal(value, Span(reading.source, *spans[first]))


def _key(first: int, last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        return syntax.Literal(nfc(reading.text[start:end]), Span(reading.source, start, end))

    return build


def _value(first: int, last: int, number: int) -> Build:
    return lambda reading, spans, values: values[number]


def _item(first: int, last: int) -> Build:
    return lambda reading, spans, values: syntax.SplatItem(Span(reading.source, *spans[first]))


def _attr(first: int, last: int, target: Recipe) -> Build:
    of = make_builder(target)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.GetAttr:
        start, end = spans[last]
        name_span = Span(reading.source, start, end)
        span = Span(reading.source, spans[first][0], end)
        return syntax.GetAttr(of(reading, spans, values), reading.text[start:end], name_span, span)

    return build


def _legacy(first: int, last: int, target: Recipe) -> Build:
    of = make_builder(target)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Index:
        start, end = spans[last]
        text = reading.text[start:end]
        value = number_value(text)
        if value is None or "." in text:
            first_index, _, second = text.partition(".")
            detail = f"Indexes after dots cannot follow each other. Write them in brackets: [{first_index}][{second}]."
            reading.report(codes.INVALID_EXPRESSION, detail, start, end)
        key = syntax.Literal(value, Span(reading.source, start, end))
        return syntax.Index(of(reading, spans, values), key, Span(reading.source, spans[first][0], end))

    return build


def _index(first: int, last: int, target: Recipe, key: Recipe) -> Build:
    of, at = make_builder(target), make_builder(key)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Index:
        span = Span(reading.source, spans[first][0], spans[last][1])
        return syntax.Index(of(reading, spans, values), at(reading, spans, values), span)

    return build


def _splat(first: int, last: int, target: Recipe, each: Recipe) -> Build:
    of, then = make_builder(target), make_builder(each)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Splat:
        span = Span(reading.source, spans[first][0], spans[last][1])
        return syntax.Splat(of(reading, spans, values), then(reading, spans, values), span)

    return build


def _unary(first: int, last: int, operator: str, operand: Recipe) -> Build:
    of = make_builder(operand)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Unary:
        span = Span(reading.source, spans[first][0], spans[last][1])
        return syntax.Unary(operator, of(reading, spans, values), span)

    return build


def _binary(first: int, last: int, operator: str, left: Recipe, right: Recipe) -> Build:
    one, other = make_builder(left), make_builder(right)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Binary:
        span = Span(reading.source, spans[first][0], spans[last][1])
        return syntax.Binary(operator, one(reading, spans, values), other(reading, spans, values), span)

    return build


def _conditional(first: int, last: int, condition: Recipe, then: Recipe, otherwise: Recipe) -> Build:
    parts = [make_builder(part) for part in (condition, then, otherwise)]

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Conditional:
        span = Span(reading.source, spans[first][0], spans[last][1])
        return syntax.Conditional(*[part(reading, spans, values) for part in parts], span)

    return build


def _call(first: int, last: int, name: int, arguments: list[Recipe], expand: bool) -> Build:
    given = [make_builder(argument) for argument in arguments]

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Call:
        start, end = spans[name]
        parts = tuple([part(reading, spans, values) for part in given])
        text = "".join(reading.text[start:end].split())
        name_span, span = Span(reading.source, start, end), Span(reading.source, start, spans[last][1])
        return syntax.Call(text, name_span, parts, expand, span)

    return build


def _for(
    first: int,
    last: int,
    key: int | None,
    value: int,
    collection: Recipe,
    result_key: Recipe | None,
    result: Recipe,
    condition: Recipe | None,
    grouping: bool,
) -> Build:
    over, made = make_builder(collection), make_builder(result)
    named, chosen = _optional(result_key), _optional(condition)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.For:
        text = reading.text
        return syntax.For(
            None if key is None else text[slice(*spans[key])],
            text[slice(*spans[value])],
            over(reading, spans, values),
            named(reading, spans, values),
            made(reading, spans, values),
            chosen(reading, spans, values),
            grouping,
            Span(reading.source, spans[first][0], spans[last][1]),
        )

    return build


def _element(first: int, last: int, key: Recipe, value: Recipe) -> Build:
    name, made = make_builder(key), make_builder(value)
    return lambda reading, spans, values: (name(reading, spans, values), made(reading, spans, values))


def _attribute(first: int, last: int, name: int, expression: Recipe) -> Build:
    made = make_builder(expression)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Attribute:
        source, (start, end) = reading.source, spans[name]
        value = made(reading, spans, values)
        return syntax.Attribute(
            reading.text[start:end], Span(source, start, end), value, Span(source, start, spans[last][1])
        )

    return build


def _block(first: int, last: int, name: int, labels: list[tuple[int, str]]) -> Build:
    head = last - 1

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Block:
        source, (start, end) = reading.source, spans[name]
        made = tuple([_label(reading, kind, *spans[index]) for index, kind in labels])
        header, span = Span(source, start, spans[head][1]), Span(source, start, spans[last][1])
        return syntax.Block(reading.text[start:end], Span(source, start, end), made, values[0], header, span)

    return build


def _label(reading: Reading, kind: str, start: int, end: int) -> syntax.Label:
    text = reading.text[start + 1 : end - 1] if kind in (STRING, ESCAPED) else reading.text[start:end]
    text = unescaped(reading, text, start + 1) if kind == ESCAPED else text
    return syntax.Label(text, Span(reading.source, start, end))


def _interpolation(first: int, last: int, expression: Recipe) -> Build:
    made = make_builder(expression)
    return lambda reading, spans, values: ("interpolation", made(reading, spans, values))


def _if(first: int, last: int, condition: Recipe) -> Build:
    made = make_builder(condition)
    return lambda reading, spans, values: ("if", made(reading, spans, values))


def _for_directive(first: int, last: int, key: int | None, value: int, collection: Recipe) -> Build:
    over = make_builder(collection)

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> tuple[str, tuple[str | None, str, Any]]:
        name = None if key is None else reading.text[slice(*spans[key])]
        return "for", (name, reading.text[slice(*spans[value])], over(reading, spans, values))

    return build


def _directive(operation: str) -> Callable[[int, int], Build]:
    return lambda first, last: lambda reading, spans, values: (operation, None)


_BUILDERS: dict[str, Callable[..., Build]] = {
    "name": _name,
    "string": _string,
    "escaped": _escaped,
    "number": _number,
    "constant": _constant,
    "key": _key,
    "value": _value,
    "item": _item,
    "attr": _attr,
    "legacy": _legacy,
    "index": _index,
    "splat": _splat,
    "unary": _unary,
    "binary": _binary,
    "conditional": _conditional,
    "call": _call,
    "for": _for,
    "element": _element,
    "attribute": _attribute,
    "block": _block,
    "interpolation": _interpolation,
    "if": _if,
    "for_directive": _for_directive,
    **{name: _directive(name) for name in ("else", "endif", "endfor")},
}
