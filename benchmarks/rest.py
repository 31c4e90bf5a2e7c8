"""1,000 creates on a remote that is 50 ms away, beside what no client could do faster.

::

    dmail apply ──▶ proxy that holds each request for 50 ms ──▶ dmail serve

The bound is the latency alone: that of all calls, divided by how many are made at once. Server and proxy share the
machine with what is measured.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

from benchmarks.measure import Measurement, ProgramError, measure

NAME = "1,000 on rest"
SIZE, PARALLELISM, LATENCY = 1_000, 20, 0.05
BOUND = Measurement(SIZE / PARALLELISM * LATENCY, 0.0)
_CONFIGURATION = """
remote "rest" "far" {{
  endpoint    = "{url}"
  default     = true
  parallelism = {parallelism}
}}

user_group "g" {{
  count       = {size}
  description = "x"
  members     = ["a@example.com"]
}}
"""


def creates(folder: Path) -> Measurement:
    """Apply all of them to an empty server.

    Raises:
        ProgramError: the server does not start, or the apply fails.
    """
    with _server(folder) as port, _far_away(port) as url:
        work = folder / "work"
        work.mkdir()
        text = _CONFIGURATION.format(url=url, parallelism=PARALLELISM, size=SIZE)
        (work / "main.hcl").write_text(text, encoding="utf-8")
        apply = [
            sys.executable,
            "-m",
            "declarative_mail",
            "apply",
            "--auto-approve",
            "--skip-connection-test=benchmark",
        ]
        return measure(apply, work, environment={"XDG_CACHE_HOME": str(folder)})


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """The port of a `dmail serve` of its own."""
    command = [sys.executable, "-m", "declarative_mail", "serve", "--listen", "127.0.0.1:0", "--database"]
    process = subprocess.Popen(
        [*command, str(folder / "objects.db")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        if not said.startswith("listening on "):
            raise ProgramError(f"dmail serve did not start: {said}")
        yield int(said.rstrip().rstrip("/").rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _far_away(port: int) -> Iterator[str]:
    """The URL of a proxy that holds what is sent to a port."""
    ports, over = SimpleQueue[int](), Event()
    thread = Thread(target=lambda: asyncio.run(_proxy(port, ports, over)))
    thread.start()
    try:
        yield f"http://127.0.0.1:{ports.get()}"
    finally:
        over.set()
        thread.join()


async def _proxy(port: int, ports: SimpleQueue[int], over: Event) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", port)
        # The run ends the proxy with connections open: they are dropped, and nobody needs to hear of it.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_pump(reader, ours, LATENCY), _pump(theirs, writer, 0.0))

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    ports.put(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(over.wait)
    server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Pass on what comes, each piece as late as a long line would: a head and its body, sent apart, travel together."""
    clock = asyncio.get_running_loop().time
    line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arriving = asyncio.create_task(_arrive(line, writer))
    data = b"-"
    while data:
        try:
            data = await reader.read(65_536)
        except ConnectionError:
            data = b""
        line.put_nowait((clock() + delay, data))
    await arriving


async def _arrive(line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    clock = asyncio.get_running_loop().time
    data = b"-"
    with suppress(ConnectionError):
        while data:
            due, data = await line.get()
            await asyncio.sleep(max(0.0, due - clock()))
            writer.write(data)
            await writer.drain()
    writer.close()
