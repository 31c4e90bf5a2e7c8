"""Runs the server on a socket until it is told to end."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.rest.server.objects import Objects
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import uvicorn

GRACE = 5
"""Seconds for calls that are under way when the server is told to end."""


class Serving(Struct, frozen=True):
    """What to serve where.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.
        database: the SQLite file; it is made where there is none.
        token: what every request must bear; None lets everybody in, on this machine only.
    """

    host: str
    port: int
    database: Path
    token: Secret | None


def serve(serving: Serving, on_ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it.

    Args:
        serving: what and where.
        on_ready: told the URL once the server answers.

    Raises:
        DiagnosticError: the address or the file cannot be used, or a library is missing.
    """
    if serving.token is None and not _is_loopback(serving.host):
        detail = f"{serving.host} is reached from other machines, so a token is needed: give --token-file."
        raise DiagnosticError(Diagnostic(codes.SERVE_SETTING, detail))
    listener = listen(serving.host, serving.port)
    objects = _open(serving.database)
    try:
        make_server(objects, serving.token, lambda: on_ready(_url(listener))).run(sockets=[listener])
    finally:
        objects.close()
        listener.close()


def make_server(objects: Objects, token: Secret | None, on_ready: Callable[[], None]) -> uvicorn.Server:
    """The server, not started. `on_ready` is called once it answers.

    Raises:
        DiagnosticError: starlette or uvicorn is not installed.
    """
    try:
        import uvicorn

        from declarative_mail.remotes.rest.server.app import create_app

        app = create_app(objects, token)
    except ImportError as error:
        detail = f"dmail serve needs {error.name}, which is not installed. Install it with dmail:\n"
        detail += "    pip install 'declarative-mail[server]'"
        raise DiagnosticError(Diagnostic(codes.SERVE_SETTING, detail)) from None

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready()

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE, loop="asyncio"
    )
    return Server(config)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        DiagnosticError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio turns Nagle's algorithm off for what is accepted: head and body of an answer go
    # out apart, and otherwise the body of each waits 40 ms for the client to acknowledge the head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        detail = f"{host}:{port} cannot be listened on. Give another address with --listen."
        raise DiagnosticError(Diagnostic(codes.SERVE_SETTING, detail, cause=error.strerror)) from None
    listener.listen(1024)
    return listener


def _open(path: Path) -> Objects:
    try:
        return Objects(path)
    except sqlite3.Error as error:
        detail = f"{path} cannot be opened as a database of this server. Give another file with --database."
        raise DiagnosticError(Diagnostic(codes.SERVE_SETTING, detail, cause=str(error))) from None


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
