"""A data source that waits for apply, on a remote: for what is not there, or is not as it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.remotes.conformance.rest import RestHarness, project_on_rest
from tests.support.project import Project, project

__all__ = ["project"]

CONFIGURATION = """
user_group "a" {
  description = "of a"
  notification_preferences {
    slack {
      webhook_url = env("HOOK")
    }
  }
}
data "user_group" "a" {
  name       = "a"
  depends_on = [user_group.a]
}
user_group "b" {
  count       = 4
  description = data.user_group.a.description
}
"""


@pytest.fixture
def harness(project: Project) -> Iterator[RestHarness]:
    """The reference server, empty."""
    with project_on_rest(project) as running:
        project.write(CONFIGURATION)
        yield running


def _apply(project: Project) -> None:
    result = project.run("apply", "--auto-approve")
    assert result.code == 0, result.err


def _id(project: Project) -> str:
    return next(str(one["id"]) for one in project.state["resources"] if one["name"] == "a")


def _actions(project: Project) -> dict[str, Any]:
    return {one["address"]: one["action"] for one in project.json("plan").of_type("change")}


def test_it_is_read_once_however_many_need_it(project: Project, harness: RestHarness) -> None:
    """One list, after the object that it waits for."""
    harness.proxy.requests.clear()
    _apply(project)

    asked = [path for method, path in harness.proxy.requests if (method, path[:14]) == ("GET", "/v1/user_group")]
    assert len(asked) == 1
    assert {one["attributes"]["description"] for one in project.state["resources"]} == {"of a"}


@pytest.mark.usefixtures("harness")
def test_what_is_there_is_read_by_the_plan(project: Project) -> None:
    """Nothing waits where nothing changes; an object with a secret that is the same is no exception."""
    _apply(project)

    assert _actions(project) == {}
    project.write(CONFIGURATION.replace("count       = 4", "count       = 5"))
    assert _actions(project) == {"user_group.b[4]": "create"}


def test_object_that_somebody_deleted(project: Project, harness: RestHarness) -> None:
    """The data source finds nothing before it is there again, and that is no fault."""
    _apply(project)
    harness.remove("user_group", _id(project))

    actions = _actions(project)
    assert (actions["user_group.a"], actions["data.user_group.a"]) == ("create", "read")
    _apply(project)
    assert "No changes" in project.run("plan").out


def test_object_that_somebody_changed(project: Project, harness: RestHarness) -> None:
    """What is put right is not taken for what it was before: one apply is enough."""
    _apply(project)
    harness.change("user_group", _id(project), description="by hand")

    actions = _actions(project)
    assert (actions["user_group.a"], actions["data.user_group.a"]) == ("update", "read")
    _apply(project)
    assert "No changes" in project.run("plan").out
    assert {one["attributes"]["description"] for one in project.state["resources"]} == {"of a"}


def test_state_is_believed_where_nobody_may_be_asked(project: Project, harness: RestHarness) -> None:
    """``--no-refresh``: the data source is read, and what it finds is what exists."""
    _apply(project)
    harness.change("user_group", _id(project), description="by hand")

    changes = project.json("plan", "--no-refresh").of_type("change")
    assert {one["address"]: one["action"] for one in changes} == {
        f"user_group.b[{number}]": "update" for number in range(4)
    }
