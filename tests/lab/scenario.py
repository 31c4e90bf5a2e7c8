"""What a scenario is, and the settings that it is tested with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from declarative_mail.probe.settings import Encryption, ServerSettings, TestSettings
from declarative_mail.probe.verdict import Stage
from declarative_mail.secrets import Secret
from tests.support.canary import secret_value

USER = "probe"
PASSWORD = secret_value("laboratory")
SENDER = "probe@lab.test"
RECIPIENT = "user@lab.test"
ELSEWHERE = "someone@elsewhere.test"

# Machines are slow when many tests run: only the stage in which a server is silent has a short time.
PATIENCE = 30.0
IMPATIENCE = 1.2


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One server and what must be said of it.

    Args:
        id: its name.
        stage: the stage that fails; None where the test passes.
        code: the code of that stage.
        note: what is particular.
        encryption: how the client is set.
        login: whether it has the right credentials.
        send: whether a real message is sent.
        authority: the certificate file that is trusted; None for the system's.
        client: the certificate that the client shows.
        sender: the From address.
        to: the recipient that is offered.
        silent: the stage whose time is short, because nothing will come.
        remarks: stages that pass with a warning or stay unknown, each with its code.
        least: seconds that it takes at the least.
        server: further or other server settings.
        test: further or other test settings.
    """

    id: str
    stage: Stage | None = None
    code: str = "ok"
    note: str = ""
    encryption: Encryption = "none"
    login: bool = False
    send: bool = False
    authority: str | None = "ca"
    client: str | None = None
    sender: str = SENDER
    to: str | None = RECIPIENT
    silent: Stage | None = None
    remarks: tuple[tuple[Stage, str], ...] = ()
    least: float = 0.0
    server: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)

    def settings(self, port: int, certificates: Path) -> ServerSettings:
        """How to speak to the scenario's server on this port."""
        given: dict[str, Any] = {
            "address": f"smtp_server.{self.id}",
            "host": "127.0.0.1",
            "port": port,
            "from_address": self.sender,
            "encryption": self.encryption,
            "server_name": "localhost",
            "hello": "client.lab.test",
        }
        if self.authority and self.encryption != "none":
            given["ca_certificate"] = (certificates / f"{self.authority}.crt").read_text("ascii")
        if self.client:
            given["client_certificate"] = (certificates / f"{self.client}.crt").read_text("ascii")
            given["client_key"] = Secret((certificates / f"{self.client}.key").read_text("ascii"))
        if self.login:
            given |= {"username": USER, "password": Secret(PASSWORD)}
        return ServerSettings(**given | self.server)

    @property
    def how_far(self) -> TestSettings:
        """How far to test, and for how long."""
        given: dict[str, Any] = {
            "to": self.to,
            "send_message": self.send,
            "timeout": 3 * PATIENCE,
            "stage_timeout": PATIENCE,
            "stage_timeouts": {self.silent: IMPATIENCE} if self.silent else {},
        }
        return TestSettings(**given | self.test)
