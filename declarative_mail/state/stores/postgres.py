"""The state as a row in PostgreSQL, locked by an advisory lock of the session.

    dmail.states   key · data · etag · written_at
    dmail.locks    key · info · backend_pid · seen_at     what the lock says; the advisory lock decides

The lock lives as long as its session: a dead client's ends with its connection. The session that holds the lock is the
one that writes, so a holder whose session was ended cannot write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.records import replace
from declarative_mail.state.lease import CheckedLease, Lease
from declarative_mail.state.lock import (
    LockInfo,
    Patience,
    dead_lock,
    locked,
    lost,
    not_locked,
    other_lock,
    rfc3339,
)
from declarative_mail.state.stores.base import Stored, content_etag, moved
from declarative_mail.state.stores.postgres_session import Database, PostgresSettings, Session, reason

_READ = "SELECT data, etag FROM {schema}.states WHERE key = %(key)s"
_INSERT = "INSERT INTO {schema}.states (key, data, etag) VALUES (%(key)s, %(data)s, %(etag)s) ON CONFLICT DO NOTHING"
_UPDATE = """
UPDATE {schema}.states SET data = %(data)s, etag = %(etag)s, written_at = now()
WHERE key = %(key)s AND etag = %(expected)s
"""
_DELETE = "DELETE FROM {schema}.states WHERE key = %(key)s AND etag = %(expected)s"

_HELD = """ EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = backend_pid
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((classid::bigint << 32) | objid::bigint) = %(lock)s) """
_HOLDER = "SELECT info, backend_pid, seen_at FROM {schema}.locks WHERE key = %(key)s"
_SIGN = """
INSERT INTO {schema}.locks (key, info, backend_pid) VALUES (%(key)s, %(info)s, pg_backend_pid())
ON CONFLICT (key) DO UPDATE SET info = excluded.info, backend_pid = excluded.backend_pid, seen_at = now()
"""
_ASK = f"""
UPDATE {{schema}}.locks SET seen_at = now() WHERE key = %(key)s AND backend_pid = pg_backend_pid() AND {_HELD}
"""  # noqa: S608  # constants of this module
_UNSIGN = "DELETE FROM {schema}.locks WHERE key = %(key)s AND backend_pid = %(pid)s"


class PostgresStore:
    """One state in one row. See `base.Store` for the contract."""

    journal: Path | None = None

    def __init__(self, settings: PostgresSettings) -> None:
        """Nothing is connected yet.

        Raises:
            DiagnosticError: psycopg is not installed, or it cannot read the connection string.
        """
        self._database = Database(settings)
        self.name = self._database.name

    def read(self) -> Stored | None:
        """The row, None where it or the table does not exist."""
        with self._database.session() as session:
            row = session.run(_READ).fetchone() if session.has_tables() else None
        return Stored(bytes(row[0]), row[1]) if row else None

    def write(self, data: bytes, *, expected: str | None, lease: Lease) -> str:
        """Replace the row, in the session that holds the lock."""
        etag = content_etag(data)
        self._change(_INSERT if expected is None else _UPDATE, lease, data=data, etag=etag, expected=expected)
        return etag

    def delete(self, *, expected: str, lease: Lease) -> None:
        """Delete the row, in the session that holds the lock."""
        self._change(_DELETE, lease, expected=expected)

    def _change(self, statement: str, lease: Lease, **values: object) -> None:
        lease.check(now=True)
        if not isinstance(lease, _SessionLease):
            raise TypeError(f"a lease of another store: {type(lease).__name__}")
        with self._database.mapped_errors():
            if lease.session.run(statement, **values).rowcount != 1:
                raise moved(self.name)

    def lock(self, info: LockInfo, *, timeout: float = 0) -> Lease:
        """Take the advisory lock in a session of its own, which the lease keeps open."""
        session = self._database.connect()
        try:
            with self._database.mapped_errors():
                session.make_tables()
                Patience(timeout).until(lambda: self._take(session))
                remains = _holder(session)
                session.run(_SIGN, info=json.dumps(info.data))
        except BaseException:
            session.close()
            raise
        return _SessionLease(session, info, warnings=(dead_lock(self.name, remains[0]),) if remains else ())

    def _take(self, session: Session) -> None:
        if not session.try_lock():
            holder = _holder(session)
            raise locked(self.name, holder[0] if holder else None)

    def force_unlock(self, lock_id: str) -> LockInfo | None:
        """End the session that holds the lock. PostgreSQL lets a role end its own sessions."""
        with self._database.session() as session:
            holder = _holder(session, only_held=True) if session.has_tables() else None
            if holder is None:
                raise DiagnosticError(not_locked(self.name))
            info, pid = holder
            if info.id != lock_id:
                raise DiagnosticError(other_lock(self.name, info))
            session.end_backend(pid)
            session.run(_UNSIGN, pid=pid)
        return info

    def lock_info(self) -> LockInfo | None:
        """What the session that holds the lock says."""
        with self._database.session() as session:
            holder = _holder(session, only_held=True) if session.has_tables() else None
        return holder[0] if holder else None


class _SessionLease(CheckedLease):
    """An open session with an advisory lock."""

    def __init__(self, session: Session, info: LockInfo, *, warnings: tuple[Diagnostic, ...]) -> None:
        super().__init__(info, name=session.name, ask=self._ask_server, give_back=self._unlock, warnings=warnings)
        self.session = session

    def release(self) -> None:
        """Whatever comes of it, the session ends, and it frees the lock."""
        try:
            super().release()
        finally:
            self.session.close()

    def _ask_server(self) -> None:
        """One statement: does this session hold the lock, and a sign of life."""
        with self._ended_is_lost():
            if self.session.run(_ASK).rowcount != 1:
                raise lost(self._name, "its session does not hold it any more")

    def _unlock(self) -> None:
        with self._ended_is_lost():
            self.session.run(_UNSIGN, pid=self.session.pid)

    @contextmanager
    def _ended_is_lost(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.OperationalError as error:
            raise lost(self._name, f"its session has ended ({reason(error)})") from None


def _holder(session: Session, *, only_held: bool = False) -> tuple[LockInfo, int] | None:
    """What stands in the table of locks and the process of the server; `only_held`: where that has the lock."""
    row = session.run(_HOLDER + (f" AND {_HELD}" if only_held else "")).fetchone()
    info = LockInfo.from_json(row[0]) if row else None
    return (replace(info, heartbeat=rfc3339(row[2].astimezone(UTC))), row[1]) if row and info else None
