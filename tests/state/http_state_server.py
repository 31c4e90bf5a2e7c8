"""A state server for tests: Terraform's protocol on the standard library, with faults on demand."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from tests.remotes.fault_proxy import Server, serving

DROP_BEFORE = "drop-before"
"""Close the connection without doing anything."""
DROP_AFTER = "drop-after"
"""Do it, then close the connection without an answer."""


@dataclass
class StateServer:
    """What the server holds and how it behaves.

    Args:
        etags: whether it gives ETags and looks at conditions.
        credentials: ``user:password``, when it wants them.
        faults: for the next requests of a method: a fault, or a status to answer with.
    """

    url: str = ""
    etags: bool = False
    credentials: str = ""
    states: dict[str, bytes] = field(default_factory=dict)
    locks: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    faults: dict[str, deque[str | int]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def fail(self, method: str, *faults: str | int) -> None:
        """Let the next requests of this method end so."""
        self.faults.setdefault(method, deque()).extend(faults)

    def holder(self, path: str) -> str | None:
        """The ID of the lock on a path."""
        return json.loads(self.locks[path])["ID"] if path in self.locks else None


def _etag(data: bytes) -> str:
    return f'"{sha256(data).hexdigest()[:16]}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: StateServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        """Say nothing."""

    def _handle(self) -> None:
        state = self.server_state
        parts = urlsplit(self.path)
        promised = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(promised)
        if len(body) < promised:
            self.close_connection = True
            return  # who sent it was killed meanwhile: half a request is none
        with state.guard:
            state.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            fault = state.faults[self.command].popleft() if state.faults.get(self.command) else None
            if fault == DROP_BEFORE:
                status, answer, headers = 0, b"", {}
            elif isinstance(fault, int):
                status, answer, headers = fault, b"<html>an error</html>", {"Retry-After": "0"}
            elif state.credentials and self.headers.get("Authorization") != _basic(state.credentials):
                status, answer, headers = (403 if "Authorization" in self.headers else 401), b"", {}
            else:
                lock_id = parse_qs(parts.query).get("ID", [""])[0]
                status, answer, headers = self._answer(state, parts.path, body, lock_id)
        if fault in {DROP_BEFORE, DROP_AFTER}:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _answer(self, state: StateServer, path: str, body: bytes, lock_id: str) -> tuple[int, bytes, dict[str, str]]:
        if self.command in {"LOCK", "UNLOCK"}:
            return self._lock(state, path, body)
        stored = state.states.get(path)
        if self.command == "GET":
            headers = {"ETag": _etag(stored)} if stored and state.etags else {}
            return 200 if stored else 404, stored or b"", headers
        if path in state.locks and lock_id != state.holder(path) and self.command == "POST":
            return 423, state.locks[path], {}
        if state.etags and not self._meets_conditions(stored):
            return 412, b"", {}
        if self.command == "DELETE":
            state.states.pop(path, None)
        else:
            state.states[path] = body
        return 200, b"", {}

    def _lock(self, state: StateServer, path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        asked = json.loads(body)["ID"] if body else state.holder(path)  # `terraform force-unlock` sends nothing
        if self.command == "LOCK":
            if path in state.locks:
                return 423, state.locks[path], {}
            state.locks[path] = body
        elif path in state.locks:
            if state.holder(path) != asked:
                return 409, state.locks[path], {}
            del state.locks[path]
        return 200, b"", {}

    def _meets_conditions(self, stored: bytes | None) -> bool:
        if self.headers.get("If-None-Match") == "*":
            return stored is None
        wanted = self.headers.get("If-Match")
        return wanted is None or (stored is not None and wanted == _etag(stored))

    do_GET = do_POST = do_DELETE = do_LOCK = do_UNLOCK = _handle  # noqa: N815  # names of the base class


def _basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


@contextmanager
def running_state_server() -> Iterator[StateServer]:
    """A server on a free port of the loopback interface."""
    state = StateServer()
    handler = type("Handler", (_Handler,), {"server_state": state})
    with serving(Server(("127.0.0.1", 0), handler)) as place:
        state.url = f"http://{place}"
        yield state
