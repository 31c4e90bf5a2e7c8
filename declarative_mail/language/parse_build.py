"""From a recipe to syntax nodes: it is turned into a function once, and each piece of its kinds goes through that.

Here are expressions; `parse_build_items` has what is made of whole pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from declarative_mail.diagnostics import Code, Source, Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import syntax
from declarative_mail.language.lexical import FALSE, NULL, TRUE, nfc, number_value, unescape
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

_NO_NODE = frozenset(("value", "element", "interpolation", "if"))
"""Operations that pass on the nodes of others."""

_CONSTANTS: dict[str, bool | None] = {TRUE: True, FALSE: False, NULL: None}
_ESCAPES = (
    'A backslash in a quoted string stands before n, r, t, ", another backslash, u with four or U with eight '
    "hexadecimal digits of a character. To mean a backslash, write two."
)


def make_builder(recipe: Recipe) -> Build:
    """The function that follows a recipe.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    operation, first, last, *operands = recipe
    return BUILDERS[operation](first, last, *operands)


def depths_of(recipe: Recipe) -> tuple[int, int]:
    """How many nodes stand one inside the other at most, and how many of them around a finished value.

    Without recursion: a recipe may be too deep for that.
    """
    deepest = around_values = 0
    waiting = [(recipe, 0)]
    while waiting:
        part, above = waiting.pop()
        operation = part[0] if part else None
        depth = above + (isinstance(operation, str) and operation not in _NO_NODE)
        deepest = max(deepest, depth)
        if operation == "value":
            around_values = max(around_values, above)
        waiting += [(inner, depth) for inner in part if isinstance(inner, (tuple, list))]
    return deepest, around_values


def unescaped(reading: Reading, text: str, start: int) -> str:
    """What text inside of quotes, from an offset on, stands for. Its escapes are checked; it is not normalised."""

    def report(offset: int, sequence: str) -> None:
        detail = f"`{sequence}` is not an escape sequence. {_ESCAPES}"
        reading.report(codes.INVALID_ESCAPE, detail, start + offset, start + offset + len(sequence))

    return unescape(text, report)


def _name(first: int, _last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], _values: list[Any]) -> syntax.Variable:
        start, end = spans[first]
        return syntax.Variable(reading.text[start:end], Span(reading.source, start, end))

    return build


def _string(first: int, _last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], _values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        text = reading.text[start + 1 : end - 1]
        return syntax.Literal(text if text.isascii() else nfc(text), Span(reading.source, start, end))

    return build


def _escaped(first: int, _last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], _values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        value = nfc(unescaped(reading, reading.text[start + 1 : end - 1], start + 1))
        return syntax.Literal(value, Span(reading.source, start, end))

    return build


def _number(first: int, _last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], _values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        value = number_value(reading.text[start:end])
        if value is None:
            detail = "A number has digits, at most one point, and an exponent of at most 100000."
            reading.report(codes.INVALID_NUMBER, detail, start, end)
        return syntax.Literal(value, Span(reading.source, start, end))

    return build


def _constant(first: int, _last: int, kind: str) -> Build:
    value = _CONSTANTS[kind]
    return lambda reading, spans, _values: syntax.Literal(value, Span(reading.source, *spans[first]))


def _key(first: int, _last: int) -> Build:
    def build(reading: Reading, spans: list[Bounds], _values: list[Any]) -> syntax.Literal:
        start, end = spans[first]
        return syntax.Literal(nfc(reading.text[start:end]), Span(reading.source, start, end))

    return build


def _value(_first: int, _last: int, number: int) -> Build:
    return lambda _reading, _spans, values: values[number]


def _item(first: int, _last: int) -> Build:
    return lambda reading, spans, _values: syntax.SplatItem(Span(reading.source, *spans[first]))


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
            one, _, other = text.partition(".")
            detail = f"Indexes after dots cannot follow each other. Write them in brackets: [{one}][{other}]."
            reading.report(codes.INVALID_EXPRESSION, detail, start, end)
        key = syntax.Literal(value, Span(reading.source, start, end))
        return syntax.Index(of(reading, spans, values), key, Span(reading.source, spans[first][0], end))

    return build


def _node(class_: Callable[..., Any]) -> Callable[..., Build]:
    """A builder of nodes that are made of other nodes, given in the order of their recipes, and a span."""

    def builder(first: int, last: int, *parts: Recipe) -> Build:
        makers = [make_builder(part) for part in parts]

        def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> Any:
            span = Span(reading.source, spans[first][0], spans[last][1])
            return class_(*[make(reading, spans, values) for make in makers], span)

        return build

    return builder


def _operation(class_: Callable[..., Any]) -> Callable[..., Build]:
    """The same with an operator first."""

    def builder(first: int, last: int, operator: str, *parts: Recipe) -> Build:
        return _node(lambda *nodes: class_(operator, *nodes))(first, last, *parts)

    return builder


def _call(_first: int, last: int, name: int, arguments: list[Recipe], expand: bool) -> Build:  # noqa: FBT001 - as stored
    given = [make_builder(argument) for argument in arguments]

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.Call:
        start, end = spans[name]
        parts = tuple([part(reading, spans, values) for part in given])
        text = "".join(reading.text[start:end].split())
        name_span, span = Span(reading.source, start, end), Span(reading.source, start, spans[last][1])
        return syntax.Call(text, name_span, parts, expand, span)

    return build


def _for(first: int, last: int, key: int | None, value: int, *rest: Any) -> Build:
    *recipes, grouping = rest
    makers: list[Build] = [_nothing if recipe is None else make_builder(recipe) for recipe in recipes]

    def build(reading: Reading, spans: list[Bounds], values: list[Any]) -> syntax.For:
        text = reading.text
        collection, result_key, result, condition = [make(reading, spans, values) for make in makers]
        return syntax.For(
            None if key is None else text[slice(*spans[key])],
            text[slice(*spans[value])],
            collection,
            result_key,
            result,
            condition,
            grouping,
            Span(reading.source, spans[first][0], spans[last][1]),
        )

    return build


def _nothing(_reading: Reading, _spans: list[Bounds], _values: list[Any]) -> Any:
    return None


BUILDERS: dict[str, Callable[..., Build]] = {
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
    "index": _node(syntax.Index),
    "splat": _node(syntax.Splat),
    "unary": _operation(syntax.Unary),
    "binary": _operation(syntax.Binary),
    "conditional": _node(syntax.Conditional),
    "call": _call,
    "for": _for,
}
"""For each operation of a recipe the function that takes its tokens and operands."""
