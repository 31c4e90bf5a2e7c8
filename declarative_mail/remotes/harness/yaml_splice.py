"""Changes of a text at positions, and the changes that turn one mapping of a YAML text into another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from declarative_mail.remotes.harness.yaml_text import flow, pair, scalar

if TYPE_CHECKING:
    from declarative_mail.remotes.harness.yaml_nodes import Document, Rule


Node: TypeAlias = Any
"""A node of ruamel.yaml's tree; its types do not say that nodes have a style."""


class Change(Struct, frozen=True):
    """Another text in the place of one from an offset up to an offset."""

    start: int
    end: int
    text: str


def spliced(text: str, changes: Sequence[Change]) -> str:
    """The text with all changes made; they do not overlap. Those at one place come in the order given."""
    ordered = sorted(changes, key=lambda change: (change.start, change.end))
    # From the end, so that positions stay true.
    for one in ordered[::-1]:
        text = text[: one.start] + one.text + text[one.end :]
    return text


def line_start(text: str, index: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, index) + 1


def without_remarks(text: str, start: int, end: int, *, column: int, at_least: int) -> int:
    """Behind the last line of a block, without the blank lines and comments that follow it.

    Args:
        text: the whole.
        start: where the block begins.
        end: where the next thing begins.
        column: comments further right than this belong to the block.
        at_least: what surely belongs to the block: a script may end in what looks like a comment.
    """
    end = _line_end(text, at_least) if at_least >= end else end
    while end > start:
        begin = line_start(text, end - 1) if text[end - 1] == "\n" else line_start(text, end)
        line = text[begin:end].strip()
        indent = len(text[begin:end]) - len(text[begin:end].lstrip(" "))
        if begin < at_least or (line and not (line.startswith("#") and indent <= column)):
            break
        end = begin
    return end


def _line_end(text: str, index: int) -> int:
    if text[index - 1 : index] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def change_item(document: Document, rule: Rule, wanted: Mapping[str, Any]) -> list[Change]:
    """The changes that give a rule some keys; None takes one away. Nothing where it says all of it already."""
    differing = {name: value for name, value in wanted.items() if rule.data.get(name, _NOTHING) != _given(value)}
    if not differing:
        return []
    document.refuse_shared(rule)
    merged = {**rule.data, **differing}
    whole = {name: value for name, value in merged.items() if value is not None or name not in differing}
    if rule.node.flow_style:
        return [Change(rule.node.start_mark.index, rule.node.end_mark.index, flow(whole))]
    if any(value is None for value in differing.values()):
        return _rewritten(document, rule, whole)
    return list(_pairs(document, rule.node, rule.data, differing, end=rule.end))


_NOTHING = object()


def _given(value: Any) -> Any:
    """A key that shall not be there is one that is missing."""
    return _NOTHING if value is None else value


def _rewritten(document: Document, rule: Rule, whole: Mapping[str, Any]) -> list[Change]:
    from declarative_mail.remotes.harness.yaml_text import item

    lines = item(whole, document.dash_column, document.style)
    ended = document.text[: rule.end].endswith("\n")
    body = document.style.end.join(lines) + (document.style.end if ended else "")
    return [Change(line_start(document.text, rule.dash), rule.end, body)]


def _pairs(
    document: Document, node: Node, have: Mapping[str, Any], wanted: Mapping[str, Any], *, end: int
) -> Iterator[Change]:
    """The changes of a mapping in blocks: values in their place, new keys behind the last one."""
    known = {str(key.value): (key, value) for key, value in node.value}
    starts = [key.start_mark.index for key, _ in node.value] + [end]
    column = node.start_mark.column
    for name, value in wanted.items():
        if name in known and have.get(name, _NOTHING) != value:
            key, old = known[name]
            index = [str(one.value) for one, _ in node.value].index(name)
            following = line_start(document.text, starts[index + 1]) if index + 1 < len(known) else end
            yield from _value(document, key, old, have.get(name), value, end=following)
    new = {name: value for name, value in wanted.items() if name not in known}
    added = (pair(name, value, column, document.style) for name, value in new.items())
    lines = [line for first, *rest in added for line in (" " * column + first, *rest)]
    if lines:
        ended = document.text[:end].endswith("\n")
        body = document.style.end.join(lines)
        yield Change(end, end, body + document.style.end if ended else document.style.end + body)


def _value(document: Document, key: Node, old: Node, have: Any, wanted: Any, *, end: int) -> Iterator[Change]:
    """The changes of one value: inside it where that is possible, else all of it."""
    if isinstance(have, Mapping) and isinstance(wanted, Mapping) and have.keys() <= wanted.keys() and have:
        if not old.flow_style:
            yield from _pairs(document, old, have, wanted, end=_end_of(document, key, old, end))
            return
    elif not isinstance(old.value, list) and not isinstance(wanted, Mapping | list) and old.style not in ("|", ">"):
        lead = " " if old.start_mark.index == old.end_mark.index else ""
        yield Change(old.start_mark.index, old.end_mark.index, lead + scalar(wanted))
        return
    if isinstance(old.value, list) and old.flow_style and isinstance(wanted, Mapping | list):
        yield Change(old.start_mark.index, old.end_mark.index, flow(wanted))
        return
    stop = _end_of(document, key, old, end)
    ended = document.text[:stop].endswith("\n")
    lines = pair(str(key.value), wanted, key.start_mark.column, document.style)
    body = document.style.end.join(lines) + (document.style.end if ended else "")
    yield Change(key.start_mark.index, stop, body)


def _end_of(document: Document, key: Node, old: Node, end: int) -> int:
    from declarative_mail.remotes.harness.yaml_nodes import leaf_end

    column = key.start_mark.column
    return without_remarks(document.text, key.start_mark.index, end, column=column, at_least=leaf_end(old))


def change_pairs(document: Document, wanted: Mapping[str, Any]) -> Iterator[Change]:
    """The changes that give a pipeline on one line a key."""
    (name, value) = next(iter(wanted.items()))
    if document.list_start >= 0:
        yield Change(document.list_start, document.list_end, flow(value))
        return
    end = document.mapping.end_mark.index - 1
    lead = ", " if document.mapping.value else ""
    yield Change(end, end, f"{lead}{name}: {flow(value)}")
