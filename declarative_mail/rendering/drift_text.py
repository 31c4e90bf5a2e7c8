"""Drift as text: which objects are not what they were declared to be, field by field, and whose doing that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.rendering.attribute_diff import Shape, value_diff, without_indexes
from declarative_mail.rendering.plan_text import diff_line
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, hang, neutralise
from declarative_mail.rendering.values import INDENT, key_text, leaf_text

Data = Mapping[str, Any]

CLASSES = {
    "theirs": "changed outside of dmail",
    "both": "changed outside of dmail and in the configuration",
    "ours": "changed in the configuration, not applied yet",
    "unknown": "cannot be read there",
}


_NUMBERS = {
    "drifted": "drifted",
    "accepted": "with accepted drift",
    "pending": "with changes that wait to be applied",
    "unknown": "with attributes that cannot be read there",
}


def drift_text(drift: Data, *, terminal: Terminal, verbose: bool = False) -> str:
    """A drift report.

    Args:
        drift: the JSON form: ``objects`` and ``summary`` (``docs/json.md``).
        terminal: width and colour.
        verbose: also what is no drift: what waits to be applied, and what cannot be read.
    """
    shown = [one | {"fields": _shown(one, verbose=verbose)} for one in drift["objects"]]
    paragraphs = ["\n".join(_object(one, terminal)) for one in shown if one["gone"] or one["fields"]]
    if paragraphs:
        paragraphs.insert(0, terminal.paint("Declared -> found:", "bold"))
    return "\n\n".join([*paragraphs, _summary(drift["summary"], terminal)]) + "\n"


def _shown(one: Data, *, verbose: bool) -> list[Data]:
    return [field for field in one["fields"] if verbose or field["class"] not in ("ours", "unknown")]


def _object(one: Data, terminal: Terminal) -> Iterator[str]:
    symbol, style = ("-", "red") if one["gone"] else ("~", "yellow")
    gone = " (deleted outside of dmail)" if one["gone"] else ""
    yield f"  {terminal.paint(symbol, style)} {terminal.paint(neutralise(one['address']), 'bold')}{gone}"
    width = max((len(key_text(field["path"])) for field in one["fields"]), default=0)
    for field in one["fields"]:
        yield from _field(field, frozenset(one["sets"]), width=width, terminal=terminal)


def _field(field: Data, sets: frozenset[str], *, width: int, terminal: Terminal) -> Iterator[str]:
    label = f"{neutralise(field['path']):<{width}} = "
    shape = Shape(sets, room=terminal.width - 2 * len(INDENT)).at(without_indexes(field["path"]))
    if field["class"] == "unknown":
        # What it is there, nobody can say: there is nothing to compare.
        yield f"{INDENT * 2}{label}{leaf_text(field['desired']) or '…'}"
    else:
        lines = value_diff(label, field["desired"], field["live"], shape, depth=0)
        yield from (diff_line(line, terminal) for line in lines)
    until = f", accepted until {field['accepted_until']}" if field.get("accepted_until") else ""
    remark = hang(f"{INDENT * 2}# {field['class']}: ", f"{CLASSES[field['class']]}{until}", terminal.width)
    yield from (terminal.paint(line, "dim") for line in remark)


def _summary(summary: Data, terminal: Terminal) -> str:
    named = [f"{summary[name]:,} {words}" for name, words in _NUMBERS.items() if summary.get(name)]
    checked = f"{counted(summary['checked'], 'object')} checked"
    word = "Drift:" if summary["drifted"] else "No drift:"
    first, *rest = hang(f"{word} ", f"{', '.join([checked, *named])}.", terminal.width)
    painted = terminal.paint(word, "error" if summary["drifted"] else "green")
    return "\n".join([painted + first.removeprefix(word), *rest])
