"""Sessions with PostgreSQL for the store: settings, connecting, the schema, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.stores.base import DEFAULT_STATE, extra_missing

if TYPE_CHECKING:
    import psycopg

_TABLES = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.states (
    key text PRIMARY KEY, data bytea NOT NULL, etag text NOT NULL, written_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS {schema}.locks (
    key text PRIMARY KEY, info text NOT NULL, backend_pid integer NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now());
"""
_HAS_TABLES = """
SELECT to_regclass(quote_ident(%(schema)s) || '.states') IS NOT NULL
   AND to_regclass(quote_ident(%(schema)s) || '.locks') IS NOT NULL
"""
_END_MILLISECONDS = 5000


class PostgresSettings(Struct, frozen=True):
    """The attributes of ``backend "postgres"``.

    Args:
        conn_str: a connection string or URI of libpq; empty: PGHOST, PGUSER and the like, and ``~/.pgpass``.
        schema_name: the schema of the two tables, made on demand.
        key: the row; tells several environments apart.
    """

    conn_str: Secret | str = ""
    schema_name: str = "dmail"
    key: str = DEFAULT_STATE


class Database:
    """The database of one store."""

    def __init__(self, settings: PostgresSettings) -> None:
        """Nothing is connected yet.

        Raises:
            DiagnosticError: psycopg is not installed, or it cannot read the connection string.
        """
        try:
            from psycopg import Error, conninfo
        except ImportError:
            raise extra_missing("postgres", "psycopg") from None
        given = settings.conn_str.reveal() if isinstance(settings.conn_str, Secret) else settings.conn_str
        try:
            parts = conninfo.conninfo_to_dict(given)
        except Error:  # its text quotes the string, which may hold a password
            detail = "`conn_str` is neither a URI (postgres://…) nor `key=value` pairs as libpq reads them."
            raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail)) from None
        self._settings = settings
        self._conninfo = conninfo.make_conninfo(given, connect_timeout=parts.get("connect_timeout") or 10)
        place = f"{parts.get('host') or 'localhost'}/{parts.get('dbname') or ''}"
        self.name = f"postgres://{place} {settings.schema_name}.states[{settings.key}]"

    def connect(self) -> Session:
        """A session that its user closes."""
        import psycopg

        with self.mapped_errors():
            connection = psycopg.connect(self._conninfo, autocommit=True, application_name="dmail")
        return Session(connection, self._settings, name=self.name)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for as long as the block runs."""
        session = self.connect()
        try:
            with self.mapped_errors():
                yield session
        finally:
            session.close()

    @contextmanager
    def mapped_errors(self) -> Iterator[None]:
        """Errors of the server and of the way to it become diagnostics, here and nowhere else."""
        import psycopg

        try:
            yield
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidAuthorizationSpecification) as error:
            detail = f"{self.name} may not be used in this way by the role that connects. Grant it what is missing."
            raise DiagnosticError(Diagnostic(codes.STORE_REFUSED, detail, cause=reason(error))) from None
        except psycopg.OperationalError as error:
            detail = f"{self.name} cannot be reached. Check the connection string, the server and the network between."
            raise DiagnosticError(Diagnostic(codes.UNREACHABLE, detail, cause=reason(error))) from None
        except psycopg.Error as error:
            detail = f"{self.name} did not take a statement. The tables may be another program's: set `schema_name`."
            raise DiagnosticError(Diagnostic(codes.STORE_ANSWER, detail, cause=reason(error))) from None


class Session:
    """One connection, each statement a transaction of its own."""

    def __init__(self, connection: psycopg.Connection[Any], settings: PostgresSettings, *, name: str) -> None:
        """Takes over the connection."""
        self.name = name
        self.pid = connection.info.backend_pid
        self._connection = connection
        self._schema = settings.schema_name
        self._holds_lock = False
        number = _number("state", settings.schema_name, settings.key)
        self._values = {"key": settings.key, "schema": settings.schema_name, "lock": number}

    def run(self, statement: str, **values: object) -> psycopg.Cursor[Any]:
        """Run a statement in which ``{schema}`` stands for the schema and ``%(key)s`` for the key."""
        from psycopg.sql import SQL, Identifier

        composed = SQL(statement).format(schema=Identifier(self._schema))
        return self._connection.execute(composed, self._values | values, binary=True)

    def try_lock(self) -> bool:
        """Take the advisory lock if it is free."""
        row = self.run("SELECT pg_try_advisory_lock(%(lock)s)").fetchone()
        self._holds_lock = bool(row and row[0])
        return self._holds_lock

    def end_backend(self, pid: int) -> None:
        """End another session and wait until it has ended."""
        self.run(f"SELECT pg_terminate_backend(%(pid)s, {_END_MILLISECONDS})", pid=pid)

    def has_tables(self) -> bool:
        """Whether both tables exist."""
        row = self.run(_HAS_TABLES).fetchone()
        return bool(row and row[0])

    def make_tables(self) -> None:
        """CREATE … IF NOT EXISTS fails when two sessions run it at once, hence one after the other."""
        if self.has_tables():
            return
        from psycopg.sql import SQL, Identifier

        with self._connection.transaction():
            self.run("SELECT pg_advisory_xact_lock(%(number)s)", number=_number("schema", self._schema))
            self._connection.execute(SQL(_TABLES).format(schema=Identifier(self._schema)))

    def close(self) -> None:
        """End the session. A lock that it holds is given back first: the server sees the end of a session later."""
        import psycopg

        with suppress(psycopg.Error):
            if self._holds_lock and not self._connection.closed:
                self.run("SELECT pg_advisory_unlock(%(lock)s)")
        self._connection.close()


def _number(*words: str) -> int:
    """The number of an advisory lock: 64 bits, signed."""
    return int.from_bytes(sha256("\0".join(("dmail", *words)).encode()).digest()[:8], "big", signed=True)


def reason(error: psycopg.Error) -> str:
    """The first line of what the server or the library says."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
