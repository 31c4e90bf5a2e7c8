"""A state in its store: read, opened and decoded; encoded, sealed, and written only over what was read."""

from __future__ import annotations

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.encryption import Envelope
from declarative_mail.state.json_text import encoded
from declarative_mail.state.lease import Lease
from declarative_mail.state.snapshot import Snapshot
from declarative_mail.state.stores.base import Store
from declarative_mail.state.upgrading import in_todays_form


class Kept(Struct, frozen=True):
    """What a store held when it was last read or written.

    Args:
        snapshot: None where there is no state yet.
        etag: what the next write is conditional on.
        warnings: how it was kept: not encrypted yet, encrypted with a fallback.
    """

    snapshot: Snapshot | None
    etag: str | None
    warnings: tuple[Diagnostic, ...] = ()


def read_state(store: Store, envelope: Envelope) -> Kept:
    """Read the state that a store holds, its objects in today's form.

    Raises:
        DiagnosticError: it cannot be read, opened or decoded, or holds objects that a newer program wrote.
    """
    stored = store.read()
    if stored is None:
        return Kept(None, None)
    opened = envelope.open(stored.data, name=store.name)
    snapshot = in_todays_form(read_snapshot(opened.data, name=store.name), store.name)
    return Kept(snapshot, stored.etag, opened.warnings)


def write_state(store: Store, envelope: Envelope, kept: Kept, *, snapshot: Snapshot, lease: Lease) -> Kept:
    """Write a changed state in the place of the one that was read, with the next serial.

    Nothing is written where nothing but the version of the tool differs, unless the file is to be encrypted anew.

    Args:
        store: where.
        envelope: how it is sealed.
        kept: what was read, or written last.
        snapshot: what shall be kept; its serial does not matter.
        lease: the lock.

    Raises:
        DiagnosticError: another lineage; the store was changed meanwhile; the lock was lost; it cannot be written.
    """
    before = kept.snapshot
    if before:
        _check_lineage(snapshot, before, store.name)
        same = replace(snapshot, serial=before.serial, tool_version=before.tool_version)
        if is_same(same, before) and not kept.warnings:
            return kept
    following = replace(snapshot, serial=before.serial + 1 if before else 1)
    return _put(store, envelope, kept, following, lease)


def push_state(
    store: Store, envelope: Envelope, kept: Kept, *, snapshot: Snapshot, lease: Lease, force: bool = False
) -> Kept:
    """Put a state of the user's in the place of the one that is kept: ``state push``. Its serial stays.

    Args:
        store: where.
        envelope: how it is sealed.
        kept: what was read.
        snapshot: what shall be kept.
        lease: the lock.
        force: also where the lineage differs or the serial is not newer.

    Raises:
        DiagnosticError: another lineage, or not newer than what is kept; and as `write_state`.
    """
    before = kept.snapshot
    if before and is_same(before, snapshot):
        return kept
    if before and not force:
        check_successor(snapshot, before, store.name, command="state push")
    return _put(store, envelope, kept, snapshot, lease)


def check_successor(snapshot: Snapshot, kept: Snapshot, name: str, *, command: str) -> None:
    """Refuse to put a state in the place of one that it does not follow.

    Args:
        snapshot: what is to be kept.
        kept: what is there.
        name: what a person calls the store.
        command: which one would do it, and takes ``--force``.

    Raises:
        DiagnosticError: another lineage, or not newer than what is there.
    """
    _check_lineage(snapshot, kept, name, command=command)
    if snapshot.serial <= kept.serial:
        raise DiagnosticError(_older(snapshot, kept, name, command=command))


def is_same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two states are written alike. Python's own comparison takes 1 for true."""
    if len(one.resources) != len(other.resources):
        return False
    pairs = zip(one.resources, other.resources, strict=True)
    rest = [encoded(replace(snapshot, resources=())) for snapshot in (one, other)]
    return rest[0] == rest[1] and all(a is b or encoded(a) == encoded(b) for a, b in pairs)


def _put(store: Store, envelope: Envelope, kept: Kept, snapshot: Snapshot, lease: Lease) -> Kept:
    public = {"serial": snapshot.serial, "lineage": snapshot.lineage}
    data = envelope.seal(write_snapshot(snapshot), public=public)
    return Kept(snapshot, store.write(data, expected=kept.etag, lease=lease))


def _check_lineage(snapshot: Snapshot, kept: Snapshot, name: str, *, command: str = "state push") -> None:
    if snapshot.lineage == kept.lineage:
        return
    raise DiagnosticError(
        Diagnostic(
            codes.OTHER_LINEAGE,
            f"{name} holds a state of the lineage {kept.lineage}, and this one is of the lineage {snapshot.lineage}: "
            "they are about different things, and the objects of one would be lost. Check the backend and its key. "
            f"`{command} --force` replaces it all the same.",
        )
    )


def _older(snapshot: Snapshot, kept: Snapshot, name: str, *, command: str) -> Diagnostic:
    return Diagnostic(
        codes.OLDER_SERIAL,
        f"{name} holds serial {kept.serial}, and this state has serial {snapshot.serial}: it does not know what was "
        f"done since. `state pull` gives the stored one. `{command} --force` replaces it all the same.",
    )
