"""What a state holds, as text: objects in HCL's notation, outputs, and the last verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from declarative_mail.rendering.probe_text import one_line
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, neutralise
from declarative_mail.rendering.values import HIDDEN, INDENT, body_lines, quoted, value_lines

Data = Mapping[str, Any]


def state_text(state: Data, *, terminal: Terminal) -> str:
    """A whole state (``dmail show``).

    Args:
        state: the JSON form of a state (``schemas/state.schema.json``), each resource with its ``address``.
        terminal: width and colour.
    """
    paragraphs = [object_text(record, terminal=terminal).rstrip("\n") for record in state["resources"]]
    outputs = outputs_text(state.get("outputs", {})).rstrip("\n")
    checks = "\n".join(_checks(state.get("check_results", ()), terminal))
    shown = [*paragraphs, f"Outputs:\n\n{outputs}" if outputs else "", checks]
    return "\n\n".join(part for part in shown if part) + "\n" if any(shown) else "The state is empty.\n"


def object_text(record: Data, *, terminal: Terminal) -> str:
    """One object (``dmail state show ADDRESS``): its address as a comment, then what a block of it would say."""
    data = "data " if record.get("mode") == "data" else ""
    remote = record.get("remote", "local")
    remarks = [f"on {remote}" if remote != "local" else "", (record.get("status") or "").replace("_", " ")]
    said = ", ".join(one for one in remarks if one)
    title = f"# {record['address']}{f' ({said})' if said else ''}"
    attributes = {"id": record["id"], **{name: v for name, v in record["attributes"].items() if name != "id"}}
    lines = [
        terminal.paint(neutralise(title), "bold"),
        f"{data}{record['type']} {quoted(record['name'])} {{",
        *body_lines(attributes, INDENT),
        "}",
    ]
    return "\n".join(lines) + "\n"


def outputs_text(outputs: Mapping[str, Data]) -> str:
    """Output values (``dmail output``): a sensitive one is named and not shown."""
    lines = [line for name, output in outputs.items() for line in _output(name, output)]
    return "".join(f"{line}\n" for line in lines)


def migration_text(moved: Data, *, plain_left: bool) -> str:
    """What became of a state that was moved to another store (``dmail state migrate``).

    Args:
        moved: the JSON form (``docs/json.md``).
        plain_left: it is encrypted in its new store and was not in the old one.
    """
    source, target = neutralise(moved["from"]), neutralise(moved["to"])
    what = f"{counted(moved['resources'], 'object')}, serial {moved['serial']}"
    if not moved["copied"]:
        first = f"{target} holds this state already: {what}."
    elif moved["dry_run"]:
        first = f"{what} would move from {source} to {target}."
    else:
        first = f"Moved {what}, from {source} to {target}; read back and compared."
    if moved["removed"]:
        backup = f"; {neutralise(moved['backup'])} stays" if moved["backup"] else ""
        second = f"{source} {'would be' if moved['dry_run'] else 'was'} removed{backup}."
    else:
        plain = ", not encrypted" if plain_left else ""
        second = f"{source} stays as it is{plain}. To remove it, before anything else is applied, run this again with:"
        second += "\n    --remove-source"
    return f"{first}\n{second}\n"


def _output(name: str, output: Data) -> Iterator[str]:
    first, *rest = [HIDDEN] if output.get("sensitive") else value_lines(output.get("value"))
    yield f"{name} = {first}"
    yield from rest


def _checks(checks: Iterable[Data], terminal: Terminal) -> Iterator[str]:
    """The last connection test of each server: when it was, and until when the certificate is valid."""
    tests = [check for check in checks if check.get("kind", "connection_test") == "connection_test"]
    if tests:
        yield terminal.paint("Connection tests:", "bold")
    for test in tests:
        yield f"  {one_line(test, terminal)}"
        expires = f", certificate valid until {day}" if (day := (test.get("certificate_expires") or "")[:10]) else ""
        yield f"        at {test['at']}{expires}"
