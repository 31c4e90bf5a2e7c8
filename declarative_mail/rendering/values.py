"""Stored values as people read them: HCL's notation, with words for what has no value to show.

=========================  ========================================
``{"$secret": "#2"}``      ``secret #2``: equal secrets share a number
``{"$secret": {…}}``       ``secret from env:NAME``: as a state keeps it
``{"$unknown": path}``     ``(known after apply)``
``{"$ref": address}``      the address
``{"$number": digits}``    the digits
=========================  ========================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.text import counted, neutralise, visible

KNOWN_LATER = "(known after apply)"
HIDDEN = "(sensitive value)"
INDENT = "    "
_IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
_INLINE_WIDTH = 60


def leaf_text(value: Any) -> str | None:
    """The words for a leaf that stands for something else, or None where it is an ordinary value."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((kind, content),) = value.items()
    match kind:
        case "$secret":
            return _secret_text(content)
        case "$unknown":
            return KNOWN_LATER
        case "$ref" | "$number":
            return neutralise(str(content))
        case _:
            return None


def _secret_text(content: Any) -> str:
    if isinstance(content, Mapping):
        version = content.get("version") or 1
        return neutralise(f"secret from {content.get('source')}{f', version {version}' if version > 1 else ''}")
    return f"secret {content}" if content != "#0" else HIDDEN


def is_body(value: Any) -> bool:
    """Whether a value is written as a block: an object or a map."""
    return isinstance(value, Mapping) and leaf_text(value) is None


def is_body_list(value: Any) -> bool:
    """Whether a value is written as repeated blocks."""
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and all(map(is_body, value))


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: null, or an empty text or collection."""
    return value is None or value in ("", [], {}, ())


def without_empty(body: Mapping[str, Any]) -> dict[str, Any]:
    """An object without the attributes and blocks that say nothing."""
    kept = {name: without_empty(value) if is_body(value) else value for name, value in body.items()}
    return {name: value for name, value in kept.items() if not is_empty(value)}


def inline(value: Any) -> str:
    """A value on one line."""
    leaf = leaf_text(value)
    if leaf is not None:
        return leaf
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_text(key)} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)


def quoted(text: str) -> str:
    """A string in quotes, on one line."""
    escaped = json.dumps(text, ensure_ascii=False)
    return escaped if escaped.isascii() else "".join(map(visible, escaped))


def key_text(key: str) -> str:
    """A name, in quotes where HCL wants them."""
    return key if _IDENTIFIER.fullmatch(key) else quoted(key)


def body_lines(body: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """The attributes of an object as HCL, aligned; what is null or empty is left out."""
    shown = {key_text(name): value for name, value in without_empty(body).items()}
    plain = {name: value for name, value in shown.items() if not is_body(value) and not is_body_list(value)}
    width = max(map(len, plain), default=0)
    for name, value in plain.items():
        first, *rest = value_lines(value)
        yield f"{indent}{name:<{width}} = {first}"
        yield from (f"{indent}{line}" for line in rest)
    for name, value in shown.items():
        if name not in plain:
            yield from _block_lines(name, value, indent)


def _block_lines(name: str, value: Any, indent: str) -> Iterator[str]:
    for body in value if is_body_list(value) else [value]:
        yield f"{indent}{name} {{"
        yield from body_lines(body, indent + INDENT)
        yield f"{indent}}}"


def value_lines(value: Any, *, limit: int | None = None) -> list[str]:
    """A value that is no block, on as many lines as it needs: texts as heredocs, long lists one by one.

    Args:
        value: what to show.
        limit: of a text show only so many lines, and count the others.
    """
    if isinstance(value, str) and "\n" in value:
        return _heredoc(value, limit)
    line = inline(value)
    if isinstance(value, list | tuple) and value and len(line) > _INLINE_WIDTH:
        return ["[", *(f"{INDENT}{inline(item)}," for item in value), "]"]
    return [line]


def _heredoc(text: str, limit: int | None) -> list[str]:
    lines = neutralise(text).split("\n")
    closing = "EOT" if not lines[-1] else "EOT (no line end)"
    body = lines if lines[-1] else lines[:-1]
    shown = body if limit is None or len(body) <= limit + 1 else body[:limit]
    more = [f"{INDENT}... ({counted(len(body) - len(shown), 'more line')})"] if len(shown) < len(body) else []
    return ["<<-EOT", *(f"{INDENT}{line}".rstrip() for line in shown), *more, closing]
