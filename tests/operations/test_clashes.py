"""Declared objects that are one and the same to their remote."""

from __future__ import annotations

import pytest

from tests.support.project import Project

REMOTE = 'remote "rest" "x" {\n  endpoint = "http://127.0.0.1:9"\n  default  = true\n}\n'


@pytest.mark.parametrize(
    ("objects", "names"),
    [
        ('user_group "a" { identifier = "one" }\nuser_group "b" { identifier = "one" }\n', ("b", "a")),
        ('user_group "a" { name = "one" }\nuser_group "b" { name = "one" }\n', ("b", "a")),
        ('user_group "a" {\n  count = 2\n  name  = "one"\n}\n', ("a[1]", "a[0]")),
    ],
)
def test_second_of_a_kind_is_named_before_anything_is_done(
    project: Project, objects: str, names: tuple[str, str]
) -> None:
    """With the first one: the remote would refuse it in the middle of an apply."""
    project.write(REMOTE + objects)
    result = project.json("validate")

    (fault,) = result.of_type("diagnostic")
    assert (result.code, fault["code"], fault["address"]) == (1, "DM6045", f"user_group.{names[0]}")
    assert f'user_group.{names[0]} and user_group.{names[1]} are one and the same user_group, "one"' in fault["detail"]
    assert [one["text"] for one in fault["related"]] == ["the first"]


@pytest.mark.parametrize(
    "objects",
    [
        'user_group "a" { identifier = "one" }\nuser_group "b" {\n  identifier = "one"\n  organization = "o"\n}\n',
        'user_group "a" { identifier = "one" }\nuser_group "b" {\n  identifier = "one"\n  remote = local\n}\n',
        'user_group "a" { name = "one" }\nsecret "b" {\n  name = "one"\n  value = env("X")\n}\n',
        'variable "x" {}\nuser_group "a" { identifier = var.x }\nuser_group "b" { identifier = var.x }\n',
    ],
)
def test_what_differs_in_place_or_kind_or_is_not_known_does_not_clash(project: Project, objects: str) -> None:
    """Scopes, remotes and types keep names apart."""
    project.write(REMOTE + objects)

    assert project.json("validate").code == 0
