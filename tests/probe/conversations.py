"""Scripted conversations for the tests of the probe: the healthy opening, and a test of whatever follows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from declarative_mail.probe.run import probe_server
from declarative_mail.probe.scripted import Hear, Script, ScriptedNetwork, Step
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.verdict import StageResult, TestResult

HOST = "mx.example"
STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

GREETING: tuple[Step, ...] = (b"220 mx.example ESMTP\r\n",)
EHLO: tuple[Step, ...] = (*GREETING, Hear(b"EHLO "), b"250 mx.example\r\n")
MAIL: tuple[Step, ...] = (*EHLO, Hear(b"MAIL FROM:<deploys@example.com>"), b"250 2.1.0 Ok\r\n")
END: tuple[Step, ...] = (Hear(b"RSET"), b"250 Ok\r\n", Hear(b"QUIT"), b"221 Bye\r\n")


def settings(**changes: Any) -> ServerSettings:
    """A server in clear at mx.example:25, with changes."""
    given: dict[str, Any] = {
        "address": "smtp_server.primary",
        "host": HOST,
        "port": 25,
        "from_address": "Deploys <deploys@example.com>",
        "encryption": "none",
    }
    return ServerSettings(**given | changes)


def played(
    *scripts: Script,
    server: ServerSettings | None = None,
    test: TestSettings | None = None,
    seen: list[tuple[str, StageResult]] | None = None,
) -> TestResult:
    """The result of testing a server that plays these scripts, one for each connection."""
    server = server or settings()
    network = ScriptedNetwork({f"{server.host}:{server.port}": scripts})
    progress = (lambda address, result: seen.append((address, result))) if seen is not None else None
    return probe_server(server, test, network=network, on_progress=progress, started=STARTED)
