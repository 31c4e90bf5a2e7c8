"""Greylisting for Postfix: its policy protocol, which refuses each pair of sender and recipient the first time."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

WAIT = 1
PATIENT_WAIT = 300


class _Policy(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        attributes: dict[str, str] = {}
        for raw in self.rfile:
            name, _, value = raw.decode("utf-8", "replace").rstrip("\n").partition("=")
            if name:
                attributes[name] = value
                continue
            self.wfile.write(f"action={self._action(attributes)}\n\n".encode())
            attributes = {}

    def _action(self, attributes: dict[str, str]) -> str:
        assert isinstance(self.server, _Server)
        pair = (attributes.get("sender", ""), attributes.get("recipient", ""))
        with self.server.lock:
            first = pair not in self.server.seen
            self.server.seen.add(pair)
        wait = PATIENT_WAIT if attributes.get("sender", "").startswith("patient") else WAIT
        return f"451 4.7.1 Greylisted, please try again in {wait} seconds" if first else "DUNNO"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Policy)
        self.seen: set[tuple[str, str]] = set()
        self.lock = threading.Lock()


@contextmanager
def running_greylist() -> Iterator[int]:
    """The service, until the block ends; its port."""
    with _Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
