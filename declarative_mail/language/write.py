"""From a syntax tree to text in canonical style; reading that text gives the same tree again, apart from spans.

Nothing is put more plainly than the tree has it: of ``"${a}"`` the formatter would make ``a``. For programs that make
configurations: nodes that stand for no text have the span `NOWHERE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from declarative_mail.diagnostics import Source, Span
from declarative_mail.language import syntax
from declarative_mail.language.format import lay_out_text, quote
from declarative_mail.language.numeric import number_text
from declarative_mail.language.syntax import Attribute, Block, Body, Expression, Label, Literal
from declarative_mail.language.write_template import template_text

NOWHERE = Span(Source("", ""), 0, 0)
"""The span of a node that was made and not read."""

Plain: TypeAlias = "None | bool | int | Decimal | str | Sequence[Plain] | Mapping[str, Plain]"

_NAME = re.compile(r"[^\W\d][\w-]*")
_WIDTH = 100
"""Up to how many characters a list stands on one line."""

_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_UNARY, _TERM = 7, 8


def write_body(body: Body) -> str:
    """A body as the text of a file: arguments first, then blocks, each block after an empty line."""
    return lay_out_text("\n".join(_items(body)))


def write_expression(expression: Expression) -> str:
    """An expression as text; objects and long lists have several lines."""
    return lay_out_text(f"_ = {_text(expression)}\n").removeprefix("_ = ").rstrip("\n")


def expression_of(value: Plain) -> Expression:
    """The expression of a plain value: a literal, a list, or an object."""
    if isinstance(value, Mapping):
        items = [(Literal(name, NOWHERE), expression_of(item)) for name, item in value.items()]
        return syntax.Object(tuple(items), NOWHERE)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return syntax.Tuple(tuple(expression_of(item) for item in value), NOWHERE)
    return Literal(value, NOWHERE)


def traversal(*names: str, key: str | int | None = None) -> Expression:
    """``root.name.name``, and ``[key]`` after it where there is one."""
    found: Expression = syntax.Variable(names[0], NOWHERE)
    for name in names[1:]:
        found = syntax.GetAttr(found, name, NOWHERE, NOWHERE)
    return found if key is None else syntax.Index(found, Literal(key, NOWHERE), NOWHERE)


def attribute(name: str, expression: Expression) -> Attribute:
    """``name = expression``"""
    return Attribute(name, NOWHERE, expression, NOWHERE)


def block(type_: str, labels: Sequence[str], attributes: Mapping[str, Expression], *blocks: Block) -> Block:
    """``type "label" { … }``"""
    body = Body({name: attribute(name, one) for name, one in attributes.items()}, blocks, NOWHERE)
    return block_of(type_, labels, body)


def block_of(type_: str, labels: Sequence[str], body: Body) -> Block:
    """A block with this body."""
    return Block(type_, NOWHERE, tuple(Label(label, NOWHERE) for label in labels), body, NOWHERE, NOWHERE)


def _items(body: Body) -> list[str]:
    lines = [f"{name} = {_argument(one.expression)}" for name, one in body.attributes.items()]
    for block in body.blocks:
        lines += ["", _block(block)] if lines else [_block(block)]
    return [*lines, ""] if lines else []


def _block(block: Block) -> str:
    head = " ".join([block.type, *[quote(label.text) for label in block.labels]])
    lines = _items(block.body)
    return f"{head} {{\n" + "\n".join(lines) + "}" if lines else f"{head} {{}}"


def _argument(expression: Expression) -> str:
    """The value of an argument, which alone may be a heredoc, or a function of one."""
    match expression:
        case Literal(value=str(text)) if suits_heredoc(text):
            return _heredoc(text)
        case syntax.Call(name=name, arguments=(Literal(value=str(text)),), expand=False) if suits_heredoc(text):
            return f"{name}({_heredoc(text)}\n)"
    return _text(expression)


def _heredoc(text: str) -> str:
    return "<<EOT\n" + text.replace("${", "$${").replace("%{", "%%{") + "EOT"


def suits_heredoc(text: str) -> bool:
    """Whether a text has several lines, all of them ended, and nothing in it that a heredoc cannot say."""
    lines = text.split("\n")
    return (
        len(lines) > 2
        and lines[-1] == ""
        and not any(line.strip() == "EOT" or line.endswith(("$", "%")) for line in lines)
        and all(character == "\n" or character.isprintable() for character in text)
    )


def _text(node: Any) -> str:
    return _WRITERS[type(node)](node)


def _literal(node: Literal) -> str:
    if isinstance(node.value, str):
        return quote(node.value)
    if node.value is None or isinstance(node.value, bool):
        return {None: "null", True: "true", False: "false"}[node.value]
    return number_text(node.value)


def _strength(node: Any) -> int:
    """How tightly the parts of an expression hold together."""
    if isinstance(node, syntax.Conditional):
        return 0
    if isinstance(node, syntax.Binary):
        return _PRECEDENCE[node.operator]
    return _UNARY if isinstance(node, syntax.Unary) else _TERM


def _operand(node: Any, least: int) -> str:
    text = _text(node)
    return text if _strength(node) >= least else f"({text})"


def _binary(node: syntax.Binary) -> str:
    own = _PRECEDENCE[node.operator]
    return f"{_operand(node.left, own)} {node.operator} {_operand(node.right, own + 1)}"


def _conditional(node: syntax.Conditional) -> str:
    return f"{_operand(node.condition, 1)} ? {_text(node.then)} : {_text(node.otherwise)}"


def _target(node: Any) -> str:
    """What a step is applied to. A splat before a step is of the kind that takes names and numbers only."""
    if isinstance(node, syntax.Splat):
        return f"{_target(node.target)}.*{_star_steps(node.each)}"
    return _operand(node, _TERM)


def _star_steps(node: Any) -> str:
    if isinstance(node, syntax.GetAttr):
        return f"{_star_steps(node.target)} .{node.name}"
    if isinstance(node, syntax.Index):
        return f"{_star_steps(node.target)} .{_text(node.key)}"
    return ""


def _splat(node: syntax.Splat) -> str:
    return f"{_target(node.target)}[*]{_text(node.each)}"


def _tuple(node: syntax.Tuple) -> str:
    items = [_text(item) for item in node.items]
    line = f"[{', '.join(items)}]"
    if "\n" not in line and len(line) <= _WIDTH:
        return line
    return "[\n" + "".join(f"{item},\n" for item in items) + "]"


def _object(node: syntax.Object) -> str:
    if not node.items:
        return "{}"
    return "{\n" + "".join(f"{_key(key)} = {_text(value)}\n" for key, value in node.items) + "}"


def _key(node: Any) -> str:
    if isinstance(node, Literal) and isinstance(node.value, str):
        plain = _NAME.fullmatch(node.value) and node.value != "for"
        return node.value if plain else quote(node.value)
    # A name alone would be read as a literal key.
    return f"({_text(node)})" if isinstance(node, syntax.Variable) else _text(node)


def _for(node: syntax.For) -> str:
    names = node.value if node.key is None else f"{node.key}, {node.value}"
    intro = f"for {names} in {_text(node.collection)} :"
    condition = "" if node.condition is None else f" if {_text(node.condition)}"
    if node.result_key is None:
        return f"[{intro} {_text(node.result)}{condition}]"
    grouping = "..." if node.grouping else ""
    return f"{{ {intro} {_text(node.result_key)} => {_text(node.result)}{grouping}{condition} }}"


def _call(node: syntax.Call) -> str:
    arguments = ", ".join(_text(argument) for argument in node.arguments)
    return f"{node.name}({arguments}{'...' if node.expand else ''})"


_WRITERS: dict[type[Any], Callable[[Any], str]] = {
    Literal: _literal,
    syntax.Template: lambda node: template_text(node, _text),
    syntax.Variable: lambda node: node.name,
    # The space is for a name that would be the exponent of a number before it; layout takes it away elsewhere.
    syntax.GetAttr: lambda node: f"{_target(node.target)} .{node.name}",
    syntax.Index: lambda node: f"{_target(node.target)}[{_text(node.key)}]",
    syntax.Splat: _splat,
    syntax.SplatItem: lambda _: "",
    syntax.Tuple: _tuple,
    syntax.Object: _object,
    syntax.For: _for,
    syntax.Conditional: _conditional,
    syntax.Unary: lambda node: f"{node.operator}{_operand(node.operand, _UNARY)}",
    syntax.Binary: _binary,
    syntax.Call: _call,
    syntax.Parentheses: lambda node: f"({_text(node.inner)})",
}
