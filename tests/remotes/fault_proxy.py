"""A proxy between a client and a real server that spoils chosen answers, the ways networks and gateways do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
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
        after: counts only once a request of this method has come.
    """

    method: str
    reply: Callable[[Reply], Reply]
    forwarded: bool = False
    times: int = 1
    after: str = ""


@dataclass
class FaultProxy:
    """What was asked, and what is spoiled next."""

    target: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
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
                waits = fault.after and not any(one == fault.after for one, _ in self.requests[self.marked :])
                if fault.method == method and fault.times > 0 and not waits:
                    fault.times -= 1
                    return fault
        return None

    def count(self, method: str) -> int:
        """How many requests of a method came."""
        return sum(one == method for one, _ in self.requests)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go out in two packets; the second would wait for the client to acknowledge the first.
    disable_nagle_algorithm = True
    proxy: FaultProxy

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.proxy.next_fault(self.command, self.path)
        empty = Reply(200)
        reply = self._forward(content) if fault is None or fault.forwarded else empty
        self._send(fault.reply(reply) if fault is not None else reply)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the names that the library calls

    def _forward(self, content: bytes) -> Reply:
        target = urlsplit(self.proxy.target)
        connection = HTTPConnection(str(target.hostname), target.port, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        try:
            connection.request(self.command, self.path, content or None, headers)
            answer = connection.getresponse()
            given = {name: value for name, value in answer.getheaders() if name.lower() not in DROPPED}
            return Reply(answer.status, given, answer.read())
        finally:
            connection.close()

    def _send(self, reply: Reply) -> None:
        if reply.status is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(reply.promised or len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        if reply.promised:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    """A running proxy."""
    proxy = FaultProxy(target)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


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
