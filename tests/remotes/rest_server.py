"""The reference server in a thread of the test, on a port of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from declarative_mail.remotes.rest.server.objects import Objects
from declarative_mail.remotes.rest.server.serving import listen, make_server
from declarative_mail.secrets import Secret


@contextmanager
def rest_server(database: Path, token: str) -> Iterator[str]:
    """Its URL."""
    ready = Event()
    objects = Objects(database)
    server = make_server(objects, Secret(token), ready.set)
    with listen("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            assert ready.wait(20)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
            objects.close()
