"""From create to delete, with references and secrets; replace, import, cost of a refresh: on every remote."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.conformance.harness import Harness
from tests.remotes.conformance.samples import RULE
from tests.support.project import Project

GROUP = 'user_group "ops" {\n%s\n}\n'
SECRET = 'notification_preferences {\n slack {\n webhook_url = env("HOOK")\n }\n}'


def _only(found: dict[str, Any]) -> Any:
    (one,) = found.values()
    return one


def test_what_was_applied_exists_and_plans_as_no_change(project: Project, harness: Harness) -> None:
    """Objects with references and secrets are created once, and the next plan is empty."""
    project.write(GROUP % SECRET + RULE)

    project.apply()
    again = project.json("plan", "--detailed-exitcode")

    assert again.code == 0, again.out
    (group,) = harness.objects("user_group")
    assert harness.groups_of_rule(_only(harness.objects("notification_rule"))) == [group]
    assert harness.violations() == []


def test_changed_secret_is_seen_and_written(project: Project, harness: Harness) -> None:
    """Only the secret differs, and after it was written nothing does."""
    project.write(GROUP % (SECRET + '\ndescription = "one"'))
    project.apply()
    project.write(GROUP % (SECRET + '\ndescription = "two"'))
    project.apply()
    project.environment["HOOK"] += "-new"

    (change, _) = project.json("plan").lines
    project.apply()

    assert change["changed"] == ["notification_preferences.slack.webhook_url"]
    assert project.run("plan", "--detailed-exitcode").code == 0


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
    assert new != old
    assert harness.groups_of_rule(_only(harness.objects("notification_rule"))) == [new]
    assert project.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("number", [1, 2])
def test_parallelism_counts_calls_whoever_makes_them(project: Project, harness: Harness, number: int) -> None:
    """Whatever is read or written: groups and rules of several kinds, found, changed and deleted."""
    project.write(GROUP % SECRET + RULE + 'user_group "more" {\n  count = 4\n}\n')
    most = f"--parallelism={number}"

    project.apply(most)
    plan, drift = project.run("plan", most), project.run("drift", most)
    gone = project.run("destroy", "--auto-approve", most)

    assert (plan.code, drift.code, gone.code) == (0, 0, 0)
    assert harness.proxy.most_at_once <= number


def test_moved_object_is_asked_for_under_its_new_address(project: Project, harness: Harness) -> None:
    """A rule that names it does not change, and what somebody else made of it is seen."""
    project.write(GROUP % "" + RULE)
    project.apply()
    (id_,) = harness.objects("user_group")
    moved = "moved {\n  from = user_group.ops\n  to   = user_group.crew\n}\n"
    project.write(
        (GROUP % 'name = "ops"' + RULE).replace("user_group.ops", "user_group.crew").replace('"ops" {', '"crew" {')
        + moved
    )

    quiet = project.json("plan").of_type("change")
    harness.change("user_group", id_, description="theirs")
    (change,) = project.json("plan").of_type("change")

    assert [(one["address"], one["action"]) for one in quiet] == [("user_group.crew", "no-op")]
    assert (change["action"], change["previous_address"], change["changed"]) == (
        "update",
        "user_group.ops",
        ["description"],
    )


def test_import_takes_over_without_writing_and_shows_no_secret(project: Project, harness: Harness) -> None:
    """An object with a secret of which the state knows nothing: taken over, no change, and nothing is sent."""
    project.write(GROUP % SECRET)
    project.apply()
    (id_,) = harness.objects("user_group")
    (project.path / "dmail.state.json").unlink()
    if not harness.reads_secrets:
        # Nobody can tell whether it is another one: it is assumed to be the same (semantics 34).
        project.environment["HOOK"] += "-unknown"
    writes = harness.writes()

    taken = project.run("import", "user_group.ops", id_)

    assert taken.code == 0, taken.err
    assert project.run("plan", "--detailed-exitcode").code == 0
    assert harness.writes() == writes
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
    project.environment[harness.token] = "wrong"
    bad = project.json("remote", "check")

    assert (good.code, good.lines[0]["ok"]) == (0, True)
    assert (bad.code, bad.lines[0]["ok"], bad.codes) == (1, False, ["DM6012"])
