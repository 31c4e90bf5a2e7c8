"""Programs that become daemons: free ports for them, starting them, waiting until they serve, ending them by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")

# Below the ports that the system gives to clients, so that none is taken between choosing and listening.
_FIRST, _LAST = 20_000, 32_000
_PATIENCE = 60.0


def free_ports() -> Iterator[int]:
    """Ports on which nothing listens now, beginning at a place of this process's own."""
    span = _LAST - _FIRST
    for number in range(span):
        port = _FIRST + (os.getpid() * 211 + number) % span
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port


def soon(ask: Callable[[], Answer]) -> Answer:
    """The first answer that is neither false nor an OSError or ValueError, for which it waits a minute."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            if answer := ask():
                return answer
        except (OSError, ValueError) as error:
            trouble: Exception | None = error
        else:
            trouble = None
        if time.monotonic() > end:
            raise AssertionError(f"still nothing after {_PATIENCE} s") from trouble
        time.sleep(0.02)


def greets(port: int, *, in_tls: bool = False) -> bool:
    """Whether a server answers on that port: with a first byte, or, where it waits for TLS, by listening."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        return in_tls or bool(sock.recv(1))


def run_daemon(command: Sequence[str], *, words: Path) -> None:
    """Start a program that puts itself into the background.

    Args:
        command: the program, which ends at once.
        words: the file for what it says; a pipe would stay open in the daemon.
    """
    with words.open("wb") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=60, check=False)
    assert done.returncode == 0, words.read_text("utf-8", "replace")


@contextmanager
def ended_at_last(pid_file: Path) -> Iterator[int]:
    """The pid of a daemon, which is ended with the block."""
    pid = soon(lambda: int(pid_file.read_text("ascii").strip()))
    try:
        yield pid
    finally:
        family = [pid, *_descendants(pid)]
        os.kill(pid, signal.SIGTERM)
        soon(lambda: is_over(pid))
        # A child that still serves a connection writes into the folder, which is about to be removed.
        for one in family:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGTERM)
        soon(lambda: all(map(is_over, family)))


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text("ascii").rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def is_over(pid: int) -> bool:
    """Whether a process has ended; one that nobody has collected yet has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
