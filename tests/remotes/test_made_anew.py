"""Objects that get another id, since they are replaced or were deleted: what refers to it changes with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.remotes.conformance.rest import RestHarness, project_on_rest
from tests.support.project import Project, project

__all__ = ["project"]

SKIP = "--skip-connection-test=no server in this test"
MODULE = 'variable "of" {}\noutput "said" { value = "is ${var.of}" }\n'
OBJECTS = """
user_group "g" {{ identifier = "{identifier}" }}
module "m" {{
  source = "./m"
  of     = user_group.g.id
}}
user_group "r" {{
  for_each    = toset(["a", "b"])
  description = "${{each.key}} ${{module.m.said}}"
}}
user_group "s" {{ description = user_group.r["a"].description }}
user_group "apart" {{}}
output "g" {{ value = user_group.g.id }}
"""


@pytest.fixture
def harness(project: Project) -> Iterator[RestHarness]:
    """The reference server with all of it."""
    with project_on_rest(project) as running:
        project.write(MODULE, "m/main.hcl")
        project.write(OBJECTS.format(identifier="one"))
        assert project.run("apply", "--auto-approve", SKIP).code == 0
        yield running


def _changes(project: Project, *arguments: str) -> dict[str, tuple[str, list[str]]]:
    changes = project.json("plan", *arguments).of_type("change")
    return {one["address"]: (one["action"], one["changed"]) for one in changes}


FOLLOWING = {
    'user_group.r["a"]': ("update", ["description"]),
    'user_group.r["b"]': ("update", ["description"]),
    "user_group.s": ("update", ["description"]),
}


@pytest.mark.usefixtures("harness")
def test_replacement_changes_what_refers_to_the_id_in_the_same_run(project: Project) -> None:
    """Through modules, locals and other objects; one apply is enough."""
    project.write(OBJECTS.format(identifier="two"))

    changes = _changes(project)
    assert {address: changes[address] for address in FOLLOWING} == FOLLOWING
    assert (changes["user_group.g"][0], "user_group.apart" in changes) == ("replace", False)
    (output,) = project.json("plan").of_type("output_change")
    assert output["after"] == {"$unknown": "user_group.g.id"}

    assert project.run("apply", "--auto-approve", SKIP).code == 0
    assert "No changes" in project.run("plan").out
    id_ = next(one["id"] for one in project.state["resources"] if one["name"] == "g")
    assert project.run("output", "--json").document["g"]["value"] == id_


@pytest.mark.usefixtures("harness")
def test_replace_that_was_asked_for(project: Project) -> None:
    """``--replace`` is a replacement like any other."""
    changes = _changes(project, "--replace=user_group.g")

    assert {address: changes[address] for address in FOLLOWING} == FOLLOWING


def test_object_that_somebody_deleted_comes_back_with_another_id(project: Project, harness: RestHarness) -> None:
    """The same."""
    record: Any = next(one for one in project.state["resources"] if one["name"] == "g")
    harness.remove("user_group", record["id"])

    changes = _changes(project)
    assert (changes["user_group.g"][0], {one: changes[one] for one in FOLLOWING}) == ("create", FOLLOWING)
    assert project.run("apply", "--auto-approve", SKIP).code == 0
    assert "No changes" in project.run("plan").out


@pytest.mark.usefixtures("harness")
def test_instances_that_cannot_be_told_any_more(project: Project) -> None:
    """The id decides which instances there are, and it is not known before apply."""
    more = 'user_group "t" {\n  for_each = toset([user_group.g.id])\n  name = "t"\n}\n'
    project.write(OBJECTS.format(identifier="one") + more)
    assert project.run("apply", "--auto-approve", SKIP).code == 0

    project.write(OBJECTS.format(identifier="two") + more)
    result = project.json("plan")

    assert (result.code, result.codes) == (1, ["DM2341"])
