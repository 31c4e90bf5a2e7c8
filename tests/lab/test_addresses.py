"""More than one address, IPv6, and servers that count the connections of a client."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.run import probe_server
from declarative_mail.probe.settings import ServerSettings, TestSettings
from tests.lab.certificates import make_certificates
from tests.lab.names import Named
from tests.lab.scenario import IMPATIENCE, SENDER
from tests.lab.scripted import ScriptedServers, clog
from tests.lab.smtpd import Smtpd
from tests.support.needs import leave_out

pytestmark = pytest.mark.xdist_group("laboratory-scripted")


class OneAtATime(Smtpd):
    """Takes one connection at a time, like a server that limits each client."""

    taken = False

    def greet(self) -> None:
        """Greet the first, refuse the others."""
        if OneAtATime.taken:
            self.wire.reply(421, "4.7.0 scripted.lab.test Error: too many connections from 127.0.0.1")
            self.wire.close()
        OneAtATime.taken = True
        super().greet()

    def on_quit(self, text: str) -> None:
        """Make room."""
        OneAtATime.taken = False
        super().on_quit(text)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture
def healthy(certificates: Path) -> Iterator[int]:
    """The port of a healthy server on 127.0.0.1."""
    with ScriptedServers({"healthy": Smtpd}, certificates) as servers:
        yield servers.ports["healthy"]


def settings(host: str, port: int) -> ServerSettings:
    """Plain settings."""
    return ServerSettings(address="smtp_server.a", host=host, port=port, from_address=SENDER, encryption="none")


def test_living_address_behind_a_refusing_one_is_used(healthy: int) -> None:
    """A name with a dead and a living address passes with a warning that names the dead one."""
    network = Named({"mx.lab.test": ("127.0.0.2", "127.0.0.1")})

    result = probe_server(settings("mx.lab.test", healthy), network=network)

    assert result.ok
    assert (result["connect"].verdict, result["connect"].code) == ("warn", "some_addresses_failed")
    assert [(str(one["address"]).split(":")[0], one["code"]) for one in result["connect"].details["addresses"]] == [
        ("127.0.0.2", "refused"),
        ("127.0.0.1", "ok"),
    ]
    assert f"127.0.0.2:{healthy}: refused" in str(result["connect"].cause)


def test_dead_address_behind_a_living_one_is_found(healthy: int) -> None:
    """The conversation is with the first address, and the second, which is dead, is still reported."""
    network = Named({"mx.lab.test": ("127.0.0.1", "127.0.0.2")})

    result = probe_server(settings("mx.lab.test", healthy), network=network)

    assert result.ok
    assert [one["code"] for one in result["connect"].details["addresses"]] == ["ok", "refused"]


def test_silent_address_leaves_time_for_the_next(healthy: int) -> None:
    """An address that drops packets uses up its share of the time to connect, not all of it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.3", healthy))
        fillers = clog(listener)
        network = Named({"mx.lab.test": ("127.0.0.3", "127.0.0.1")})
        test = TestSettings(stage_timeouts={"connect": 2 * IMPATIENCE})

        result = probe_server(settings("mx.lab.test", healthy), test, network=network)

        for filler in fillers:
            filler.close()
    assert result.ok
    assert [one["code"] for one in result["connect"].details["addresses"]] == ["connect_timeout", "ok"]
    assert IMPATIENCE * 1000 - 50 <= result["connect"].ms < 2 * IMPATIENCE * 1000


def test_all_addresses_dead_fails_at_connect() -> None:
    """Where no address answers, the stage fails and each has its own verdict."""
    network = Named({"mx.lab.test": ("127.0.0.2", "127.0.0.3")})
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))

        result = probe_server(settings("mx.lab.test", unheard.getsockname()[1]), network=network)

    assert not result.ok
    assert result["connect"].code == "refused"
    assert [one["code"] for one in result["connect"].details["addresses"]] == ["refused", "refused"]
    assert result["greeting"].verdict == "skipped"


@pytest.mark.parametrize("host", ["::1", "[::1]", "six.lab.test"])
def test_server_with_ipv6_only(host: str, certificates: Path) -> None:
    """A server that has an IPv6 address only is tested, by address or by name."""
    if not _has_ipv6():
        leave_out("this machine has no IPv6 loopback address")
    with ScriptedServers({"six": Smtpd}, certificates, host="::1") as servers:
        result = probe_server(settings(host, servers.ports["six"]), network=Named({"six.lab.test": ("::1",)}))

    assert result.ok
    assert [f"[::1]:{servers.ports['six']}"] == [one["address"] for one in result["connect"].details["addresses"]]
    assert any(line.startswith("C: EHLO [IPv6:::1]") or "." in line for line in result.transcript)


def test_server_that_limits_clients_is_temporary(certificates: Path) -> None:
    """Too many connections from this address: temporary, with the limit as its cause."""
    with ScriptedServers({"limited": OneAtATime}, certificates) as servers:
        port = servers.ports["limited"]
        with socket.create_connection(("127.0.0.1", port)) as first:
            first.recv(100)
            result = probe_server(settings("127.0.0.1", port))
            first.sendall(b"QUIT\r\n")
            first.recv(100)

    assert (result["greeting"].verdict, result["greeting"].code) == ("fail", "421 4.7.0")
    assert result.temporary
    assert "connections" in str(result["greeting"].cause)


def test_cap_per_host_respects_a_server_that_limits_clients(certificates: Path) -> None:
    """With one connection a host at a time, such a server is tested eight times and never refuses."""
    with ScriptedServers({"limited": OneAtATime}, certificates) as servers:
        one = settings("127.0.0.1", servers.ports["limited"])

        results = probe_servers([(one, TestSettings())] * 8, per_host=1)

    assert [result.ok for result in results] == [True] * 8


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True
