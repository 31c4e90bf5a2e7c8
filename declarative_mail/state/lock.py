"""Who works on a state: the record that a lock carries, the faults about locks, and waiting for one.

The JSON form of the record is that of Terraform's locks, so that servers made for Terraform understand it; ``Pid``,
``Host`` and ``Heartbeat`` are ours.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import random
from typing import Any, TypeVar
from uuid import uuid4

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace

_JSON_NAMES = {
    "id": "ID",
    "operation": "Operation",
    "info": "Info",
    "who": "Who",
    "version": "Version",
    "created": "Created",
    "path": "Path",
    "pid": "Pid",
    "host": "Host",
    "heartbeat": "Heartbeat",
}


def now() -> str:
    """The time in RFC 3339, UTC."""
    return rfc3339(datetime.now(UTC))


def rfc3339(moment: datetime) -> str:
    """A time in UTC as it stands in locks."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alive_seconds() -> float:
    """Seconds on a clock that goes on while the process, or the whole machine, is suspended and that nobody can set."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class LockInfo(Struct, frozen=True):
    """Who holds a lock.

    Args:
        id: a fresh UUID; ``force-unlock`` names it.
        operation: the command: ``apply``, ``state mv``.
        info: remarks.
        who: ``user@host``.
        version: of dmail.
        created: RFC 3339, UTC.
        path: what a person calls the state.
        pid: of the holder, on `host`.
        host: its name.
        heartbeat: when the holder last showed that it is alive; RFC 3339, UTC; empty where the store does not say.
    """

    id: str
    operation: str = ""
    info: str = ""
    who: str = ""
    version: str = ""
    created: str = ""
    path: str = ""
    pid: int = 0
    host: str = ""
    heartbeat: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form."""
        return {name: getattr(self, key) for key, name in _JSON_NAMES.items()}

    def to_json(self) -> bytes:
        """The JSON form as bytes."""
        return json.dumps(self.data).encode()

    @classmethod
    def from_json(cls, data: bytes | str) -> LockInfo | None:
        """Read the JSON form, ours or Terraform's; None where it is neither."""
        try:
            found = json.loads(data)
        except ValueError:
            return None
        if not isinstance(found, dict) or not isinstance(found.get("ID"), str):
            return None
        known = {key: found[name] for key, name in _JSON_NAMES.items() if name in found}
        fitting: dict[str, Any] = {
            key: value for key, value in known.items() if type(value) is (int if key == "pid" else str)
        }
        return cls(**fitting)

    def beating(self) -> LockInfo:
        """The same with a heartbeat of this moment."""
        return replace(self, heartbeat=now())

    def describe(self) -> str:
        """For people: owner, process, command and times, to go on after "is held" or "in use"."""
        process = ", ".join([f"process {self.pid}"] * bool(self.pid) + [f"`{self.operation}`"] * bool(self.operation))
        parts = [
            f"by {self.who}" if self.who else f"with the lock {self.id}",
            f"({process})" if process else "",
            f"since {self.created}" if self.created else "",
            f"and last seen at {self.heartbeat}" if self.heartbeat else "",
        ]
        return " ".join(part for part in parts if part)


def new_lock_info(operation: str, *, path: str, version: str, info: str = "") -> LockInfo:
    """What this process writes into a lock that it takes now."""
    host = os.uname().nodename
    return LockInfo(
        id=str(uuid4()),
        operation=operation,
        info=info,
        who=f"{_user()}@{host}",
        version=version,
        created=now(),
        path=path,
        pid=os.getpid(),
        host=host,
    )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


class StateLocked(DiagnosticError):  # noqa: N818  # the fact that callers wait for, exit code 6
    """Somebody else holds the lock. `holder` says who, where the store knows."""

    def __init__(self, diagnostic: Diagnostic, holder: LockInfo | None) -> None:
        super().__init__(diagnostic)
        self.holder = holder


class LockLost(DiagnosticError):  # noqa: N818  # the same style
    """The lock went to somebody else while this process worked. Nothing more may be called or written."""


Found = TypeVar("Found")


class Patience(Struct):
    """Waiting for a lock: tries at growing intervals, with jitter so that many who wait do not try together."""

    timeout: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = alive_seconds
    longest: float = 2.0
    _tries: int = 0

    def until(self, attempt: Callable[[], Found]) -> Found:
        """The result of the first attempt that does not raise `StateLocked`; the last such error when time is up."""
        end = self.clock() + self.timeout
        while True:
            try:
                return attempt()
            except StateLocked:
                left = end - self.clock()
                if left <= 0:
                    raise
                self.sleep(min(left, self._pause()))

    def _pause(self) -> float:
        self._tries += 1
        return float(min(self.longest, 0.05 * 1.5**self._tries) * (0.5 + random() / 2))  # noqa: S311  # jitter, no secret


def locked(name: str, holder: LockInfo | None, *, remedy: str = "") -> StateLocked:
    """The error for a lock that somebody else holds.

    Args:
        name: what a person calls the state.
        holder: who holds it, where the store knows.
        remedy: how the lock is freed when its holder is gone, a whole sentence; otherwise ``force-unlock``.
    """
    remedy = remedy or f"If its holder is gone, free it:\n  dmail force-unlock {holder.id if holder else 'ID'}"
    why = "Two writers would undo each other's work."
    detail = f"{name} is in use{_holder(holder)}. {why} Wait for it with --lock-timeout. {remedy}"
    return StateLocked(Diagnostic(codes.LOCKED, detail, values=_lock_id(holder)), holder)


def _holder(holder: LockInfo | None) -> str:
    return f" {holder.describe()}" if holder else ""


def _lock_id(holder: LockInfo | None) -> dict[str, str]:
    return {"lock ID": holder.id} if holder else {}


def lost(name: str, why: str) -> LockLost:
    """The error for a lock that went away while it was needed."""
    return LockLost(
        Diagnostic(
            codes.LOCK_LOST,
            f"The lock on {name} is no longer held: {why}. Somebody else may be working on the same objects, so "
            "nothing more is changed. Run the command again; what was done is in the journal.",
        )
    )


def not_locked(name: str) -> Diagnostic:
    """The fault of freeing a lock that nobody holds."""
    return Diagnostic(codes.NOT_LOCKED, f"Nobody holds the lock on {name}; nothing was done.")


def other_lock(name: str, holder: LockInfo | None) -> Diagnostic:
    """The fault of freeing another lock than the one that is held."""
    return Diagnostic(
        codes.OTHER_LOCK,
        f"The lock on {name} is not the one named: it is held{_holder(holder)}. Freeing it would let two writers "
        "work at once. If its holder is gone, name its ID.",
        values=_lock_id(holder),
    )


def dead_lock(name: str, holder: LockInfo) -> Diagnostic:
    """The warning that the holder of a lock ended without giving it back, and the lock with it."""
    return Diagnostic(
        codes.DEAD_LOCK,
        f"{name} was left locked {holder.describe()}; that process is gone. What its journal holds is taken up.",
    )
