"""A server of the tests' own: started in the foreground, read until it says that it runs, ended by its process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import IO

STARTS_WITHIN = 30.0


class Daemon:
    """A running server and what it has said so far.

    Args:
        argv: the command; the server must stay in the foreground and write its log to standard error.
        settled: whether a line of the log shows that it runs or cannot run.
    """

    def __init__(self, argv: Sequence[str], *, settled: Callable[[str], bool]) -> None:
        self._settled = settled
        self._seen = Event()
        self._lines: list[str] = []
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert self._process.stderr is not None
        self._reader = Thread(target=self._read, args=[self._process.stderr], daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        """All that it has said."""
        return "".join(self._lines)

    def wait_until_settled(self) -> None:
        """Return once it runs, cannot run, or has ended; which of them shows its log."""
        assert self._seen.wait(STARTS_WITHIN), self.log

    def stop(self) -> None:
        """End it and wait for its end."""
        self._process.terminate()
        self._process.wait(timeout=STARTS_WITHIN)
        self._reader.join(STARTS_WITHIN)

    def _read(self, stream: IO[bytes]) -> None:
        # To the end, so that the server never waits for a full pipe.
        with stream:
            for line in stream:
                self._lines.append(line.decode(errors="replace"))
                if self._settled(self._lines[-1]):
                    self._seen.set()
        self._seen.set()


@contextmanager
def running(argv: Sequence[str], *, settled: Callable[[str], bool]) -> Iterator[Daemon]:
    """A server for the length of the block, settled at its beginning."""
    daemon = Daemon(argv, settled=settled)
    try:
        daemon.wait_until_settled()
        yield daemon
    finally:
        daemon.stop()
