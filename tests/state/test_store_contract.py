"""What every store promises, on a real server of each kind (`declarative_mail.state.stores.base.Store`)."""

from __future__ import annotations

from threading import Thread

import pytest

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.lock import LockLost, StateLocked
from tests.state.builders import fails_with, make_lock
from tests.state.stores import StoreAt, stores

EVERY_BYTE = bytes(range(256)) * 3


class TestContent:
    def test_there_is_nothing_at_first(self, store_at: StoreAt) -> None:
        """Reading makes nothing either."""
        assert store_at.open().read() is None
        assert store_at.open().lock_info() is None

    def test_what_is_written_is_read(self, store_at: StoreAt) -> None:
        """By another opening of the same store too, byte by byte."""
        store = store_at.open()
        lease = store.lock(make_lock())
        etag = store.write(EVERY_BYTE, expected=None, lease=lease)
        lease.release()

        stored = store_at.open().read()
        assert stored is not None
        assert (EVERY_BYTE, etag) == (stored.data, stored.etag)

    def test_a_big_state_is_written(self, store_at: StoreAt) -> None:
        """Five megabytes, as ten thousand objects have."""
        store = store_at.open()
        lease = store.lock(make_lock())
        data = b'{"x": "0123456789"}' * 260_000
        store.write(data, expected=None, lease=lease)
        lease.release()

        assert data == getattr(store.read(), "data", None)

    def test_writes_follow_each_other(self, store_at: StoreAt) -> None:
        """Each write gives the etag for the next one."""
        store = store_at.open()
        lease = store.lock(make_lock())
        etag = None
        for number in range(4):
            etag = store.write(b"%d" % number, expected=etag, lease=lease)
        lease.release()

        assert getattr(store.read(), "data", None) == b"3"

    def test_keys_are_apart(self, store_at: StoreAt) -> None:
        """Two environments in one backend share neither content nor lock."""
        one, other = store_at.with_key("one").open(), store_at.with_key("other").open()
        lease, second = one.lock(make_lock()), other.lock(make_lock())
        one.write(b"1", expected=None, lease=lease)
        lease.release()
        second.release()

        assert other.read() is None
        assert one.name != other.name

    def test_deleting(self, store_at: StoreAt) -> None:
        """Only what was read is deleted; then there is nothing, and a new first write."""
        store = store_at.open()
        lease = store.lock(make_lock())
        old = store.write(b"1", expected=None, lease=lease)
        new = store.write(b"2", expected=old, lease=lease)
        with fails_with(codes.STATE_MOVED):
            store.delete(expected=old, lease=lease)
        assert store.read() is not None

        store.delete(expected=new, lease=lease)

        assert store.read() is None
        store.write(b"3", expected=None, lease=lease)
        lease.release()

    def test_a_store_that_writes_keeps_a_journal_beside_a_file_only(self, store_at: StoreAt) -> None:
        """Semantics 6: intents are appended beside a local file; elsewhere they go into the state."""
        assert (store_at.kind == "local") == (store_at.open().journal is not None)


class TestConditions:
    @pytest.mark.parametrize("expected", [None, "another"])
    def test_a_content_that_moved_is_not_replaced(self, store_at: StoreAt, expected: str | None) -> None:
        """Neither as a first write over something, nor with the etag of something else."""
        store = store_at.open()
        lease = store.lock(make_lock())
        etag = store.write(b"first", expected=None, lease=lease)
        if expected:
            store.write(b"second", expected=etag, lease=lease)
        with fails_with(codes.STATE_MOVED):
            store.write(b"lost", expected=etag if expected else None, lease=lease)
        lease.release()

        assert getattr(store.read(), "data", None) == (b"second" if expected else b"first")

    def test_a_content_that_went_is_not_made_again(self, store_at: StoreAt) -> None:
        """Somebody deleted the state: writing over it is refused."""
        store = store_at.open()
        lease = store.lock(make_lock())
        etag = store.write(b"first", expected=None, lease=lease)
        store.delete(expected=etag, lease=lease)
        with fails_with(codes.STATE_MOVED):
            store.write(b"lost", expected=etag, lease=lease)
        lease.release()

        assert store.read() is None


class TestLocks:
    def test_one_holds_the_lock(self, store_at: StoreAt) -> None:
        """The second is told who the first is."""
        lease = store_at.open().lock(make_lock("state mv"))
        with pytest.raises(StateLocked) as caught:
            store_at.open().lock(make_lock())

        assert caught.value.holder is not None
        assert caught.value.holder.id == lease.info.id
        assert "`state mv`" in str(caught.value)
        assert "--lock-timeout" in str(caught.value)
        assert caught.value.diagnostics[0].code == codes.LOCKED
        lease.release()

    def test_a_lock_that_is_given_back_is_free(self, store_at: StoreAt) -> None:
        """For the same process and for others; without a warning about a dead holder."""
        store = store_at.open()
        store.lock(make_lock()).release()
        lease = store_at.open().lock(make_lock())

        assert lease.warnings == ()
        lease.check()
        lease.release()
        assert store.lock_info() is None

    def test_releasing_twice_does_nothing(self, store_at: StoreAt) -> None:
        """Also when somebody else has the lock by then."""
        store = store_at.open()
        first = store.lock(make_lock())
        first.release()
        second = store_at.open().lock(make_lock())
        first.release()

        second.check(now=True)
        second.release()

    def test_waiting_for_the_lock(self, store_at: StoreAt) -> None:
        """With a timeout the second goes on once the first is done."""
        first = store_at.open().lock(make_lock())
        taken = []
        waiting = Thread(target=lambda: taken.append(store_at.open().lock(make_lock("waiting"), timeout=20)))
        waiting.start()
        waiting.join(0.1)
        assert taken == []

        first.release()
        waiting.join(20)

        assert [lease.info.operation for lease in taken] == ["waiting"]
        taken[0].release()

    def test_reading_needs_no_lock(self, store_at: StoreAt) -> None:
        """A plan is made while somebody applies."""
        store = store_at.open()
        lease = store.lock(make_lock())
        store.write(b"1", expected=None, lease=lease)

        assert getattr(store_at.open().read(), "data", None) == b"1"
        lease.release()

    def test_a_lease_that_was_given_back_writes_nothing(self, store_at: StoreAt) -> None:
        """It is a lost one from then on."""
        store = store_at.open()
        lease = store.lock(make_lock())
        lease.release()

        with pytest.raises(LockLost):
            lease.check()
        with pytest.raises(LockLost):
            store.write(b"x", expected=None, lease=lease)
        assert store.read() is None


class TestForceUnlock:
    def test_another_lock_is_not_broken(self, store_at: StoreAt) -> None:
        """The ID must be that of the lock that is held."""
        store = store_at.open()
        lease = store.lock(make_lock())
        with fails_with(codes.OTHER_LOCK):
            store_at.open().force_unlock("6f2c1b0e-0000-4000-8000-000000000000")

        lease.check(now=True)
        lease.release()

    @pytest.mark.parametrize("store_at", stores("http", "s3", "postgres"), indirect=True)
    def test_a_broken_lock_stops_its_holder(self, store_at: StoreAt) -> None:
        """Before the next call, before a write, and however often it asks; what the next one wrote stays."""
        store, other = store_at.open(), store_at.open()
        lost = store.lock(make_lock())
        other.force_unlock(lost.info.id)
        lease = other.lock(make_lock("next"))
        for _ in range(2):
            with pytest.raises(LockLost):
                lost.check(now=True)
        with pytest.raises(LockLost):
            store.write(b"lost", expected=None, lease=lost)
        other.write(b"next", expected=None, lease=lease)
        lost.release()

        lease.check(now=True)
        assert getattr(store.read(), "data", None) == b"next"
        lease.release()

    @pytest.mark.parametrize("store_at", stores("local", "s3", "postgres"), indirect=True)
    def test_nothing_to_unlock(self, store_at: StoreAt) -> None:
        """A lock that nobody holds is said to be free; the HTTP protocol does not tell."""
        with pytest.raises(DiagnosticError) as caught:
            store_at.open().force_unlock("x")
        assert caught.value.diagnostics[0].code == codes.NOT_LOCKED
