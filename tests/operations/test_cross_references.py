"""References between objects on different remotes."""

from __future__ import annotations

import pytest

from tests.support.project import Project

REMOTES = """
remote "rest" "eu" {
  endpoint = "http://127.0.0.1:9"
  default  = true
}
remote "rest" "us" {
  endpoint = "http://127.0.0.1:9"
}
"""
RULE = """
notification_rule "r" {{
  {remote}
  pipeline = "p"
  event {{ type = "PipelineFailed" }}
  email {{
    recipients  = ["cto@example.com"]
    user_groups = [{group}]
  }}
}}
"""


@pytest.mark.parametrize(
    ("group", "name", "there"),
    [
        ('user_group "g" { remote = local }', "user_group.g", "in the state alone"),
        ('user_group "g" { remote = remote.rest.us }', "user_group.g", "on remote.rest.us"),
        (
            'user_group "g" {\n  for_each = toset(["a"])\n  remote = remote.rest.us\n}',
            'user_group.g["a"]',
            "on remote.rest.us",
        ),
    ],
)
def test_object_on_another_remote_cannot_be_referred_to(project: Project, group: str, name: str, there: str) -> None:
    """The fault stands at the reference and names both places."""
    project.write(f"{REMOTES}{group}\n{RULE.format(remote='', group=name)}")
    result = project.json("validate")

    (fault,) = result.of_type("diagnostic")
    assert (result.code, fault["code"], fault["address"]) == (1, "DM6047", "notification_rule.r")
    assert f"notification_rule.r is on remote.rest.eu, and {name} is {there}" in fault["detail"]
    line = (project.path / "main.hcl").read_text().splitlines()[fault["range"]["start"]["line"] - 1]
    assert "user_groups" in line


@pytest.mark.parametrize("remote", ["", "remote = remote.rest.us", "remote = local"])
def test_object_on_the_same_remote_can(project: Project, remote: str) -> None:
    """Also by a remote that is the default."""
    group = f'user_group "g" {{ {remote} }}\n'
    project.write(f"{REMOTES}{group}{RULE.format(remote=remote, group='user_group.g')}")

    assert project.json("validate").code == 0


def test_what_is_in_the_state_alone_may_refer_to_anything(project: Project) -> None:
    """It is a note for people and for the audience, and is sent nowhere."""
    group = 'user_group "g" {}\n'
    project.write(f"{REMOTES}{group}{RULE.format(remote='remote = local', group='user_group.g')}")

    assert project.json("validate").code == 0
