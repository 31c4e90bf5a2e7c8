"""The real network: the system's resolver, TCP, and TLS over it; the one place where their errors are mapped."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from declarative_mail.probe.network import Dropped, Endpoint, NetworkFault, Stream, TimedOut, TlsOptions, TlsShown
from declarative_mail.probe.wire_text import wire_host

_READ = 16_384
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN}
_RESET = {errno.ECONNRESET, errno.EPIPE}
_NAME_SYMPTOMS = {
    socket.EAI_AGAIN: "name_lookup_failed",
    socket.EAI_FAIL: "name_lookup_failed",
    getattr(socket, "EAI_NODATA", None): "no_address",
}

_Answer = TypeVar("_Answer")


class RealNetwork:
    """The system's resolver, sockets and clock."""

    def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
        """See `network.Network`."""

        def ask() -> list[str]:
            found = socket.getaddrinfo(wire_host(host), port, type=socket.SOCK_STREAM)
            return [str(address[0]) for *_, address in found]

        try:
            found = within(ask, seconds=until - self.now())
        except socket.gaierror as error:
            raise NetworkFault(_NAME_SYMPTOMS.get(error.errno, "name_not_found"), error.strerror or "") from error
        except ValueError as error:  # also UnicodeError: a label that is too long, a NUL
            raise NetworkFault("name_not_found", f"no name can look like this: {error}") from error
        return tuple(Endpoint(address, port) for address in dict.fromkeys(found))

    def open(self, endpoint: Endpoint, *, until: float) -> Stream:
        """See `network.Network`."""
        try:
            sock = socket.create_connection((endpoint.host, endpoint.port), timeout=_left(until))
        except ConnectionResetError:
            return TornStream()
        except OSError as error:
            raise _connect_fault(error, endpoint) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return SocketStream(sock)

    def now(self) -> float:
        """See `network.Network`."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """See `network.Network`."""
        time.sleep(seconds)

    def machine_name(self) -> str:
        """See `network.Network`."""
        return socket.gethostname()


class _Encrypted(Protocol):
    def read(self, until: float) -> bytes: ...

    def write(self, data: bytes, until: float) -> None: ...


class SocketStream:
    """A TCP connection that may change to TLS once."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._tls: _Encrypted | None = None

    @property
    def local_host(self) -> str:
        """See `network.Stream`."""
        return str(self._sock.getsockname()[0])

    def read(self, *, until: float) -> bytes:
        """See `network.Stream`."""
        return self._tls.read(until) if self._tls else self.receive(until)

    def write(self, data: bytes, *, until: float) -> None:
        """See `network.Stream`."""
        if self._tls:
            self._tls.write(data, until)
        else:
            self.send(data, until)

    def start_tls(self, options: TlsOptions, *, until: float) -> TlsShown:
        """See `network.Stream`."""
        from declarative_mail.probe.tls_stream import TlsLayer  # ssl is loaded by the first handshake

        layer = TlsLayer(options, receive=self.receive, send=self.send)
        shown = layer.handshake(until)
        self._tls = layer
        return shown

    def close(self) -> None:
        """See `network.Stream`."""
        self._sock.close()

    def receive(self, until: float) -> bytes:
        """Bytes as they came over the wire, below TLS."""
        try:
            self._sock.settimeout(_left(until))
            return self._sock.recv(_READ)
        except (TimeoutError, BlockingIOError) as error:
            raise TimedOut from error
        except OSError as error:
            raise _dropped(error) from error

    def send(self, data: bytes, until: float) -> None:
        """Bytes onto the wire, below TLS."""
        try:
            self._sock.settimeout(max(_left(until), 0.001))
            self._sock.sendall(data)
        except TimeoutError as error:
            raise TimedOut("the server stopped reading") from error
        except OSError as error:
            raise _dropped(error) from error


class TornStream:
    """A connection that was made, and torn down before this side had looked at it.

    Who does not want a connection at all says "refused" (RFC 9293 section 3.10.7.3): a reset comes from a server that
    took it. So it is the first answer that is missing, whichever of the two the system notices first.
    """

    local_host = ""

    def read(self, *, until: float) -> bytes:  # noqa: ARG002 - nothing is waited for
        """See `network.Stream`."""
        raise self._torn()

    def write(self, data: bytes, *, until: float) -> None:  # noqa: ARG002 - likewise
        """See `network.Stream`."""
        raise self._torn()

    def start_tls(self, options: TlsOptions, *, until: float) -> TlsShown:  # noqa: ARG002 - likewise
        """See `network.Stream`."""
        raise self._torn()

    def close(self) -> None:
        """See `network.Stream`."""

    @staticmethod
    def _torn() -> Dropped:
        return Dropped("Connection reset by peer", reset=True)


def within(call: Callable[[], _Answer], *, seconds: float) -> _Answer:
    """The answer of a call that knows no deadline (getaddrinfo, somebody's callback), or TimedOut.

    The call goes on in its own daemon thread; nobody waits for it.
    """
    answers: list[_Answer] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            faults.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if faults:
        raise faults[0]
    if not answers:
        raise TimedOut
    return answers[0]


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.0)


def _dropped(error: OSError) -> Dropped:
    return Dropped(error.strerror or str(error), reset=error.errno in _RESET)


def _connect_fault(error: OSError, endpoint: Endpoint) -> NetworkFault:
    if isinstance(error, TimeoutError | BlockingIOError) or error.errno in {errno.ETIMEDOUT, errno.EINPROGRESS}:
        return TimedOut(str(endpoint))
    if error.errno == errno.ECONNREFUSED:
        return NetworkFault("refused", str(endpoint))
    if error.errno in _FORBIDDEN:
        return NetworkFault("forbidden", str(endpoint))
    if error.errno in _UNREACHABLE:
        return NetworkFault("unreachable", f"{endpoint}: {error.strerror}")
    return _dropped(error)
