"""A state in its store: reading, writing and pushing, with and without encryption."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.resources.stored import secret_leaf
from declarative_mail.secrets import Secret
from declarative_mail.state import encryption
from declarative_mail.state.codec import write_snapshot
from declarative_mail.state.encryption import Envelope, is_sealed
from declarative_mail.state.kept import Kept, push_state, read_state, write_state
from declarative_mail.state.lease import Lease
from declarative_mail.state.snapshot import Snapshot
from declarative_mail.state.stores.base import Store
from declarative_mail.state.stores.local import LocalStore
from tests.state.builders import OTHER_LINEAGE, fails_with, make_lock, make_record, make_snapshot
from tests.state.stores import StoreAt
from tests.support.canary import secret_value

PLAIN = Envelope()
PASSPHRASE = Secret(secret_value("passphrase"), "env:PASSPHRASE")
OLD = Secret(secret_value("old passphrase"), "env:OLD")


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that a header may ask for, so that the tests are quick."""
    monkeypatch.setattr(encryption, "_KDF", {"name": "argon2id", "iterations": 1, "lanes": 1, "memory_kib": 19456})


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """A state file in a fresh folder."""
    return LocalStore(tmp_path / "dmail.state.json")


@pytest.fixture
def lease(store: LocalStore) -> Iterator[Lease]:
    """The lock on it."""
    taken = store.lock(make_lock())
    yield taken
    taken.release()


def bytes_of(store: Store) -> bytes:
    """What the store holds."""
    stored = store.read()
    return stored.data if stored else b""


def start(store: Store, lease: Lease, *addresses: str, envelope: Envelope = PLAIN, **fields: Any) -> Kept:
    """A state that was written before."""
    return write_state(
        store, envelope, read_state(store, envelope), snapshot=make_snapshot(*addresses, **fields), lease=lease
    )


class TestWriting:
    def test_the_serial_counts_the_writes(self, store: LocalStore, lease: Lease) -> None:
        """From one, whatever the snapshot says."""
        kept = start(store, lease, "user_group.a", serial=99)
        assert kept.snapshot is not None
        assert kept.snapshot.serial == 1

        kept = write_state(store, PLAIN, kept, snapshot=make_snapshot("user_group.b"), lease=lease)

        assert kept.snapshot is not None
        assert kept.snapshot.serial == 2
        assert read_state(store, PLAIN) == kept

    def test_what_is_the_same_is_not_written(self, store: LocalStore, lease: Lease) -> None:
        """A run without changes leaves the file alone, a newer dmail too."""
        kept = start(store, lease, "user_group.a")
        before = store.path.stat().st_mtime_ns, store.path.stat().st_ino
        again = write_state(store, PLAIN, kept, snapshot=make_snapshot("user_group.a", tool_version="9"), lease=lease)

        assert kept is again
        assert before == (store.path.stat().st_mtime_ns, store.path.stat().st_ino)

    @pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0)])
    def test_values_that_python_takes_for_equal(
        self, store: LocalStore, lease: Lease, one: object, other: object
    ) -> None:
        """1 and true are different values of an attribute, and the change is written."""
        kept = write_state(
            store,
            PLAIN,
            Kept(None, None),
            snapshot=make_snapshot(make_record("a.b", attributes={"x": one})),
            lease=lease,
        )
        kept = write_state(
            store, PLAIN, kept, snapshot=make_snapshot(make_record("a.b", attributes={"x": other})), lease=lease
        )

        read = read_state(store, PLAIN).snapshot
        assert read is not None
        assert type(read.resources[0].attributes["x"]) is type(other)

    def test_another_lineage(self, store: LocalStore, lease: Lease) -> None:
        """A state of something else is never written over this one."""
        kept = start(store, lease)

        with fails_with(codes.OTHER_LINEAGE):
            write_state(store, PLAIN, kept, snapshot=make_snapshot(lineage=OTHER_LINEAGE), lease=lease)

    def test_a_state_that_moved(self, store: LocalStore, lease: Lease) -> None:
        """What was read is no longer what is there."""
        kept = start(store, lease, "user_group.a")
        start(store, lease, "user_group.b")

        with fails_with(codes.STATE_MOVED):
            write_state(store, PLAIN, kept, snapshot=make_snapshot("user_group.c"), lease=lease)
        assert b"user_group" in bytes_of(store)


class TestEncryption:
    def test_the_state_is_sealed_in_every_store(self, store_at: StoreAt) -> None:
        """Nothing but serial and lineage is readable; the same state comes back."""
        store = store_at.open()
        lease = store.lock(make_lock())
        leaf = secret_leaf(source="env:X", version=1, fingerprint="scrypt:abcdef")
        snapshot = make_snapshot(
            make_record("smtp_server.a", attributes={"host": "smtp.example.com", "password": leaf})
        )
        kept = write_state(store, Envelope(PASSPHRASE), Kept(None, None), snapshot=snapshot, lease=lease)
        lease.release()

        raw = bytes_of(store)
        assert is_sealed(raw)
        assert b"example" not in raw
        assert b"abcdef" not in raw
        assert secret_value("passphrase").encode() not in raw
        assert read_state(store_at.open(), Envelope(PASSPHRASE)).snapshot == kept.snapshot

    def test_plain_becomes_encrypted_and_plain_again(self, store: LocalStore, lease: Lease) -> None:
        """By the next write, even where nothing else changed; with a warning until then."""
        start(store, lease, "user_group.a")
        steps = [
            (Envelope(OLD), codes.NOT_ENCRYPTED, True),
            (Envelope(PASSPHRASE, fallbacks=[OLD]), codes.FALLBACK_IN_USE, True),
            (Envelope(fallbacks=[PASSPHRASE]), codes.FALLBACK_IN_USE, False),
        ]
        for envelope, code, sealed in steps:
            kept = read_state(store, envelope)
            assert [code] == [one.code for one in kept.warnings]
            assert kept.snapshot is not None
            write_state(store, envelope, kept, snapshot=kept.snapshot, lease=lease)
            assert is_sealed(bytes_of(store)) == sealed
            assert read_state(store, envelope).warnings == ()

        assert [one.name for one in getattr(read_state(store, PLAIN).snapshot, "resources", [])] == ["a"]

    def test_a_tampered_state_is_refused(self, store: LocalStore, lease: Lease) -> None:
        """A newer serial in the readable part does not help."""
        start(store, lease, envelope=Envelope(PASSPHRASE))
        store.path.write_bytes(bytes_of(store).replace(b'"serial":1', b'"serial":2'))

        with fails_with(codes.TAMPERED):
            read_state(store, Envelope(PASSPHRASE))


class TestPush:
    def push(self, store: LocalStore, lease: Lease, snapshot: Snapshot, *, force: bool = False) -> Kept:
        """Push over what is there."""
        return push_state(store, PLAIN, read_state(store, PLAIN), snapshot=snapshot, lease=lease, force=force)

    def test_what_was_pulled_is_pushed(self, store: LocalStore, lease: Lease) -> None:
        """Changed, with the next serial, which stays as it is."""
        start(store, lease, "user_group.a")
        pushed = self.push(store, lease, make_snapshot("user_group.b", serial=5))

        assert read_state(store, PLAIN).snapshot == pushed.snapshot == make_snapshot("user_group.b", serial=5)

    def test_into_an_empty_store(self, store: LocalStore, lease: Lease) -> None:
        """Any state may be the first."""
        assert self.push(store, lease, make_snapshot(serial=5)).snapshot == make_snapshot(serial=5)

    def test_the_same_again(self, store: LocalStore, lease: Lease) -> None:
        """That changes nothing and is no fault."""
        self.push(store, lease, make_snapshot("user_group.a", serial=5))
        before = store.path.stat().st_ino
        self.push(store, lease, make_snapshot("user_group.a", serial=5))

        assert before == store.path.stat().st_ino

    @pytest.mark.parametrize("serial", [4, 5])
    def test_an_older_state(self, store: LocalStore, lease: Lease, serial: int) -> None:
        """One that is not newer does not know what was done since; by force it is written all the same."""
        self.push(store, lease, make_snapshot("user_group.a", serial=5))
        with fails_with(codes.OLDER_SERIAL):
            self.push(store, lease, make_snapshot(serial=serial))

        assert self.push(store, lease, make_snapshot(serial=serial), force=True).snapshot is not None
        assert b"user_group" not in bytes_of(store)

    def test_another_lineage(self, store: LocalStore, lease: Lease) -> None:
        """By force alone."""
        self.push(store, lease, make_snapshot(serial=5))
        other = make_snapshot(serial=9, lineage=OTHER_LINEAGE)
        with fails_with(codes.OTHER_LINEAGE):
            self.push(store, lease, other)

        assert self.push(store, lease, other, force=True).snapshot == other


@pytest.mark.parametrize("envelope", [PLAIN, Envelope(PASSPHRASE)], ids=["plain", "encrypted"])
def test_a_state_moves_to_every_store(store: LocalStore, lease: Lease, store_at: StoreAt, envelope: Envelope) -> None:
    """What one store gives is pushed to another as it is, serial and all; the source stays."""
    source = start(store, lease, "user_group.a")
    assert source.snapshot is not None
    target = store_at.with_key(f"pushed-{envelope is PLAIN}").open()
    there = target.lock(make_lock("state push"))
    push_state(target, envelope, read_state(target, envelope), snapshot=source.snapshot, lease=there)
    there.release()

    assert read_state(target, envelope).snapshot == source.snapshot
    assert is_sealed(bytes_of(target)) == (envelope is not PLAIN)
    assert bytes_of(store) == write_snapshot(source.snapshot)
