"""What surrounds the objects of the stand-in: scopes, permissions, the account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.calling import Caller

ACL = "/authz/api/acl"


def test_organisations_and_projects_come_in_pages(caller: Caller) -> None:
    """All of them, those of an organisation, by a word, by identifiers, in an order."""
    organizations = caller.ok("GET", "/ng/api/organizations", {"pageSize": 1, "pageIndex": 1})
    projects = caller.ok("GET", "/ng/api/projects", {"sortOrders": "identifier,DESC"})

    def found(**query: Any) -> list[tuple[str, str]]:
        content = caller.ok("GET", "/ng/api/projects", query)["content"]
        return [(one["project"]["orgIdentifier"], one["project"]["identifier"]) for one in content]

    assert [one["organization"]["identifier"] for one in organizations["content"]] == ["other"]
    assert organizations["totalItems"] == 2
    assert [one["project"]["identifier"] for one in projects["content"]] == ["two", "shop", "shop"]
    assert found(orgIdentifier="other") == [("other", "shop")]
    assert (found(searchTerm="TW"), found(identifiers=["two", "x"])) == ([("default", "two")], [("default", "two")])


def test_scopes_that_the_token_may_not_see_are_left_out(caller: Caller) -> None:
    """One by one."""
    caller.account.deny("core_project_view", ("default", "shop"))
    caller.account.deny("core_organization_view")
    projects = caller.ok("GET", "/ng/api/projects")["content"]

    assert [(one["project"]["orgIdentifier"], one["project"]["identifier"]) for one in projects] == [
        ("default", "two"),
        ("other", "shop"),
    ]
    assert caller.ok("GET", "/ng/api/organizations")["content"] == []


@pytest.mark.parametrize("query", [{"orgIdentifier": "x"}, {"orgIdentifier": "default", "projectIdentifier": "x"}])
def test_scope_that_does_not_exist_is_empty_or_refused(caller: Caller, query: dict[str, str]) -> None:
    """As it is switched."""
    empty = caller.ok("GET", "/ng/api/user-groups", query)["content"]
    caller.account.checks_scopes = True

    assert empty == []
    assert caller.refused("GET", "/ng/api/user-groups", query) == (404, "ENTITY_NOT_FOUND")


def test_permissions_are_answered_check_by_check(caller: Caller) -> None:
    """With what was asked, in the order in which it was."""
    scope = {"accountIdentifier": "acc123", "orgIdentifier": "default", "projectIdentifier": "shop"}
    checks: list[dict[str, Any]] = [
        {"resourceScope": scope, "resourceType": "PIPELINE", "permission": "core_pipeline_edit"},
        {
            "resourceScope": {**scope, "projectIdentifier": "two"},
            "resourceType": "PIPELINE",
            "permission": "core_pipeline_edit",
        },
        {"resourceScope": {"accountIdentifier": "other"}, "resourceType": "SMTP", "permission": "core_smtp_view"},
    ]
    caller.account.deny("core_pipeline_edit", ("default", "shop"))
    found = caller.ok("POST", ACL, None, {"permissions": checks})["accessControlList"]

    assert [one["permitted"] for one in found] == [False, True, False]
    assert [{name: one[name] for name in check} for one, check in zip(found, checks, strict=True)] == checks


def test_permissions_cannot_be_asked_for_everywhere(caller: Caller) -> None:
    """An installation without the service says so."""
    caller.account.has_acl = False

    assert caller.refused("POST", ACL, None, {"permissions": []}) == (404, "RESOURCE_NOT_FOUND")


def test_account_and_its_feature_flags(caller: Caller) -> None:
    """Those that are enabled, of one's own account."""
    caller.account.feature_flags = ["PIPE_DATADOG_NOTIFICATIONS"]
    flags = caller.ok("GET", "/ng/api/accounts/feature-flags/acc123")

    assert caller.ok("GET", "/ng/api/accounts/acc123")["nextGenEnabled"] is True
    assert [(one["name"], one["enabled"]) for one in flags] == [("PIPE_DATADOG_NOTIFICATIONS", True)]
    assert caller.refused("GET", "/ng/api/accounts/other") == (400, "ACCOUNT_DOES_NOT_EXIST")
