"""User groups of the stand-in: members, entries, replacement, and who may change what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.account import ScopeKey
from tests.remotes.harness.calling import Caller, put_group, scope_query

V1 = "/ng/api/user-groups"
V2 = "/ng/api/v2/user-groups"
SHOP: ScopeKey = ("default", "shop")
GONE = (400, "RESOURCE_NOT_FOUND_EXCEPTION")
INVALID = (400, "INVALID_REQUEST")


def group(**fields: Any) -> dict[str, Any]:
    """A write."""
    return {"identifier": "ops", "name": "Ops", **fields}


def test_create_answers_with_200_and_fills_in(caller: Caller) -> None:
    """What was left out is "", {} or [], and false; null where nothing is."""
    made = caller.ok("POST", V2, scope_query(SHOP), group())

    assert made == {
        "accountIdentifier": "acc123",
        "orgIdentifier": "default",
        "projectIdentifier": "shop",
        "identifier": "ops",
        "name": "Ops",
        "users": [],
        "notificationConfigs": [],
        "ssoLinked": False,
        "linkedSsoId": None,
        "linkedSsoDisplayName": None,
        "linkedSsoType": None,
        "ssoGroupId": None,
        "ssoGroupName": None,
        "externallyManaged": False,
        "harnessManaged": False,
        "description": "",
        "tags": {},
    }


def test_members_are_ids_in_v1_and_addresses_in_v2(caller: Caller) -> None:
    """Written as the one, read as either."""
    ids = {email: id_ for id_, email in caller.account.users.items()}
    made = caller.ok("POST", V2, None, group(users=["bob@example.com"]))
    caller.ok("POST", V1, None, group(identifier="dev", users=[ids["ann@example.com"]]))

    assert made["users"] == [{"id": ids["bob@example.com"], "email": "bob@example.com"}]
    assert caller.ok("GET", f"{V1}/ops")["users"] == [ids["bob@example.com"]]
    assert caller.ok("GET", f"{V2}/dev")["users"] == [{"id": ids["ann@example.com"], "email": "ann@example.com"}]


def test_unknown_members_are_dropped_without_a_word(caller: Caller) -> None:
    """Addresses and ids that nobody has, and people who are not in the scope; case does not count."""
    caller.account.leave("bob@example.com", SHOP)
    users = ["ANN@Example.com", "ann@example.com", "bob@example.com", "nobody@example.com"]
    made = caller.ok("POST", V2, scope_query(SHOP), group(users=users))
    ids = caller.ok("PUT", V1, scope_query(SHOP), group(users=["u1", "u2", "unknown"]))

    assert [one["email"] for one in made["users"]] == ["ann@example.com"]
    assert ids["users"] == ["u1"]


def test_order_of_members_is_lost(caller: Caller) -> None:
    """A set: the same order whatever was written."""
    emails = [f"p{number}@example.com" for number in range(9)]
    for email in emails:
        caller.account.user(email)
    first = caller.ok("POST", V2, None, group(users=emails))["users"]
    second = caller.ok("PUT", V2, None, group(users=emails[::-1]))["users"]

    assert first == second
    assert [one["email"] for one in first] != emails
    assert sorted(one["email"] for one in first) == emails


def test_mail_to_all_members_is_meant_where_nothing_is_said(caller: Caller) -> None:
    """``sendEmailToAllUsers`` left out is true; false is kept."""
    entry = {"type": "EMAIL", "groupEmail": "ops@example.com"}
    silent = caller.ok("POST", V2, None, group(notificationConfigs=[entry]))
    told = caller.ok("PUT", V2, None, group(notificationConfigs=[{**entry, "sendEmailToAllUsers": False}]))

    assert silent["notificationConfigs"] == [{**entry, "sendEmailToAllUsers": True}]
    assert told["notificationConfigs"] == [{**entry, "sendEmailToAllUsers": False}]


def test_one_entry_for_each_type(caller: Caller) -> None:
    """A second one of a type is 400; secrets in entries come back as they were written."""
    slack = {"type": "SLACK", "slackWebhookUrl": '<+secrets.getValue("account.hook")>'}
    caller.ok("POST", V2, None, group(notificationConfigs=[slack, {"type": "PAGERDUTY", "pagerDutyKey": "k"}]))

    refused = caller.refused("PUT", V2, None, group(notificationConfigs=[slack, slack]))
    assert refused == (400, "INVALID_ARGUMENT")
    assert caller.ok("GET", f"{V1}/ops")["notificationConfigs"][0] == slack


def test_older_servers_know_no_webhooks(caller: Caller) -> None:
    """The envelope of the validation: the type cannot be resolved."""
    body = group(notificationConfigs=[{"type": "WEBHOOK", "webhookUrl": "https://example.com"}])
    caller.ok("POST", V2, None, body)
    caller.account.takes_webhooks = False

    assert caller.send("PUT", V2, None, body).json()["status"] == "FAILURE"


def test_update_is_a_full_replacement(caller: Caller) -> None:
    """What is left out is cleared, members and entries too."""
    entry = {"type": "EMAIL", "groupEmail": "ops@example.com"}
    full = group(description="d", tags={"a": "b"}, users=["ann@example.com"], notificationConfigs=[entry])
    caller.ok("POST", V2, None, full)
    left = caller.ok("PUT", V2, None, group())

    assert (left["description"], left["tags"], left["users"], left["notificationConfigs"]) == ("", {}, [], [])


def test_what_is_missing_is_refused_in_three_ways(caller: Caller) -> None:
    """A GET with RESOURCE_NOT_FOUND_EXCEPTION, a PUT and a DELETE with codes of their own: 400 all of them."""
    found = [caller.refused("GET", f"{path}/ops") for path in (V1, V2)]

    assert found == [GONE, GONE]
    assert caller.refused("PUT", V2, None, group()) == (400, "INVALID_ARGUMENT")
    assert caller.refused("DELETE", f"{V1}/ops") == (400, "USER_GROUP_ERROR")


def test_identifier_is_given_once_in_a_scope(caller: Caller) -> None:
    """400 DUPLICATE_FIELD; in another scope it is another group."""
    caller.ok("POST", V2, None, group())

    assert caller.refused("POST", V2, None, group()) == (400, "DUPLICATE_FIELD")
    assert caller.refused("POST", V1, None, group()) == (400, "DUPLICATE_FIELD")
    assert caller.ok("POST", V2, scope_query(SHOP), group())["projectIdentifier"] == "shop"


def test_delete_gives_the_group_that_was(caller: Caller) -> None:
    """And then it is gone."""
    caller.ok("POST", V2, None, group())

    assert caller.ok("DELETE", f"{V1}/ops")["name"] == "Ops"
    assert caller.refused("GET", f"{V1}/ops") == GONE


def test_body_names_the_scope_of_the_query_or_none(caller: Caller) -> None:
    """Another one is 400, field by field."""
    same = group(accountIdentifier="acc123", orgIdentifier="default", projectIdentifier="shop")
    caller.ok("POST", V2, scope_query(SHOP), same)

    assert caller.refused("PUT", V2, scope_query(SHOP), same | {"projectIdentifier": "two"}) == INVALID
    assert caller.refused("POST", V2, None, group(orgIdentifier="default")) == INVALID
    assert caller.refused("POST", V2, None, group(accountIdentifier="other")) == INVALID


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"identifier": "true"}, "identifier"),
        ({"identifier": "shellScriptProvisioner"}, "identifier"),
        ({"name": "Ops (night)"}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_names_have_a_form(caller: Caller, fields: dict[str, str], field: str) -> None:
    """Reserved words are no identifiers; names have letters, digits and few signs."""
    answer = caller.send("POST", V2, None, group(**fields))

    assert (answer.status_code, answer.json()["errors"][0]["fieldId"]) == (400, field)


def test_sso_is_written_under_one_name_and_read_under_another(caller: Caller) -> None:
    """``isSsoLinked`` in, ``ssoLinked`` out; a replacement without it unlinks."""
    made = caller.ok("POST", V2, None, group(isSsoLinked=True, linkedSsoId="saml", ssoGroupName="sre"))
    echoed = caller.ok("PUT", V2, None, group(ssoLinked=True))

    assert (made["ssoLinked"], made["linkedSsoId"], made["ssoGroupName"], "isSsoLinked" in made) == (
        True,
        "saml",
        "sre",
        False,
    )
    assert (echoed["ssoLinked"], echoed["linkedSsoId"]) == (False, None)


@pytest.mark.parametrize("flag", ["harnessManaged", "externallyManaged"])
def test_group_that_others_rule_keeps_name_and_members(caller: Caller, flag: str) -> None:
    """Both are refused, and so is its deletion; entries can be written."""
    put_group(caller.account, "ops", (None, None), name="Ops", users=["ann@example.com"], **{flag: True})
    entry = {"type": "EMAIL", "groupEmail": "ops@example.com"}
    kept = group(users=["ann@example.com"], **{flag: True})
    written = caller.ok("PUT", V2, None, {**kept, "notificationConfigs": [entry]})

    assert written["notificationConfigs"] == [{**entry, "sendEmailToAllUsers": True}]
    assert caller.refused("PUT", V2, None, {**kept, "name": "Other"}) == INVALID
    assert caller.refused("PUT", V2, None, {**kept, "users": []}) == INVALID
    assert caller.refused("DELETE", f"{V1}/ops") == INVALID
    assert caller.refused("PUT", f"{V1}/ops/member/u2") == INVALID


def test_members_of_a_group_linked_to_sso_are_refused_unless_switched_off(caller: Caller) -> None:
    """The name can be changed; the server of 2023 let members through."""
    put_group(caller.account, "ops", users=["ann@example.com"], isSsoLinked=True)
    refused = caller.refused("PUT", V2, None, group(isSsoLinked=True, users=[]))
    renamed = caller.ok("PUT", V2, None, group(isSsoLinked=True, name="New", users=["ann@example.com"]))
    caller.account.refuses_sso_members = False

    assert (refused, renamed["name"]) == (INVALID, "New")
    assert caller.ok("PUT", V2, None, group(isSsoLinked=True, users=[]))["users"] == []


def test_built_in_groups_are_harness_s_own(caller: Caller) -> None:
    """Their identifiers cannot be created, nor can the flag."""
    built_in = group(identifier="_account_all_users")
    put_group(caller.account, "_project_all_users", SHOP)

    assert caller.refused("POST", V2, None, built_in) == INVALID
    assert caller.refused("POST", V2, None, group(harnessManaged=True)) == INVALID
    assert caller.refused("DELETE", f"{V1}/_project_all_users", scope_query(SHOP)) == INVALID


def test_version_is_in_a_header_without_quotes(caller: Caller) -> None:
    """``ETag: W/n`` grows with each write; ``If-None-Match`` gives 304, whatever a proxy added to it."""
    made = caller.send("POST", V1, None, group())
    caller.send("PUT", V1, None, group(), If_Match="W/77")
    read = caller.send("GET", f"{V1}/ops")
    known = [caller.send("GET", f"{V1}/ops", If_None_Match=tag) for tag in ("W/1", "W/1--gzip", "W/0")]

    assert (made.headers["etag"], read.headers["etag"]) == ("W/0", "W/1")
    assert [(one.status_code, len(one.content) > 0) for one in known] == [(304, False), (304, False), (200, True)]


@pytest.mark.parametrize(("answered", "told"), [(404, (404, "text/html")), (400, (400, "application/json"))])
def test_newer_read_may_be_missing(caller: Caller, answered: Any, told: tuple[int, str]) -> None:
    """As a page of what stands in front, or as the service says of a path that it does not have; writes are there."""
    caller.account.has_v2, caller.account.missing_v2_as = False, answered
    caller.ok("POST", V2, None, group(users=["ann@example.com"]))
    answer = caller.send("GET", f"{V2}/ops")

    assert (answer.status_code, answer.headers["content-type"]) == told
    assert caller.ok("GET", f"{V1}/ops")["users"] == ["u1"]


@pytest.mark.parametrize("path", [V1, V2])
def test_policy_denies_with_200_and_says_nothing_of_the_group(caller: Caller, path: str) -> None:
    """``governanceMetadata.deny``; nothing is saved."""
    caller.ok("POST", V2, None, group())
    caller.account.denies_groups = True
    created = caller.ok("POST", path, None, group(identifier="dev"))
    updated = caller.ok("PUT", path, None, group(name="New"))

    assert created["governanceMetadata"]["deny"] is updated["governanceMetadata"]["deny"] is True
    assert (created["identifier"], updated["name"], updated["users"]) == (None, None, None)
    assert [one["name"] for one in caller.account.groups.values()] == ["Ops"]
