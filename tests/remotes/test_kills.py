"""Real ``dmail apply`` processes that are killed: afterwards every object exists exactly once and the state matches."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remotes.conformance.rest import RestHarness, rest_harness
from tests.support.project import Project, project

__all__ = ["project"]

COUNT = 60
GROUPS = 'user_group "g" {\n  count = %d\n  description = "%s"\n}\n'
ARGUMENTS = ("apply", "--auto-approve", "--allow-mass-change", "--skip-connection-test=no server in this test")


@pytest.fixture
def system(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestHarness]:
    """A running server and a project that uses it."""
    with rest_harness(Path(tmp_path_factory.mktemp("system"))) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        yield running


def _kill_after(project: Project, system: RestHarness, calls: int) -> None:
    """Start an apply and kill it once it has made about this many calls, or let it end."""
    before = len(system.proxy.requests)
    process = project.process(*ARGUMENTS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and len(system.proxy.requests) - before < calls and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait(30)


def _settled(project: Project, system: RestHarness, description: str) -> None:
    project.apply("--allow-mass-change")

    objects = system.objects("user_group")
    assert sorted(one["name"] for one in objects.values()) == sorted(f"g-{number}" for number in range(COUNT))
    assert {one["description"] for one in objects.values()} == {description}
    assert sorted(record["id"] for record in project.state["resources"]) == sorted(objects)
    assert not (project.path / "dmail.state.json.journal").exists()
    assert project.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("calls", [1, 17, 45])
def test_killed_create_is_taken_up(project: Project, system: RestHarness, calls: int) -> None:
    """Killed in the middle of creates: nothing is forgotten, nothing is made twice."""
    project.write(GROUPS % (COUNT, "one"))

    _kill_after(project, system, calls)

    assert project.run("plan").code == 0
    _settled(project, system, "one")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(25))
def test_killed_again_and_again(project: Project, system: RestHarness, seed: int) -> None:
    """Twenty kills at random instants, through creates, updates and deletes, then one run that settles it all."""
    chance = random.Random(seed)  # noqa: S311 - chooses instants
    for number in range(20):
        count = chance.choice([COUNT, COUNT, COUNT // 2])
        project.write(GROUPS % (count, f"turn {number}"))
        _kill_after(project, system, chance.randrange(1, 2 * COUNT))
    project.write(GROUPS % (COUNT, "end"))

    _settled(project, system, "end")
