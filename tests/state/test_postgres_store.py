"""What is PostgreSQL's own: the schema on demand, sessions that end, roles, and connection strings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.lock import LockLost
from declarative_mail.state.stores.postgres import PostgresStore
from declarative_mail.state.stores.postgres_session import PostgresSettings
from tests.state.builders import fails_with, make_lock
from tests.state.stores import StoreAt
from tests.support.canary import secret_value

pytestmark = pytest.mark.xdist_group("state-postgres")


@pytest.fixture
def store(postgres_at: StoreAt) -> PostgresStore:
    """A store in a fresh schema."""
    opened = postgres_at.open()
    assert isinstance(opened, PostgresStore)
    return opened


@contextmanager
def connected(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    """A session of the test's own."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def end_session(conninfo: str, pid: int) -> None:
    """What an administrator, a restart or a broken network does."""
    with connected(conninfo) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


class TestSchema:
    def test_it_is_made_when_somebody_locks(self, store: PostgresStore, postgres_server: str) -> None:
        """And not when somebody reads: a role that may only read can make nothing."""
        assert store.read() is None
        with connected(postgres_server) as connection:
            before = connection.execute("SELECT to_regclass(%s)", (_table(store),)).fetchone()
        store.lock(make_lock()).release()
        with connected(postgres_server) as connection:
            after = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (_table(store),)).fetchone()

        assert (before, after) == ((None,), (True,))

    def test_many_make_it_at_once(self, postgres_at: StoreAt) -> None:
        """CREATE … IF NOT EXISTS is no protection against that: they take turns."""
        start = Barrier(8)
        failed: list[BaseException] = []

        def lock(key: str) -> None:
            start.wait()
            try:
                postgres_at.with_key(key).open().lock(make_lock()).release()
            except BaseException as error:  # noqa: BLE001  # shown by the assertion
                failed.append(error)

        threads = [Thread(target=lock, args=(str(number),)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failed == []

    def test_one_row_for_each_key(self, postgres_at: StoreAt, postgres_server: str) -> None:
        """Written over and over, it stays one."""
        for key in ("a", "b"):
            store = postgres_at.with_key(key).open()
            lease = store.lock(make_lock())
            etag = store.write(b"1", expected=None, lease=lease)
            store.write(b"2", expected=etag, lease=lease)
            lease.release()
        with connected(postgres_server) as connection:
            schema = postgres_at.arguments["schema_name"].replace('"', '""')
            rows = connection.execute(f'TABLE "{schema}".states').fetchall()

        assert sorted(row[:2] for row in rows) == [("a", b"2"), ("b", b"2")]


def _table(store: PostgresStore) -> str:
    schema = store._database._settings.schema_name.replace('"', '""')
    return f'"{schema}".states'


class TestSessions:
    def test_a_session_that_ended_loses_the_lock(self, store: PostgresStore, postgres_server: str) -> None:
        """It is noticed before the next call, and a write in it is impossible."""
        lease = store.lock(make_lock())
        end_session(postgres_server, lease.session.pid)  # type: ignore[attr-defined]  # of the session's lease
        with pytest.raises(LockLost):
            lease.check(now=True)
        with pytest.raises(LockLost):
            store.write(b"1", expected=None, lease=lease)
        lease.release()

        assert store.read() is None

    def test_a_session_that_ended_between_the_check_and_the_write(
        self, store: PostgresStore, postgres_server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The statement fails as a whole."""
        lease = store.lock(make_lock())

        def check(*, now: bool = False) -> None:
            end_session(postgres_server, lease.session.pid)  # type: ignore[attr-defined]

        monkeypatch.setattr(lease, "check", check)
        with fails_with(codes.UNREACHABLE):
            store.write(b"1", expected=None, lease=lease)
        with pytest.raises(LockLost):
            lease.release()

        assert store.read() is None

    def test_giving_back_a_lock_whose_session_ended(self, store: PostgresStore, postgres_server: str) -> None:
        """The lock is free already; the user is told that it was lost."""
        lease = store.lock(make_lock())
        end_session(postgres_server, lease.session.pid)  # type: ignore[attr-defined]

        with pytest.raises(LockLost):
            lease.release()
        store.lock(make_lock()).release()

    def test_a_dead_holder_is_a_warning(self, store: PostgresStore, postgres_server: str) -> None:
        """As with a file: its session is gone, and the lock with it."""
        dead = store.lock(make_lock("apply"))
        end_session(postgres_server, dead.session.pid)  # type: ignore[attr-defined]
        assert store.lock_info() is None
        lease = store.lock(make_lock())

        (warning,) = lease.warnings
        assert warning.code == codes.DEAD_LOCK
        assert f"process {os.getpid()}, `apply`" in warning.detail
        lease.release()
        with pytest.raises(LockLost):
            dead.release()

    def test_the_session_must_hold_the_lock_itself(self, store: PostgresStore) -> None:
        """A pool that hands sessions around gives the lock to somebody else: that is a lost one."""
        lease = store.lock(make_lock())
        lease.session.run("SELECT pg_advisory_unlock_all()")  # type: ignore[attr-defined]

        with pytest.raises(LockLost, match="does not hold it any more"):
            lease.check(now=True)
        lease.release()

    def test_a_lease_of_another_store_is_a_mistake_of_the_program(
        self, store: PostgresStore, local_at: StoreAt
    ) -> None:
        """The session that writes is that of the lease."""
        lease = local_at.open().lock(make_lock())

        with pytest.raises(TypeError, match="a lease of another store"):
            store.write(b"1", expected=None, lease=lease)
        lease.release()


class TestRoles:
    @pytest.fixture
    def reader(self, store: PostgresStore, postgres_server: str) -> PostgresStore:
        """The same state for a role that may read it and nothing else."""
        lease = store.lock(make_lock())
        store.write(b"1", expected=None, lease=lease)
        lease.release()
        schema = store._database._settings.schema_name
        quoted = schema.replace('"', '""')
        with connected(postgres_server) as connection:
            connection.execute(f"""
                DROP ROLE IF EXISTS reader;
                CREATE ROLE reader LOGIN;
                GRANT USAGE ON SCHEMA "{quoted}" TO reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA "{quoted}" TO reader;
            """)
        return PostgresStore(PostgresSettings(postgres_server.replace("user=dmail", "user=reader"), schema))

    @pytest.fixture(autouse=True)
    def _without_role(self, postgres_server: str) -> Iterator[None]:
        yield
        with connected(postgres_server) as connection:
            connection.execute("DROP OWNED BY reader; DROP ROLE reader")

    def test_reading_needs_no_more(self, reader: PostgresStore) -> None:
        """A drift job with a role of its own."""
        stored = reader.read()

        assert stored is not None
        assert stored.data == b"1"
        assert reader.lock_info() is None

    def test_locking_does(self, reader: PostgresStore) -> None:
        """The refusal quotes the server, and leaves no lock behind."""
        with fails_with(codes.STORE_REFUSED) as caught:
            reader.lock(make_lock())

        assert "permission denied" in str(caught.value.diagnostics[0].cause)
        assert reader.lock_info() is None

    def test_ending_the_session_of_another_role(self, reader: PostgresStore, store: PostgresStore) -> None:
        """It is refused, and the holder goes on."""
        lease = store.lock(make_lock())
        with fails_with(codes.STORE_REFUSED):
            reader.force_unlock(lease.info.id)

        lease.check(now=True)
        lease.release()


class TestConnections:
    @pytest.mark.parametrize("text", ["postgres://[", "nonsense", f"host=x passwort={secret_value()}"])
    def test_a_string_that_cannot_be_read(self, text: str) -> None:
        """The library's own words quote it: they are not shown."""
        with fails_with(codes.STORE_SETTING) as caught:
            PostgresStore(PostgresSettings(Secret(text, "env:X")))

        assert text not in str(caught.value)
        assert caught.value.diagnostics[0].cause is None

    def test_a_name_for_people(self) -> None:
        """Host, database, schema and key; no user, no password."""
        given = Secret(f"postgres://me:{secret_value()}@db.example.com/states", "env:X")
        store = PostgresStore(PostgresSettings(given, key="prod"))

        assert store.name == "postgres://db.example.com/states dmail.states[prod]"
        assert PostgresStore(PostgresSettings()).name == "postgres://localhost/ dmail.states[dmail.state.json]"

    def test_a_server_that_is_not_there(self) -> None:
        """The reason is the library's."""
        with fails_with(codes.UNREACHABLE) as caught:
            PostgresStore(PostgresSettings("host=127.0.0.1 port=1 user=x")).read()

        assert "refused" in str(caught.value.diagnostics[0].cause)

    def test_a_role_that_does_not_exist(self, postgres_server: str) -> None:
        """The server says so."""
        with fails_with(codes.UNREACHABLE) as caught:
            PostgresStore(PostgresSettings(postgres_server.replace("user=dmail", "user=nobody"))).read()

        assert 'role "nobody" does not exist' in str(caught.value.diagnostics[0].cause)

    def test_tables_of_another_program(self, store: PostgresStore, postgres_server: str) -> None:
        """The same names with other columns: nothing is written to them."""
        schema = store._database._settings.schema_name.replace('"', '""')
        with connected(postgres_server) as connection:
            connection.execute(f'CREATE SCHEMA "{schema}"')
            connection.execute(f'CREATE TABLE "{schema}".states (x int); CREATE TABLE "{schema}".locks (x int)')

        with fails_with(codes.STORE_ANSWER):
            store.read()
        with pytest.raises(DiagnosticError):
            store.lock(make_lock())

    def test_the_environment_of_libpq(self, postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a connection string, PGHOST and the others count."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
        for pair in postgres_server.split():
            name, _, value = pair.partition("=")
            monkeypatch.setenv(names[name], value)

        assert PostgresStore(PostgresSettings(schema_name="nowhere")).read() is None
