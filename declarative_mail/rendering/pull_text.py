"""What ``dmail pull`` wrote, as text: the numbers, the files, what must be known, and the command that goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, neutralise, width_of, wrap

Data = Mapping[str, Any]


def pull_text(summary: Data, *, terminal: Terminal) -> str:
    """The end of a pull.

    Args:
        summary: its last JSON line (``docs/json.md``).
        terminal: width and colour.
    """
    paragraphs = [_head(summary), "\n".join(_files(summary)), "\n".join(_notes(summary)), _next(summary)]
    lines = wrap("\n\n".join(part for part in paragraphs if part), terminal.width)
    if summary["objects"]:
        lines[-1] = terminal.paint(lines[-1], "bold")
    return "\n".join(lines) + "\n"


def _head(summary: Data) -> str:
    where = f"remote.{summary['remote']} at {neutralise(summary['identity'])}"
    managed, left_out = summary["managed"], summary["left_out"]
    if not summary["objects"] and not managed and not left_out:
        return f"{where} has no objects."
    parts = [f"{counted(summary['objects'], 'object')} written"]
    parts += [f"{managed:,} managed already"] if managed else []
    parts += [f"{left_out:,} left out"] if left_out else []
    return f"{where}: {', '.join(parts)}."


def _files(summary: Data) -> Iterator[str]:
    said = {one["file"]: counted(one["blocks"], "block") for one in summary["files"]}
    said |= dict.fromkeys(summary["removed"], "removed")
    names = {name: neutralise(name) for name in said}
    width = max(map(width_of, names.values()), default=0)
    for name, words in said.items():
        yield f"    {names[name]}{' ' * (width - width_of(names[name]))}  {words}"


def _notes(summary: Data) -> Iterator[str]:
    count = len(summary["secrets"])
    if count == 1:
        yield "A secret cannot be read, so its variable has no value. --keep-secrets leaves it on the remote as it is."
    elif count:
        yield (
            f"{count:,} secrets cannot be read, so their variables have no value. --keep-secrets leaves them on the "
            "remote as they are."
        )
    for name in summary["settings"]:
        yield f"The remote block needs a value for var.{name}:\n    export DMAIL_VAR_{name}=…"


def _next(summary: Data) -> str:
    if not summary["objects"]:
        return ""
    return f"Nothing was changed on the remote. This plan takes the objects over:\n    {neutralise(summary['next'])}"
