"""Opens the state of a workspace: finds its store, reads it, locks it, writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from declarative_mail import __version__
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors
from declarative_mail.operations.backend import Backend, backend_of
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.load import Loaded, load
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.lease import Lease
from declarative_mail.state.lock import new_lock_info
from declarative_mail.state.snapshot import Snapshot

FINGERPRINT_KEY = "DMAIL_FINGERPRINT_KEY"


@dataclass
class OpenState:
    """The state of a workspace as it was read.

    Args:
        backend: where it is kept and how it is sealed.
        snapshot: what it says; None where there is none yet.
        etag: of the content, for a conditional write; None where there is none yet.
        loaded: the configuration, which says where the state is.
        lease: the lock, while it is held.
        diagnostics: warnings found on the way.
        sealed_otherwise: the content is not sealed as the configuration asks, so that it must be written again.
    """

    backend: Backend
    snapshot: Snapshot | None
    etag: str | None
    loaded: Loaded
    lease: Lease | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    sealed_otherwise: bool = False

    def fingerprinter(self, environment: Mapping[str, str]) -> Fingerprinter:
        """What makes the fingerprints of secrets: keyed where a key outside the state exists (semantics 2)."""
        envelope = self.backend.envelope
        named = environment.get(FINGERPRINT_KEY)
        described = self.snapshot.fingerprint if self.snapshot is not None else None
        key = named.encode() if named else envelope.fingerprint_key
        return Fingerprinter(described, key=key, older=envelope.older_fingerprint_keys)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.backend.store.name

    def write(self, snapshot: Snapshot) -> None:
        """Replace the state, under its lock; refused where somebody else wrote since it was read or the lock is lost.

        Raises:
            DiagnosticError: it could not be written; the old state is intact.
        """
        public = {"version": snapshot.version, "serial": snapshot.serial, "lineage": snapshot.lineage}
        data = self.backend.envelope.seal(write_snapshot(snapshot), public=public)
        self.etag = self.backend.store.write(data, expected=self.etag, lease=cast("Lease", self.lease))
        self.snapshot = snapshot


def open_state(workspace: Workspace) -> OpenState:
    """Read the state that the configuration names, without a lock: a reader sees the last whole write.

    Raises:
        DiagnosticError: the configuration has faults, or the state cannot be read.
    """
    loaded = load(workspace)
    if has_errors(loaded.diagnostics):
        # Evaluate what there is all the same, so that the user learns of every fault in one run.
        raise DiagnosticError(evaluate(workspace, loaded, None, offline=True).diagnostics)
    return read_state(workspace, loaded)


def read_state(workspace: Workspace, loaded: Loaded) -> OpenState:
    """Read the state of a configuration that is loaded already."""
    backend = backend_of(workspace, loaded)
    state = OpenState(backend, None, None, loaded, diagnostics=list(backend.diagnostics))
    _read(state)
    return state


def _read(state: OpenState) -> None:
    stored = state.backend.store.read()
    if stored is None:
        state.snapshot, state.etag = None, None
        return
    data, faults = state.backend.unseal(stored.data)
    state.diagnostics.extend(faults)
    state.sealed_otherwise = bool(faults)
    state.snapshot, state.etag = read_snapshot(data, name=state.name), stored.etag


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
    loaded = load(workspace)
    if has_errors(loaded.diagnostics):
        raise DiagnosticError(evaluate(workspace, loaded, None, offline=True).diagnostics)
    backend = backend_of(workspace, loaded)
    state = OpenState(backend, None, None, loaded, diagnostics=list(backend.diagnostics))
    info = new_lock_info(operation, path=backend.store.name, version=__version__)
    lease = backend.store.lock(info, timeout=timeout)
    try:
        state.lease = lease
        state.diagnostics.extend(lease.warnings)
        _read(state)
        yield state
    finally:
        lease.release()
