"""The oddities of Harness as a user of dmail meets them: rules inside pipelines."""

from __future__ import annotations

import pytest

from declarative_mail.resources.events import EVENT_TYPES
from tests.remotes.conformance.harness_ng import PIPELINE, NextGenHarness
from tests.remotes.harness.account import StoredPipeline
from tests.support.project import Project, Result

RULE = """
notification_rule "%s" {
  pipeline = "%s"
  %s
}
"""
WHEN = 'event { type = "PipelineFailed" }'
MAIL = 'email { recipients = ["cto@example.com"] }'
DEPLOY = ("default", "shop", "deploy")


def _apply(project: Project) -> Result:
    return project.run("apply", "--auto-approve", "--json", "--skip-connection-test=no server in this test")


def _puts(system: NextGenHarness) -> int:
    return system.account.count("PUT", "/pipelines/v2/")


def test_all_that_is_not_ours_stays_byte_for_byte(project: Project, system: NextGenHarness) -> None:
    """Comments, order, quotes, odd indentation, and the rules of others; back to the very text in the end."""
    text = (
        PIPELINE.format("deploy")
        + "    notificationRules:\n        # by hand\n        -   name: 'Theirs'\n            enabled: no   # off\n"
        + '    tags: {"a" : "b"}\n'
    )
    system.account.pipelines[DEPLOY] = StoredPipeline(text)
    project.write(RULE % ("failed", "deploy", WHEN + MAIL.join("\n\n")))

    project.apply()
    with_rule = system.account.pipelines[DEPLOY].text
    project.write("")
    project.apply("--allow-empty", "--allow-mass-change", "--allow-lost-audience")

    head, tail = text.split("    tags:")
    assert with_rule.startswith(head)
    assert with_rule.endswith("    tags:" + tail)
    assert system.account.pipelines[DEPLOY].text == text


def test_rules_of_a_pipeline_are_one_read_and_one_write(project: Project, system: NextGenHarness) -> None:
    """200 in 10 pipelines cost 10 reads and 10 writes at the most; here 20 in 2."""
    project.write(
        'notification_rule "r" {\n  count = 20\n  identifier = "r${count.index}"\n'
        f'  pipeline = count.index % 2 == 0 ? "deploy" : "build"\n  {WHEN}\n  {MAIL}\n}}\n'
    )

    project.apply()
    writes, before = _puts(system), len(system.account.requests)
    again = project.run("plan", "--detailed-exitcode")

    reads = [one.path for one in system.account.requests[before:] if "/pipelines/" in one.path]
    assert (writes, again.code, len(reads)) == (2, 0, 2)
    assert len(system.objects("notification_rule")) == 20


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_every_type_of_event_arrives_and_is_no_change_after(
    project: Project, system: NextGenHarness, event: str
) -> None:
    """Those of stages and steps name all stages where none is named."""
    project.write(RULE % ("failed", "deploy", f'event {{ type = "{event}" }}\n  {MAIL}'))

    project.apply()

    ((_, rule),) = system.objects("notification_rule").items()
    assert rule["pipelineEvents"][0]["type"] == event
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_stage_events_name_all_stages_or_some(project: Project, system: NextGenHarness) -> None:
    """``AllStages`` is Harness's word for all."""
    events = 'event { type = "StageFailed" }\n  event {\n    type = "StageSuccess"\n    stages = ["smoke"]\n  }'
    project.write(RULE % ("failed", "deploy", f"{events}\n  {MAIL}"))

    project.apply()

    ((_, rule),) = system.objects("notification_rule").items()
    assert {one["type"]: one["forStages"] for one in rule["pipelineEvents"]} == {
        "StageFailed": ["AllStages"],
        "StageSuccess": ["smoke"],
    }


def test_groups_of_parent_scopes_have_their_prefix(project: Project, system: NextGenHarness) -> None:
    """And one of another project cannot be named at all. The remote block names no scope here."""
    block = system.block.replace('  organization = "default"\n  project = "shop"\n', "")
    project.write(block, "remote.hcl")
    shop = 'organization = "default"\n  project = "shop"'
    groups = (
        f'user_group "here" {{\n  {shop}\n}}\nuser_group "above" {{\n}}\n'
        'user_group "middle" {\n  organization = "default"\n}\n'
        'user_group "beside" {\n  organization = "default"\n  project = "two"\n}\n'
    )
    rule = RULE % ("failed", "deploy", f"{WHEN}\n  {shop}\n  email {{ user_groups = [%s] }}")
    project.write(groups + rule % "user_group.here, user_group.above, user_group.middle")
    project.apply()
    ((_, made),) = system.objects("notification_rule").items()
    project.write(groups + rule % "user_group.beside")

    refused = project.json("plan")

    assert sorted(made["notificationMethod"]["spec"]["userGroups"]) == ["account.above", "here", "org.middle"]
    assert refused.code == 1
    assert "user_group.beside" in refused.of_type("diagnostic")[0]["detail"]


def test_pipeline_in_git_is_committed_with_our_words(project: Project, system: NextGenHarness) -> None:
    """On the branch that is named, and without a change on the other."""
    text = PIPELINE.format("deploy")
    system.account.pipelines[DEPLOY] = StoredPipeline(text, in_git=True, branches={"main": text, "next": text})
    git = 'git {\n    branch = "next"\n    commit_message = "tell the boss"\n  }'
    project.write(RULE % ("failed", "deploy", f"{WHEN}\n  {MAIL}\n  {git}"))

    project.apply()

    stored = system.account.pipelines[DEPLOY]
    assert "notificationRules" in stored.branches["next"]
    assert stored.branches["main"] == text
    assert "tell the boss" in str(stored.commits)


def test_denial_of_a_policy_in_a_200_is_a_failure(project: Project, system: NextGenHarness) -> None:
    """Nothing was saved, so nothing stands in the state."""
    system.account.denies_pipelines = True
    project.write(RULE % ("failed", "deploy", f"{WHEN}\n  {MAIL}"))

    result = _apply(project)

    assert (result.code, system.objects("notification_rule")) == (1, {})
    assert "policy" in result.of_type("diagnostic")[-1]["detail"]
    assert project.run("state", "list").out == ""


def test_public_pipeline_stays_public(project: Project, system: NextGenHarness) -> None:
    """A PUT that does not say so would hide it."""
    system.account.pipelines[DEPLOY] = StoredPipeline(PIPELINE.format("deploy"), public=True)
    project.write(RULE % ("failed", "deploy", f"{WHEN}\n  {MAIL}"))

    project.apply()

    assert system.account.pipelines[DEPLOY].public is True


@pytest.mark.parametrize(
    ("pipeline", "body", "words"),
    [
        ("deploy", f'{WHEN}\n  {MAIL}\n  slack {{ webhook_url = env("HOOK") }}', "one way only"),
        ("deploy", f'{WHEN}\n  {MAIL}\n  via = "central"', "cannot be managed yet"),
        ("deplyo", f"{WHEN}\n  {MAIL}", "deplyo"),
    ],
    ids=["two-ways", "central", "no-such-pipeline"],
)
def test_what_cannot_be_is_an_error_of_the_plan(
    project: Project, system: NextGenHarness, pipeline: str, body: str, words: str
) -> None:
    """Before anything is written."""
    project.write(RULE % ("failed", pipeline, body))

    result = project.json("plan")

    assert (result.code, _puts(system)) == (1, 0)
    assert words in " ".join(one["detail"] for one in result.of_type("diagnostic"))
