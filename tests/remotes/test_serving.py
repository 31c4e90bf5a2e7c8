"""The reference server as a process: how quickly it answers, where a number can be told without a clock."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from declarative_mail.remotes.rest.server.objects import Objects
from declarative_mail.remotes.rest.server.serving import listen, make_server


def test_body_of_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nagle's algorithm is off on what is accepted: with it each answer takes 40 ms longer."""
    accepted: list[socket.socket] = []
    accept = socket.socket.accept

    def remembered(listener: socket.socket) -> tuple[socket.socket, object]:
        found, address = accept(listener)
        accepted.append(found)
        return found, address

    monkeypatch.setattr(socket.socket, "accept", remembered)
    listener = listen("127.0.0.1", 0)
    objects, ready = Objects(tmp_path / "objects.db"), Event()
    server = make_server(objects, None, ready.set)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(30)
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
            assert accepted[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
    finally:
        server.should_exit = True
        thread.join()
        objects.close()
        listener.close()
