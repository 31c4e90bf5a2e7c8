"""Create, read, update of each attribute, drift in each attribute, delete, replace, import: on every remote."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.conformance.harness import Harness
from tests.support.project import Project

GROUP = 'user_group "ops" {\n%s\n}\n'
RULE = """
notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.ops]
  }
}
"""
SECRET = 'notification_preferences {\n slack {\n webhook_url = env("HOOK")\n }\n}'
ATTRIBUTES = {
    "name": ('name = "one"\nidentifier = "x"', 'name = "two"\nidentifier = "x"', "theirs"),
    "description": ('description = "one"', 'description = "two"', "theirs"),
    "tags": ('tags = { a = "1" }', 'tags = { a = "2" }', {"b": "3"}),
    "members": ('members = ["a@example.com"]', 'members = ["b@example.com"]', ["intruder@example.com"]),
    "enabled": ("enabled = true", "enabled = false", False),
}
"""For each attribute: before, after, and what somebody else makes of it."""


def _only(found: dict[str, Any]) -> Any:
    (one,) = found.values()
    return one


def test_what_was_applied_exists_and_plans_as_no_change(project: Project, harness: Harness) -> None:
    """Objects with references and secrets are created once; the next plan is empty, the server knows no secret."""
    project.write(GROUP % SECRET + RULE)

    project.apply()
    again = project.json("plan", "--detailed-exitcode")

    assert again.code == 0, again.out
    leaf = _only(harness.objects("user_group"))["notification_preferences"]["slack"]["webhook_url"]["$secret"]
    assert leaf.keys() == {"source", "version", "fingerprint"}
    (group_id,) = harness.objects("user_group")
    named = _only(harness.objects("notification_rule"))["email"]["user_groups"]
    assert named == [{"$ref": {"type": "user_group", "id": group_id}}]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_each_attribute_is_updated_in_place(project: Project, harness: Harness, name: str) -> None:
    """The same object, the new value, and then no change."""
    before, after, _ = ATTRIBUTES[name]
    project.write(GROUP % before)
    project.apply()
    (made,) = harness.objects("user_group")

    project.write(GROUP % after)
    changed = project.json("plan").of_type("change")[0]["changed"]
    project.apply()

    assert [path.split(".")[0] for path in changed] == [name]
    assert list(harness.objects("user_group")) == [made]
    assert project.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_drift_in_each_attribute_is_theirs_and_apply_mends_it(project: Project, harness: Harness, name: str) -> None:
    """What somebody else changed on the system is found, told apart and put right."""
    before, _, moved = ATTRIBUTES[name]
    project.write(GROUP % before)
    project.apply()
    ((id_, was),) = harness.objects("user_group").items()
    harness.change("user_group", id_, **{name: moved})

    drift = project.json("drift")
    project.apply()

    assert drift.code == 3
    fields = drift.of_type("drift")[0]["fields"]
    assert {(one["path"].split(".")[0], one["class"]) for one in fields} == {(name, "theirs")}
    assert harness.objects("user_group") == {id_: was}


def test_changed_secret_is_written_and_an_unchanged_one_is_not(project: Project, harness: Harness) -> None:
    """The value travels only when it is new: the number of the version tells."""
    project.write(GROUP % (SECRET + '\ndescription = "one"'))
    project.apply()
    project.write(GROUP % (SECRET + '\ndescription = "two"'))
    project.apply()
    kept = _only(harness.objects("user_group"))["notification_preferences"]["slack"]["webhook_url"]["$secret"]
    project.environment["HOOK"] += "-new"

    (change, _) = project.json("plan").lines
    project.apply()

    moved = _only(harness.objects("user_group"))["notification_preferences"]["slack"]["webhook_url"]["$secret"]
    assert change["changed"] == ["notification_preferences.slack.webhook_url"]
    assert (kept["version"], moved["version"]) == (1, 2)


def test_object_that_is_gone_is_created_anew(project: Project, harness: Harness) -> None:
    """Drift says gone, plan says create, with the reason."""
    project.write(GROUP % "")
    project.apply()
    (id_,) = harness.objects("user_group")
    harness.remove("user_group", id_)

    drift, (change, _) = project.json("drift"), project.json("plan").lines
    project.apply()

    assert (drift.code, change["reason"]) == (3, "create_because_missing_in_remote")
    assert len(harness.objects("user_group")) == 1


def test_removed_blocks_are_deleted_in_reverse_order(project: Project, harness: Harness) -> None:
    """The rule goes before the group that it names."""
    project.write(GROUP % "" + RULE)
    project.apply()

    result = project.json("destroy", "--auto-approve")

    assert result.code == 0, result.out
    assert [line["address"] for line in result.of_type("apply_done")] == ["notification_rule.failed", "user_group.ops"]
    assert (harness.objects("user_group"), harness.objects("notification_rule")) == ({}, {})


def test_immutable_attribute_replaces_the_object_and_repoints_the_rule(project: Project, harness: Harness) -> None:
    """One group, one rule, and the rule names the new group."""
    project.write(GROUP % 'identifier = "one"' + RULE)
    project.apply()
    (old,) = harness.objects("user_group")

    project.write(GROUP % 'identifier = "two"' + RULE)
    project.apply("--allow-mass-change", "--allow-lost-audience")

    (new,) = harness.objects("user_group")
    named = _only(harness.objects("notification_rule"))["email"]["user_groups"]
    assert new != old
    assert named == [{"$ref": {"type": "user_group", "id": new}}]
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_import_takes_over_without_writing_and_shows_no_secret(project: Project, harness: Harness) -> None:
    """An object with a secret of which we know nothing: taken over, no change, and nothing is sent."""
    project.write(GROUP % SECRET)
    project.apply()
    (id_,) = harness.objects("user_group")
    (project.path / "dmail.state.json").unlink()
    project.environment["HOOK"] += "-unknown"
    writes = harness.proxy.count("PUT") + harness.proxy.count("POST")

    taken = project.run("import", "user_group.ops", id_)

    assert taken.code == 0, taken.err
    assert project.run("plan", "--detailed-exitcode").code == 0
    assert harness.proxy.count("PUT") + harness.proxy.count("POST") == writes
    assert project.state["resources"][0]["id"] == id_


def test_import_of_nothing_is_refused_by_name(project: Project, harness: Harness) -> None:
    """An id that the remote does not know."""
    project.write(GROUP % "")

    result = project.json("import", "user_group.ops", "no-such-id")

    assert (result.code, result.codes) == (1, ["DM4006"])


def test_refresh_costs_pages_and_not_objects(project: Project, harness: Harness) -> None:
    """Forty objects are asked for by as many calls as one is."""
    calls = []
    for count in (1, 40):
        project.write(f'user_group "g" {{\n  count = {count}\n}}\n')
        project.apply()
        before = len(harness.proxy.requests)
        assert project.run("plan", "--detailed-exitcode").code == 0
        calls.append(len(harness.proxy.requests) - before)

    assert calls[0] == calls[1]


def test_remote_check_says_whether_it_can_be_worked_with(project: Project, harness: Harness) -> None:
    """A wrong token is found before anything is planned."""
    good = project.json("remote", "check")
    project.environment["REST_TOKEN"] = "wrong"
    bad = project.json("remote", "check")

    assert (good.code, good.lines[0]["ok"]) == (0, True)
    assert (bad.code, bad.lines[0]["ok"], bad.codes) == (1, False, ["DM6012"])
