"""The server's end of a connection in a scripted server: lines in, bytes out, everything logged with its TLS state."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# How long a silent server keeps silent before it lets go; longer than any test waits.
HOLD = 60.0


class Gone(Exception):  # noqa: N818 - a state
    """The connection is over; the script of the server ends."""


@dataclass(frozen=True)
class Heard:
    """Bytes that a server has got from a client.

    Args:
        scenario: which server.
        encrypted: whether they came inside TLS.
        data: the bytes.
    """

    scenario: str
    encrypted: bool
    data: bytes


class Wire:
    """One accepted connection; blocking, in its own thread, so that a fault reads as straight-line code."""

    def __init__(self, sock: socket.socket, *, certificates: Path, log: Callable[[bool, bytes], None]) -> None:
        self.sock = sock
        self.encrypted = False
        self._certificates = certificates
        self._log = log
        self._buffer = b""

    def send(self, data: bytes) -> None:
        """Exactly these bytes."""
        self.sock.sendall(data)

    def reply(self, code: int, *lines: str) -> None:
        """A reply of one line or of several."""
        last = len(lines) - 1
        marks = ("-" if number < last else " " for number in range(len(lines)))
        text = "".join(f"{code}{mark}{line}\r\n" for mark, line in zip(marks, lines, strict=True))
        self.send(text.encode("latin-1"))

    def line(self) -> bytes:
        """The next line of the client's, without its end."""
        while b"\n" not in self._buffer:
            data = self.sock.recv(65536)
            if not data:
                raise Gone
            self._log(self.encrypted, data)
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def hold(self, seconds: float = HOLD) -> None:
        """Say nothing until the client leaves; what it sends meanwhile is logged."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.sock.settimeout(left)
            data = self.sock.recv(65536)
            if not data:
                break
            self._log(self.encrypted, data)
        raise Gone

    def start_tls(self, certificate: str = "good", *, context: ssl.SSLContext | None = None) -> None:
        """The server's side of the handshake."""
        if context is None:
            context = server_context(self._certificates, certificate)
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.encrypted = True

    def reset(self) -> None:
        """Tear the connection down: RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone

    def close(self) -> None:
        """End it: FIN."""
        raise Gone


def server_context(certificates: Path, name: str) -> ssl.SSLContext:
    """A server's context with the certificate of that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem")
    return context


def serve(script: Callable[[Wire], None], wire: Wire) -> None:
    """Run the script of one connection in a thread of its own."""

    def run() -> None:
        try:
            script(wire)
        except (Gone, OSError, ValueError):
            pass  # the client has left, or the fault is done
        finally:
            wire.sock.close()

    threading.Thread(target=run, daemon=True).start()
