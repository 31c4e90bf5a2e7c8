"""Bytes to snapshot and back: the only place that knows how a state is written down, and how older ones were.

bytes ── read (version 1, one pass) ──────────────────────────────► Snapshot
  └───── on a fault: parse ─ upgrade step by step ─ which faults? ──► Snapshot, or diagnostics
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeAlias

import msgspec
from msgspec import DecodeError, Raw

from declarative_mail import collector
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.language.limits import MAX_DEPTH
from declarative_mail.records import replace
from declarative_mail.state.faults import Fault, Path, find_faults
from declarative_mail.state.json_text import json_text, json_texts
from declarative_mail.state.snapshot import VERSION, ResourceRecord, Snapshot

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

UPGRADES: Mapping[int, Upgrade] = {}
"""For each version that is no longer written: how a document of it becomes one of the next version."""

_SHOWN_FAULTS = 10
_UNREADABLE = (DecodeError, UnicodeDecodeError, RecursionError)


@collector.paused()
def write_snapshot(snapshot: Snapshot) -> bytes:
    """The bytes of a state: JSON in UTF-8, two spaces a level, so that a diff of two states reads well.

    Raises:
        TypeError, ValueError: it holds what JSON does not know, such as a `Secret`, or what could not be read again.
    """
    parts = msgspec.json.decode(json_text(replace(snapshot, resources=())), type=dict[str, Raw])
    if snapshot.resources:
        objects = b",".join(json_texts(ResourceRecord, snapshot.resources))
        parts["resources"] = Raw(b"[%b]" % objects)
    in_order = {name: parts[name] for name in Snapshot.__struct_fields__ if name in parts}
    return msgspec.json.format(msgspec.json.encode(in_order), indent=2) + b"\n"


@collector.paused()
def read_snapshot(data: bytes, *, name: str, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Snapshot:
    """Read a state of any version that was ever written.

    Args:
        data: the plain bytes; an encrypted state is opened first.
        name: what a person calls the state: its path or URL.
        upgrades: the steps from older versions.

    Raises:
        DiagnosticError: truncated, not JSON, of a newer version, not a state, unknown fields, invalid values, an
            object twice. The text is never shown: what is not a state may be anything, a file of passwords too.
    """
    try:
        snapshot = msgspec.json.decode(data, type=Snapshot)
    except _UNREADABLE:
        snapshot = _read_with_care(data, name, upgrades)
    _check_depth(snapshot, name)
    _check_unique(snapshot, name)
    return snapshot


def _read_with_care(data: bytes, name: str, upgrades: Mapping[int, Upgrade]) -> Snapshot:
    document = _parsed(data, name)
    _check_version(document, name)
    for version in range(document["version"], VERSION):
        document = upgrades[version](document)
    faults = [_diagnostic(fault, name) for fault in islice(find_faults(document, Snapshot), _SHOWN_FAULTS)]
    if faults:
        raise DiagnosticError(faults)
    return msgspec.convert(document, Snapshot)


def _parsed(data: bytes, name: str) -> Any:
    try:
        data.decode()  # msgspec counts from the start of the text that is no UTF-8, not of the document
        return msgspec.json.decode(data)
    except _UNREADABLE as error:
        raise DiagnosticError(_not_json(data, name, error)) from None


def _not_json(data: bytes, name: str, error: Exception) -> Diagnostic:
    reason, index = _syntax_fault(error, len(data))
    place = "" if index is None else f" at {_line_and_column(data, index)}"
    if index == len(data):
        return Diagnostic(
            codes.TRUNCATED,
            f"{name} ends before its JSON does, so objects that exist may be missing from it. Nothing was changed. Put "
            "the last complete copy in its place: the backup beside a local state file, or an older version that the "
            "store keeps.",
            cause=f"the text ends{place}",
        )
    return _unreadable(name, f"{reason}{place}")


def _unreadable(name: str, cause: str) -> Diagnostic:
    return Diagnostic(
        codes.NOT_JSON,
        f"{name} cannot be read as JSON. Nothing was changed. Put the backup in its place, or name another file if "
        "this one is no state at all.",
        cause=cause,
    )


def _syntax_fault(error: Exception, end: int) -> tuple[str, int | None]:
    """What is wrong and at which byte, where that is known; at the end, the text stops too early."""
    if isinstance(error, UnicodeDecodeError):
        return "bytes that are no UTF-8", end if error.reason == "unexpected end of data" else error.start
    if isinstance(error, RecursionError):
        return "lists or objects are nested too deeply", None
    found = re.fullmatch(r"(?:JSON is malformed: )?([^(]*?)(?: \(byte (\d+)\))?(?: - at .*)?", str(error))
    reason, place = found.groups() if found else (str(error), None)
    if reason == "Input data was truncated":
        return reason, end
    index = int(place) if place else None
    # Of what follows the document, msgspec names the second byte.
    return reason, index - 1 if index is not None and reason == "trailing characters" else index


def _line_and_column(data: bytes, index: int) -> str:
    line, column = data.count(b"\n", 0, index) + 1, index - data.rfind(b"\n", 0, index)
    return f"line {line} column {column}"


def _check_version(document: object, name: str) -> None:
    fields = document if isinstance(document, dict) else {}
    version = fields.get("version")
    if "terraform_version" in fields:
        detail = f"{name} is a state of Terraform. The two cannot share one. Give dmail a path or key of its own."
        raise DiagnosticError(Diagnostic(codes.NOT_A_STATE, detail))
    if type(version) is not int or version < 1 or "lineage" not in fields:
        raise DiagnosticError(
            Diagnostic(
                codes.NOT_A_STATE,
                f"{name} is JSON, but not a state: it has no version and lineage. Name the state file itself; a saved "
                "plan is read with `dmail show`.",
            )
        )
    if version > VERSION:
        raise DiagnosticError(
            Diagnostic(
                codes.TOO_NEW,
                f"{name} has format version {version}, and this dmail reads up to version {VERSION}. Reading on would "
                "lose what the newer version added. Use a newer dmail.",
            )
        )


def _diagnostic(fault: Fault, name: str) -> Diagnostic:
    if fault.known:
        return Diagnostic(
            codes.UNKNOWN_FIELD,
            f"{name} holds {_where(fault.path)}, which this dmail does not know and would lose with the next write. "
            "Remove the field if it was added by hand, or use the dmail that wrote it.",
            help=suggestion(str(fault.path[-1]), fault.known),
        )
    return Diagnostic(
        codes.INVALID_FIELD,
        f"{name} does not hold what belongs at {_where(fault.path)}. Nothing was changed. Put the backup in its place, "
        "or mend the field; schemas/state.schema.json describes it.",
        cause=fault.reason,
    )


def _where(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _check_depth(snapshot: Snapshot, name: str) -> None:
    """No value may be deeper than the language makes one; some versions of Python let msgspec read those that are."""
    parts: list[Any] = [{name: one.value for name, one in snapshot.outputs.items()}]
    for record in (*snapshot.resources, *[one.record for one in snapshot.pending if one.record is not None]):
        parts += (record.attributes, record.private)
    if any(_is_deep(part, MAX_DEPTH) for part in parts):
        raise DiagnosticError(_unreadable(name, "lists or objects are nested too deeply"))


def _is_deep(value: Any, left: int) -> bool:
    for item in value.values() if type(value) is dict else value:
        kind = type(item)
        if (kind is dict or kind is list) and (not left or _is_deep(item, left - 1)):
            return True
    return False


def _check_unique(snapshot: Snapshot, name: str) -> None:
    addresses = [record.address for record in snapshot.resources if record.deposed is None]
    if len(snapshot.by_address) == len(addresses):
        return
    count = Counter(addresses)
    raise DiagnosticError(
        Diagnostic(
            codes.DUPLICATE_OBJECT,
            f"{name} holds {address} {times} times, so it is not known which object the address means. Remove all but "
            "one of them; the backup shows which was there first.",
            address=address,
        )
        for address, times in sorted(count.items())
        if times > 1
    )
