"""The journal of a run: what it is about to do, before it does it, and what became of it.

::

    intents ──▶ calls ──▶ outcomes ──▶ … ──▶ state written, journal cleared
       └── killed anywhere ──▶ the next run: fold outcomes into the state, ask the remote about the rest

Intents are on disk before the first of their calls is sent. Outcomes may be lost: then the remote is asked.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from declarative_mail.addresses import parse_address
from declarative_mail.applying.records import describe, with_secret_times
from declarative_mail.applying.run import Call, Ended
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.planning.change import Action
from declarative_mail.state.encryption import Envelope, is_sealed
from declarative_mail.state.snapshot import Intent, Outcome, Place, ResourceRecord, Snapshot
from declarative_mail.state.stores.local import NO_SPACE

FORMAT = 1
"""Of a journal file. One of another version is refused: it stays until the program that wrote it settles it."""


class Journaled(Struct, frozen=True):
    """What a journal says: the state that it belongs to, and its intents with what is known of their outcome."""

    lineage: str
    intents: tuple[Intent, ...]


def intent_of(call: Call, at: str) -> Intent:
    """What is noted of a call before it is made.

    Args:
        call: the call.
        at: the time, RFC 3339 in UTC.
    """
    operation, record = call.operation, None
    if operation.after is not None and call.change.wanted is not None:
        record = describe(call.change.wanted, id_=operation.id or "", attributes=dict(operation.after))
    return Intent(
        id=token_hex(8),
        address=str(operation.address),
        verb=operation.verb,
        remote=call.remote,
        object_id=operation.id,
        deposed=token_hex(4) if _leaves_another(call) else None,
        document_key=call.document,
        record=record,
        at=at,
    )


def _leaves_another(call: Call) -> bool:
    """Whether a create is half of a replacement: until the other half is done, the old object stands beside it."""
    change = call.change
    if call.operation.verb != "create" or change.action is not Action.REPLACE or change.record is None:
        return False
    return change.record.remote != "local"


def outcome_of(ended: Ended, at: str) -> Outcome | None:
    """What is noted of a call after it was made; None where nobody knows whether the remote did it."""
    fault = ended.written.fault
    if fault is None or ended.record is not None:
        return Outcome(status="done", at=at, record=ended.record)
    return None if ended.written.in_doubt else Outcome(status="failed", at=at, error=fault.code.id)


def fold(snapshot: Snapshot, intents: Iterable[Intent]) -> Snapshot:
    """The state with every known outcome in it, and the intents whose outcome is open as its ``pending``.

    Folding the same intents twice gives the same state.
    """
    folding, still_open = _Folding(snapshot), []
    for intent in intents:
        outcome = intent.outcome
        if outcome is None:
            still_open.append(intent)
        elif outcome.status == "done" and outcome.record is not None:
            folding.put(outcome.record, outcome.at, leaves=intent.deposed)
        elif outcome.status == "done":
            folding.delete((intent.remote, parse_address(intent.address).type, intent.object_id or ""))
    return snapshot.with_resources([*folding.records.values(), *folding.deposed.values()]).model_copy(
        update={"pending": tuple(still_open)}
    )


class _Folding:
    """A state while outcomes are put into it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.records = dict(snapshot.by_address)
        self.deposed = {record.place: record for record in snapshot.deposed}
        self._addresses = {record.place: address for address, record in self.records.items()}

    def put(self, made: ResourceRecord, at: str, *, leaves: str | None) -> None:
        """An object was created or updated; `leaves` marks the one that it replaces and that still stands."""
        former = self._addresses.get(made.place)
        if former is not None and former != made.address:
            self.records.pop(former, None)
        # Where systems let us choose ids, one that is used again names the new object.
        self.deposed.pop(made.place, None)
        replaced = self.records.get(made.address)
        if replaced is not None and replaced.place != made.place:
            self._addresses.pop(replaced.place, None)
            if leaves is not None:
                self.deposed[replaced.place] = replaced.model_copy(update={"deposed": leaves})
        self.records[made.address] = with_secret_times(made, replaced, at)
        self._addresses[made.place] = made.address

    def delete(self, place: Place) -> None:
        """An object was deleted, whatever it is called here."""
        self.deposed.pop(place, None)
        address = self._addresses.pop(place, None)
        if address is not None:
            self.records.pop(address, None)


def recover(snapshot: Snapshot | None, left: Journaled, *, tool_version: str) -> Snapshot:
    """The state with what a journal says of it.

    Args:
        snapshot: as it was written last; None where the run was killed before that.
        left: the journal.
        tool_version: of this program.

    Raises:
        DiagnosticError: the journal belongs to another state.
    """
    if snapshot is None:
        snapshot = Snapshot.empty(lineage=left.lineage, tool_version=tool_version)
    if snapshot.lineage != left.lineage:
        detail = (
            f"The journal beside the state is of the lineage {left.lineage}, and the state of {snapshot.lineage}: it "
            "says what a run did to other objects. Put its state back, or remove the journal."
        )
        raise DiagnosticError(Diagnostic(codes.OTHER_LINEAGE, detail))
    return fold(snapshot, [*snapshot.pending, *left.intents])


class FileJournal:
    """A journal beside a local state file: one JSON document a line, sealed where the state is."""

    def __init__(self, path: Path, envelope: Envelope) -> None:
        """Nothing is opened or made yet."""
        self._path = path
        self._envelope = envelope
        self._descriptor: int | None = None

    def read(self) -> Journaled | None:
        """What the last run left; None where it left nothing.

        Raises:
            DiagnosticError: it cannot be read.
        """
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        except OSError:
            raise self._unreadable() from None
        # A line without its end was being written when the run was killed: its calls were never sent.
        whole = [self._bytes(line) for line in lines[:-1]]
        if len({is_sealed(line) for line in whole}) > 1:
            # One run writes all of it in one way: what stands in clear among sealed lines is not of that run.
            raise self._unreadable()
        found = [self._document(line) for line in whole]
        if not found:
            return None
        try:
            return _joined(found)
        except (AttributeError, KeyError, TypeError, ValidationError):
            raise self._unreadable() from None

    def _bytes(self, line: bytes) -> bytes:
        try:
            return line if line.startswith(b"{") else b64decode(line, validate=True)
        except (ValueError, Base64Error):
            raise self._unreadable() from None

    def _document(self, line: bytes) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(self._envelope.open(line, name=self._path.name).data)
        except ValueError:
            raise self._unreadable() from None
        return document

    def _unreadable(self) -> DiagnosticError:
        detail = (
            f"{self._path} says what an interrupted run did, and cannot be read. If it is of a newer dmail, let that "
            "one run. Removing it means to look for objects that the run made by hand."
        )
        return DiagnosticError(Diagnostic(codes.UNREADABLE, detail))

    def begin(self, lineage: str) -> None:
        """Start anew for a state.

        Raises:
            DiagnosticError: it cannot be written. So do `note` and `settle`.
        """
        self.clear()
        with self._mapped_errors():
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
            self._append({"version": FORMAT, "lineage": lineage})
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def note(self, intents: Sequence[Intent]) -> None:
        """Put intents on disk; returns when they are there."""
        with self._mapped_errors():
            self._append({"intents": [one.model_dump(mode="json", exclude_defaults=True) for one in intents]})
            if self._descriptor is not None:
                os.fsync(self._descriptor)

    def settle(self, outcomes: Sequence[tuple[str, Outcome]]) -> None:
        """Note outcomes, by the id of their intent."""
        noted = {id_: one.model_dump(mode="json", exclude_defaults=True) for id_, one in outcomes}
        with self._mapped_errors():
            self._append({"outcomes": noted})

    def _append(self, document: dict[str, Any]) -> None:
        data = self._envelope.seal(json.dumps(document, separators=(",", ":")).encode())
        line = data if data.startswith(b'{"') and b"\n" not in data else b64encode(data)
        if self._descriptor is None:
            return
        whole, view = os.fstat(self._descriptor).st_size, memoryview(line + b"\n")
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, whole)  # half a line would spoil the next one
            raise

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            code = codes.DISK_FULL if error.errno in NO_SPACE else codes.UNWRITABLE
            remedy = "Make room" if code == codes.DISK_FULL else "Look at the folder"
            detail = (
                f"{self._path} cannot be written. It says what a run is about to do, and without it nothing may be "
                f"done. What was done so far stands in it: the next run takes it up. {remedy}, then run again."
            )
            raise DiagnosticError(Diagnostic(code, detail, cause=error.strerror)) from None

    def clear(self) -> None:
        """The state has it all.

        Raises:
            DiagnosticError: it cannot be removed.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        with self._mapped_errors():
            self._path.unlink(missing_ok=True)


def _joined(lines: Sequence[dict[str, Any]]) -> Journaled:
    head, intents = lines[0], dict[str, Intent]()
    if head["version"] != FORMAT:
        raise KeyError("version")
    for line in lines[1:]:
        if line.keys() == {"intents"}:
            found = [Intent.model_validate_json(json.dumps(one), strict=True) for one in line["intents"]]
            intents.update({one.id: one for one in found})
            continue
        for id_, outcome in line["outcomes"].items():
            update = {"outcome": Outcome.model_validate_json(json.dumps(outcome), strict=True)}
            intents[id_] = intents[id_].model_copy(update=update)
    return Journaled(head["lineage"], tuple(intents.values()))
