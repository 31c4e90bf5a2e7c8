"""A proxy between a client and a real server that spoils chosen answers, the ways networks and gateways do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

DROPPED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Reply:
    """What goes back to the client; None as status closes the connection without a word."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    promised: int | None = None
    """The Content-Length, where it is more than what is sent."""


@dataclass
class Fault:
    """Spoils the next `times` requests of a method.

    Args:
        method: of the requests.
        reply: what to send instead of, or made from, the server's answer.
        forwarded: whether the server gets the request all the same.
        times: how many requests.
        after: counts only once a request of this method has come, with this in its path: ``POST /v1/``.
        path: a part of the path.
        before: called before the request is passed on.
    """

    method: str
    reply: Callable[[Reply], Reply]
    forwarded: bool = False
    times: int = 1
    after: str = ""
    path: str = ""
    before: Callable[[], None] = lambda: None


@dataclass
class FaultProxy:
    """What was asked, and what is spoiled next."""

    target: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    at_once: int = 0
    """How many requests are being answered."""
    most_at_once: int = 0
    marked: int = 0
    """How many requests had come when a fault was last told to wait for one of another method."""
    lock: Lock = field(default_factory=Lock)

    def spoil(self, *faults: Fault) -> None:
        """Spoil what comes from now on."""
        with self.lock:
            self.marked = len(self.requests)
            self.faults += faults

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The fault for a request, used up by it."""
        with self.lock:
            self.requests.append((method, path))
            for fault in self.faults:
                if fault.method == method and fault.path in path and fault.times > 0 and self._has_come(fault.after):
                    fault.times -= 1
                    return fault
        return None

    def _has_come(self, wanted: str) -> bool:
        method, _, part = wanted.partition(" ")
        return not wanted or any(one == method and part in path for one, path in self.requests[self.marked :])

    @contextmanager
    def counted(self) -> Iterator[None]:
        """While one request is being answered."""
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            with self.lock:
                self.at_once -= 1

    def count(self, method: str) -> int:
        """How many requests of a method came."""
        return sum(one == method for one, _ in self.requests)


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Answer the request of a handler."""
    if reply.status is None:
        handler.close_connection = True
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.status != 204:
        handler.send_header("Content-Length", str(reply.promised or len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body)
    if reply.promised:
        handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go out in two packets; the second would wait for the client to acknowledge the first.
    disable_nagle_algorithm = True
    proxy: FaultProxy

    def _handle(self) -> None:
        promised = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(promised)
        if len(content) < promised:
            self.close_connection = True
            return  # who sent it was killed meanwhile: half a request is none
        with self.proxy.counted():
            reply = self._reply(content)
        send(self, reply)

    def _reply(self, content: bytes) -> Reply:
        fault = self.proxy.next_fault(self.command, self.path)
        if fault is not None:
            fault.before()
        reply = self._forward(content) if fault is None or fault.forwarded else Reply(200)
        return fault.reply(reply) if fault is not None else reply

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the names that the library calls

    def _forward(self, content: bytes) -> Reply:
        """What the server answers; nothing where it is gone."""
        target = urlsplit(self.proxy.target)
        connection = HTTPConnection(str(target.hostname), target.port, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        try:
            connection.request(self.command, self.path, content or None, headers)
            answer = connection.getresponse()
            given = {name: value for name, value in answer.getheaders() if name.lower() not in DROPPED}
            return Reply(answer.status, given, answer.read())
        except (OSError, HTTPException):
            return Reply(None)
        finally:
            connection.close()

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


class Server(ThreadingHTTPServer):
    """A server whose clients may vanish."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed needs no word of it."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Let a server run for the length of the block; gives host and port."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    """A running proxy."""
    proxy = FaultProxy(target)
    with serving(Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))) as place:
        proxy.url = f"http://{place}"
        yield proxy


class Gate:
    """Holds an answer back until the test opens it: a process that waits for it is where the test wants it."""

    def __init__(self) -> None:
        """Closed."""
        self._reached, self._opened = Event(), Event()

    def __call__(self, reply: Reply) -> Reply:
        """Pass the answer on, in time."""
        self._reached.set()
        self._opened.wait(120)
        return reply

    def is_reached(self) -> bool:
        """Whether an answer waits."""
        return self._reached.is_set()

    def open(self) -> None:
        """Let it, and all that come after it, go."""
        self._opened.set()


def passed_on(reply: Reply) -> Reply:
    """The answer as it is."""
    return reply


def lost(_: Reply) -> Reply:
    """The connection ends before an answer."""
    return Reply(None)


def truncated(reply: Reply) -> Reply:
    """Half of the answer, then the end of the connection."""
    return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2], max(len(reply.body), 10))


def status(number: int, **headers: str) -> Callable[[Reply], Reply]:
    """An answer of a gateway, in HTML as gateways give it."""
    given = {"Content-Type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda _: Reply(number, given, b"<html><h1>Oops</h1></html>")
