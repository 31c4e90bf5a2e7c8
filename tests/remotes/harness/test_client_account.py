"""The oddities of Harness as a user of dmail meets them: SMTP configuration, secrets, groups, permissions."""

from __future__ import annotations

import pytest

from declarative_mail.remotes.harness.smtp import TYPE
from tests.remotes.conformance.harness_ng import NextGenHarness
from tests.remotes.harness.account import Trouble
from tests.remotes.harness.calling import put_group
from tests.remotes.harness.refusals import Refusal, page, too_many_requests
from tests.support.project import Project, Result

SERVER = """
smtp_server "%s" {
  host         = "%s"
  from_address = "ci@example.com"
  username     = "ci"
  password     = env("SECRET_ONE")
}
"""
GROUP = """
user_group "ops" {
  %s
  notification_preferences {
    email {
      addresses           = ["list@example.com"]
      send_to_all_members = false
    }
  }
}
"""
SHOP = ("default", "shop")


def _apply(project: Project) -> Result:
    return project.run("apply", "--auto-approve", "--json", "--skip-connection-test=no server in this test")


def test_unrelated_update_keeps_the_password_and_never_stores_the_mask(
    project: Project, system: NextGenHarness
) -> None:
    """A PUT without a password deletes it, one with the mask stores asterisks where there was none."""
    project.write(SERVER % ("account", "a.example.com"))
    project.apply()
    stored = system.account.smtp_password
    project.write(SERVER % ("account", "b.example.com"))

    project.apply()

    assert system.account.smtp is not None
    assert system.account.smtp["value"]["host"] == "b.example.com"
    assert (stored, system.account.smtp_password) == (project.environment["SECRET_ONE"],) * 2


def test_second_smtp_server_is_refused_at_both_blocks(project: Project, system: NextGenHarness) -> None:
    """An account has one."""
    project.write(SERVER % ("one", "a.example.com") + SERVER % ("two", "b.example.com"))

    result = project.json("validate")

    assert [(one["code"], one["address"]) for one in result.of_type("diagnostic")] == [
        ("DM6045", f"{TYPE}.one"),
        ("DM6045", f"{TYPE}.two"),
    ]


def test_secret_in_a_reference_is_never_asked_for_its_value(project: Project, system: NextGenHarness) -> None:
    """What an external manager holds is named by its path, and no value is sent."""
    system.account.secrets.clear()
    project.write('secret "hook" {\n  reference = "ci/hook"\n  secret_manager = "vault"\n}\n')

    project.apply()

    ((_, secret),) = system.objects("secret").items()
    assert (secret["spec"]["valueType"], secret["spec"]["value"], secret["value"]) == ("Reference", "ci/hook", None)


def test_unknown_member_is_named_and_the_rest_is_written(project: Project, system: NextGenHarness) -> None:
    """Harness drops whom it does not know, and says nothing."""
    project.write(GROUP % 'members = ["ann@example.com", "nobody@example.com"]')

    result = _apply(project)

    (fault,) = result.of_type("diagnostic")
    assert result.code == 1
    assert "nobody@example.com" in fault["detail"]
    assert "ann@example.com" not in fault["detail"]
    ((_, group),) = system.objects("user_group").items()
    assert group["users"] == ["ann@example.com"]


def test_members_that_nobody_declares_stay(project: Project, system: NextGenHarness) -> None:
    """A PUT replaces all of a group: whoever is in it is sent along."""
    put_group(system.account, "ops", SHOP, users=["ann@example.com", "bob@example.com"])
    project.write(GROUP % 'description = "one"\n  members = null' + _import("user_group.ops", "default/shop/ops"))

    project.apply()

    ((_, group),) = system.objects("user_group").items()
    assert (group["description"], group["users"]) == ("one", ["ann@example.com", "bob@example.com"])
    assert group["notificationConfigs"][0]["sendEmailToAllUsers"] is False


def test_order_and_case_of_members_are_no_change(project: Project, system: NextGenHarness) -> None:
    """Harness keeps neither."""
    project.write(GROUP % 'members = ["Bob@Example.com", "ann@example.com"]')
    project.apply()
    project.write(GROUP % 'members = ["ANN@example.com", "bob@example.com"]')

    assert project.run("plan", "--detailed-exitcode").code == 0


def _import(address: str, id_: str) -> str:
    return f'import {{\n  to = {address}\n  id = "{id_}"\n}}\n'


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"harnessManaged": True}, "is built into Harness"),
        ({"externallyManaged": True}, "is filled by SCIM"),
        ({"isSsoLinked": True, "ssoGroupName": "staff"}, "is linked to staff of the single sign-on"),
    ],
    ids=["built-in", "scim", "sso"],
)
def test_members_of_a_group_that_others_rule_are_refused_at_plan(
    project: Project, system: NextGenHarness, flags: dict[str, object], words: str
) -> None:
    """With the attribute, and how to manage the rest of the group."""
    put_group(system.account, "ops", SHOP, users=["ann@example.com"], **flags)
    project.write(GROUP % 'members = ["bob@example.com"]' + _import("user_group.ops", "default/shop/ops"))

    result = project.json("plan")

    (fault,) = result.of_type("diagnostic")
    assert (result.code, system.writes()) == (1, 0)
    assert words in fault["detail"]
    assert "Leave members out" in fault["detail"]


@pytest.mark.parametrize("status", [404, 400])
def test_installation_without_the_newer_read_of_groups(project: Project, system: NextGenHarness, status: int) -> None:
    """The older one takes its place, whichever way the newer one is missing."""
    system.account.has_v2, system.account.missing_v2_as = False, status  # type: ignore[assignment]  # two literals
    project.write(GROUP % 'members = ["ann@example.com"]')
    project.apply()
    put_group(system.account, "ops", SHOP, users=["bob@example.com"])

    result = project.json("drift")

    fields = result.of_type("drift")[0]["fields"]
    assert result.code == 3, result.out
    assert {(one["path"].split("[")[0], one["class"]) for one in fields} >= {("members", "theirs")}


@pytest.mark.parametrize(
    ("block", "permission"),
    [
        ('user_group "ops" {\n}\n', "core_usergroup_view"),
        ('secret "ops" {\n  value = env("SECRET_ONE")\n}\n', "core_secret_view"),
    ],
    ids=["groups", "secrets"],
)
def test_token_that_may_not_see_does_not_make_objects_gone(
    project: Project, system: NextGenHarness, block: str, permission: str
) -> None:
    """A list is empty then: plan must not offer to create what is there."""
    project.write(block)
    project.apply()
    system.account.deny(permission)

    result = project.json("plan")

    assert (result.code, result.of_type("change")) == (1, [])
    assert permission in " ".join(one["detail"] for one in result.of_type("diagnostic"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (too_many_requests(), "more often than Harness allows"),
        (page(502), "failed each time"),
    ],
    ids=["429-without-json", "502-page"],
)
def test_trouble_that_does_not_end_is_told_in_words(
    project: Project, system: NextGenHarness, answer: Refusal, words: str
) -> None:
    """Repeated as long as the timeout of the remote allows, then said what to do; nothing was written."""
    project.write('user_group "ops" {\n}\n')
    system.account.spoil(Trouble(answer, "GET", "/user-groups", times=99))

    result = project.json("plan")

    assert (result.code, system.writes()) == (1, 0)
    assert words in " ".join(one["detail"] for one in result.of_type("diagnostic"))


def test_token_that_ran_out_says_so(project: Project, system: NextGenHarness) -> None:
    """Before anything else is asked."""
    project.write('user_group "ops" {\n}\n')
    system.account.expire(system.account.token)

    result = project.json("plan")

    assert (result.code, result.codes) == (1, ["DM6012"])
    assert "token" in result.of_type("diagnostic")[0]["detail"]


def test_thousand_groups_cost_pages_and_one_read_for_each_that_changed(
    project: Project, system: NextGenHarness
) -> None:
    """150 here: two pages; the members of three changed."""
    project.write(
        'user_group "g" {\n  count = 150\n  identifier = "g${count.index}"\n  members = ["ann@example.com"]\n}\n'
    )
    project.apply()
    assert project.run("plan", "--detailed-exitcode").code == 0
    for index in (3, 70, 149):
        put_group(system.account, f"g{index}", SHOP, users=["bob@example.com"])
    before = len(system.account.requests)

    result = project.json("drift")

    asked = [one.path for one in system.account.requests[before:] if "user-groups" in one.path]
    assert len(result.of_type("drift")) == 3
    assert sum("/v2/" in one for one in asked) == 3
    assert len(asked) == 5
