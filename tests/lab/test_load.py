"""Many servers at once, some of them silent."""

from __future__ import annotations

import time

import pytest

from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.settings import ServerSettings, TestSettings
from tests.lab.faulty.greetings import Silence
from tests.lab.laboratory import open_folder
from tests.lab.names import Named
from tests.lab.scenario import SENDER
from tests.lab.scripted import ScriptedServers
from tests.lab.smtpd import Smtpd

SERVERS = 200
SILENT = 20
DEADLINE = 5.0


@pytest.mark.soak
def test_silent_servers_cost_one_deadline() -> None:
    """200 servers of which 20 are silent take the longest single deadline and 2 seconds at the most."""
    classes = {f"s{number}": Silence if number % (SERVERS // SILENT) == 0 else Smtpd for number in range(SERVERS)}
    with open_folder() as folder, ScriptedServers(classes, folder) as servers:
        planned = [
            (
                ServerSettings(address=name, host=name, port=port, from_address=SENDER, encryption="none"),
                TestSettings(stage_timeout=DEADLINE),
            )
            for name, port in servers.ports.items()
        ]
        begun = time.monotonic()
        results = probe_servers(planned, network=Named(dict.fromkeys(classes, ("127.0.0.1",))))
        took = time.monotonic() - begun

    assert [one.ok for one in results] == [server is Smtpd for server in classes.values()]
    assert took <= DEADLINE + 2
