"""The real network: how its errors are named, and that nothing outlives its deadline."""

from __future__ import annotations

import errno
import socket
import struct
import threading
import time

import pytest

from declarative_mail.probe.network import Dropped, Endpoint, NetworkFault, Stream, TimedOut, TlsOptions
from declarative_mail.probe.sockets import RealNetwork, within

NETWORK = RealNetwork()


def test_numeric_addresses_resolve_to_themselves() -> None:
    """Without asking anybody."""
    assert NETWORK.resolve("127.0.0.1", 25, until=NETWORK.now() + 5) == (Endpoint("127.0.0.1", 25),)


def test_localhost_resolves_without_repetition() -> None:
    """Each address once, in the system's order."""
    found = NETWORK.resolve("localhost", 25, until=NETWORK.now() + 5)

    assert Endpoint("127.0.0.1", 25) in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "nul\0.example", "ü" * 64])
def test_name_that_cannot_be_is_not_found(host: str) -> None:
    """Labels too long or empty, characters that no name has: said without asking."""
    with pytest.raises(NetworkFault) as caught:
        NETWORK.resolve(host, 25, until=NETWORK.now() + 5)

    assert caught.value.symptom == "name_not_found"


@pytest.mark.parametrize(
    ("number", "symptom"),
    [
        (socket.EAI_NONAME, "name_not_found"),
        (socket.EAI_AGAIN, "name_lookup_failed"),
        (socket.EAI_FAIL, "name_lookup_failed"),
        (socket.EAI_NODATA, "no_address"),
    ],
)
def test_resolvers_errors_are_named(number: int, symptom: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not exist is told from what could not be asked."""

    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "words")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(NetworkFault) as caught:
        NETWORK.resolve("mx.example", 25, until=NETWORK.now() + 5)

    assert caught.value.symptom == symptom


@pytest.mark.parametrize(
    ("number", "symptom"),
    [
        (errno.ECONNREFUSED, "refused"),
        (errno.ENETUNREACH, "unreachable"),
        (errno.EHOSTUNREACH, "unreachable"),
        (errno.EACCES, "forbidden"),
        (errno.EPERM, "forbidden"),
        (errno.ETIMEDOUT, "timeout"),
        (errno.EMFILE, "dropped"),
    ],
)
def test_connections_errors_are_named(number: int, symptom: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their number, not by their words, which are in the machine's language."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "parole")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NetworkFault) as caught:
        NETWORK.open(Endpoint("192.0.2.1", 25), until=NETWORK.now() + 5)

    assert caught.value.symptom == symptom


def test_reset_connection_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system notices the reset before the connection, the first answer is missing all the same."""

    def reset(*_: object, **__: object) -> None:
        raise OSError(errno.ECONNRESET, "parole")

    monkeypatch.setattr(socket, "create_connection", reset)
    stream = NETWORK.open(Endpoint("192.0.2.1", 25), until=NETWORK.now() + 5)
    for act in (
        lambda: stream.read(until=NETWORK.now() + 5),
        lambda: stream.write(b"EHLO a\r\n", until=NETWORK.now() + 5),
        lambda: stream.start_tls(TlsOptions(server_name="mx.example"), until=NETWORK.now() + 5),
    ):
        with pytest.raises(Dropped) as caught:
            act()
        assert caught.value.symptom == "reset"
    stream.close()


def test_server_that_resets_at_once_is_always_seen_to_in_the_same_way() -> None:
    """Whichever the system notices first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(300):
                connection, _ = listener.accept()
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

        server = threading.Thread(target=serve)
        server.start()
        for _ in range(300):
            stream = NETWORK.open(Endpoint("127.0.0.1", listener.getsockname()[1]), until=NETWORK.now() + 5)
            with pytest.raises(Dropped) as caught:
                stream.read(until=NETWORK.now() + 5)
            assert caught.value.symptom == "reset"
            stream.close()
        server.join()


def test_call_that_hangs_is_left_behind() -> None:
    """Getaddrinfo knows no deadline, so nobody waits for it."""
    release = threading.Event()
    begun = time.monotonic()
    with pytest.raises(TimedOut):
        within(lambda: release.wait(20), seconds=0.1)
    release.set()

    assert time.monotonic() - begun < 10


def test_fault_of_a_call_is_raised_here() -> None:
    """Not in a thread where nobody hears it."""
    with pytest.raises(ZeroDivisionError):
        within(lambda: 1 // 0, seconds=5)


def test_read_ends_at_its_deadline() -> None:
    """And one in the past only takes what is there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = NETWORK.open(Endpoint("127.0.0.1", listener.getsockname()[1]), until=NETWORK.now() + 5)
        server, _ = listener.accept()
        with pytest.raises(TimedOut):
            stream.read(until=NETWORK.now() - 1)
        server.sendall(b"220 hello\r\n")
        assert stream.read(until=NETWORK.now() + 5) == b"220 hello\r\n"
        with pytest.raises(TimedOut):
            stream.read(until=NETWORK.now() + 0.05)
        server.close()
        assert stream.read(until=NETWORK.now() + 5) == b""
        stream.close()
        stream.close()


def test_write_to_a_server_that_does_not_read_ends_at_its_deadline() -> None:
    """However much is left to send."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = NETWORK.open(Endpoint("127.0.0.1", listener.getsockname()[1]), until=NETWORK.now() + 5)
        server, _ = listener.accept()
        with pytest.raises(TimedOut, match="stopped reading"):
            stream.write(b"x" * 50_000_000, until=NETWORK.now() + 0.2)
        server.close()
        stream.close()


def write_often(stream: Stream) -> None:
    """Until it fails."""
    for _ in range(100):
        stream.write(b"NOOP\r\n", until=NETWORK.now() + 5)


def test_write_to_a_closed_connection_is_a_drop() -> None:
    """The second write at the latest."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = NETWORK.open(Endpoint("127.0.0.1", listener.getsockname()[1]), until=NETWORK.now() + 5)
        server, _ = listener.accept()
        server.close()
        with pytest.raises(Dropped):
            write_often(stream)
        stream.close()
