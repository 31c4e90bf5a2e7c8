"""Runs that ended in the middle of a call: the next one asks what became of it before anything is repeated."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.remotes.conformance.harness import Harness
from tests.remotes.conformance.harness_ng import NextGenHarness
from tests.remotes.conformance.interrupted import leave_open, record_at, write_journal
from tests.remotes.conformance.rest import RestHarness
from tests.remotes.conformance.samples import RULE
from tests.support.canary import secret_value
from tests.support.project import Project

GROUP = 'user_group "ops" {\n  identifier = "%s"\n  description = "%s"\n}\n'
SECRET = 'user_group "ops" {\n  notification_preferences {\n    slack { webhook_url = env("HOOK") }\n  }\n}\n'


def _check_settled(project: Project, harness: Harness) -> None:
    """One object of each kind at the most, the same in the state as on the system, nothing open, nothing to do."""
    ids = {*harness.objects("user_group"), *harness.objects("notification_rule")}
    assert {one["id"] for one in project.state.get("resources", ())} == ids
    assert "pending" not in project.state
    assert project.run("plan", "--detailed-exitcode").code == 0


class TestCreate:
    """A create whose answer nobody saw."""

    @pytest.mark.parametrize("address", ["user_group.ops", "notification_rule.failed"])
    def test_object_that_was_made_is_taken_over(self, project: Project, harness: Harness, address: str) -> None:
        """It is found by its natural key; references in it are those to our objects."""
        project.write(GROUP % ("a", "one") + RULE)
        project.apply()
        made = record_at(project.state, address)
        leave_open(project, "create", address)
        writes = harness.writes()

        plan = project.run("plan", "--detailed-exitcode")
        project.apply()

        assert plan.code == 0, plan.out
        assert harness.writes() == writes
        assert record_at(project.state, address) == made
        _check_settled(project, harness)

    def test_object_with_a_secret_is_taken_over_unchanged(self, project: Project, harness: Harness) -> None:
        """The first run of all was killed: its fingerprints are compared with the salt that it left in the state."""
        project.write(SECRET)
        project.apply()
        leave_open(project, "create", "user_group.ops")

        plan = project.run("plan", "--detailed-exitcode")
        project.apply()

        assert plan.code == 0, plan.out
        _check_settled(project, harness)

    def test_object_that_was_not_made_is_made(self, project: Project, harness: Harness) -> None:
        """The call never arrived."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "create", "user_group.ops")
        (id_,) = harness.objects("user_group")
        harness.remove("user_group", id_)

        assert project.run("plan", "--detailed-exitcode").code == 2
        project.apply()

        _check_settled(project, harness)

    def test_object_that_differs_is_left_alone(self, project: Project, harness: Harness) -> None:
        """Somebody changed it, or it is somebody else's: a warning with the way out, and no second object."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "create", "user_group.ops")
        (id_,) = harness.objects("user_group")
        harness.change("user_group", id_, description="theirs")

        plan = project.json("plan")
        apply = project.json("apply", "--auto-approve")

        (said,) = [one for one in plan.of_type("diagnostic") if one["code"] == "DM6018"]
        assert f"dmail import 'user_group.ops' {id_}" in said["detail"]
        assert apply.code == 1
        assert [one["description"] for one in harness.objects("user_group").values()] == ["theirs"]

    @pytest.mark.parametrize("harness", ["rest"], indirect=True)
    def test_object_that_arrives_late_is_taken_over(self, project: Project, harness: Harness) -> None:
        """The remote knew nothing of it when it was asked, and made it just before it was to be made again."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "create", "user_group.ops")
        (made,) = harness.objects("user_group")
        cast("RestHarness", harness).hide(made, until="POST")

        result = project.run("apply", "--auto-approve", "--skip-connection-test=no server in this test")

        assert result.code == 0, result.err
        assert list(harness.objects("user_group")) == [made]
        _check_settled(project, harness)

    def test_object_under_a_new_address_is_known_by_it(self, project: Project, harness: Harness) -> None:
        """The group moved, in the run that was killed while it made a rule which refers to the group."""
        project.write(GROUP % ("a", "one") + RULE)
        project.apply()
        leave_open(project, "create", "notification_rule.failed")
        project.write(
            GROUP.replace('"ops"', '"core"') % ("a", "one")
            + RULE.replace("user_group.ops", "user_group.core")
            + "moved {\n  from = user_group.ops\n  to   = user_group.core\n}\n"
        )
        project.edit_state(
            lambda state: state["pending"][0]["record"]["attributes"]["email"].update(
                user_groups=[{"$ref": "user_group.core"}]
            )
        )

        project.apply()

        _check_settled(project, harness)

    def test_rule_that_names_what_a_data_source_found_is_taken_over(self, project: Project, harness: Harness) -> None:
        """An object that is not ours has a name here, too."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        assert project.run("state", "rm", "user_group.ops").code == 0
        found = 'data "user_group" "ops" {\n  identifier = "a"\n}\n'
        project.write(found + RULE.replace("user_group.ops", "data.user_group.ops"))
        project.apply()
        leave_open(project, "create", "notification_rule.failed")

        assert project.run("plan", "--detailed-exitcode").code == 0
        project.apply()

        assert [one["id"] for one in project.state["resources"]] == list(harness.objects("notification_rule"))


class TestUpdate:
    """An update whose answer nobody saw."""

    @pytest.mark.parametrize("arrived", [True, False])
    def test_it_is_seen_whether_it_was_done(self, project: Project, harness: Harness, *, arrived: bool) -> None:
        """Done: the plan is empty. Not done: the plan does it."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "update", "user_group.ops", after={"description": "two"})
        (id_,) = harness.objects("user_group")
        if arrived:
            harness.change("user_group", id_, description="two")
        project.write(GROUP % ("a", "two"))

        assert project.run("plan", "--detailed-exitcode").code == (0 if arrived else 2)
        project.apply()

        assert record_at(project.state, "user_group.ops")["attributes"]["description"] == "two"
        assert [one["description"] for one in harness.objects("user_group").values()] == ["two"]
        _check_settled(project, harness)

    def test_object_that_is_gone_is_made_anew(self, project: Project, harness: Harness) -> None:
        """Somebody deleted it in between."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "update", "user_group.ops", after={"description": "two"})
        (id_,) = harness.objects("user_group")
        harness.remove("user_group", id_)

        project.apply()

        assert len(harness.objects("user_group")) == 1
        _check_settled(project, harness)

    def test_update_that_arrives_after_the_question_is_remembered(self, project: Project, harness: Harness) -> None:
        """What exists is as it is wanted, so nothing is written, and the state says what exists."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        (id_,) = harness.objects("user_group")
        harness.change("user_group", id_, description="two")
        project.write(GROUP % ("a", "two"))

        project.apply()

        assert record_at(project.state, "user_group.ops")["attributes"]["description"] == "two"
        assert project.run("plan", "--no-refresh", "--detailed-exitcode").code == 0
        assert project.run("drift").code == 0

    @pytest.mark.parametrize("harness", ["harness"], indirect=True)
    def test_secret_that_nobody_can_read_is_written_again(self, project: Project, harness: Harness) -> None:
        """The object looks the same with the old secret and with the new one, so the call is repeated."""
        values = cast("NextGenHarness", harness).account.values
        project.write('secret "s" {\n  value = env("SECRET_ONE")\n}\n')
        project.apply()
        state, (place,) = (project.path / "dmail.state.json").read_text(), values
        old, project.environment["SECRET_ONE"] = values[place], secret_value("changed")
        project.apply()
        changed = record_at(project.state, "secret.s")["attributes"]
        (project.path / "dmail.state.json").write_text(state)
        leave_open(project, "update", "secret.s", after=changed)
        values[place] = old

        assert project.run("plan", "--detailed-exitcode").code == 2
        project.apply()

        assert values[place] == secret_value("changed")
        assert record_at(project.state, "secret.s")["attributes"] == changed


class TestDelete:
    """A delete whose answer nobody saw."""

    @pytest.mark.parametrize("arrived", [True, False])
    def test_it_is_seen_whether_it_was_done(self, project: Project, harness: Harness, *, arrived: bool) -> None:
        """Done: the state forgets the object. Not done: it is deleted."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        leave_open(project, "delete", "user_group.ops")
        (id_,) = harness.objects("user_group")
        if arrived:
            harness.remove("user_group", id_)
        project.write("locals {}\n")

        assert project.run("plan", "--detailed-exitcode").code == (0 if arrived else 2)
        project.apply("--allow-empty")

        assert harness.objects("user_group") == {}
        _check_settled(project, harness)


def test_nothing_is_written_by_a_plan(project: Project, harness: Harness) -> None:
    """A plan asks what became of open calls without a lock, so it keeps the answer to itself."""
    project.write(GROUP % ("a", "one"))
    project.apply()
    leave_open(project, "create", "user_group.ops")
    before = (project.path / "dmail.state.json").read_bytes()

    assert project.run("plan", "--detailed-exitcode").code == 0
    assert (project.path / "dmail.state.json").read_bytes() == before


def test_nothing_is_decided_while_the_remote_cannot_be_asked(project: Project, harness: Harness) -> None:
    """The run ends with the reason, and the calls stay open."""
    project.write(GROUP % ("a", "one"))
    project.apply()
    leave_open(project, "create", "user_group.ops")
    before = (project.path / "dmail.state.json").read_bytes()
    token = project.environment[harness.token]

    project.environment[harness.token] = "wrong"
    refused = project.json("apply", "--auto-approve")
    project.environment[harness.token] = token

    assert (refused.code, "DM6012" in refused.codes) == (1, True)
    assert (project.path / "dmail.state.json").read_bytes() == before
    project.apply()
    _check_settled(project, harness)


def test_remote_that_is_not_declared_any_more_is_named(project: Project, harness: Harness) -> None:
    """Nobody else can say what became of the call."""
    project.write(GROUP % ("a", "one"))
    project.apply()
    leave_open(project, "create", "user_group.ops")
    (project.path / "remote.hcl").unlink()

    assert project.json("plan").codes == ["DM4040"]


class TestJournal:
    """What is left beside a local state file."""

    def test_what_it_knows_is_taken_up_and_written_once(self, project: Project, harness: Harness) -> None:
        """An object that the state does not know; afterwards the journal is gone."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        state = project.state
        (record,) = state["resources"]
        done = {"intents": [{"id": "i", "address": "user_group.ops", "verb": "create", "remote": record["remote"]}]}
        done["intents"][0] |= {"at": "2026-01-02T03:04:05Z", "outcome": None}
        outcome = {"outcomes": {"i": {"status": "done", "at": "2026-01-02T03:04:05Z", "record": record}}}
        project.edit_state(lambda state: state.update(resources=[]))
        journal = write_journal(project, state["lineage"], done, outcome)

        project.apply()

        assert not journal.exists()
        _check_settled(project, harness)

    def test_edits_of_the_state_are_not_undone(self, project: Project, harness: Harness) -> None:
        """``state mv`` and ``state rm`` start from what the journal knows, and the journal goes with them."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        state = project.state
        (record,) = state["resources"]
        done = {"intents": [{"id": "i", "address": "user_group.ops", "verb": "create", "remote": record["remote"]}]}
        done["intents"][0] |= {"at": "2026-01-02T03:04:05Z"}
        outcome = {"outcomes": {"i": {"status": "done", "at": "2026-01-02T03:04:05Z", "record": record}}}
        write_journal(project, state["lineage"], done, outcome)

        moved = project.run("state", "mv", "user_group.ops", "user_group.core")

        assert moved.code == 0, moved.err
        assert project.run("state", "list").out.split() == ["user_group.core"]
        assert [one["name"] for one in project.state["resources"]] == ["core"]

    def test_journal_of_another_state_is_refused(self, project: Project, harness: Harness) -> None:
        """It says what was done to other objects: neither used nor removed."""
        project.write(GROUP % ("a", "one"))
        project.apply()
        journal = write_journal(project, "11111111-2222-4333-8444-555555555555", {"intents": []})

        assert project.json("apply", "--auto-approve").codes == ["DM7007"]
        assert project.json("plan").codes == ["DM7007"]
        assert journal.exists()


class TestReplacement:
    """A replacement that was interrupted between create and delete: both objects stand, and both are remembered."""

    @staticmethod
    def _interrupt(project: Project, harness: Harness) -> tuple[str, str]:
        """Exchange the group for one with the identifier b; gives the ids of the old and the new object."""
        project.write(GROUP % ("a", "one") + RULE)
        project.apply()
        (old,) = harness.objects("user_group")
        kept = record_at(project.state, "user_group.ops")
        project.write(GROUP.replace('"ops"', '"next"') % ("b", "one") + GROUP % ("a", "one") + RULE)
        project.apply("--allow-mass-change")
        (new,) = harness.objects("user_group").keys() - {old}

        def as_if_killed(state: dict[str, Any]) -> None:
            made = record_at(state, "user_group.next") | {"name": "ops"}
            others = [one for one in state["resources"] if one["type"] != "user_group"]
            state["resources"] = [made, kept | {"deposed": "00c0ffee"}, *others]

        project.edit_state(as_if_killed)
        project.write(GROUP % ("b", "one") + RULE)
        return old, new

    def test_plan_says_that_the_old_object_stands(self, project: Project, harness: Harness) -> None:
        """A warning names it, and the plan is not done."""
        old, _ = self._interrupt(project, harness)

        plan = project.json("plan", "--detailed-exitcode")

        assert (plan.code, "DM4032" in plan.codes) == (2, True)
        assert old in plan.out

    def test_old_object_goes_after_the_rule_was_pointed_to_the_new_one(
        self, project: Project, harness: Harness
    ) -> None:
        """A rule that names a group that is gone would tell nobody."""
        _, new = self._interrupt(project, harness)
        before = len(harness.proxy.requests)

        project.apply("--allow-mass-change", "--allow-lost-audience")

        writes = [method for method, _ in harness.proxy.requests[before:] if method in ("PUT", "DELETE")]
        assert list(harness.objects("user_group")) == [new]
        assert writes == ["PUT", "DELETE"]
        _check_settled(project, harness)

    def test_old_object_goes_first_where_its_name_is_needed(self, project: Project, harness: Harness) -> None:
        """The way back to the old identifier: the system keeps it unique."""
        self._interrupt(project, harness)
        project.write(GROUP % ("a", "one") + RULE)

        project.apply("--allow-mass-change", "--allow-lost-audience")

        assert [one["identifier"] for one in harness.objects("user_group").values()] == ["a"]
        _check_settled(project, harness)

    def test_old_object_that_somebody_changed_goes_too(self, project: Project, harness: Harness) -> None:
        """It was to be deleted as it was, and nobody is told of what became of it."""
        old, new = self._interrupt(project, harness)
        harness.change("user_group", old, description="theirs")

        project.apply("--allow-mass-change", "--allow-lost-audience")

        assert list(harness.objects("user_group")) == [new]
        _check_settled(project, harness)

    def test_plan_for_a_part_leaves_it_alone(self, project: Project, harness: Harness) -> None:
        """Something that is not covered may still refer to it."""
        old, new = self._interrupt(project, harness)

        project.apply("--target", "user_group.ops")

        assert harness.objects("user_group").keys() == {old, new}
        assert [one["id"] for one in project.state["resources"] if "deposed" in one] == [old]

    def test_old_object_that_cannot_be_deleted_is_a_failure_and_stays_known(
        self, project: Project, harness: Harness
    ) -> None:
        """Its remote is not declared any more: everything else is done and remembered."""
        old, new = self._interrupt(project, harness)

        def on_a_remote_that_is_gone(state: dict[str, Any]) -> None:
            for one in state["resources"]:
                if "deposed" in one:
                    one["remote"] = "rest.gone"

        project.edit_state(on_a_remote_that_is_gone)

        result = project.json("apply", "--auto-approve", "--allow-mass-change", "--allow-lost-audience")

        assert (result.code, result.codes[-1]) == (1, "DM4040")
        assert [one["id"] for one in project.state["resources"] if "deposed" in one] == [old]
        assert harness.objects("user_group").keys() == {old, new}


def test_replacement_sends_the_secret_of_the_new_object(project: Project, harness: Harness) -> None:
    """The old object has it; the new one knows nothing yet."""
    project.write(SECRET.replace("{\n", '{\n  identifier = "a"\n', 1))
    project.apply()
    project.write(SECRET.replace("{\n", '{\n  identifier = "b"\n', 1))

    project.apply("--allow-mass-change", "--allow-lost-audience")

    assert [one["identifier"] for one in harness.objects("user_group").values()] == ["b"]
    _check_settled(project, harness)
