"""A lock of the kernel on a file beside the state.

    STATE.lock ─ flock ─ still the file of that name? ─ say who we are ─ … ─ remove the file ─ close

The kernel alone decides who holds the lock: it ends with the process, so a dead owner never blocks anybody, and a
suspended one keeps it. What the file says is for people.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.records import replace
from declarative_mail.state.lock import LockInfo, dead_lock, locked, lost, rfc3339

HEARTBEAT_SECONDS = 10.0
PROBE_SECONDS = 0.02
"""`KernelLock.is_held` asks by a shared lock that it gives back at once: a second try tells it from a holder."""
REMEDY = "If that process hangs, end it: the lock ends with it."


class KernelLock:
    """The lock file of one state."""

    def __init__(self, path: Path, *, name: str) -> None:
        """Nothing is opened yet.

        Args:
            path: the lock file.
            name: what a person calls the state.
        """
        self._path = path
        self._name = name

    def take(self, info: LockInfo) -> KernelLease:
        """Take the lock.

        Raises:
            StateLocked: another process holds it.
            OSError: the file cannot be made or written.
        """
        descriptor = self._locked_file()
        try:
            remains = _info_in(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, info.to_json(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        warnings = (dead_lock(self._name, remains),) if remains else ()
        return KernelLease(self._path, descriptor, info, name=self._name, warnings=warnings)

    def _locked_file(self) -> int:
        """The file, open and locked. One that its holder removed before we got the lock is not it: look again."""
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _info_in(descriptor)
                os.close(descriptor)
                raise locked(self._name, holder, remedy=REMEDY) from None
            except BaseException:
                os.close(descriptor)
                raise
            if _is_named(self._path, descriptor):
                return descriptor
            os.close(descriptor)

    def holder(self) -> LockInfo | None:
        """What the lock file says, whether its writer lives or not."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return _info_in(descriptor)
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Whether a living process holds the lock."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(descriptor)


class KernelLease:
    """An open file with a lock on it. See `lock.Lease`."""

    def __init__(
        self, path: Path, descriptor: int, info: LockInfo, *, name: str, warnings: tuple[Diagnostic, ...]
    ) -> None:
        """Takes over the descriptor; starts the heartbeat."""
        self.info = info
        self.warnings = warnings
        self._path = path
        self._descriptor = descriptor
        self._name = name
        self._released = Event()
        self._heart = Thread(target=self._beat, name="lock-heartbeat", daemon=True)
        self._heart.start()

    def _beat(self) -> None:
        """The time of the file is the sign of life that others see."""
        while not self._released.wait(HEARTBEAT_SECONDS):
            with suppress(OSError):
                os.utime(self._descriptor)

    def check(self, *, now: bool = False) -> None:  # noqa: ARG002  # asking the kernel costs nothing
        """The file of that name must still be the one that is locked."""
        if self._released.is_set():
            raise lost(self._name, "it was given back")
        if not _is_named(self._path, self._descriptor):
            raise lost(self._name, f"{self._path.name} was removed")

    def release(self) -> None:
        """Remove the file, then let go: whoever opened it meanwhile sees that it has no name any more."""
        if self._released.is_set():
            return
        self._released.set()
        self._heart.join()
        if _is_named(self._path, self._descriptor):
            with suppress(OSError):  # the folder became read-only: what stays is taken for a dead owner's
                self._path.unlink()
        os.close(self._descriptor)


def _is_named(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _info_in(descriptor: int) -> LockInfo | None:
    """What the file says; its time is the last sign of life."""
    info = LockInfo.from_json(os.pread(descriptor, 65536, 0))
    seen = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
    return info and replace(info, heartbeat=rfc3339(seen))
