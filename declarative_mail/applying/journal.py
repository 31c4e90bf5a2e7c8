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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import DecodeError, Struct, ValidationError

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.encryption import Envelope, is_sealed
from declarative_mail.state.json_text import json_text
from declarative_mail.state.snapshot import Intent, Lineage, Outcome, Record
from declarative_mail.state.stores.local import NO_SPACE

FORMAT = 1
"""Of a journal file. One of another version is refused: it stays until the program that wrote it settles it."""


class Journaled(Struct, frozen=True):
    """What a journal says: the state that it belongs to, and its intents with what is known of their outcome."""

    lineage: str
    intents: tuple[Intent, ...]


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
            document: dict[str, Any] = msgspec.json.decode(self._envelope.open(line, name=self._path.name).data)
        except (DecodeError, UnicodeDecodeError, RecursionError):
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
        """Put intents on disk; returns when they are there.

        Raises:
            TypeError: one holds what JSON does not know, such as a `Secret`. So does `settle`.
        """
        noted = [_values(one) for one in intents]
        with self._mapped_errors():
            self._append({"intents": noted})
            if self._descriptor is not None:
                os.fsync(self._descriptor)

    def settle(self, outcomes: Sequence[tuple[str, Outcome]]) -> None:
        """Note outcomes, by the id of their intent."""
        noted = {id_: _values(one) for id_, one in outcomes}
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
            intents.update({one.id: one for one in msgspec.convert(line["intents"], list[Intent])})
            continue
        for id_, outcome in line["outcomes"].items():
            intents[id_] = replace(intents[id_], outcome=msgspec.convert(outcome, Outcome))
    return Journaled(msgspec.convert(head["lineage"], Lineage), tuple(intents.values()))


def _values(record: Record) -> Any:
    """A record as JSON values, looked at as one in a state is."""
    return msgspec.json.decode(json_text(record))
