"""The main job on the local remote: validate, plan, apply, drift, destroy."""

from __future__ import annotations

from typing import Any

from tests.support.project import Project
from tests.support.samples import GROUPS, RULE, SERVER


def test_first_apply_creates_everything_and_the_next_plan_is_empty(project: Project) -> None:
    """What was applied plans as no changes."""
    project.write(SERVER + GROUPS + RULE)

    plan = project.json("plan")
    project.apply()
    again = project.json("plan", "--detailed-exitcode")

    assert {"add": 4, "change": 0, "destroy": 0}.items() <= plan.lines[-1].items()
    assert again.code == 0
    assert {"add": 0, "change": 0, "destroy": 0}.items() <= again.lines[-1].items()


def test_plan_lists_one_change_for_each_address_and_a_summary_at_the_end(project: Project) -> None:
    """The JSON form is the published contract."""
    project.write(GROUPS)

    lines = project.json("plan").lines

    assert [line["address"] for line in lines[:-1]] == ['user_group.team["core"]', 'user_group.team["ops"]']
    change = lines[0]
    assert {"type", "address", "action", "reason", "before", "after", "changed"} <= change.keys()
    assert (change["type"], change["action"], change["reason"], change["before"]) == ("change", "create", None, None)
    assert change["after"]["members"] == ["a@example.com"]
    assert {"type", "add", "change", "destroy", "import", "move", "forget", "refresh", "digest"} == lines[-1].keys()
    assert lines[-1]["digest"].startswith("sha256:")


def test_changed_attribute_is_an_update_that_names_its_path(project: Project) -> None:
    """A nested path is named down to the attribute that differs."""
    text = 'user_group "ops" {\n  notification_preferences {\n    email { addresses = ["%s"] }\n  }\n}\n'
    project.write(text % "old@example.com")
    project.apply()
    project.write(text % "new@example.com")

    (change, summary) = project.json("plan").lines

    assert (change["action"], change["changed"]) == ("update", ["notification_preferences.email.addresses"])
    assert summary["change"] == 1


def test_order_of_a_set_is_no_change(project: Project) -> None:
    """Sets are compared as sets."""
    project.write('user_group "x" { members = ["a@example.com", "b@example.com"] }')
    project.apply()
    project.write('user_group "x" { members = ["b@example.com", "a@example.com"] }')

    assert project.run("plan", "--detailed-exitcode").code == 0


def test_removed_block_is_deleted_and_shown_first(project: Project) -> None:
    """Deletes stand at the top, with the reason."""
    project.write(GROUPS + SERVER)
    project.apply()
    project.write(SERVER.replace("2525", "2526") + 'user_group "new" { members = ["n@example.com"] }')

    lines = project.json("plan", "--allow-mass-change").lines

    assert [line["action"] for line in lines[:-1] if line["type"] == "change"] == [
        "delete",
        "delete",
        "update",
        "create",
    ]
    assert lines[0]["reason"] == "delete_because_no_resource_config"


def test_key_that_is_gone_is_deleted_for_that_reason(project: Project) -> None:
    """An instance whose key vanished is told apart from a block that vanished."""
    project.write('user_group "t" {\n  for_each = toset(["a", "b"])\n  members = ["${each.key}@example.com"]\n}')
    project.apply()
    project.write('user_group "t" {\n  for_each = toset(["a"])\n  members = ["${each.key}@example.com"]\n}')

    assert project.json("plan").lines[0]["reason"] == "delete_because_wrong_instance_key"


def test_unchanged_objects_are_listed_only_when_asked_for(project: Project) -> None:
    """`--verbose` shows what does not change."""
    project.write(GROUPS)
    project.apply()

    assert project.json("plan").of_type("change") == []
    shown = project.json("plan", "--verbose").of_type("change")
    assert [one["action"] for one in shown] == ["no-op", "no-op"]
    assert all(one["after"]["name"] and one["before"] == one["after"] for one in shown)


def test_destroy_deletes_everything_in_reverse_order_of_references(project: Project) -> None:
    """The rule goes before the group that it names."""
    project.write(GROUPS + RULE)
    project.apply()

    result = project.json("destroy", "--auto-approve")

    done = [line["address"] for line in result.of_type("apply_done")]
    assert result.code == 0
    assert done[0] == "notification_rule.failed"
    assert project.state.get("resources", []) == []


def test_drift_is_found_told_apart_and_mended(project: Project) -> None:
    """A member changed behind our back is *theirs*; a changed block is *ours*."""
    project.write(GROUPS + SERVER)
    project.apply()
    clean = project.json("drift")

    def tamper(state: dict[str, Any]) -> None:
        group = next(one for one in state["resources"] if one.get("key") == "ops")
        group["attributes"]["members"] = ["intruder@example.com"]

    project.edit_state(tamper)
    project.write(GROUPS + SERVER.replace("2525", "2526"))
    found = project.json("drift")

    assert (clean.code, found.code) == (0, 3)
    fields = {
        (one["address"], field["path"]): field["class"] for one in found.of_type("drift") for field in one["fields"]
    }
    assert fields == {
        ('user_group.team["ops"]', "members"): "theirs",
        ("smtp_server.primary", "port"): "ours",
        ("smtp_server.primary", "uri"): "ours",
    }
    assert project.run("drift", "--report-only").code == 0
    project.apply()
    assert project.run("drift").code == 0


def test_drift_on_both_sides_is_both(project: Project) -> None:
    """An attribute that the configuration and somebody else moved is *both*."""
    project.write('user_group "x" { description = "one" }')
    project.apply()
    project.edit_state(lambda state: state["resources"][0]["attributes"].update(description="two"))
    project.write('user_group "x" { description = "three" }')

    (field,) = project.json("drift").of_type("drift")[0]["fields"]

    assert (field["class"], field["live"], field["desired"]) == ("both", "two", "three")


def test_accepted_drift_does_not_fail_until_its_day(project: Project) -> None:
    """`accept_drift` covers the named attributes up to a day."""
    block = 'accept_drift {\n  address = user_group.x\n  attributes = [description]\n  until = "%s"\n}\n'
    project.write('user_group "x" { description = "one" }\n')
    project.apply()
    project.edit_state(lambda state: state["resources"][0]["attributes"].update(description="two"))

    project.write('user_group "x" { description = "one" }\n' + block % "2999-01-01")
    accepted = project.json("drift")
    project.write('user_group "x" { description = "one" }\n' + block % "2020-01-01")
    ended = project.json("drift")

    assert (accepted.code, ended.code) == (0, 3)
    assert accepted.of_type("drift")[0]["fields"][0]["accepted_until"] == "2999-01-01"


def test_outputs_are_kept_and_shown(project: Project) -> None:
    """`output --json` gives value and sensitivity of each."""
    project.write(GROUPS + 'output "names" { value = [for g in user_group.team : g.name] }\noutput "n" { value = 3 }')
    project.apply()

    assert project.json("output").document == {
        "names": {"value": ["team-core", "team-ops"], "sensitive": False},
        "n": {"value": 3, "sensitive": False},
    }
    assert project.run("output", "n", "--raw").out == "3"
    assert project.run("output", "m").code == 1


def test_state_lists_and_shows_objects(project: Project) -> None:
    """`state list` and `state show` read what apply kept."""
    project.write(GROUPS)
    project.apply()

    assert project.run("state", "list").out == 'user_group.team["core"]\nuser_group.team["ops"]\n'
    shown = project.json("state", "show", 'user_group.team["ops"]').document
    assert shown["attributes"]["members"] == ["b@example.com", "c@example.com"]
    missing = project.run("state", "show", "user_group.tem")
    assert (missing.code, "did you mean" in missing.err) == (1, True)


def test_summary_is_the_last_line_even_with_warnings(project: Project) -> None:
    """Programs read the last line; warnings come before it, in the stream and in the file of --json-into."""
    project.write('smtp_server "s" {\n  preset = "sendgrid"\n  from_address = "a@example.com"\n}\n')

    result = project.run("plan", "--json", "--json-into", "lines.json")

    assert result.lines[-1]["type"] == "summary"
    assert result.codes == ["DM5013"]
    assert (project.path / "lines.json").read_text() == result.out
