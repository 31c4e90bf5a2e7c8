"""The state as a file: replaced whole, on disk before a write returns, locked by the kernel.

write: temporary file ─ fsync ─ old one linked as backup ─ rename over ─ fsync of the folder
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.lease import Lease
from declarative_mail.state.lock import LockInfo, Patience, StateLocked, not_locked, other_lock
from declarative_mail.state.stores.base import Stored, content_etag, moved
from declarative_mail.state.stores.kernel_lock import PROBE_SECONDS, REMEDY, KernelLock

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says where a disk, a quota or a limit is used up."""
_TEMPORARY = ".tmp"


class LocalStore:
    """One state in one file. See `base.Store` for the contract."""

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        """Nothing is opened or made yet.

        Args:
            path: the state file. A symbolic link is followed: the file behind it is replaced, not the link.
            name: what a person calls it; the path as given otherwise.
        """
        self.name = name or str(path)
        self.path = Path(os.path.realpath(path))
        self.journal: Path | None = self._beside(".journal")
        self._lock = KernelLock(self._beside(".lock"), name=self.name)
        self._backed_up = False

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    def read(self) -> Stored | None:
        """The content of the file."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DiagnosticError(
                Diagnostic(
                    codes.UNREADABLE,
                    f"{self.name} exists, but cannot be read. Without it, everything that exists would be created "
                    "again. Check its owner and mode: `ls -l` shows them.",
                    cause=error.strerror,
                )
            ) from None
        return Stored(data, content_etag(data))

    def write(self, data: bytes, *, expected: str | None, lease: Lease) -> str:
        """Replace the file."""
        lease.check(now=True)
        self._expect(expected)
        with self._mapped_errors():
            self._check_writable()
            self._replace(data)
        return content_etag(data)

    def delete(self, *, expected: str, lease: Lease) -> None:
        """Remove the file, leaving the backup."""
        lease.check(now=True)
        self._expect(expected)
        with self._mapped_errors():
            self._back_up()
            self.path.unlink()
            self._sync_folder()

    def _expect(self, expected: str | None) -> None:
        stored = self.read()
        if (stored.etag if stored else None) != expected:
            raise moved(self.name)

    def _replace(self, data: bytes) -> None:
        temporary = self._fresh()
        try:
            _write_synced(temporary, data)
            self._back_up()
            os.replace(temporary, self.path)  # noqa: PTH105  # the system call by its name
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._sync_folder()

    def _fresh(self) -> Path:
        """A name in the same folder that nobody else uses, not even a process that lost the lock unawares."""
        return self._beside(f".{token_hex(4)}{_TEMPORARY}")

    def _back_up(self) -> None:
        """Keep what was there before the first write of this run: one backup, the state before the run."""
        if self._backed_up:
            return
        self._backed_up = True
        if not self.path.exists():
            return
        fresh = self._fresh()
        try:
            fresh.hardlink_to(self.path)
        except OSError:  # a file system without hard links
            _write_synced(fresh, self.path.read_bytes())
        os.replace(fresh, self._beside(".backup"))  # noqa: PTH105  # the system call by its name

    def _sync_folder(self) -> None:
        """The new name itself is only safe once the folder is on disk."""
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> NoReturn:
        if error.errno in NO_SPACE:
            code = codes.DISK_FULL
            remedy = "Make room and run the command again."
        else:
            code = codes.UNWRITABLE
            remedy = f"The folder {self.path.parent} and the file must be writable for the user that runs dmail."
        detail = f"{self.name} cannot be written; what was there before is whole and unchanged. {remedy}"
        raise DiagnosticError(Diagnostic(code, detail, cause=error.strerror)) from None

    def lock(self, info: LockInfo, *, timeout: float = 0) -> Lease:
        """Take the kernel's lock on ``STATE.lock``."""
        with self._mapped_errors():
            self._check_writable()
            lease = Patience(max(timeout, PROBE_SECONDS)).until(lambda: self._lock.take(info))
            self._clear_remains()
            return lease

    def _check_writable(self) -> None:
        """A rename would replace a read-only file all the same; who made it read-only meant otherwise."""
        if self.path.exists() and not os.access(self.path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def _clear_remains(self) -> None:
        """Temporary files of a process that was killed while it wrote."""
        for path in self.path.parent.iterdir():
            if path.name.startswith(f"{self.path.name}.") and path.name.endswith(_TEMPORARY):
                path.unlink(missing_ok=True)

    def force_unlock(self, lock_id: str) -> LockInfo | None:
        """Refused while the holder lives: the kernel's lock ends with it. What a dead one left is cleared away."""
        holder = self._lock.holder()
        if holder is None:
            raise DiagnosticError(not_locked(self.name))
        if holder.id != lock_id:
            raise DiagnosticError(other_lock(self.name, holder))
        try:
            self.lock(holder).release()
        except StateLocked:
            detail = f"The lock on {self.name} is held {holder.describe()}, and ends with that process. {REMEDY}"
            raise DiagnosticError(Diagnostic(codes.KERNEL_LOCK, detail)) from None
        return holder

    def lock_info(self) -> LockInfo | None:
        """What the lock file says, where a living process holds it."""
        return self._lock.holder() if self._lock.is_held() else None


def _write_synced(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, and wait until it is on disk."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # takes over the descriptor
        file.write(data)
        file.flush()
        os.fsync(descriptor)
