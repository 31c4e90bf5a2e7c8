"""What an apply did, as text: its numbers, and where it did not come to its end three honest lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import neutralise

Data = Mapping[str, Any]

LISTS = {"done": "Done", "failed": "Failed", "not_reached": "Not reached"}
_WORDS = {
    "add": "added",
    "change": "changed",
    "destroy": "destroyed",
    "import": "imported",
    "move": "moved",
    "forget": "forgotten",
    "refresh": "refreshed",
}
_ALWAYS = ("add", "change", "destroy")
_LISTED_UP_TO = 50


def apply_text(result: Data, summary: Data, *, terminal: Terminal) -> str:
    """The end of an apply.

    Args:
        result: ``{"done": [addresses], "failed": […], "not_reached": […], "stopped": bool}``.
        summary: the numbers of the plan that was applied.
        terminal: colour.
    """
    if not result["failed"] and not result["not_reached"]:
        return f"{terminal.paint('Apply complete:', 'green')} {_numbers(summary)}.\n"
    outcome = "Apply stopped:" if result.get("stopped") else "Apply failed:"
    counts = ", ".join(f"{len(result[name]):,} {words.lower()}" for name, words in LISTS.items())
    return "\n".join([*_lists(result, terminal), f"{terminal.paint(outcome, 'error')} {counts}."]) + "\n"


def _numbers(summary: Data) -> str:
    """All of the plan was done, so its numbers are those of the apply."""
    named = [f"{summary[name]:,} {word}" for name, word in _WORDS.items() if name in _ALWAYS or summary.get(name)]
    return ", ".join(named)


def _lists(result: Data, terminal: Terminal) -> Iterator[str]:
    for name, title in LISTS.items():
        addresses = result[name]
        if addresses:
            yield terminal.paint(f"{title}:", "bold")
            yield from (f"  {neutralise(address)}" for address in addresses[:_LISTED_UP_TO])
            if len(addresses) > _LISTED_UP_TO:
                yield f"  ... and {len(addresses) - _LISTED_UP_TO:,} more"
            yield ""
