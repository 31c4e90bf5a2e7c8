"""Work beside this process, in a fork of it, where a second core is free for that.

A fork has all that was read so far and costs a millisecond or two; a fresh process would have to be given it. What
makes forks dangerous is kept from them: they start only while there is a single thread, hold no file of ours (a lock
lives as long as any process has it open), say nothing, run none of what Python does at its end, and end before we do.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from declarative_mail.language.beside import Result, Work

LIFETIME = 60
"""Seconds after which a child is ended by its own alarm, should its parent be gone or stopped."""
GRACE = 1.0
"""Seconds that a run waits, more than it would have to, for what a child gives, and at its end for the child's."""
_PAUSE = 0.005
_HELD = (signal.SIGINT, signal.SIGTERM)


class Forks:
    """Children of this process, each for one piece of work: `language.beside` says what they are for."""

    def start(self, work: Work, /) -> Result | None:
        """Begin a piece of work. None where there is no core, no process or no moment without threads for it."""
        child = _fork(work) if _may_fork() else None
        return None if child is None else child.result


class _Child:
    """A process that was started and not waited for yet.

    What it gives lies in memory that both have (through a pipe it would have to wait until we find time to read); one
    byte in a pipe says that it is there.
    """

    def __init__(self, process: int, memory: int, ready: int, files: ExitStack) -> None:
        self._process = process
        self._memory = memory
        self._ready = ready
        self._files = files
        self._started = time.monotonic()

    def result(self) -> bytes | None:
        """What it gives; None where it fails, or takes much longer than we took for our part."""
        waiting = select.poll()
        waiting.register(self._ready, select.POLLIN)
        if not waiting.poll(1000 * (time.monotonic() - self._started + GRACE)):
            self.end(0)
            return None
        with self._files:
            return os.pread(self._memory, os.fstat(self._memory).st_size, 0) if os.read(self._ready, 1) else None

    def end(self, grace: float) -> None:
        """Wait for its end, at most so many seconds, then end it."""
        deadline = time.monotonic() + grace
        while not self.is_gone():
            if time.monotonic() >= deadline:
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
                break
            time.sleep(_PAUSE)
        self._files.close()

    def is_gone(self) -> bool:
        """Whether it has ended by itself. Nothing is left of it then."""
        try:
            return os.waitpid(self._process, os.WNOHANG)[0] != 0
        except ChildProcessError:  # somebody else in this process waits for all children
            return True


_running: list[_Child] = []


def end_children(grace: float = GRACE) -> None:
    """Wait at most so many seconds for each child that is left, then end it."""
    while _running:
        with suppress(OSError):
            _running.pop().end(grace)


atexit.register(end_children)


def _may_fork() -> bool:
    # Linux alone has that call; and on macOS system libraries start threads of their own, which no fork survives.
    if not hasattr(os, "memfd_create"):
        return False
    from threading import active_count

    _running[:] = [child for child in _running if not child.is_gone()]
    return len(_running) + 1 < len(os.sched_getaffinity(0)) and active_count() == 1


def _fork(work: Work) -> _Child | None:
    files = ExitStack()
    try:
        memory = os.memfd_create("dmail")
        files.callback(os.close, memory)
        ready, done = os.pipe()
        files.callback(os.close, ready)
    except OSError:
        files.close()
        return None
    try:
        with _signals_held() as mask:
            process = os.fork()
            if process == 0:
                _be_child(work, memory, done, mask)
            child = _Child(process, memory, ready, files)
            _running.append(child)
    except OSError:
        files.close()
        return None
    finally:
        os.close(done)
    return child


@contextmanager
def _signals_held() -> Iterator[set[int | signal.Signals]]:
    """No signal comes between a fork and the moment when it is known to us, or when it is its own master."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield mask
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _be_child(work: Work, memory: int, done: int, mask: set[int | signal.Signals]) -> NoReturn:
    """All that a child does. Whatever happens, it goes no further up than here."""

    def give(content: bytes) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(memory, left) :]
        os.write(done, b"!")

    try:
        for number in (*_HELD, signal.SIGALRM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(LIFETIME)
        _leave_files(memory, done)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        work(give)
    finally:
        os._exit(0)


def _leave_files(*own: int) -> None:
    """Hold nothing open but our own: whoever reads the run's output waits until nobody can write to it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    # Not os.closerange: where the C library has no close_range, it tries up to a limit that may be a billion.
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number not in own:
            with suppress(OSError):  # what listed them is closed by now
                os.close(number)
