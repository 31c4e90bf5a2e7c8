"""Plain data as YAML text: in blocks, in the style of the document it goes into, or on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+(-][A-Za-z0-9_./@+()-]*)*")
_NOT_TEXT = re.compile(
    r"(?:y|n|yes|no|on|off|true|false|null|none|\.inf|\.nan|[-+.]?[0-9][0-9_.,:eExXa-fA-F+-]*|\.+)", re.IGNORECASE
)
"""What YAML 1.1 or 1.2 reads as something else than a text: the server reads 1.1."""


class Style(Struct, frozen=True):
    """How a document is written.

    Args:
        step: by how many columns a mapping is indented below its key.
        dash: by how many columns the dashes of a list are indented below the key of the list; 0 in many documents.
        item: how far the text of an item stands behind its dash, at least 2.
        end: what ends a line.
    """

    step: int = 2
    dash: int = 2
    item: int = 2
    end: str = "\n"


def scalar(value: Any) -> str:
    """A text, number, flag or null on one line, quoted where a reader might take it for something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value):
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(sign: str) -> str:
    """A sign between double quotes: what is not printable, line breaks among it, stands behind a backslash.

    JSON's escapes are YAML's but for one: YAML has no pairs of surrogates (YAML 1.2.2, 5.7).
    """
    if sign.isprintable() and sign not in '"\\':
        return sign
    return json.dumps(sign)[1:-1] if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def flow(value: Any) -> str:
    """Any value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(name)}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    # Commas and brackets mean something on one line; a plain text has none of them.
    return scalar(value)


def pair(name: str, value: Any, column: int, style: Style) -> list[str]:
    """The lines of ``name: value``; the first without its indentation, which stands there already."""
    head = f"{scalar(name)}:"
    if isinstance(value, Mapping) and value:
        lines = list(_mapping(value, column + style.step, style))
        return [head, *lines]
    if isinstance(value, list | tuple) and value:
        return [head, *(line for one in value for line in item(one, column + style.dash, style))]
    empty = "{}" if isinstance(value, Mapping) else "[]" if isinstance(value, list | tuple) else scalar(value)
    return [f"{head} {empty}"]


def item(value: Any, column: int, style: Style) -> list[str]:
    """The lines of an item of a list, dash and indentation included."""
    lead = " " * column + "-" + " " * (style.item - 1)
    if isinstance(value, Mapping) and value:
        first, *rest = _mapping(value, column + style.item, style)
        return [lead + first.lstrip(" "), *rest]
    return [lead + flow(value)]


def _mapping(value: Mapping[str, Any], column: int, style: Style) -> Iterator[str]:
    for name, one in value.items():
        first, *rest = pair(name, one, column, style)
        yield " " * column + first
        yield from rest
