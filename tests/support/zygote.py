"""Starts real ``dmail`` processes cheaply: each is forked from an interpreter that has imported the program already.

The start of an interpreter and its imports cost a second, a fork some milliseconds, and nothing else differs: a process
of its own, with its own directory, environment, output and signals. ``python -m tests.support.zygote`` is that
interpreter; a `Zygote` is what a test holds of it.
"""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NoReturn

import pytest

from tests.support.samples import GROUPS, RULE

ROOT = Path(__file__).parents[2]
PRELOADED = (
    "boto3.session",
    "cryptography.hazmat.primitives.ciphers.aead",
    "deepdiff",
    "httpx",
    "psycopg",
    "stamina",
    "starlette.applications",
    "uvicorn",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.auto",
)
WITHIN = 120.0
"""Seconds that a process may take; nothing that a test waits for takes as long."""


@dataclass
class Forked:
    """A process: as much of `subprocess.Popen` as the tests need."""

    pid: int
    out: Path
    zygote: Zygote = field(repr=False)
    returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self.zygote.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float = WITHIN) -> int:
        """The exit code once it has ended."""
        ends = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"dmail {self.pid}: {self.text}", timeout)
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing happens where the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    @property
    def text(self) -> str:
        """What it has written so far, to both streams."""
        return self.out.read_text(encoding="utf-8")


class Zygote:
    """The interpreter that processes are forked from. Safe to use from several threads."""

    def __init__(self) -> None:
        """Start it; it imports while the test goes on."""
        command = [sys.executable, "-m", "tests.support.zygote"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True)
        self._lock = Lock()

    def ask(self, what: Mapping[str, Any]) -> Any:
        """Send one line and read one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def start(self, directory: Path, environment: Mapping[str, str], *arguments: str, out: Path, **also: Any) -> Forked:
        """Start ``dmail``.

        Args:
            directory: its working directory.
            environment: what it adds to that of the tests.
            arguments: of the command line.
            out: the file that gets both streams.
            also: ``before``, the name of a function ``module:function`` that is called first in the new process.
        """
        given = {**os.environ, **environment}
        asked = {"directory": str(directory), "environment": given, "arguments": arguments, "out": str(out), **also}
        return Forked(self.ask(asked), out, self)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One for all tests of a worker."""
    started = Zygote()
    yield started
    started.close()


def _serve() -> None:
    for module in (*PRELOADED, *_own_modules()):
        import_module(module)
    _warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps(_poll(asked["poll"]) if "poll" in asked else _fork(asked)) + "\n")
        sys.stdout.flush()


def _own_modules() -> Iterator[str]:
    import declarative_mail

    found = (one.name for one in pkgutil.walk_packages(declarative_mail.__path__, "declarative_mail."))
    return (name for name in found if not name.endswith("__main__"))


def _warm_up() -> None:
    """Run once what every run needs: tables and validators are built on first use."""
    from declarative_mail.cli.main import run

    before = Path.cwd()
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        os.chdir(folder)
        Path("main.hcl").write_text(GROUPS + RULE, encoding="utf-8")
        run(["apply", "--auto-approve"])
        os.chdir(before)


def _poll(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _fork(asked: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(asked)
    return pid


def _become(asked: Mapping[str, Any]) -> NoReturn:
    """Be the process that was asked for."""
    from declarative_mail.cli.main import main

    code = 70
    try:
        out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), out, out)):
            os.dup2(descriptor, number)
        os.chdir(asked["directory"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        if "before" in asked:
            module, _, name = asked["before"].partition(":")
            getattr(import_module(module), name)()
        sys.argv = ["dmail", *asked["arguments"]]
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
