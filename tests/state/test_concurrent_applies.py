"""Many real ``dmail apply`` at one state at once, on each store: one after the other, or turned away; none is lost."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from declarative_mail.remotes.rest.server.objects import Objects
from tests.remotes.conformance.rest import RestHarness
from tests.remotes.fault_proxy import Fault, Gate
from tests.remotes.served import served
from tests.state.http_state_server import StateServer
from tests.state.stores import StoreAt, stores
from tests.support.zygote import Forked, Zygote

APPLY = ("apply", "--auto-approve", "--allow-mass-change")
ONE = 'variable "writer" {}\nuser_group "shared" {\n  description = var.writer\n}\n'
MANY = 'user_group "g" {\n  count = 6\n}\n'
LONG = 400.0
"""Seconds for fifty processes on a slow machine."""


@dataclass
class Team:
    """Several people with one configuration and one state, each at a terminal of their own.

    Args:
        folder: of the configuration.
        zygote: starts their processes.
        system: what they manage.
        store_at: where the state is.
    """

    folder: Path
    zygote: Zygote
    system: RestHarness
    store_at: StoreAt

    def write(self, text: str) -> None:
        """Write the configuration."""
        settings = "".join(f"    {name} = {json.dumps(value)}\n" for name, value in self.store_at.arguments.items())
        backend = f'declarative_mail {{\n  backend "{self.store_at.kind}" {{\n{settings}  }}\n}}\n'
        (self.folder / "main.hcl").write_text(backend + self.system.block + text, encoding="utf-8")

    def start(self, name: str, *arguments: str) -> Forked:
        """Start ``dmail``."""
        environment = {**self.system.environment, **self.store_at.environment}
        return self.zygote.start(self.folder, environment, *arguments, out=self.folder / f"{name}.out")

    def run(self, name: str, *arguments: str) -> Forked:
        """Run it to its end."""
        process = self.start(name, *arguments)
        process.wait()
        return process

    def together(self, options: Sequence[Sequence[str]]) -> list[Forked]:
        """Apply at once, each with another value and options of its own, until all have ended."""
        started = [
            self.start(f"writer-{number}", *APPLY, "--var", f"writer=writer {number}", *given)
            for number, given in enumerate(options)
        ]
        for process in started:
            process.wait(LONG)
        return started

    @property
    def descriptions(self) -> list[str]:
        """What the state says of all groups."""
        pulled = self.run("pull", "state", "pull")
        assert pulled.returncode == 0, pulled.text
        return [one["attributes"]["description"] for one in json.loads(pulled.text)["resources"]]


@pytest.fixture
def team(zygote: Zygote, store_at: StoreAt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A running system and an empty state."""
    with served(zygote, Path(tmp_path_factory.mktemp("system"))) as (_, system):
        folder = Path(tmp_path_factory.mktemp("team")) if store_at.kind != "local" else Path(store_at.directory)
        yield Team(folder, zygote, system, store_at)


def check_that_none_is_lost(team: Team, ended: Sequence[Forked]) -> None:
    """Each has either changed the object, once, or reported the lock and changed nothing."""
    assert {one.returncode for one in ended} <= {0, 6}, [one.text for one in ended if one.returncode not in (0, 6)]
    assert all("DM7301" in one.text for one in ended if one.returncode == 6)
    objects = Objects(team.system.database)
    (found,) = objects.page("user_group", after=0, limit=10, natural_key=None)
    objects.close()
    # The version of an object counts who wrote it.
    assert found.version == sum(one.returncode == 0 for one in ended)
    assert team.descriptions == [found.attributes["description"]]


def test_half_a_dozen_at_once(team: Team) -> None:
    """Those who wait get their turn, those who do not get it or are turned away."""
    team.write(ONE)
    wait = ("--lock-timeout=300s",)

    ended = team.together([wait, (), wait, (), wait, ()])

    assert [one.returncode for one in ended[::2]] == [0, 0, 0], [one.text for one in ended]
    check_that_none_is_lost(team, ended)


@pytest.mark.soak
@pytest.mark.parametrize("timeout", [0, 380])
def test_fifty_at_once(team: Team, timeout: int) -> None:
    """Fifty: all of them done when they wait, done or turned away when they do not."""
    team.write(ONE)

    ended = team.together([(f"--lock-timeout={timeout}s",)] * 50)

    assert 0 in {one.returncode for one in ended}
    assert timeout == 0 or {one.returncode for one in ended} == {0}
    check_that_none_is_lost(team, ended)


class TestSuspendedHolder:
    """A laptop that sleeps in the middle of an apply, and wakes up when others have gone on."""

    @staticmethod
    def _suspended(team: Team) -> tuple[Forked, Gate]:
        """A process that was stopped while it waited for the answer to its first call."""
        team.system.block = team.system.block.replace("default = true", "default = true\n  parallelism = 1")
        team.write(MANY)
        gate = Gate()
        team.system.proxy.spoil(Fault("POST", gate, forwarded=True))
        process = team.start("suspended", *APPLY)
        _until(gate.is_reached)
        process.send_signal(signal.SIGSTOP)
        return process, gate

    @pytest.mark.parametrize("store_at", stores("http", "s3", "postgres"), indirect=True)
    def test_it_changes_nothing_after_its_lock_was_broken(self, team: Team, request: pytest.FixtureRequest) -> None:
        """Neither the state nor the system: it says that the lock is lost, and what it did is not done twice."""
        process, gate = self._suspended(team)
        freed = team.run("force-unlock", "force-unlock", _lock_id(team, request))
        other = team.run("other", *APPLY)
        written = team.store_at.open().read()

        calls = len(team.system.proxy.requests)
        gate.open()
        process.send_signal(signal.SIGCONT)

        assert (freed.returncode, other.returncode) == (0, 0), freed.text + other.text
        assert (process.wait(), "DM7303" in process.text) == (1, True), process.text
        assert team.store_at.open().read() == written
        assert [method for method, _ in team.system.proxy.requests[calls:] if method != "GET"] == []
        assert len(team.system.objects("user_group")) == 6
        assert team.run("plan", "plan", "--detailed-exitcode").returncode == 0

    @pytest.mark.parametrize("store_at", stores("local"), indirect=True)
    def test_it_changes_nothing_after_its_lock_file_was_removed(self, team: Team) -> None:
        """That breaks the lock of the kernel: another takes over, and the journal is the other's."""
        process, gate = self._suspended(team)
        (team.folder / "dmail.state.json.lock").unlink()
        other = team.run("other", *APPLY)
        written = team.store_at.open().read()

        calls = len(team.system.proxy.requests)
        gate.open()
        process.send_signal(signal.SIGCONT)

        assert other.returncode == 0, other.text
        assert (process.wait(), "DM7303" in process.text) == (1, True), process.text
        assert team.store_at.open().read() == written
        assert [method for method, _ in team.system.proxy.requests[calls:] if method != "GET"] == []
        assert len(team.system.objects("user_group")) == 6

    @pytest.mark.parametrize("store_at", stores("local"), indirect=True)
    def test_it_keeps_the_lock_of_the_kernel(self, team: Team) -> None:
        """Others are turned away until it goes on, and it goes on as if nothing had happened."""
        process, gate = self._suspended(team)

        assert team.run("other", *APPLY).returncode == 6
        gate.open()
        process.send_signal(signal.SIGCONT)

        assert process.wait() == 0, process.text
        assert len(team.system.objects("user_group")) == 6


def _until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.002)


def _lock_id(team: Team, request: pytest.FixtureRequest) -> str:
    """The ID of the lock that is held, as the message of whoever meets it shows it."""
    if team.store_at.kind == "http":
        server: StateServer = request.getfixturevalue("state_server")
        (lock,) = server.locks.values()
        return str(json.loads(lock)["ID"])
    holder = team.store_at.open().lock_info()
    assert holder is not None
    return holder.id
