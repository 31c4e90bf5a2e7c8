"""Kinds of plans and the options that go with them: which can be combined, and what they do on the local remote."""

from __future__ import annotations

import pytest

from tests.support.project import Project
from tests.support.samples import GROUPS


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--refresh-only", "--destroy"),
        ("apply", "--refresh-only", "--destroy"),
        ("apply", "--refresh-only", "--replace", "user_group.ops"),
        ("apply", "--refresh-only", "--no-refresh"),
        ("apply", "--refresh-only", "--write-secrets"),
        ("plan", "--refresh-only", "--test"),
        ("destroy", "--refresh-only"),
    ],
    ids=" ".join,
)
def test_senseless_combinations_are_usage_errors(project: Project, arguments: tuple[str, ...]) -> None:
    """With a word about why, where the option exists at all."""
    project.write(GROUPS)

    result = project.run(*arguments)

    assert result.code == 64
    assert ("cannot be given together" in result.err) == (arguments[0] != "destroy")


def test_local_remote_has_nothing_to_refresh(project: Project) -> None:
    """It says so, and leaves a state that was changed by hand to drift and apply."""
    project.write(GROUPS)
    project.apply()
    project.edit_state(lambda state: state["resources"][0]["attributes"].update(members=["x@example.com"]))
    before = project.state

    result = project.json("apply", "--refresh-only", "--auto-approve")

    assert (result.code, result.codes) == (0, ["DM4031"])
    assert project.state == before
    assert project.run("drift").code == 3
