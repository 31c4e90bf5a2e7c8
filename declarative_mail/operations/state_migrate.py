"""Moves a state from one store to another.

::

    lock source ─ lock target ─ read both ─ may it be? ─ write ─ read back ─ the same? ─ remove the source, if asked

What is encrypted is copied as it is: its salt is part of the key that made the fingerprints of secrets in it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from declarative_mail.applying.journal import FileJournal
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.operations.backend import backend_of, other_store
from declarative_mail.operations.states import load_sound, locked
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.codec import read_snapshot
from declarative_mail.state.encryption import Envelope, is_sealed
from declarative_mail.state.kept import check_successor, is_same, read_state
from declarative_mail.state.lease import Lease
from declarative_mail.state.snapshot import Snapshot
from declarative_mail.state.stores.base import Store, Stored
from declarative_mail.state.stores.local import LocalStore


class Migration(Struct, frozen=True, kw_only=True):
    """What is to be moved, and how.

    Args:
        kind: of the store that the state is in.
        settings: of that store, as ``KEY=VALUE`` or names of files.
        force: also over a state of another lineage or one that is not older.
        remove_source: remove it where it was.
        write: do it; otherwise only say whether it can be done.
        timeout: seconds to wait for each of the two locks.
    """

    kind: str
    settings: tuple[str, ...] = ()
    force: bool = False
    remove_source: bool = False
    write: bool = True
    timeout: float = 0.0


class Migrated(Struct, frozen=True, kw_only=True):
    """What was moved.

    Args:
        source: what a person calls the store that it was in.
        target: and that which it is in now.
        snapshot: the state.
        copied: whether it had to be written; false where it was there already.
        removed: whether the source was removed.
        backup: what is left of it then: a local store keeps one.
        dry_run: nothing of this was done.
        source_sealed: whether it is encrypted where it was.
        target_sealed: whether it is where it is now.
        diagnostics: warnings.
    """

    source: str
    target: str
    snapshot: Snapshot
    copied: bool
    removed: bool
    backup: str | None
    dry_run: bool
    source_sealed: bool
    target_sealed: bool
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "type": "state_migrate",
            "from": self.source,
            "to": self.target,
            "serial": self.snapshot.serial,
            "lineage": self.snapshot.lineage,
            "resources": len(self.snapshot.resources),
            "copied": self.copied,
            "removed": self.removed,
            "backup": self.backup,
            "dry_run": self.dry_run,
        }


def migrate_state(workspace: Workspace, migration: Migration) -> Migrated:
    """Move a state into the store of the configuration.

    Raises:
        StateLocked: somebody works on one of the two.
        DiagnosticError: there is no state to move; a run on it has not ended; the store of the configuration holds
            another one, or one that is not older; it does not give back what was written.
    """
    target = backend_of(workspace, load_sound(workspace))
    source = other_store(workspace, migration.kind, migration.settings)
    _check_apart(source, target.store)
    _read(source)  # before anything is locked: a lock would leave its traces where no state ever was
    operation = "state migrate"
    with (
        locked(source, operation, timeout=migration.timeout) as left,
        locked(target.store, operation, timeout=migration.timeout) as taken,
    ):
        move = _Move(source, target.store, target.envelope, migration)
        return move.make(left, taken, [*target.diagnostics, *left.warnings, *taken.warnings])


class _Move:
    """One move, with both stores locked."""

    def __init__(self, source: Store, target: Store, envelope: Envelope, migration: Migration) -> None:
        self.source, self.target, self.envelope, self.migration = source, target, envelope, migration

    def make(self, left: Lease, taken: Lease, warnings: list[Diagnostic]) -> Migrated:
        """Do it, or find out whether it can be done.

        Args:
            left: the lock on the source.
            taken: the lock on the target.
            warnings: found so far.
        """
        stored = _read(self.source)
        # The source first: its salt stays that of all keys (`Envelope.open`).
        snapshot = self._decoded(self.source, stored)
        kept = read_state(self.target, self.envelope)
        self._check_ended(self.source, snapshot)
        self._check_ended(self.target, kept.snapshot)
        there = kept.snapshot is not None and is_same(snapshot, kept.snapshot)
        if kept.snapshot is not None and not there and not self.migration.force:
            check_successor(snapshot, kept.snapshot, self.target.name, command="state migrate")
        data = self._sealed(stored, snapshot)
        if self.migration.write:
            if not there:
                self.target.write(data, expected=kept.etag, lease=taken)
            warnings += self._check_copy(snapshot)
            if self.migration.remove_source:
                self.source.delete(expected=stored.etag, lease=left)
        return Migrated(
            source=self.source.name,
            target=self.target.name,
            snapshot=snapshot,
            copied=not there,
            removed=self.migration.remove_source,
            backup=self._backup(),
            dry_run=not self.migration.write,
            source_sealed=is_sealed(stored.data),
            target_sealed=is_sealed(data),
            diagnostics=warnings,
        )

    def _backup(self) -> str | None:
        kept = self.migration.remove_source and isinstance(self.source, LocalStore)
        return f"{self.source.name}.backup" if kept else None

    def _decoded(self, store: Store, stored: Stored) -> Snapshot:
        return read_snapshot(self.envelope.open(stored.data, name=store.name).data, name=store.name)

    def _sealed(self, stored: Stored, snapshot: Snapshot) -> bytes:
        if is_sealed(stored.data):
            return stored.data
        return self.envelope.seal(stored.data, public={"serial": snapshot.serial, "lineage": snapshot.lineage})

    def _check_ended(self, store: Store, snapshot: Snapshot | None) -> None:
        """Refuse where calls of a run are open, or its journal knows more than the state."""
        journal = FileJournal(store.journal, self.envelope).read() if store.journal is not None else None
        if journal is None and not (snapshot is not None and snapshot.pending):
            return
        detail = (
            f"The last run on {store.name} did not end, and what it did is not in the state yet. With a backend block "
            "that names this store, let the next run settle it first:\n    dmail apply --refresh-only"
        )
        raise DiagnosticError(Diagnostic(codes.RUN_NOT_ENDED, detail))

    def _check_copy(self, snapshot: Snapshot) -> list[Diagnostic]:
        """Compare what the target gives back; gives how it is kept there."""
        kept = read_state(self.target, self.envelope)
        if kept.snapshot is not None and is_same(kept.snapshot, snapshot):
            return list(kept.warnings)
        detail = (
            f"{self.target.name} took the state, but gives back another one. {self.source.name} is as it was: go on "
            "with that, and look for what changes the answers of the store, such as a proxy."
        )
        raise DiagnosticError(Diagnostic(codes.NOT_COPIED, detail))


def _read(store: Store) -> Stored:
    stored = store.read()
    if stored is None:
        detail = (
            f"There is no state at {store.name}, so there is nothing to move. Where it is kept now is given as the "
            "backend block had it, e.g.:\n    dmail state migrate --from local --from-config path=dmail.state.json"
        )
        raise DiagnosticError(Diagnostic(codes.NO_SUCH_OBJECT, detail))
    return stored


def _check_apart(source: Store, target: Store) -> None:
    same = source.name == target.name and type(source) is type(target)
    if isinstance(source, LocalStore) and isinstance(target, LocalStore):
        same = source.path == target.path
    if same:
        detail = (
            f"The configuration keeps its state at {target.name} already. Write the backend block of the new store "
            "first, and give with --from and --from-config what it said before."
        )
        raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail))
