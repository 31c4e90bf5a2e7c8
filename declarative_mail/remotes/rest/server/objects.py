"""The objects of the server in one SQLite file.

The file is in WAL mode: a process that is killed loses nothing that it answered. A machine that loses its power may
lose the last moments, and no more (``synchronous=NORMAL``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    natural_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    UNIQUE (type, natural_key)
);
CREATE TABLE IF NOT EXISTS calls (
    idempotency_key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    id TEXT NOT NULL
);
PRAGMA user_version = 1;
"""
_COLUMNS = "number, type, id, natural_key, version, attributes"


class Taken(Exception):  # noqa: N818 - named after what happened
    """Another object has this natural key: its id."""


class KeyReused(Exception):  # noqa: N818 - likewise
    """The idempotency key was used for another object."""


class Stored(Struct, frozen=True):
    """One object; `number` grows with each that is made."""

    number: int
    type: str
    id: str
    natural_key: str
    version: int
    attributes: Mapping[str, Any]

    @property
    def etag(self) -> str:
        """The strong validator of this version (RFC 9110 section 8.8.3)."""
        return f'"{self.version}"'

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "type": self.type,
            "id": self.id,
            "natural_key": self.natural_key,
            "etag": self.etag,
            "attributes": dict(self.attributes),
        }


class Objects:
    """One database. For one thread at a time: the server's event loop."""

    def __init__(self, path: Path | str) -> None:
        """Open it, or make it.

        Raises:
            sqlite3.Error: it cannot be opened, or is something else.
        """
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA busy_timeout = 5000")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def page(self, type_: str, *, after: int, limit: int, natural_key: str | None) -> list[Stored]:
        """Objects of a type in the order in which they were made, those after a number."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM objects WHERE type = ? AND number > ? "  # noqa: S608 - a constant
            "AND (? IS NULL OR natural_key = ?) ORDER BY number LIMIT ?",
            (type_, after, natural_key, natural_key, limit),
        )
        return [_stored(row) for row in rows]

    def get(self, type_: str, id_: str) -> Stored | None:
        """One object."""
        query = f"SELECT {_COLUMNS} FROM objects WHERE type = ? AND id = ?"  # noqa: S608 - a constant
        row = self._database.execute(query, (type_, id_)).fetchone()
        return None if row is None else _stored(row)

    def made_by(self, idempotency_key: str, digest: str) -> str | None:
        """The id of the object that a call with this key made.

        Raises:
            KeyReused: it made another one than this call asks for.
        """
        query = "SELECT digest, id FROM calls WHERE idempotency_key = ?"
        row = self._database.execute(query, (idempotency_key,)).fetchone()
        if row is None:
            return None
        if row[0] != digest:
            raise KeyReused
        id_: str = row[1]
        return id_

    def create(
        self, type_: str, natural_key: str, attributes: Mapping[str, Any], *, call: tuple[str, str] | None
    ) -> Stored:
        """Make an object, and remember the idempotency key and the digest of the call in the same transaction.

        Raises:
            Taken: its natural key belongs to another.
        """
        id_ = uuid4().hex
        with self._transaction(), self._unique(type_, natural_key):
            self._database.execute(
                "INSERT INTO objects (type, id, natural_key, version, attributes) VALUES (?, ?, ?, 1, ?)",
                (type_, id_, natural_key, json.dumps(attributes)),
            )
            if call is not None:
                self._database.execute("INSERT INTO calls VALUES (?, ?, ?)", (*call, id_))
        made = self.get(type_, id_)
        assert made is not None  # noqa: S101 - it was inserted a line ago, and this is the only writer
        return made

    def update(self, stored: Stored, natural_key: str, attributes: Mapping[str, Any]) -> Stored | None:
        """Replace the attributes of this version; None where it is not the current one any more.

        Raises:
            Taken: its new natural key belongs to another.
        """
        with self._transaction(), self._unique(stored.type, natural_key):
            done = self._database.execute(
                "UPDATE objects SET natural_key = ?, version = version + 1, attributes = ? "
                "WHERE id = ? AND version = ?",
                (natural_key, json.dumps(attributes), stored.id, stored.version),
            )
        return self.get(stored.type, stored.id) if done.rowcount else None

    def delete(self, stored: Stored) -> bool:
        """Remove this version of an object; whether it was the current one."""
        with self._transaction():
            done = self._database.execute(
                "DELETE FROM objects WHERE id = ? AND version = ?", (stored.id, stored.version)
            )
        return bool(done.rowcount)

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database)

    def _unique(self, type_: str, natural_key: str) -> _Unique:
        return _Unique(self._database, type_, natural_key)


class _Transaction:
    """``BEGIN IMMEDIATE``: whoever writes holds the write lock from the start."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


class _Unique:
    """Turns a broken unique constraint into `Taken`, with the id of the object that is in the way."""

    def __init__(self, database: sqlite3.Connection, type_: str, natural_key: str) -> None:
        self._database = database
        self._wanted = (type_, natural_key)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or not issubclass(kind, sqlite3.IntegrityError):
            return
        query = "SELECT id FROM objects WHERE type = ? AND natural_key = ?"
        row = self._database.execute(query, self._wanted).fetchone()
        raise Taken(row[0] if row else "") from None


def _stored(row: tuple[Any, ...]) -> Stored:
    number, type_, id_, natural_key, version, attributes = row
    return Stored(number, type_, id_, natural_key, version, json.loads(attributes))
