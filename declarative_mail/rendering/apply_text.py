"""What an apply did, as text: a line for each object as it is finished, and what was done and what was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.plan_text import SYMBOLS
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, neutralise

Data = Mapping[str, Any]

_DONE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "read": "read",
    "import": "imported",
    "move": "moved",
    "forget": "forgotten",
}
_LISTED_UP_TO = 50


def progress_line(event: Data, *, terminal: Terminal) -> str:
    """One object that was finished: ``user_group.ops: created`` or ``user_group.ops: create failed``.

    Args:
        event: ``{"address", "action", "ok", "seconds"}``; seconds are shown from one on.
        terminal: colour.
    """
    action, address = event["action"], neutralise(event["address"])
    took = f" after {event['seconds']:.0f}s" if (event.get("seconds") or 0) >= 1 else ""
    if event["ok"]:
        return f"{address}: {_DONE.get(action, action)}{took}"
    return f"{address}: {terminal.paint(f'{action} failed', 'error')}{took}"


def apply_text(result: Data, *, terminal: Terminal, verb: str = "Apply") -> str:
    """The end of an apply.

    Args:
        result: ``{"done": [{"address", "action"}], "failed": […], "not_reached": […], "stopped": bool}``.
        terminal: width and colour.
        verb: ``Apply`` or ``Destroy``.
    """
    complete = not result["failed"] and not result["not_reached"]
    lines = [] if complete else list(_unfinished(result, terminal))
    outcome = "complete" if complete else "stopped" if result.get("stopped") else "failed"
    style = "green" if complete else "error"
    numbers = _numbers(result["done"])
    return "\n".join([*lines, f"{terminal.paint(f'{verb} {outcome}:', style)} {numbers}."]) + "\n"


def _numbers(done: Sequence[Data]) -> str:
    """Terraform's count: a replacement is one added and one destroyed."""
    actions = [change["action"] for change in done]
    added, destroyed = (sum(action in {word, "replace"} for action in actions) for word in ("create", "delete"))
    always = [f"{added:,} added", f"{actions.count('update'):,} changed", f"{destroyed:,} destroyed"]
    rarer = {"imported": "import", "moved": "move", "forgotten": "forget"}
    counts = {word: actions.count(action) for word, action in rarer.items()}
    return ", ".join([*always, *(f"{number:,} {word}" for word, number in counts.items() if number)])


def _unfinished(result: Data, terminal: Terminal) -> Iterator[str]:
    """Three honest lists."""
    for name, title in (("done", "Done"), ("failed", "Failed"), ("not_reached", "Not reached")):
        changes = result[name]
        if changes:
            yield terminal.paint(f"{title}: {counted(len(changes), 'change')}", "bold")
        for change in changes[:_LISTED_UP_TO]:
            yield f"{SYMBOLS[change['action']]:>5} {neutralise(change['address'])}"
        if len(changes) > _LISTED_UP_TO:
            yield f"      ... and {len(changes) - _LISTED_UP_TO:,} more"
        if changes:
            yield ""
