"""The lease on a lock: what a run holds while it works on a state."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.state.lock import LockInfo, LockLost, alive_seconds, lost

CHECK_SECONDS = 10.0


class Lease(Protocol):
    """A lock that this process holds.

    Attributes:
        info: what the lock says about its holder.
        warnings: what was found when it was taken, e.g. that a dead process left it.
    """

    info: LockInfo
    warnings: tuple[Diagnostic, ...]

    def check(self, *, now: bool = False) -> None:
        """Make sure that the lock is still held. Called before each call to a remote, so it is cheap.

        Args:
            now: ask the store even if it was asked a moment ago.

        Raises:
            LockLost: it is not.
            DiagnosticError: the store cannot be asked.
        """

    def release(self) -> None:
        """Give the lock back. A lock that is lost already is left alone; a second call does nothing.

        Raises:
            DiagnosticError: the store cannot be reached, so the lock may stay.
        """


class CheckedLease:
    """A lease that asks its store every few seconds. What it found lost stays lost. See `Lease`."""

    def __init__(
        self,
        info: LockInfo,
        *,
        name: str,
        ask: Callable[[], None],
        give_back: Callable[[], None],
        warnings: tuple[Diagnostic, ...] = (),
        clock: Callable[[], float] = alive_seconds,
    ) -> None:
        """The lock is held already.

        Args:
            info: what the lock says.
            name: what a person calls the state.
            ask: asks the store; raises `LockLost`.
            give_back: frees the lock.
            warnings: what was found when it was taken.
            clock: seconds, going on while the process is suspended.
        """
        self.info = info
        self.warnings = warnings
        self._name = name
        self._ask = ask
        self._give_back = give_back
        self._clock = clock
        self._asked_at = clock()
        self._lost: LockLost | None = None
        self._released = False
        self._lock = Lock()

    def check(self, *, now: bool = False) -> None:
        """At most one question in `CHECK_SECONDS`, and one as soon as a suspended process goes on."""
        with self._lock:
            if self._released:
                self._lost = lost(self._name, "it was given back")
            if self._lost:
                raise self._lost
            if now or self._clock() - self._asked_at >= CHECK_SECONDS:
                self._verify()

    def _verify(self) -> None:
        try:
            self._ask()
        except LockLost as error:
            self._lost = error
            raise
        self._asked_at = self._clock()

    def release(self) -> None:
        """Give the lock back, unless it is lost: then it is somebody else's."""
        with self._lock:
            if self._released:
                return
            self._released = True
            if self._lost is None:
                self._give_back()
