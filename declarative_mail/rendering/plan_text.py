"""A plan as text: deletes first, one line for each address, what changes in it below, the numbers at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.attribute_diff import DiffLine, Shape, body_diff, new_body
from declarative_mail.rendering.probe_text import one_line
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import hang, neutralise
from declarative_mail.rendering.values import HIDDEN, INDENT, inline, is_empty, leaf_text, value_lines

Data = Mapping[str, Any]

DETAILS_UP_TO = 20
"""With more changes than this the details are left out unless asked for: nobody finds the deletes among them."""

TEXT_LINES = 3
"""Of a certificate or a message body that is new, so many lines tell which one it is."""

SYMBOLS = {
    "delete": "-",
    "replace": "-/+",
    "update": "~",
    "create": "+",
    "import": "&",
    "move": ">",
    "forget": ".",
    "refresh": "<~",
    "read": "<=",
    "no-op": " ",
}
_STYLES = {
    "-": "red",
    "-/+": "magenta",
    "~": "yellow",
    "+": "green",
    "<=": "cyan",
    "&": "cyan",
    ">": "cyan",
    ".": "dim",
    "<~": "cyan",
}

REASONS = {
    "delete_because_no_resource_config": "its block is gone from the configuration",
    "delete_because_wrong_instance_key": "its key is gone from count or for_each",
    "delete_because_no_module": "its module call is gone from the configuration",
    "delete_because_destroy_requested": "destroy was asked for",
    "delete_because_removed_block": "a removed block says so",
    "create_because_missing_in_remote": "it was deleted outside of dmail",
    "replace_because_cannot_update": "the marked attribute cannot be changed in place",
    "replace_because_remote_changed": "it moves to another remote",
    "replace_because_requested": "--replace was given",
    "replace_because_triggered": "replace_triggered_by changed",
    "replace_because_tainted": "its last change failed half-way",
    "refresh_because_changed_in_remote": "it was changed outside of dmail",
    "forget_because_missing_in_remote": "it was deleted outside of dmail",
    "read_because_config_unknown": "it depends on a value known after apply",
    "read_because_dependency_pending": "something in its depends_on changes",
    "expanded_dependency_changed": "something that it contains changed",
    "update_because_secret_write_requested": "--write-secrets was given",
    "update_because_secret_version_changed": "its secret is written again, since its version changed",
}


def plan_text(plan: Data, *, terminal: Terminal, verbose: bool = False) -> str:
    """The whole text of a plan.

    Args:
        plan: the JSON form of a plan (``docs/json.md``).
        terminal: width and colour.
        verbose: all details, and also the objects that do not change.
    """
    effective = [change for change in plan["changes"] if is_effective(change)]
    details = verbose or len(effective) <= DETAILS_UP_TO
    shown = plan["changes"] if verbose else effective
    paragraphs = [
        "\n".join(_legend(shown, terminal)),
        "\n".join(_changes(shown, details=details, verbose=verbose, terminal=terminal)),
        "\n".join(_outputs(plan["outputs"], terminal)),
        "\n".join(_tests(plan["connection_tests"], terminal)),
        "\n".join(_brakes(plan["brakes"], terminal)),
        "\n".join(_closing(plan, effective, details=details, terminal=terminal)),
    ]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def is_effective(change: Data) -> bool:
    """Whether applying the change does anything."""
    return bool(change["action"] != "no-op" or change.get("importing") or change.get("previous_address"))


def symbol_of(change: Data) -> str:
    """The sign of what happens; something that only moves has that of a move."""
    action = change["action"]
    if action == "no-op":
        return SYMBOLS["import" if change.get("importing") else "move" if change.get("previous_address") else "no-op"]
    return SYMBOLS[action]


def _legend(changes: Sequence[Data], terminal: Terminal) -> list[str]:
    """The meaning of the symbols that occur, in the order in which they occur."""
    found = set(map(symbol_of, changes))
    used = {symbol: name for name, symbol in SYMBOLS.items() if symbol.strip() in found}
    named = [f"{symbol} {name}" for symbol, name in used.items()]
    per_line = max((terminal.width - len("Symbols: ")) // 14, 1)
    rows = [named[start : start + per_line] for start in range(0, len(named), per_line)]
    return [
        ("Symbols: " if not number else " " * 9) + "".join(f"{one:<14}" for one in row).rstrip()
        for number, row in enumerate(rows)
    ]


def _painted(symbol: str, terminal: Terminal, width: int = 0) -> str:
    padding = " " * max(width - len(symbol), 0)
    return padding + terminal.paint(symbol, _STYLES.get(symbol, "dim"))


def _changes(changes: Sequence[Data], *, details: bool, verbose: bool, terminal: Terminal) -> Iterator[str]:
    previous_had_details = False
    for number, change in enumerate(changes):
        below = list(_details(change, terminal, verbose=verbose)) if details else []
        if number and (below or previous_had_details):
            yield ""
        yield from _title(change, terminal)
        yield from below
        previous_had_details = bool(below)


def _title(change: Data, terminal: Terminal) -> Iterator[str]:
    address, remarks = neutralise(change["address"]), neutralise("; ".join(_remarks(change)))
    line = f"{_painted(symbol_of(change), terminal, 3)} {terminal.paint(address, 'bold')}"
    if remarks and len(INDENT) + len(address) + len(remarks) + 3 <= terminal.width:
        yield f"{line} ({remarks})"
        return
    yield line
    yield from hang(INDENT * 2, f"({remarks})", terminal.width) if remarks else ()


def _remarks(change: Data) -> Iterator[str]:
    if change.get("previous_address"):
        yield f"moved from {change['previous_address']}"
    if change.get("importing"):
        yield f"imported as {inline(change['importing'])}"
    if change.get("reason"):
        yield REASONS.get(change["reason"], change["reason"].replace("_", " "))
    if change.get("remote") not in {None, "local"}:
        yield f"on {change['remote']}"


def _details(change: Data, terminal: Terminal, *, verbose: bool) -> Iterator[str]:
    before, after = change["before"], change["after"]
    shape = Shape(
        frozenset(change.get("sets", ())),
        tuple(change.get("replace_paths", ())),
        room=terminal.width - 3 * len(INDENT),
        text_lines=None if verbose else TEXT_LINES,
    )
    match change["action"]:
        case "create" | "read":
            lines = new_body(after or {}, shape)
        case "delete":
            lines = new_body(before or {}, shape, "-")
        case "update" | "replace" | "refresh":
            lines = body_diff(before or {}, after or {}, shape)
        case _:
            return
    yield from (diff_line(line, terminal) for line in lines)


def diff_line(line: DiffLine, terminal: Terminal, *, base: int = 1) -> str:
    """A line of a difference with its symbol, indented below an address."""
    symbol = terminal.paint(line.symbol, _STYLES[line.symbol]) if line.symbol != " " else " "
    return f"{INDENT * (base + line.depth)}  {symbol} {line.text}".rstrip()


def _outputs(outputs: Data, terminal: Terminal) -> Iterator[str]:
    changed = {name: output for name, output in outputs.items() if output["action"] != "no-op"}
    if changed:
        yield terminal.paint("Changes to outputs:", "bold")
    width = max(map(len, changed), default=0)
    for name, output in changed.items():
        symbol = {"create": "+", "delete": "-"}.get(output["action"], "~")
        label = f"{neutralise(name):<{width}} ="
        values = [output[when] for when in ("before", "after") if not is_empty(output[when])]
        words = _output_words(values, sensitive=output["sensitive"])
        first, *rest = words if isinstance(words, list) else [words]
        yield f"{_painted(symbol, terminal, 3)} {label} {first}"
        yield from (f"    {line}" for line in rest)


def _output_words(values: Sequence[Any], *, sensitive: bool) -> str | list[str]:
    if sensitive:
        return HIDDEN
    if len(values) == 1 and leaf_text(values[0]) is None:
        return value_lines(values[0])
    return " -> ".join(map(inline, values)) or "null"


def _tests(tests: Sequence[Data], terminal: Terminal) -> Iterator[str]:
    if tests:
        yield terminal.paint("Connection tests:", "bold")
    for test in tests:
        yield f"  {one_line(test, terminal)}"


def _brakes(brakes: Sequence[Data], terminal: Terminal) -> Iterator[str]:
    for brake in brakes:
        first, *rest = hang("Held: ", neutralise(brake["message"]), terminal.width)
        yield terminal.paint("Held:", "warning") + first.removeprefix("Held:")
        yield from rest
        yield f"      apply goes on only with {brake['flag']}"


def _closing(plan: Data, effective: Sequence[Data], *, details: bool, terminal: Terminal) -> Iterator[str]:
    if not effective and not any(output["action"] != "no-op" for output in plan["outputs"].values()):
        yield terminal.paint("No changes.", "green") + f" {matches(plan)}"
        return
    if not details:
        yield f"Details are left out for more than {DETAILS_UP_TO} changes: --verbose shows them."
    yield terminal.paint(summary_line(plan["summary"]), "bold")
    if plan["mode"] == "refresh-only":
        yield "Applying it changes the state alone; nothing is written to a remote."
    yield f"Digest: {plan['digest']}"


def matches(plan: Data) -> str:
    """What an empty plan says of what exists."""
    other = "the configuration" if plan["mode"] != "refresh-only" else "what the state says"
    return f"What exists matches {other}."


def summary_line(summary: Data) -> str:
    """``Plan: 3 to add, 1 to change, 0 to destroy.`` with what is rarer behind, where it occurs."""
    always = [f"{summary[name]:,} to {name}" for name in ("add", "change", "destroy")]
    rarer = [f"{summary[name]:,} to {name}" for name in ("import", "move", "forget", "refresh") if summary.get(name)]
    return f"Plan: {', '.join([*always, *rarer])}."
