"""How large and how deep a value may be, so that whatever walks over one stays within time, memory and recursion."""

from __future__ import annotations

from typing import Final

from declarative_mail.language.memory import LARGE, remembered
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Value

MAX_DEPTH: Final = 200
"""Levels of lists and objects in each other. All that walks over a value takes at most three calls a level."""
MAX_PARTS: Final = 4_000_000
"""Values within a value, each counted as often as it occurs: some twenty doublings of a list."""


_CONTAINERS: Final = frozenset({tuple, dict, ListValue, MapValue, SetValue, Marked})


class ExcessError(ValueError):
    """A value is larger than the limits; the message says how, after "the value is"."""


class DepthError(ExcessError):
    """It is deeper than the limits."""


def check_size(value: Value) -> None:
    """Make sure that a value is within the limits. A part that occurs in several places is looked at once.

    Raises:
        ExcessError: it is too large.
        DepthError: it is too deep.
    """
    if type(value) in _CONTAINERS:
        _measure(value, 0, {})


def _measure(value: Value, level: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many levels there are below a value, and how many values it consists of."""
    kind = type(value)
    if kind is Marked:
        return _measure(value.value, level, known)  # type: ignore[union-attr]  # just tested
    items = value if kind is tuple or kind is dict else getattr(value, "items", None)
    if not isinstance(items, tuple | dict):
        return 0, 1
    found = known.get(id(items))
    if found is None:
        if level > MAX_DEPTH:
            raise DepthError(f"more than {MAX_DEPTH} levels deep")
        if len(items) < LARGE:
            found = _measure_items(items, level, known)
        else:
            found = remembered("size", items, lambda: _measure_items(items, level, known))
        known[id(items)] = found
    depth, parts = found
    if level + depth > MAX_DEPTH:
        raise DepthError(f"more than {MAX_DEPTH} levels deep")
    if parts > MAX_PARTS:
        raise ExcessError(f"of more than {MAX_PARTS:,} parts")
    return found


def _measure_items(
    items: tuple[Value, ...] | dict[str, Value], level: int, known: dict[int, tuple[int, int]]
) -> tuple[int, int]:
    deepest, parts = 0, 1
    for item in items if isinstance(items, tuple) else items.values():
        if type(item) in _CONTAINERS:
            depth, count = _measure(item, level + 1, known)
            deepest = max(deepest, depth)
            parts += count
        else:
            parts += 1
    return deepest + 1, parts
