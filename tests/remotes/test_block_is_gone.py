"""A ``remote`` block that is removed while objects are left on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.remotes.conformance.rest import RestHarness, project_on_rest
from tests.support.project import Project, project

__all__ = ["project"]

SKIP = "--skip-connection-test=no server in this test"
HERE = 'user_group "here" { remote = local }\n'
THERE = 'user_group "there" { count = 7 }\n'


@pytest.fixture
def harness(project: Project) -> Iterator[RestHarness]:
    """The reference server with seven groups on it; their blocks, and that of the remote, are gone."""
    with project_on_rest(project) as running:
        project.write(HERE + THERE)
        assert project.run("apply", "--auto-approve", SKIP).code == 0
        (project.path / "remote.hcl").unlink()
        project.write(HERE)
        yield running


@pytest.mark.usefixtures("harness")
@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "--no-refresh"),
        ("plan", "--refresh-only"),
        ("plan", "--destroy"),
        ("drift",),
        ("apply", "--auto-approve", "--allow-mass-change", SKIP),
        ("destroy", "--auto-approve", "--allow-mass-change"),
    ],
)
def test_every_command_says_so_and_nothing_is_done(project: Project, command: tuple[str, ...]) -> None:
    """One fault for the remote, naming some of its objects: nobody can ask for them, so nobody says "no changes"."""
    before = project.state
    result = project.run(*command)

    assert result.code == 1
    assert result.err.count("DM4040") == 2  # the head, and where to read more
    assert "is not declared any more" in result.err
    assert "user_group.there[0], user_group.there[1]" in result.err.replace("\n          ", " ")
    assert "2 more" in result.err
    assert "No changes" not in result.out
    assert "No drift" not in result.out
    assert project.state == before


@pytest.mark.usefixtures("harness")
def test_they_can_be_forgotten(project: Project) -> None:
    """By a block that says so."""
    project.write("removed {\n  from = user_group.there\n  lifecycle {\n    destroy = false\n  }\n}\n", "gone.hcl")

    result = project.run("apply", "--auto-approve", SKIP)

    assert result.code == 0, result.err
    assert [one["name"] for one in project.state["resources"]] == ["here"]


@pytest.mark.usefixtures("harness")
def test_a_plan_for_something_else_goes_on(project: Project) -> None:
    """What is not touched need not be asked for."""
    assert project.run("plan", "--target=user_group.here").code == 0
