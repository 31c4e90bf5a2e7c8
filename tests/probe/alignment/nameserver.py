"""A real name server (BIND's named) with the zones of these tests, on a port of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.daemon import running
from tests.support.needs import need_program

ZONES = Path(__file__).parent / "zones"
_TAKEN = "address in use"

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
zone "5.2.0.192.in-addr.arpa" {{ type primary; file "missing.zone"; }};
"""


@contextmanager
def nameserver(folder: Path) -> Iterator[int]:
    """Run named until the block ends; gives its port on 127.0.0.1."""
    program = need_program("named", package="bind9")
    (folder / "root.zone").write_bytes((ZONES / "root.zone").read_bytes())
    for _ in range(5):
        port = _free_port()
        (folder / "named.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
        with running([program, "-g", "-n", "1", "-c", str(folder / "named.conf")], settled=_is_settled) as server:
            if _TAKEN not in server.log:
                assert server.log.rstrip().endswith(" running"), server.log
                yield port
                return
    raise AssertionError("named found no free port in five attempts")


def _is_settled(line: str) -> bool:
    # Somebody may take the port between our look and named's: then named says so, and another is tried.
    return line.rstrip().endswith(" running") or _TAKEN in line


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
