"""A template as a quoted string."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

from declarative_mail.language.format import quote
from declarative_mail.language.syntax import Expression, Literal, Template, TemplateFor, TemplateIf

Write: TypeAlias = Callable[[Expression], str]


def template_text(template: Template, write: Write) -> str:
    """The text of a template with its quotes; `write` gives the text of an expression inside."""
    parts = list(_parts(template, write))
    joined = [_apart(part, following) for part, following in pairwise([*parts, ""])]
    return f'"{"".join(joined)}"'


def _apart(part: str, following: str) -> str:
    """A text that ends like the start of the sequence after it, spelled so that the two are not taken for an escape."""
    for character in "$%":
        if part.endswith(character) and following.startswith(f"{character}{{"):
            return f"{part[:-1]}\\u{ord(character):04x}"
    return part


def _parts(node: Expression, write: Write) -> Iterator[str]:
    """Text and sequences of a part, in order."""
    match node:
        case Template(parts=parts):
            yield from _inside(parts, write)
        case TemplateIf():
            yield f"%{{ if {write(node.condition)} }}"
            yield from _branch(node.then, write)
            if not (isinstance(node.otherwise, Literal) and node.otherwise.value == ""):
                yield "%{ else }"
                yield from _branch(node.otherwise, write)
            yield "%{ endif }"
        case TemplateFor():
            names = node.value if node.key is None else f"{node.key}, {node.value}"
            yield f"%{{ for {names} in {write(node.collection)} }}"
            yield from _branch(node.body, write)
            yield "%{ endfor }"
        case _:
            yield f"${{{write(node)}}}"


def _inside(parts: tuple[Expression, ...], write: Write) -> Iterator[str]:
    """The parts of a template.

    Of two texts in a row one was an interpolation, for texts in a row become one; so was an empty one.
    """
    after_text = len(parts) == 1
    for part in parts:
        text = part.value if isinstance(part, Literal) and isinstance(part.value, str) and not after_text else ""
        after_text = text != ""
        if text:
            yield quote(text)[1:-1]
        elif isinstance(part, Template):
            yield f"${{{write(part)}}}"
        else:
            yield from _parts(part, write)


def _branch(node: Expression, write: Write) -> Iterator[str]:
    """What stands between two directives."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        yield quote(node.value)[1:-1]
    else:
        yield from _parts(node, write)
