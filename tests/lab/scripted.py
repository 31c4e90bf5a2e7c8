"""Runs the scripted servers: one port each, one thread that accepts for all of them, one thread a connection."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.smtpd import Smtpd
from tests.lab.wire import Heard, Wire, serve


class ScriptedServers:
    """Scripted servers on loopback ports that the system chooses.

    Args:
        servers: a server class for each name.
        certificates: the folder with theirs.
        host: the address to listen on.
    """

    def __init__(self, servers: Mapping[str, type[Smtpd]], certificates: Path, *, host: str = "127.0.0.1") -> None:
        self.heard: list[Heard] = []
        self.ports: dict[str, int] = {}
        self._servers = servers
        self._certificates = certificates
        self._host = host
        self._selector = selectors.DefaultSelector()
        self._kept: list[socket.socket] = []
        self._stopping = False
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        for name in self._servers:
            self._listen(name)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping = True
        self._thread.join()
        self._selector.close()
        for sock in self._kept:
            sock.close()

    def _listen(self, name: str) -> None:
        listener = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        listener.bind((self._host, 0))
        self._kept.append(listener)
        self.ports[name] = listener.getsockname()[1]
        if name == "closed-port":
            return
        if name == "connect-blackhole":
            self._kept += clog(listener)
            return
        listener.listen(128)
        self._selector.register(listener, selectors.EVENT_READ, name)

    def _accept(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(timeout=0.1):
                listener = key.fileobj
                assert isinstance(listener, socket.socket)
                sock, _ = listener.accept()
                self._serve(key.data, sock)

    def _serve(self, name: str, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        log = lambda encrypted, data: self.heard.append(Heard(name, encrypted, data))
        wire = Wire(sock, certificates=self._certificates, log=log)
        serve(lambda wire: self._servers[name](wire, self._certificates).run(), wire)


def clog(listener: socket.socket) -> list[socket.socket]:
    """Fill the queue of a listener, so that the system drops further connections without a word."""
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket(listener.family)
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    return fillers
