"""Reads the body of one block against what it may hold; what is left over at the end is a fault with a did-you-mean."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import format_key
from declarative_mail.diagnostics import Code, Diagnostic, Label, Span, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    GetAttr,
    Index,
    Literal,
    Tuple,
    Variable,
)

_OTHER_NAMES = {"provider": "remote", "providers": "remote", "terraform": "declarative_mail", "resource": None}


class BlockReader:
    """Takes arguments and nested blocks out of a body, one by one, and collects faults.

    Args:
        body: the body to read.
        what: how messages call the block, e.g. ``variable "region"``.
        place: the header of the block, for faults about something missing.
        diagnostics: where faults go.
    """

    def __init__(self, body: Body, what: str, *, place: Span, diagnostics: list[Diagnostic]) -> None:
        self.body = body
        self.what = what
        self.place = place
        self.diagnostics = diagnostics
        self._attributes: list[str] = []
        self._blocks: list[str] = []

    def fault(self, code: Code, detail: str, span: Span, *, help_: str | None = None) -> None:
        """Collect a fault at a place of this block."""
        self.diagnostics.append(Diagnostic(code, detail, Label(span), help=help_))

    def attribute(self, name: str) -> Attribute | None:
        """The argument, if it is given."""
        self._attributes.append(name)
        return self.body.attributes.get(name)

    def expression(self, name: str) -> Expression | None:
        """The expression of an argument, if it is given."""
        attribute = self.attribute(name)
        return attribute.expression if attribute else None

    def required(self, name: str) -> Expression | None:
        """The expression of an argument; a fault where it is missing."""
        expression = self.expression(name)
        if expression is None:
            detail = f"The argument {name} is required in {self.what}, but it is not set."
            self.fault(codes.MISSING_ARGUMENT, detail, self.place)
        return expression

    def constant(self, name: str, kind: type[str | bool], *, default: str | bool) -> str | bool:
        """A literal string or bool; anything else is a fault, since it is read before anything is evaluated."""
        expression = self.expression(name)
        if expression is None:
            return default
        if isinstance(expression, Literal) and isinstance(expression.value, kind):
            return expression.value
        form = "true or false" if kind is bool else "a quoted string"
        detail = (
            f"The argument {name} of {self.what} is read before any expression is evaluated. "
            f"Give {form} without references or functions."
        )
        self.fault(codes.NOT_CONSTANT, detail, expression.span)
        return default

    def text(self, name: str) -> str:
        """A literal string, empty where it is not given."""
        return str(self.constant(name, str, default=""))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A literal bool."""
        return bool(self.constant(name, bool, default=default))

    def items(self, name: str) -> tuple[Expression, ...]:
        """The items of an argument that must be written as a list."""
        expression = self.expression(name)
        if expression is None:
            return ()
        if isinstance(expression, Tuple):
            return expression.items
        self.fault(
            codes.NOT_CONSTANT,
            f"The argument {name} of {self.what} must be a list in square brackets.",
            expression.span,
        )
        return ()

    def references(self, name: str) -> tuple[Expression, ...]:
        """The items of a list of references (``depends_on``); anything else in it would be silently without effect."""
        items = self.items(name)
        for item in items:
            text = address_text(item)
            if text is None or isinstance(item, Literal):
                detail = f"{name} of {self.what} takes references, written out and without quotes: [user_group.ops]."
                help_ = f"did you mean {text}?" if text and "." in text else None
                self.fault(codes.INVALID_ADDRESS, detail, item.span, help_=help_)
        return items

    def blocks(self, type_: str) -> tuple[Block, ...]:
        """The nested blocks of one type."""
        self._blocks.append(type_)
        return tuple(self.body.blocks_of(type_))

    def block(self, type_: str) -> Block | None:
        """The one nested block of a type; a second one is a fault."""
        found = self.blocks(type_)
        for extra in found[1:]:
            detail = f"Only one {type_} block is allowed in {self.what}; the first stands at {found[0].header}."
            self.diagnostics.append(
                Diagnostic(
                    codes.DUPLICATE, detail, Label(extra.header), (Label(found[0].header, "first declared here"),)
                )
            )
        return found[0] if found else None

    def finish(self) -> None:
        """Report every argument and block that nobody asked for."""
        for name, attribute in self.body.attributes.items():
            if name not in self._attributes:
                self._unknown_argument(name, attribute)
        for block in self.body.blocks:
            if block.type not in self._blocks:
                self._unknown_block(block)

    def _unknown_argument(self, name: str, attribute: Attribute) -> None:
        if name in self._blocks:
            detail = f'{name} is a block in {self.what}, not an argument. Write it without "=": {name} {{ … }}.'
            self.fault(codes.UNSUPPORTED_ARGUMENT, detail, attribute.name_span)
            return
        detail = f"An argument named {name} is not expected in {self.what}."
        help_ = other_name(name, self._attributes)
        self.fault(codes.UNSUPPORTED_ARGUMENT, detail, attribute.name_span, help_=help_)

    def _unknown_block(self, block: Block) -> None:
        if block.type in self._attributes:
            detail = f'{block.type} is an argument in {self.what}, not a block. Write it with "=": {block.type} = ….'
            self.fault(codes.UNSUPPORTED_BLOCK, detail, block.type_span)
            return
        detail = f"Blocks of type {block.type} are not expected in {self.what}."
        help_ = other_name(block.type, self._blocks)
        self.fault(codes.UNSUPPORTED_BLOCK, detail, block.type_span, help_=help_)


def other_name(wrong: str, known: Iterable[str]) -> str | None:
    """A did-you-mean that also knows what Terraform calls a thing."""
    names = list(known)
    ours = _OTHER_NAMES.get(wrong)
    if ours in names:
        return f'did you mean "{ours}"?'
    return suggestion(wrong, names)


def labels_of(block: Block, names: tuple[str, ...], diagnostics: list[Diagnostic]) -> tuple[str, ...] | None:
    """The texts of a block's labels if there are as many as `names`; otherwise a fault and None."""
    if len(block.labels) == len(names):
        return tuple(label.text for label in block.labels)
    form = " ".join([block.type, *(f'"{name}"' for name in names), "{ … }"])
    count = "no labels" if not names else "one label" if len(names) == 1 else f"{len(names)} labels"
    detail = f"A {block.type} block has {count}: {form}."
    diagnostics.append(Diagnostic(codes.WRONG_LABELS, detail, Label(block.header)))
    return None


def address_text(expression: Expression) -> str | None:
    """An address written as a traversal (``user_group.team["core"]``) or as a quoted string, as text.

    None for another form.
    """
    match expression:
        case Literal(value=str(text)):
            return text
        case Variable(name=name):
            return name
        case GetAttr(target=target, name=name):
            head = address_text(target)
            return None if head is None else f"{head}.{name}"
        case Index(target=target, key=Literal(value=int(key))) if not isinstance(key, bool):
            head = address_text(target)
            return None if head is None else f"{head}[{key}]"
        case Index(target=target, key=Literal(value=str(key))):
            head = address_text(target)
            return None if head is None else f"{head}{format_key(key)}"
    return None
