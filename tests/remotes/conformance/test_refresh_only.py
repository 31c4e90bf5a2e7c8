"""``--refresh-only``: what was changed on a system is taken into the state, and the system is left as it is."""

from __future__ import annotations

from typing import Any

from tests.remotes.conformance.harness import Harness
from tests.remotes.fault_proxy import Fault, lost
from tests.support.project import Project, Result

GROUPS = """
user_group "ops" {
  members = ["ann@example.com"]
}
user_group "gone" {}
output "members" {
  value = user_group.ops.members
}
"""


def _somebody_else(project: Project, harness: Harness) -> None:
    """Apply, then change one group and delete the other behind dmail's back."""
    project.write(GROUPS)
    project.apply()
    for id_, one in harness.objects("user_group").items():
        if one["name"] == "gone":
            harness.remove("user_group", id_)
        else:
            harness.change("user_group", id_, members=["intruder@example.com"])


def _accept(project: Project, *arguments: str) -> Result:
    return project.json("apply", "--refresh-only", "--auto-approve", *arguments)


def _states(project: Project) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in project.state["resources"]}


def test_plan_shows_what_changed_and_proposes_no_change(project: Project, harness: Harness) -> None:
    """From what the state says to what exists; nothing is to add, change or destroy."""
    _somebody_else(project, harness)

    result = project.json("plan", "--refresh-only", "--detailed-exitcode")

    assert result.code == 2
    found = [(one["address"], one["action"], one["reason"]) for one in result.of_type("change")]
    assert found == [
        ("user_group.gone", "forget", "forget_because_missing_in_remote"),
        ("user_group.ops", "refresh", "refresh_because_changed_in_remote"),
    ]
    changed = result.of_type("change")[1]
    sides = changed["before"]["members"], changed["after"]["members"]
    assert sides == (["ann@example.com"], ["intruder@example.com"])
    assert {"add": 0, "change": 0, "destroy": 0, "forget": 1, "refresh": 1}.items() <= result.lines[-1].items()


def test_text_says_that_no_remote_is_written_to(project: Project, harness: Harness) -> None:
    """And how to go on."""
    _somebody_else(project, harness)

    result = project.run("plan", "--refresh-only")

    assert "it was changed outside of dmail" in result.out
    assert "Applying it changes the state alone; nothing is written to a remote." in result.out
    assert "dmail apply --refresh-only" in result.err


def test_apply_writes_the_state_and_no_remote(project: Project, harness: Harness) -> None:
    """Attributes as they are live, the object that is gone forgotten, outputs computed from what exists."""
    _somebody_else(project, harness)
    objects, writes = harness.objects("user_group"), harness.writes()

    result = _accept(project)

    assert result.code == 0, result.out
    assert _states(project).keys() == {"ops"}
    assert _states(project)["ops"]["attributes"]["members"] == ["intruder@example.com"]
    assert project.state["outputs"]["members"]["value"] == ["intruder@example.com"]
    assert (harness.objects("user_group"), harness.writes()) == (objects, writes)


def test_what_was_accepted_is_a_pending_change_and_no_drift(project: Project, harness: Harness) -> None:
    """It was *theirs* before, and is *ours* now: the configuration wants something else than what was accepted."""
    _somebody_else(project, harness)
    before = project.json("drift")
    _accept(project)

    after, plan = project.json("drift"), project.json("plan")

    assert (before.code, after.code) == (3, 0)
    assert [field["class"] for one in after.of_type("drift") for field in one["fields"]] == ["ours"]
    assert [(one["address"], one["action"]) for one in plan.of_type("change")] == [
        ("user_group.ops", "update"),
        ("user_group.gone", "create"),
    ]


def test_configuration_that_follows_plans_as_no_change(project: Project, harness: Harness) -> None:
    """Whoever accepts what exists, and writes it down, is done."""
    _somebody_else(project, harness)
    _accept(project)

    project.write(GROUPS.replace("ann", "intruder").replace('user_group "gone" {}', ""))

    assert project.run("plan", "--detailed-exitcode").code == 0


def test_nothing_changed_is_no_change(project: Project, harness: Harness) -> None:
    """A changed configuration is none of its business, and the state is not written for it."""
    project.write(GROUPS)
    project.apply()
    project.write(GROUPS.replace('"ann@example.com"', '"bob@example.com"'))
    before = project.state

    plan, applied = project.run("plan", "--refresh-only", "--detailed-exitcode"), _accept(project)

    assert (plan.code, applied.code) == (0, 0)
    assert "No changes. What exists matches what the state says." in plan.out
    assert project.state == before


def test_object_that_is_only_declared_stays_undeclared_to_outputs(project: Project, harness: Harness) -> None:
    """An output of something that does not exist waits for the apply that makes it."""
    project.write('user_group "one" {}\noutput "one" {\n  value = user_group.one.name\n}\n')
    project.apply()
    project.write(
        'user_group "two" {}\noutput "two" {\n  value = user_group.two.name\n}\noutput "new" {\n  value = 1\n}\n'
    )

    result = _accept(project)

    assert result.code == 0, result.out
    assert {name: one["value"] for name, one in project.state["outputs"].items()} == {"new": 1}
    assert _states(project).keys() == {"one"}


def test_target_limits_what_is_taken_over(project: Project, harness: Harness) -> None:
    """The other object stays as the state has it."""
    _somebody_else(project, harness)

    result = _accept(project, "--target", "user_group.ops")

    assert result.codes == ["DM4030"]
    assert _states(project).keys() == {"gone", "ops"}


def test_saved_plan_is_applied_exactly_or_refused(project: Project, harness: Harness) -> None:
    """What was reviewed is taken over; what somebody changes after that is not."""
    _somebody_else(project, harness)
    assert project.run("plan", "--refresh-only", "--out", "review.plan").code == 0
    shown = project.json("show", "review.plan").document
    assert (shown["mode"], shown["summary"]["refresh"]) == ("refresh-only", 1)
    (id_,) = harness.objects("user_group")

    harness.change("user_group", id_, members=["another@example.com"])
    refused = project.json("apply", "review.plan")
    harness.change("user_group", id_, members=["intruder@example.com"])
    applied = project.json("apply", "review.plan")

    assert (refused.code, refused.codes) == (1, ["DM4020"])
    assert applied.code == 0, applied.out
    assert _states(project)["ops"]["attributes"]["members"] == ["intruder@example.com"]


def test_failed_condition_is_a_warning(project: Project, harness: Harness) -> None:
    """Nothing is made so, thus nothing is prevented."""
    condition = 'lifecycle {\n precondition {\n condition = local.one == 2\n error_message = "No."\n }\n }\n'
    _somebody_else(project, harness)
    members = '  members = ["ann@example.com"]\n'
    project.write("locals {\n  one = 1\n}\n" + GROUPS.replace(members, members + condition))

    assert project.run("plan").code == 4
    result = _accept(project)
    assert (result.code, result.codes) == (0, ["DM2351"])
    assert _states(project).keys() == {"ops"}


def test_moved_object_is_recorded_under_its_new_address(project: Project, harness: Harness) -> None:
    """A moved block is about the state, so it is part of it."""
    _somebody_else(project, harness)
    moved = "moved {\n  from = user_group.ops\n  to   = user_group.crew\n}\n"
    text = GROUPS.replace('user_group "ops" {', 'user_group "crew" {\n  name = "ops"').replace(
        "group.ops", "group.crew"
    )
    project.write(text + moved)

    result = _accept(project)

    assert result.code == 0, result.out
    assert _states(project)["crew"]["attributes"]["members"] == ["intruder@example.com"]


def test_object_left_over_from_a_replacement_is_left_alone(project: Project, harness: Harness) -> None:
    """It has to be deleted there, which the next plain apply does."""
    project.write(GROUPS)
    project.apply()
    project.edit_state(lambda state: state["resources"].append({**state["resources"][0], "id": "old", "deposed": "1"}))
    writes = harness.writes()

    result = _accept(project)

    assert (result.code, harness.writes()) == (0, writes)
    assert [one.get("deposed") for one in project.state["resources"]] == [None, "1", None]


def test_open_call_of_an_interrupted_run_is_settled(project: Project, harness: Harness) -> None:
    """``state mv`` refuses and names the command; after it the move works, and nothing was written to the system."""
    project.write(GROUPS)
    method, path = harness.calls["create"]
    harness.proxy.spoil(
        Fault(method, lost, forwarded=True, times=50, path=path),
        Fault("GET", lost, times=50, after=f"{method} {path}"),
    )
    project.run("apply", "--auto-approve", "--skip-connection-test=no server")
    harness.proxy.faults.clear()
    move = ("state", "mv", "user_group.ops", "user_group.crew")

    refused, writes = project.json(*move), harness.writes()
    settled = _accept(project)

    assert refused.codes == ["DM7504"]
    assert "dmail apply --refresh-only" in refused.of_type("diagnostic")[0]["detail"]
    assert settled.code == 0, settled.out
    assert harness.writes() == writes
    assert _states(project).keys() == {"gone", "ops"}
    assert project.run(*move).code == 0
