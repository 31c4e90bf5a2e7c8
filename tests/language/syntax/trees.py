"""Trees without their places, to compare what was read with what was meant."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, Source, Span
from declarative_mail.language.parse import parse_expression, parse_file, parse_template
from declarative_mail.language.syntax import Attribute, Body, Expression, Parentheses, Template, TemplateFor, TemplateIf

Bare = Any


def bare(node: Any) -> Bare:
    """A node as a tuple of its class's name and its fields, without spans."""
    if isinstance(node, dict):
        return {name: bare(value) for name, value in node.items()}
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if not isinstance(node, Struct):
        return node if isinstance(node, str) else (type(node).__name__, node)
    inner = [bare(getattr(node, name)) for name in node.__struct_fields__ if not _is_place(node, name)]
    return (type(node).__name__, *inner)


def _is_place(node: Any, name: str) -> bool:
    return isinstance(getattr(node, name), Span)


def plain(node: Any) -> Bare:
    """The same for a formatted file: an argument that is nothing but an interpolation is its expression."""
    if isinstance(node, Attribute):
        return ("Attribute", node.name, plain(_unwrapped(node.expression)))
    if isinstance(node, Body):
        return ("Body", {name: plain(one) for name, one in node.attributes.items()}, tuple(map(plain, node.blocks)))
    if hasattr(node, "body") and hasattr(node, "labels"):
        return ("Block", node.type, bare(node.labels), plain(node.body))
    return bare(node)


def _unwrapped(node: Expression) -> Expression:
    while True:
        if (
            isinstance(node, Template)
            and len(node.parts) == 1
            and not isinstance(node.parts[0], TemplateIf | TemplateFor)
        ):
            node = node.parts[0]
        elif isinstance(node, Parentheses):
            node = node.inner
        else:
            return node


def expression(text: str) -> Bare:
    """The bare tree of an expression without faults."""
    node, faults = parse_expression(Source("test", text))
    assert not faults, [fault.detail for fault in faults]
    return bare(node)


def template(text: str) -> Bare:
    """The bare tree of a template without faults."""
    node, faults = parse_template(Source("test", text))
    assert not faults, [fault.detail for fault in faults]
    return bare(node)


def body(text: str) -> Body:
    """The body of a file without faults."""
    node, faults = parse_file(Source("main.hcl", text))
    assert not faults, [fault.detail for fault in faults]
    return node


def value(text: str) -> Any:
    """The value of a literal that stands alone as an argument: ``a = …``."""
    node: Any = body(f"a = {text}\n").attributes["a"].expression
    return node.value


def faults(text: str) -> list[Diagnostic]:
    """The faults of a file."""
    return parse_file(Source("main.hcl", text))[1]


def said(text: str) -> list[tuple[str, str]]:
    """The code of each fault of a file and the text that it points at."""
    return [(fault.code.id, fault.primary.span.text) for fault in faults(text) if fault.primary is not None]
