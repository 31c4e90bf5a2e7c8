"""The scripted servers: each class with the scenario that it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.lab.scenario import Scenario
from tests.lab.smtpd import Smtpd

SCRIPTED: dict[str, tuple[Scenario, type[Smtpd]]] = {}


def serves(identifier: str, **expected: Any) -> Callable[[type[Smtpd]], type[Smtpd]]:
    """Register a server class with what must be said of it, see `scenario.Scenario`."""

    def register(server: type[Smtpd]) -> type[Smtpd]:
        scenario = Scenario(id=identifier, note=server.__doc__ or "", **expected)
        assert identifier not in SCRIPTED, identifier
        SCRIPTED[identifier] = (scenario, server)
        return server

    return register
