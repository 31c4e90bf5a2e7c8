"""Taking over what others made: what they left out, sorted otherwise or spelled otherwise is no change."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest

from declarative_mail.remotes.base import LiveObject
from declarative_mail.remotes.rest.client import RestRemote
from tests.operations.pull.system import System, reference
from tests.support.project import Project

GROUPS = """
user_group "a" {
  members = ["ann@example.com", "bob@example.com"]
}

user_group "b" {}
"""
RULE = """
notification_rule "r" {
  description = "%s"
  pipeline    = "deploy"
  event { type = "StageFailed" }
  email { user_groups = [user_group.a, user_group.b] }
}
"""


def taken(type_: str, name: str, id_: str) -> str:
    """An import block."""
    return f'import {{\n  to = {type_}.{name}\n  id = "{id_}"\n}}\n'


@pytest.fixture
def rule(project: Project, remote: System) -> str:
    """A rule that somebody made for groups that are managed here: partial, and in an order of its own."""
    project.write(GROUPS)
    project.apply()
    groups = {one["attributes"]["name"]: one["id"] for one in remote.everything()["user_group"]}
    email = {"user_groups": [reference("user_group", groups[name]) for name in "ba"]}
    event = [{"type": "StageFailed", "stages": ["AllStages"]}]
    made = {
        "identifier": "r",
        "name": "r",
        "pipeline": "deploy",
        "event": event,
        "email": email,
        "description": "o\u0308",
    }
    return remote.put("notification_rule", **made)


def test_partial_unsorted_answer_is_no_change(project: Project, remote: System, rule: str) -> None:
    """Neither when the object is taken over nor afterwards; its references are those of objects that are managed."""
    project.write(RULE % "\u00f6" + taken("notification_rule", "r", rule), "rule.hcl")

    plan = project.json("plan").of_type("summary")[0]
    project.apply()

    assert (plan["import"], plan["change"]) == (1, 0)
    assert project.run("plan", "--detailed-exitcode").code == 0
    assert project.run("drift").code == 0


def test_refresh_takes_another_order_for_no_drift(project: Project, remote: System, rule: str) -> None:
    """Somebody rewrites the group as it is, in another order and without what is not set."""
    (group,) = (one["id"] for one in remote.everything()["user_group"] if one["attributes"]["name"] == "a")

    remote.change("user_group", group, members=["bob@example.com", "ann@example.com"], description=None, tags=None)

    assert project.run("drift").code == 0
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_write_is_not_refused_for_the_order_of_what_is_there(project: Project, remote: System, rule: str) -> None:
    """Just before a write the object is read again where the plan did not: it is compared by what it says."""
    project.write(RULE % "\u00f6" + taken("notification_rule", "r", rule), "rule.hcl")
    project.apply()
    project.write(RULE % "new", "rule.hcl")

    project.apply("--no-refresh")
    (found,) = remote.everything()["notification_rule"]

    assert found["attributes"]["description"] == "new"
    project.write("", "rule.hcl")
    project.apply("--no-refresh", "--allow-lost-audience", "--allow-mass-change")
    assert remote.everything()["notification_rule"] == []


def test_what_somebody_changed_meanwhile_is_still_refused(project: Project, remote: System, rule: str) -> None:
    """What it says differs from the plan."""
    project.write(RULE % "\u00f6" + taken("notification_rule", "r", rule), "rule.hcl")
    project.apply()
    project.write(RULE % "new", "rule.hcl")
    remote.change("notification_rule", rule, pipeline="deploy", enabled=False)

    result = project.json("apply", "--no-refresh", "--auto-approve", "--skip-connection-test=x")

    assert "was changed" in result.out
    assert remote.everything()["notification_rule"][0]["attributes"]["description"] == "o\u0308"


def test_objects_are_asked_for_side_by_side(project: Project, remote: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pulled configuration names everything there is; one call after the other would take as long as it is large."""
    for name in "ab":
        remote.put("user_group", identifier=name, name=name)
    project.run("pull", "rest.x", ".")
    both, find = Barrier(2, timeout=20), RestRemote.find

    def waiting(self: RestRemote, *arguments: Any, **named: Any) -> LiveObject | None:
        both.wait()
        return find(self, *arguments, **named)

    monkeypatch.setattr(RestRemote, "find", waiting)

    assert project.json("plan").of_type("summary")[0]["import"] == 2
