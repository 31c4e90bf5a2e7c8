"""A data source that waits for apply, on a remote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remotes.conformance.rest import rest_harness
from tests.support.project import Project, project

__all__ = ["project"]


def test_it_is_read_once_however_many_need_it(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One list, after the object that it waits for."""
    project.write("""
user_group "a" { description = "of a" }
data "user_group" "a" {
  name       = "a"
  depends_on = [user_group.a]
}
user_group "b" {
  count       = 4
  description = data.user_group.a.description
}
""")
    with rest_harness(Path(tmp_path_factory.mktemp("system"))) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        result = project.run("apply", "--auto-approve")
        asked = [path for method, path in running.proxy.requests if (method, path[:14]) == ("GET", "/v1/user_group")]

    assert result.code == 0, result.err
    assert len(asked) == 1
    assert {one["attributes"]["description"] for one in project.state["resources"]} == {"of a"}
