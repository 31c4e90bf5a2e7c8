"""Importing much: a configuration that was pulled names everything that a remote has."""

from __future__ import annotations

import pytest

from tests.remotes.conformance.rest import project_on_rest
from tests.support.project import Project, project

__all__ = ["project"]


@pytest.mark.parametrize(("count", "asked"), [(5, 5), (40, 1)])
def test_many_objects_cost_pages_and_few_a_call_each(project: Project, count: int, asked: int) -> None:
    """The plan of what was pulled imports everything and changes nothing."""
    with project_on_rest(project) as running:
        project.write(f'user_group "g" {{\n  count = {count}\n  name  = "g${{count.index}}"\n}}\n')
        assert project.run("apply", "--auto-approve").code == 0
        (project.path / "dmail.state.json").unlink()
        (project.path / "main.hcl").unlink()
        assert project.run("pull", "rest.x", ".").code == 0
        running.proxy.requests.clear()

        result = project.json("plan")
        reads = [path for method, path in running.proxy.requests if path.startswith("/v1/user_group")]

    (summary,) = result.of_type("summary")
    assert (summary["import"], summary["add"], summary["change"], summary["destroy"]) == (count, 0, 0, 0)
    assert len(reads) == asked


def test_object_that_no_list_names_is_named_in_the_fault(project: Project) -> None:
    """Asked for by itself, so that the words are those of a single import."""
    blocks = "".join(
        f'user_group "g{number}" {{}}\nimport {{\n  to = user_group.g{number}\n  id = "gone{number}"\n}}\n'
        for number in range(25)
    )
    with project_on_rest(project):
        project.write(blocks)
        result = project.json("plan")

    assert (result.code, len(result.codes), set(result.codes)) == (1, 25, {"DM4006"})
