"""A real name server (BIND's named) with the zones of these tests, on a port of its own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import IO

from tests.support.needs import need_program

ZONES = Path(__file__).parent / "zones"
STARTS_WITHIN = 30.0

_CONFIGURATION = """
options {{
    directory "{folder}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion no;
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    check-names primary ignore;
    minimal-responses yes;
}};
controls {{ }};
zone "." {{ type primary; file "root.zone"; }};
zone "broken.test" {{ type primary; file "missing.zone"; }};
"""


@contextmanager
def nameserver(folder: Path) -> Iterator[int]:
    """Run named until the block ends; gives its port on 127.0.0.1."""
    program = need_program("named", package="bind9")
    (folder / "root.zone").write_bytes((ZONES / "root.zone").read_bytes())
    for _ in range(5):
        port = _free_port()
        (folder / "named.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
        server = subprocess.Popen(
            [program, "-g", "-n", "1", "-c", str(folder / "named.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert server.stderr is not None
        log = _Log(server.stderr)
        try:
            if log.is_running():
                yield port
                return
        finally:
            server.terminate()
            server.wait(timeout=STARTS_WITHIN)
            log.join()
        # Somebody took the port between our look and named's: then named says so, and another is tried.
        assert "address in use" in log.text, log.text
    raise AssertionError("named found no free port in five attempts")


class _Log:
    """What named says, read to the end so that it never waits for us."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._settled = Event()
        self._running = False
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def is_running(self) -> bool:
        """Wait until it runs, or has ended."""
        assert self._settled.wait(STARTS_WITHIN), self.text
        return self._running

    def join(self) -> None:
        self._thread.join(STARTS_WITHIN)
        self._stream.close()

    def _read(self) -> None:
        for line in self._stream:
            self._lines.append(line.decode(errors="replace"))
            if "address in use" in self._lines[-1]:
                self._settled.set()
            if self._lines[-1].rstrip().endswith(" running"):
                self._running = "address in use" not in self.text
                self._settled.set()
        self._settled.set()


def _free_port() -> int:
    """A port that is free for UDP and TCP at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        port = int(udp.getsockname()[1])
        try:
            tcp.bind(("127.0.0.1", port))
        except OSError:
            return _free_port()
        return port
