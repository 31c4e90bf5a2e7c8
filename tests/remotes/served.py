"""``dmail serve`` as a process of its own behind a proxy, so that it can be killed and started again."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.remotes.conformance.rest import RestHarness, harness_of
from tests.remotes.fault_proxy import fault_proxy
from tests.remotes.web import free_port
from tests.support.canary import secret_value, write_secret
from tests.support.zygote import Forked, Zygote

STARTS_WITHIN = 60.0


@dataclass
class Served:
    """The server: one address and one database, whichever process serves them."""

    zygote: Zygote
    folder: Path
    port: int
    process: Forked | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        arguments = ("--listen", f"127.0.0.1:{self.port}", "--database", "server.db", "--token-file", "token")
        self.process = self.zygote.start(self.folder, {}, "serve", *arguments, "--json", out=self.folder / "server.out")
        ends = time.monotonic() + STARTS_WITHIN
        while not self._is_listening(self.process):
            assert self.process.poll() is None, self.process.text
            assert time.monotonic() < ends
            time.sleep(0.01)

    @staticmethod
    def _is_listening(process: Forked) -> bool:
        lines = process.text.splitlines() if process.out.exists() else []
        return any(json.loads(line).get("type") == "listening" for line in lines)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it without warning."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait()


@contextmanager
def served(zygote: Zygote, folder: Path) -> Iterator[tuple[Served, RestHarness]]:
    """A running server, and what tests know of it: its proxy, its database, the remote block."""
    token = secret_value("token")
    write_secret(folder / "token", token)
    server = Served(zygote, folder, free_port())
    server.start()
    try:
        with fault_proxy(f"http://127.0.0.1:{server.port}") as proxy:
            yield server, harness_of(proxy, token, folder / "server.db", timeout="30s")
    finally:
        server.kill(signal.SIGTERM)
