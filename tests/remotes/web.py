"""A web server on the loopback that answers as a test says, and a proxy for the way there."""

from __future__ import annotations

import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, TypeAlias

from tests.lab.certificates import Plan, make_certificates
from tests.remotes.fault_proxy import Reply, Server, send, serving

CERTIFICATES = (
    Plan(name="ca", subject="Test root", names=(), issuer=None, authority=True, begins=-1, ends=30),
    Plan(name="good"),
)


@dataclass(frozen=True)
class Asked:
    """A request: the port of its connection tells which came over the same one."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int


@dataclass(frozen=True)
class Drip:
    """An answer that comes in small parts, with pauses, and never ends."""

    pause: float = 0.05


Answer: TypeAlias = Reply | Drip | Callable[[Asked], Reply]


@dataclass
class Web:
    """What was asked, and what is answered: the first of `answers`, and the last of them again and again."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    tunnels: list[str] = field(default_factory=list)

    def say(self, *answers: Answer) -> None:
        """Answer the next requests so."""
        self.answers = deque(answers)

    def next_answer(self, asked: Asked) -> Reply | Drip:
        """What to answer now."""
        self.asked.append(asked)
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Reply | Drip) else answer(asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.web.next_answer(Asked(self.command, self.path, headers, body, self.client_address[1]))
        if isinstance(answer, Reply):
            send(self, answer)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        with suppress(OSError):
            for _ in range(1000):
                self.wfile.write(b" ")
                sleep(answer.pause)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the names that the library calls

    def do_CONNECT(self) -> None:
        """Be a proxy: pass everything on, both ways."""
        self.web.tunnels.append(self.path)
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as there:
            self.send_response(200)
            self.end_headers()
            forth = Thread(target=_pump, args=(self.connection, there), daemon=True)
            forth.start()
            _pump(there, self.connection)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def running_web(certificates: Path | None = None) -> Iterator[Web]:
    """A running server; with a folder of certificates it speaks TLS."""
    web = Web()
    web.say(json_reply("{}"))
    server = Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "good.crt", certificates / "good.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server) as place:
        web.url = f"{'http' if certificates is None else 'https'}://{place}"
        yield web


def json_reply(body: str, status: int = 200, **headers: str) -> Reply:
    """An answer of an API."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"Content-Type": "application/json", **given}, body.encode())


def certificates_in(folder: Path) -> Path:
    """A folder with a root of our own and a certificate for the loopback."""
    make_certificates(folder, CERTIFICATES)
    return folder


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
