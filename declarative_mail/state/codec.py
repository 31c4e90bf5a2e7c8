"""Bytes to snapshot and back: the only place that knows how a state is written down, and how older ones were.

bytes ── validate (version 1, one pass) ──────────────────────────► Snapshot
  └───── on a fault: parse ─ which fault? ─ upgrade step by step ──► Snapshot, or diagnostics
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.snapshot import VERSION, Record, Snapshot

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

UPGRADES: Mapping[int, Upgrade] = {}
"""For each version that is no longer written: how a document of it becomes one of the next version."""

_SHOWN_FAULTS = 10


def write_snapshot(snapshot: Snapshot) -> bytes:
    """The bytes of a state: JSON in UTF-8, two spaces a level, so that a diff of two states reads well."""
    return snapshot.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"


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
        with _collector_paused():
            snapshot = Snapshot.model_validate_json(data, strict=True)
    except ValidationError as error:
        snapshot = _read_with_care(data, name, upgrades, error)
    _check_unique(snapshot, name)
    return snapshot


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A state is one big tree without cycles; collecting while it grows costs half as much again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read_with_care(data: bytes, name: str, upgrades: Mapping[int, Upgrade], error: ValidationError) -> Snapshot:
    try:
        document = from_json(data)
    except ValueError as fault:
        raise DiagnosticError(_not_json(name, str(fault))) from None
    _check_version(document, name)
    if document["version"] == VERSION:
        raise DiagnosticError(_faults(error, name)) from None
    for version in range(document["version"], VERSION):
        document = upgrades[version](document)
    try:
        return Snapshot.model_validate_json(to_json(document), strict=True)
    except ValidationError as fault:
        raise DiagnosticError(_faults(fault, name)) from None


def _not_json(name: str, reason: str) -> Diagnostic:
    if reason.startswith("EOF"):
        return Diagnostic(
            codes.TRUNCATED,
            f"{name} ends before its JSON does, so objects that exist may be missing from it. Nothing was changed. Put "
            "the last complete copy in its place: the backup beside a local state file, or an older version that the "
            "store keeps.",
            cause=reason,
        )
    return Diagnostic(
        codes.NOT_JSON,
        f"{name} cannot be read as JSON. Nothing was changed. Put the backup in its place, or name another file if "
        "this one is no state at all.",
        cause=reason,
    )


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


def _faults(error: ValidationError, name: str) -> Iterator[Diagnostic]:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    for fault in faults[:_SHOWN_FAULTS]:
        yield _unknown_field(fault, name) if fault["type"] == "extra_forbidden" else _invalid_field(fault, name)


def _unknown_field(fault: ErrorDetails, name: str) -> Diagnostic:
    return Diagnostic(
        codes.UNKNOWN_FIELD,
        f"{name} holds {_where(fault)}, which this dmail does not know and would lose with the next write. Remove the "
        "field if it was added by hand, or use the dmail that wrote it.",
        help=suggestion(str(fault["loc"][-1]), _known_fields()),
    )


def _invalid_field(fault: ErrorDetails, name: str) -> Diagnostic:
    return Diagnostic(
        codes.INVALID_FIELD,
        f"{name} does not hold what belongs at {_where(fault)}. Nothing was changed. Put the backup in its place, or "
        "mend the field; schemas/state.schema.json describes it.",
        cause=fault["msg"],
    )


def _where(fault: ErrorDetails) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"]).lstrip(".")


def _known_fields() -> set[str]:
    """The fields of every record: which one it is does not show in the place of the fault."""
    return {field for record in Record.__subclasses__() for field in record.model_fields}


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
