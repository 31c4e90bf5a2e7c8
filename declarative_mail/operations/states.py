"""Opens the state of a workspace: finds its store, reads it, locks it, writes it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from msgspec import Struct, field

from declarative_mail import __version__
from declarative_mail.addresses import Address
from declarative_mail.applying.folding import fold, recover
from declarative_mail.applying.journal import FileJournal
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.operations.backend import Backend, backend_of, default_file
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.load import Loaded, load
from declarative_mail.operations.settling import Settled
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.kept import Kept, push_state, read_state, write_state
from declarative_mail.state.lease import Lease
from declarative_mail.state.lock import new_lock_info
from declarative_mail.state.snapshot import Fingerprints, Snapshot
from declarative_mail.state.stores.base import Store
from declarative_mail.state.stores.local import LocalStore

FINGERPRINT_KEY = "DMAIL_FINGERPRINT_KEY"


class OpenState(Struct):
    """The state of a workspace as it was read.

    Args:
        backend: where it is kept and how it is sealed.
        loaded: the configuration, which says where the state is.
        kept: what the store held when it was last read or written.
        lease: the lock, while it is held.
        journal: beside the state, where the store has a disk.
        recovered: what was read, with all that the journal of an interrupted run adds to it.
        unseen: the creates of an interrupted run of which the remotes know nothing, once they were asked.
        diagnostics: warnings found on the way.
        fingerprint: how a saved plan made the fingerprints of secrets; it counts where the state says nothing.
        forgets: nothing of the run is kept, in no state and in no saved plan.
    """

    backend: Backend
    loaded: Loaded
    kept: Kept
    lease: Lease | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    journal: FileJournal | None = None
    recovered: Snapshot | None = None
    fingerprint: Fingerprints | None = None
    forgets: bool = False
    unseen: Collection[Address] = ()

    @property
    def snapshot(self) -> Snapshot | None:
        """What it says; None where there is none yet."""
        return self.recovered or self.kept.snapshot

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.backend.store.name

    def fingerprinter(self, environment: Mapping[str, str]) -> Fingerprinter:
        """What makes the fingerprints of secrets: keyed where a key outside the state exists (semantics 2).

        A run that keeps nothing and has nothing to compare with takes a key that it forgets: scrypt, which makes it
        slow to try passwords on what is kept, would protect nothing and cost more than the rest of a small plan.
        """
        envelope = self.backend.envelope
        named = environment.get(FINGERPRINT_KEY)
        described = (self.snapshot.fingerprint if self.snapshot is not None else None) or self.fingerprint
        key = named.encode() if named else envelope.fingerprint_key
        if self.forgets and described is None:
            key = key or os.urandom(32)
        return Fingerprinter(described, key=key, older=envelope.older_fingerprint_keys)

    def take_up(self, settled: Settled) -> None:
        """Go on from what became of an interrupted run. Nothing is written yet."""
        self.recovered, self.unseen = settled.snapshot, settled.unseen
        self.diagnostics += settled.warnings

    def write(self, snapshot: Snapshot) -> Snapshot:
        """Put this in the place of what was read, under the lock; nothing is written where nothing differs.

        Raises:
            DiagnosticError: it could not be written; the old state is intact.
        """
        store, envelope, lease = self.backend.store, self.backend.envelope, cast("Lease", self.lease)
        self.kept = write_state(store, envelope, self.kept, snapshot=snapshot, lease=lease)
        if self.recovered is not None and self.journal is not None:
            # What it said is in the state now; read again, it would undo what is done to the state from here on.
            self.journal.clear()
        self.recovered = None
        return self.kept.snapshot or snapshot

    def push(self, snapshot: Snapshot, *, force: bool) -> Snapshot:
        """Put a state of the user's in the place of what was read.

        Raises:
            DiagnosticError: it is another or an older one, or could not be written.
        """
        store, envelope, lease = self.backend.store, self.backend.envelope, cast("Lease", self.lease)
        self.kept = push_state(store, envelope, self.kept, snapshot=snapshot, lease=lease, force=force)
        return self.kept.snapshot or snapshot


def load_sound(workspace: Workspace) -> Loaded:
    """Read a configuration that must be free of faults.

    Raises:
        DiagnosticError: it has some; what there is was evaluated all the same, so that the user learns of all of them.
    """
    loaded = load(workspace)
    if has_errors(loaded.diagnostics):
        raise DiagnosticError(evaluate(workspace, loaded, None, asks="nothing").diagnostics)
    return loaded


def open_state(workspace: Workspace) -> OpenState:
    """Read the state that the configuration names, without a lock: a reader sees the last whole write.

    Raises:
        DiagnosticError: the configuration has faults, or the state cannot be read.
    """
    return open_loaded(workspace, load_sound(workspace))


def open_loaded(workspace: Workspace, loaded: Loaded, *, lease: Lease | None = None) -> OpenState:
    """Read the state of a configuration that is loaded already."""
    return _open(workspace, backend_of(workspace, loaded), loaded, lease)


def _open(workspace: Workspace, backend: Backend, loaded: Loaded, lease: Lease | None) -> OpenState:
    kept = read_state(backend.store, backend.envelope)
    warnings = [*backend.diagnostics, *(lease.warnings if lease is not None else ()), *kept.warnings]
    if kept.snapshot is None:
        warnings += _left_behind(workspace, backend.store)
    journal = FileJournal(backend.store.journal, backend.envelope) if backend.store.journal else None
    left = journal.read() if journal is not None else None
    recovered = None
    if left is not None:
        recovered = recover(kept.snapshot, left, tool_version=__version__)
    elif kept.snapshot is not None and kept.snapshot.pending:
        recovered = fold(kept.snapshot, kept.snapshot.pending)
    return OpenState(backend, loaded, kept, lease, warnings, journal, recovered)


def _left_behind(workspace: Workspace, store: Store) -> list[Diagnostic]:
    """That a store on a server is empty while the state of the working directory is still there: it was not moved."""
    left = default_file(workspace)
    if isinstance(store, LocalStore) or not (workspace.directory / left).exists():
        return []
    detail = (
        f"{store.name} holds no state, but there is one at {left}. If that is the state of this configuration, an "
        "apply would create everything once more. Move it first:\n    dmail state migrate --from local"
    )
    return [Diagnostic(codes.LEFT_BEHIND, detail)]


@contextmanager
def locked_state(workspace: Workspace, operation: str, *, timeout: float = 0) -> Iterator[OpenState]:
    """Read the state under its lock, and give the lock back at the end.

    Args:
        workspace: where the configuration is.
        operation: the command, for whoever meets the lock.
        timeout: seconds to wait for a lock that somebody else holds.

    Raises:
        StateLocked: somebody else holds the lock.
        DiagnosticError: the configuration has faults, or the state cannot be read.
    """
    loaded = load_sound(workspace)
    backend = backend_of(workspace, loaded)
    with locked(backend.store, operation, timeout=timeout) as lease:
        yield _open(workspace, backend, loaded, lease)


@contextmanager
def locked(store: Store, operation: str, *, timeout: float) -> Iterator[Lease]:
    """Hold the lock of a store.

    Raises:
        StateLocked: somebody else holds it.
    """
    lease = store.lock(new_lock_info(operation, path=store.name, version=__version__), timeout=timeout)
    try:
        yield lease
    finally:
        lease.release()
