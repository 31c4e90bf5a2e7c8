"""A plan as markdown for a comment on a pull request: the numbers and the deletes in sight, details folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.plan_text import is_effective, matches, plan_text, summary_line, symbol_of
from declarative_mail.rendering.probe_text import verdict_of
from declarative_mail.rendering.terminal import PIPED
from declarative_mail.rendering.text import counted, neutralise

Data = Mapping[str, Any]

LIMIT = 65_000
"""GitHub refuses a comment of more than 65,535 characters."""


def plan_markdown(plan: Data, *, limit: int = LIMIT) -> str:
    """The comment, never longer than `limit` characters: what does not fit is counted, deletes are the last to go.

    Args:
        plan: the JSON form of a plan (``docs/json.md``).
        limit: the longest text that the place takes.
    """
    effective = [change for change in plan["changes"] if is_effective(change)]
    head = [f"### {summary_line(plan['summary'])}", f"`{plan['digest']}`", *_remarks(plan)]
    if not effective:
        return "\n\n".join([*head, f"No changes. {matches(plan)}"]) + "\n"
    details = _folded("Details", plan_text(plan, terminal=PIPED, verbose=True))
    room = limit - len("\n\n".join(head)) - 4
    listed = _addresses(effective, room)
    whole = [*head, listed, details]
    fits = len("\n\n".join(whole)) < limit
    return "\n\n".join(whole if fits else [*head, listed]) + "\n"


def _remarks(plan: Data) -> Iterator[str]:
    """What must be read before the changes: brakes, and servers that did not pass."""
    for brake in plan["brakes"]:
        yield f"> **Held:** {neutralise(brake['message'])} Apply goes on only with `{brake['flag']}`."
    failed = [test["address"] for test in plan["connection_tests"] if verdict_of(test) == "fail"]
    if failed:
        names = ", ".join(f"`{neutralise(address)}`" for address in failed)
        yield f"> **Connection test failed:** {names}"


def _addresses(changes: Sequence[Data], room: int) -> str:
    """One line for each address in a ``diff`` block, which colours removals and additions."""
    lines = [_line(change) for change in changes]
    kept: list[str] = []
    left = room - len("```diff\n\n... and 1,000,000 more changes\n```\n")
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            kept.append(f"... and {counted(len(lines) - len(kept), 'more change')}")
            break
        kept.append(line)
    return "\n".join(["```diff", *kept, "```"])


def _line(change: Data) -> str:
    symbol = symbol_of(change)
    colour = {"-/+": "-", "~": "!", "<~": "!"}.get(symbol, symbol)  # what a diff block colours: red, orange
    word = f" ({change['action']})" if colour != symbol or symbol not in "+-" else ""
    return f"{colour} {neutralise(change['address'])}{word}"


def _folded(title: str, text: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"<details><summary>{title}</summary>\n\n{fence}\n{text}{fence}\n\n</details>"
