"""What changes inside one object, as lines: sets as sets, lists by position, texts by line; equals are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from declarative_mail.records import replace
from declarative_mail.rendering.text import counted, neutralise
from declarative_mail.rendering.values import (
    INDENT,
    inline,
    is_body,
    is_body_list,
    is_empty,
    key_text,
    value_lines,
    without_empty,
)

Symbol: TypeAlias = Literal["+", "-", "~", " "]

_FORCES = " # forces replacement"


class DiffLine(Struct, frozen=True):
    """One line of a difference: its symbol, its depth and what it says."""

    symbol: Symbol
    depth: int
    text: str


class Shape(Struct, frozen=True):
    """What plain values do not say.

    Args:
        sets: paths (dotted, without indexes) of lists whose order means nothing.
        forces: paths that force a replacement, with or without indexes.
        room: columns for a line at depth 0; a longer change is broken before its arrow.
        text_lines: of a text that appears or goes show only so many lines.
    """

    sets: frozenset[str] = frozenset()
    forces: tuple[str, ...] = ()
    room: int = 90
    text_lines: int | None = None
    path: str = ""

    def at(self, name: str) -> Shape:
        """The same for what is below an attribute."""
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    @property
    def is_set(self) -> bool:
        """Whether the value here is a set."""
        return self.path in self.sets

    @property
    def remark(self) -> str:
        """``# forces replacement`` where the value here does."""
        return _FORCES if any(without_indexes(path) == self.path for path in self.forces) else ""


def without_indexes(path: str) -> str:
    """``event.stages`` for ``event[1].stages``: how sets are named."""
    return ".".join(part.partition("[")[0] for part in path.split("."))


def body_diff(before: Mapping[str, Any], after: Mapping[str, Any], shape: Shape, depth: int = 0) -> Iterator[DiffLine]:
    """The lines for two states of one object; equal attributes are hidden with a count."""
    names = list(dict.fromkeys([*after, *before]))
    changed = [name for name in names if before.get(name) != after.get(name)]
    blocks = [name for name in changed if _is_blocks(before.get(name)) and _is_blocks(after.get(name))]
    plain = [name for name in changed if name not in blocks]
    width = max((len(key_text(name)) for name in plain), default=0)
    for name in plain:
        label = f"{key_text(name):<{width}} = "
        yield from value_diff(label, before.get(name), after.get(name), shape.at(name), depth=depth)
    for name in blocks:
        yield from _blocks_diff(name, before.get(name), after.get(name), shape.at(name), depth=depth)
    hidden = sum(1 for name in names if name not in changed and not is_empty(before.get(name)))
    if hidden:
        yield DiffLine(" ", depth, f"({counted(hidden, 'unchanged attribute')} hidden)")


def new_body(body: Mapping[str, Any], shape: Shape, symbol: Symbol = "+", depth: int = 0) -> Iterator[DiffLine]:
    """The lines for an object that appears or, with ``-``, goes; what says nothing at any depth is left out."""
    said = without_empty(body)
    yield from body_diff({}, said, shape, depth) if symbol == "+" else body_diff(said, {}, shape, depth)


def _is_blocks(value: Any) -> bool:
    return value is None or value in ([], ()) or is_body(value) or is_body_list(value)


def value_diff(label: str, before: Any, after: Any, shape: Shape, *, depth: int) -> Iterator[DiffLine]:
    """The lines for two values of one attribute; `label` is its name with the equals sign."""
    if is_empty(before) and is_empty(after):
        return
    if is_empty(before) or is_empty(after):
        symbol: Symbol = "+" if is_empty(before) else "-"
        first, *rest = value_lines(after if is_empty(before) else before, limit=shape.text_lines)
        yield DiffLine(symbol, depth, f"{label}{first}{shape.remark}")
        yield from (DiffLine(" ", depth, line) for line in rest)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield DiffLine("~", depth, f"{label}[{shape.remark}")
        yield from (_set_diff if shape.is_set else _list_diff)(before, after, depth + 1)
        yield DiffLine(" ", depth, "]")
    elif isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield DiffLine("~", depth, f"{label}<<-EOT{shape.remark}")
        yield from _text_diff(before, after, depth + 1)
        yield DiffLine(" ", depth, "EOT")
    else:
        yield from _arrow(label, before, after, shape, depth=depth)


def _arrow(label: str, before: Any, after: Any, shape: Shape, *, depth: int) -> Iterator[DiffLine]:
    """``port = 587 -> 465``, broken before the arrow where it does not fit."""
    old, new = inline(before), inline(after)
    if depth * len(INDENT) + len(label) + len(old) + len(new) + len(" -> ") + len(shape.remark) <= shape.room:
        yield DiffLine("~", depth, f"{label}{old} -> {new}{shape.remark}")
        return
    yield DiffLine("~", depth, f"{label}{old}")
    yield DiffLine(" ", depth, f"{'-> ':>{len(label)}}{new}{shape.remark}")


def _set_diff(before: Sequence[Any], after: Sequence[Any], depth: int) -> Iterator[DiffLine]:
    old, new = {_canonical(item): item for item in before}, {_canonical(item): item for item in after}
    for symbol, items in (("-", _missing(old, new)), ("+", _missing(new, old))):
        yield from (DiffLine(symbol, depth, inline(item)) for item in items)  # type: ignore[arg-type]  # both literals
    yield from _hidden(len(old.keys() & new.keys()), depth)


def _missing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Any]:
    return [item for key, item in one.items() if key not in other]


def _list_diff(before: Sequence[Any], after: Sequence[Any], depth: int) -> Iterator[DiffLine]:
    for tag, old, new in _opcodes(before, after):
        if tag == "equal":
            yield from _hidden(len(old), depth)
        else:
            yield from (DiffLine("-", depth, inline(item)) for item in old)
            yield from (DiffLine("+", depth, inline(item)) for item in new)


def _hidden(count: int, depth: int) -> Iterator[DiffLine]:
    if count:
        yield DiffLine(" ", depth, f"({counted(count, 'unchanged element')} hidden)")


def _text_diff(before: str, after: str, depth: int) -> Iterator[DiffLine]:
    for tag, old, new in _opcodes(neutralise(before).splitlines(), neutralise(after).splitlines()):
        if tag == "equal":
            if old:
                yield DiffLine(" ", depth, f"({counted(len(old), 'unchanged line')} hidden)")
        else:
            yield from (DiffLine("-", depth, line) for line in old)
            yield from (DiffLine("+", depth, line) for line in new)


def _blocks_diff(name: str, before: Any, after: Any, shape: Shape, *, depth: int) -> Iterator[DiffLine]:
    """Blocks are matched by what they say; of those that are left, the first old one became the first new one."""
    for tag, old, new in _opcodes(_bodies(before), _bodies(after)):
        if tag == "equal":
            if old:
                yield DiffLine(" ", depth, f"({counted(len(old), f'unchanged {key_text(name)} block')} hidden)")
            continue
        for index in range(max(len(old), len(new))):
            one = old[index] if index < len(old) else None
            other = new[index] if index < len(new) else None
            yield from _block_diff(name, one, other, shape, depth=depth)


def _block_diff(name: str, before: Any, after: Any, shape: Shape, *, depth: int) -> Iterator[DiffLine]:
    symbol: Symbol = "+" if before is None else "-" if after is None else "~"
    lines = list(body_diff(before or {}, after or {}, shape, depth + 1))
    if not lines:
        if (before or after) and (before is None or after is None):  # it is there, but all in it is null
            yield DiffLine(symbol, depth, f"{key_text(name)} {{}}{shape.remark}")
        return
    yield DiffLine(symbol, depth, f"{key_text(name)} {{{shape.remark}")
    yield from lines
    yield DiffLine(" ", depth, "}")


def _bodies(value: Any) -> list[Mapping[str, Any]]:
    if is_body(value):
        return [value]
    return list(value or ())


def _opcodes(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[str, list[Any], list[Any]]]:
    keys = [_canonical(item) for item in before], [_canonical(item) for item in after]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        yield tag, list(before[i1:i2]), list(after[j1:j2])


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
