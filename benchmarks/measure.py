"""One run of a program: how long it took and how much memory it had at its peak."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run.

    Args:
        seconds: on the wall clock.
        megabytes: the largest resident set of the process or one of its children. Linux lets a child start with the
            peak of its parent: less than this harness has (about 25 MB) cannot be seen.
        cpu: seconds of all cores together; tells a slow program from a busy machine.
    """

    seconds: float
    megabytes: float
    cpu: float = 0.0


class ProgramError(Exception):
    """A measured program failed: its numbers would mean nothing."""


def measure(
    command: Sequence[str], folder: Path, *, environment: Mapping[str, str], accepted: frozenset[int] = frozenset({0})
) -> Measurement:
    """Run a command in a folder.

    Args:
        command: program and arguments.
        folder: its working directory.
        environment: variables beside those of this process.
        accepted: exit codes of a run that did its work.

    Raises:
        ProgramError: it ended otherwise; the message has the last lines that it said.
    """
    said = folder / ".said"
    # Python programs start as installed ones do: with their byte code, whatever this shell says of writing it.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with said.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        lines = said.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise ProgramError(f"{' '.join(command)} exited with {process.returncode}:\n" + "\n".join(lines))
    return Measurement(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)
