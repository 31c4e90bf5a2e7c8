"""Real servers for the stores: a PostgreSQL cluster and moto's S3, each in processes of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.support.needs import find_program, need_program

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "150",
}


@contextmanager
def running_postgres() -> Iterator[str]:
    """A fresh cluster; gives its connection string. It listens on a Unix socket and on a port of the loopback."""
    initdb = need_program("initdb", package="postgresql")
    postgres = need_program("postgres", package="postgresql")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="dmail-pg-"))
    try:
        if user:
            shutil.chown(folder, user, user)
        data = folder / "data"
        command = [initdb, "--no-sync", "--auth=trust", "--username=dmail", "--encoding=UTF8", "--locale=C", str(data)]
        subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)
        with _postgres_process(postgres, data, user) as port:
            yield f"host=127.0.0.1 port={port} user=dmail dbname=postgres"
    finally:
        shutil.rmtree(folder)


@contextmanager
def _postgres_process(postgres: str, data: Path, user: str | None) -> Iterator[int]:
    port = _free_port()
    settings = [f"--{name}={value}" for name, value in POSTGRES_SETTINGS.items()]
    command = _ending_with_us(postgres, "-D", str(data), "-p", str(port), "-k", str(data.parent), *settings)
    with subprocess.Popen(command, user=user, cwd=data, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            _wait_for("ready to accept connections", process)
            Thread(target=process.stderr.read, daemon=True).start()
            yield port
        finally:
            process.send_signal(signal.SIGINT)  # "fast shutdown"
            process.wait()


def _ending_with_us(*command: str) -> list[str]:
    """A command whose process ends when the test run is killed, where the machine has the program for that."""
    setpriv = find_program("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else list(command)


def _wait_for(text: str, process: subprocess.Popen[str]) -> str:
    seen = []
    for line in process.stderr or ():
        seen.append(line)
        if text in line:
            return line
    raise AssertionError(f"the server ended with {process.wait()}: {''.join(seen)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_moto() -> Iterator[str]:
    """Moto's server; gives its URL. One request at a time, so that a condition and the write are one step as in S3."""
    command = _ending_with_us(sys.executable, "-m", "tests.state.moto_server")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stderr is not None
        try:
            url = _wait_for("listening on", process).split()[-1]
            Thread(target=process.stderr.read, daemon=True).start()
            yield url
        finally:
            process.terminate()
            process.wait()
