"""An IMAP server that answers as it is told, for what no server in its right mind does."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"


@contextmanager
def scripted(
    answer: Callable[[str, str], bytes],
    *,
    greeting: bytes = GREETING,
    hang_up_after: str = "\n",
    connections: int = 1,
) -> Iterator[int]:
    """Serve connections one after the other until the block ends; gives the port on 127.0.0.1.

    Args:
        answer: from the tag and the rest of a command to the bytes of the answer; empty to stay silent.
        greeting: what is said first.
        hang_up_after: the command after whose answer the connection is closed; not the last of several.
        connections: how many are served.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        over = Event()

        def serve() -> None:
            for number in range(connections):
                if over.is_set():
                    return
                is_last = 0 < number == connections - 1
                _serve(listener, answer, greeting, "\n" if is_last else hang_up_after)

        served = Thread(target=serve, daemon=True)
        served.start()
        yield int(listener.getsockname()[1])
        over.set()
        # Wakes a server that still waits for its client.
        with socket.create_connection(listener.getsockname()):
            pass
        served.join(10)


def _serve(listener: socket.socket, answer: Callable[[str, str], bytes], greeting: bytes, hang_up_after: str) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        try:
            connection.sendall(greeting)
            for line in lines:
                tag, _, command = line.decode(errors="replace").rstrip("\r\n").partition(" ")
                connection.sendall(answer(tag, command))
                if command.startswith(hang_up_after):
                    return
        except OSError:
            return


def obliging(tag: str, command: str) -> bytes:
    """The answer of a server with an empty mailbox and neither AUTH=PLAIN nor anything else that is optional."""
    verb = command.partition(" ")[0].upper()
    data = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
        "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n',
        "SELECT": b"* 0 EXISTS\r\n",
        "EXAMINE": b"* 0 EXISTS\r\n",
        "UID": b"* SEARCH\r\n",
        "LOGOUT": b"* BYE\r\n",
    }.get(verb, b"")
    return data + f"{tag} OK done\r\n".encode()
