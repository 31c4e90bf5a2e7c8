"""Drift as text: which objects are not what they were declared to be, field by field, and whose doing that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.rendering.attribute_diff import DiffLine, Shape, value_diff
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, hang, neutralise
from declarative_mail.rendering.values import INDENT, key_text

Data = Mapping[str, Any]

WHOSE = {
    "theirs": "changed outside of dmail",
    "ours": "changed in the configuration, not applied yet",
    "both": "changed outside of dmail and in the configuration",
    "unknown": "cannot be read there",
}
_STYLES = {"-": "red", "+": "green", "~": "yellow"}
_STATUS = {
    "changed": ("~", ""),
    "missing": ("-", "deleted outside of dmail"),
    "unmanaged": ("+", "exists and is not declared"),
}


def drift_text(drift: Data, *, terminal: Terminal) -> str:
    """A drift report.

    Args:
        drift: ``{"objects": [{"address", "status", "accepted", "fields": [{"path", "whose", "desired", "live"}],
            "sets"}], "connection_tests": […]}`` (``docs/json.md``).
        terminal: width and colour.
    """
    objects = drift["objects"]
    if not objects:
        return f"{terminal.paint('No drift.', 'green')} What exists is what was applied.\n"
    paragraphs = ["\n".join(_object(one, terminal)) for one in objects]
    heading = terminal.paint("Drift, as declared -> found:", "bold")
    return "\n\n".join([heading, *paragraphs, _summary(drift, terminal)]) + "\n"


def _object(one: Data, terminal: Terminal) -> Iterator[str]:
    symbol, said = _STATUS[one["status"]]
    remarks = "; ".join(part for part in (said, _accepted(one.get("accepted"))) if part)
    yield f"  {terminal.paint(symbol, _STYLES[symbol])} {terminal.paint(neutralise(one['address']), 'bold')}"
    if remarks:
        yield from hang(INDENT * 2, f"({remarks})", terminal.width)
    width = max((len(key_text(field["path"])) for field in one["fields"]), default=0)
    for field in one["fields"]:
        yield from _field(field, frozenset(one.get("sets", ())), width=width, terminal=terminal)


def _accepted(accepted: Data | None) -> str:
    if not accepted:
        return ""
    until = f" until {accepted['until']}" if accepted.get("until") else ""
    because = f": {accepted['reason']}" if accepted.get("reason") else ""
    return neutralise(f"accepted{until}{because}")


def _field(field: Data, sets: frozenset[str], *, width: int, terminal: Terminal) -> Iterator[str]:
    shape = Shape(sets, room=terminal.width - 3 * len(INDENT)).at(field["path"])
    remark = "; ".join(part for part in (WHOSE[field["whose"]], _accepted(field.get("accepted"))) if part)
    label = f"{key_text(field['path']):<{width}} = "
    lines = list(value_diff(label, field["desired"], field["live"], shape, depth=0))
    yield from (_line(line, terminal) for line in lines)
    yield from hang(INDENT * 3, f"# {field['whose']}: {remark}", terminal.width)


def _line(line: DiffLine, terminal: Terminal) -> str:
    symbol = terminal.paint(line.symbol, _STYLES[line.symbol]) if line.symbol != " " else " "
    return f"{INDENT * (1 + line.depth)}  {symbol} {line.text}".rstrip()


def _summary(drift: Data, terminal: Terminal) -> str:
    fields = [field for one in drift["objects"] for field in one["fields"]]
    by_whose = {whose: sum(field["whose"] == whose for field in fields) for whose in WHOSE}
    named = ", ".join(f"{number} {whose}" for whose, number in by_whose.items() if number)
    gone = sum(one["status"] == "missing" for one in drift["objects"])
    parts = [
        counted(len(drift["objects"]), "object"),
        f"{counted(len(fields), 'field')} ({named})" if fields else "",
        f"{gone:,} missing" if gone else "",
    ]
    return terminal.paint(f"Drift: {', '.join(part for part in parts if part)}.", "bold")
