"""What differs inside one object: equality first, DeepDiff only for a nested value that is known to differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LEAVES = ("$secret", "$ref", "$unknown", "$number")


def changed_paths(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of all values that differ, e.g. ``event[1].stages``, in the order of the attribute names."""
    names = sorted(before.keys() | after.keys())
    return tuple(path for name in names for path in _paths(name, before.get(name), after.get(name)))


def _paths(name: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if _is_nested(before) and _is_nested(after):
        yield from _nested_paths(name, before, after)
    else:
        yield name


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not any(leaf in value for leaf in _LEAVES)
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _nested_paths(name: str, before: Any, after: Any) -> list[str]:
    # Imported here: it costs 0.2 s, and a plan without nested differences does not need it.
    from deepdiff import DeepDiff

    difference = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    found: dict[str, None] = {}
    for items in difference.values():
        for item in items:
            found[name + _text(item.path(output_format="list"))] = None
    return sorted(found) or [name]


def _text(steps: list[str | int]) -> str:
    """The steps below an attribute; a list of plain values and a leaf end it, they are shown whole."""
    text = ""
    for index, step in enumerate(steps):
        if isinstance(step, int):
            if index == len(steps) - 1:
                break
            text += f"[{step}]"
        elif step in _LEAVES:
            break
        else:
            text += f".{step}"
    return text


def at_path(attributes: Any, path: str) -> Any:
    """The value at a dotted path like ``event[1].stages``."""
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(attributes, Mapping):
            attributes = attributes.get(step)
        elif isinstance(attributes, list | tuple) and step.isdigit() and int(step) < len(attributes):
            attributes = attributes[int(step)]
        else:
            return None
    return attributes
