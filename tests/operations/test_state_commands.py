"""``dmail state`` and ``dmail force-unlock`` through the command line."""

from __future__ import annotations

import json

import pytest

from tests.support.project import Project
from tests.support.samples import GROUPS, RULE


@pytest.fixture
def applied(project: Project) -> Project:
    """Two groups and a rule that refers to one of them."""
    project.write(GROUPS + RULE)
    project.apply()
    return project


def _addresses(project: Project) -> list[str]:
    return project.run("state", "list").out.split()


def test_list_and_its_filter(applied: Project) -> None:
    """All, or those under an address."""
    assert len(_addresses(applied)) == 3
    assert applied.run("state", "list", "user_group.team").out.split() == [
        'user_group.team["core"]',
        'user_group.team["ops"]',
    ]


def test_mv_renames_and_references_follow(applied: Project) -> None:
    """The rule's record names the new address; a configuration with that label plans as no changes."""
    result = applied.run("state", "mv", "user_group.team", "user_group.crew")
    applied.write((GROUPS + RULE).replace("user_group.team", "user_group.crew").replace('"team"', '"crew"'))

    assert result.code == 0, result.err
    assert 'user_group.crew["core"]' in _addresses(applied)
    changes = applied.json("plan").of_type("change")
    assert [one["action"] for one in changes if one["action"] in ("create", "delete", "replace")] == []


def test_rm_forgets(applied: Project) -> None:
    """The object is created again by the next plan; what is not there is a fault with a suggestion."""
    assert applied.run("state", "rm", 'user_group.team["ops"]').code == 0
    assert [(one["address"], one["action"]) for one in applied.json("plan").of_type("change")] == [
        ('user_group.team["ops"]', "create")
    ]
    assert applied.run("state", "rm", "user_group.nosuch").code == 1


def test_pull_and_push(applied: Project) -> None:
    """What was pulled can be pushed; a state of another lineage or an older serial cannot, unless forced."""
    pulled = json.loads(applied.run("state", "pull").out)
    path = applied.path / "pulled.json"
    path.write_text(json.dumps({**pulled, "serial": pulled["serial"] + 1}))
    assert applied.run("state", "push", "pulled.json").code == 0

    path.write_text(json.dumps({**pulled, "serial": 0}))
    assert applied.json("state", "push", "pulled.json").codes == ["DM7008"]
    path.write_text(json.dumps({**pulled, "serial": 99, "lineage": "6ba7b810-9dad-41d1-80b4-00c04fd430c8"}))
    assert applied.json("state", "push", "pulled.json").codes == ["DM7007"]
    assert applied.run("state", "push", "--force", "pulled.json").code == 0


def test_force_unlock_of_a_store_that_needs_none(applied: Project) -> None:
    """A local lock ends with its owner: the kernel sees to it."""
    result = applied.json("force-unlock", "some-id")

    assert result.code == 1
    assert result.codes


def test_objects_of_a_newer_program_are_refused_by_every_command(project: Project) -> None:
    """As they do with a whole state of a newer version."""
    project.write('user_group "ops" {\n  members = ["a@example.com"]\n}\n')
    project.apply()
    project.edit_state(lambda state: state["resources"][0].update(schema_version=2))
    before = json.dumps(project.state)

    for command in (["plan"], ["apply", "--auto-approve"], ["drift"], ["state", "list"]):
        assert project.json(*command).codes == ["DM7003"], command
    assert json.dumps(project.state) == before
