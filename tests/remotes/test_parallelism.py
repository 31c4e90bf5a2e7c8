"""``--parallelism``: how many calls a remote gets at once, when it is read and when it is written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier

import pytest

from tests.remotes.conformance.rest import RestHarness, project_on_rest
from tests.remotes.fault_proxy import Fault, Reply
from tests.support.project import Project, project

__all__ = ["project"]

OBJECTS = """
user_group "g" {
  count = 6
}
notification_rule "r" {
  count    = 6
  pipeline = "deploy-${count.index}"
  event { type = "PipelineFailed" }
  email {
    recipients = ["cto@example.com"]
  }
}
secret "s" {
  count = 6
  value = env("HOOK")
}
"""
SKIP = "--skip-connection-test=no server in this test"


@pytest.fixture
def harness(project: Project) -> Iterator[RestHarness]:
    """The reference server, whose clients make ten calls at once unless they are told otherwise."""
    with project_on_rest(project) as running:
        project.write(OBJECTS)
        yield running


def _together(count: int) -> Callable[[Reply], Reply]:
    """Answers wait for each other until so many are there: they can only come if so many calls are made at once."""
    barrier = Barrier(count, timeout=20)

    def wait(reply: Reply) -> Reply:
        barrier.wait()
        return reply

    return wait


def _unspoilt(reply: Reply) -> Reply:
    return reply


@pytest.mark.parametrize("spelling", ["--parallelism=3", "-parallelism=3"])
def test_apply_makes_so_many_calls_at_once_and_no_more(project: Project, harness: RestHarness, spelling: str) -> None:
    """Eighteen objects in threes: three calls wait for each other, and a fourth never comes."""
    harness.proxy.faults.append(Fault("POST", _together(3), forwarded=True, times=18))

    result = project.run("apply", "--auto-approve", SKIP, spelling)

    assert result.code == 0, result.err
    assert harness.proxy.most_at_once == 3


def test_one_call_at_a_time(project: Project, harness: RestHarness) -> None:
    """Reading and writing: plan, apply, drift, refresh and destroy."""
    one = "--parallelism=1"
    codes = [
        project.run("apply", "--auto-approve", SKIP, one).code,
        project.run("plan", one).code,
        project.run("drift", one).code,
        project.run("apply", "--refresh-only", one).code,
        project.run("destroy", "--auto-approve", one).code,
    ]

    assert (codes, harness.proxy.most_at_once) == ([0] * 5, 1)


def test_without_it_the_types_are_read_side_by_side(project: Project, harness: RestHarness) -> None:
    """The remote's own number counts: three lists are asked for at once."""
    project.apply()
    harness.proxy.faults += [
        Fault("GET", _unspoilt, forwarded=True),  # the preflight
        Fault("GET", _together(3), forwarded=True, times=3),
    ]

    assert project.run("plan", "--detailed-exitcode").code == 0


def test_it_lowers_what_a_remote_takes_and_never_raises_it(project: Project, harness: RestHarness) -> None:
    """A server whose block says two gets two, whatever the command line says."""
    project.write(harness.block.replace("default = true", "default = true\n  parallelism = 2"), "remote.hcl")
    harness.proxy.faults.append(Fault("POST", _together(2), forwarded=True, times=18))

    result = project.run("apply", "--auto-approve", SKIP, "--parallelism=50")

    assert result.code == 0, result.err
    assert harness.proxy.most_at_once == 2


def test_saved_plan_takes_the_number_of_its_apply(project: Project, harness: RestHarness) -> None:
    """It says how a plan is carried out, not what the plan is."""
    assert project.run("plan", "--out", "saved.plan", "--parallelism=7").code == 0

    assert project.run("apply", SKIP, "saved.plan", "--parallelism=1").code == 0
    assert harness.proxy.most_at_once == 1


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_number_below_one_is_a_usage_error(project: Project, number: str) -> None:
    """There would be nobody to do it."""
    project.write('user_group "g" {}')

    assert project.run("plan", f"--parallelism={number}").code == 64
