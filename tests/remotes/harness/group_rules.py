"""User groups: what is stored of a write, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.remotes.harness.account import Account, ScopeKey, scattered
from tests.remotes.harness.refusals import error, failure

BUILT_IN = frozenset({"_account_all_users", "_organization_all_users", "_project_all_users"})
_SSO = ("linkedSsoId", "linkedSsoDisplayName", "linkedSsoType", "ssoGroupId", "ssoGroupName")


def ids_of(account: Account, addresses: Iterable[str]) -> list[str]:
    """Addresses are looked up in lower case; those that nobody has are dropped without a word."""
    known = {address.lower(): id_ for id_, address in account.users.items()}
    return [known[one.lower()] for one in addresses if one.lower() in known]


def check_scope(account: Account, body: Mapping[str, Any], scope: ScopeKey) -> None:
    """Nothing, where a body names no other scope than the query.

    Raises:
        Refusal: it does.
    """
    asked = {"accountIdentifier": account.id, "orgIdentifier": scope[0], "projectIdentifier": scope[1]}
    for name, value in asked.items():
        if body.get(name) is not None and body[name] != value:
            raise error("INVALID_REQUEST", f"Value mismatch, previous: {value} current: {body[name]}")


def check_entries(account: Account, entries: Iterable[Mapping[str, Any]]) -> None:
    """Nothing, where there is at most one entry for each type, of a type that the server knows.

    Raises:
        Refusal: otherwise.
    """
    seen: set[str] = set()
    for one in entries:
        if one["type"] == "WEBHOOK" and not account.takes_webhooks:
            raise failure("Could not resolve type id 'WEBHOOK' as a subtype", "notificationConfigs")
        if one["type"] in seen:
            message = f"Not allowed to create multiple notification setting of type: {one['type']}"
            raise error("INVALID_ARGUMENT", message)
        seen.add(one["type"])


def check_change(account: Account, before: Mapping[str, Any], body: Mapping[str, Any], ids: Iterable[str]) -> None:
    """Nothing, where somebody may change what is changed of a group.

    Args:
        account: where it is.
        before: the group as it is.
        body: as it shall be.
        ids: of its members then.

    Raises:
        Refusal: others rule over its members or its name.
    """
    by_harness = before["harnessManaged"] or before["identifier"] in BUILT_IN
    who = "harness managed" if by_harness else "externally managed" if before["externallyManaged"] else None
    other_members = set(ids) != set(before["users"])
    if who and other_members:
        raise error("INVALID_REQUEST", f"Updating users is not supported for {who} group {before['identifier']}")
    if who and body["name"] != before["name"]:
        raise error("INVALID_REQUEST", f"The name cannot be updated for {who} group.")
    if before["ssoLinked"] and other_members and account.refuses_sso_members:
        raise error("INVALID_REQUEST", f"Updating users is not supported for SSO linked group {before['identifier']}")


def check_delete(group: Mapping[str, Any]) -> None:
    """Nothing, where a group can be deleted.

    Raises:
        Refusal: it is built in, or comes from outside.
    """
    if group["harnessManaged"] or group["identifier"] in BUILT_IN:
        raise error("INVALID_REQUEST", "Cannot delete a harness managed user group.")
    if group["externallyManaged"]:
        message = f"This API call is not supported for externally managed group {group['identifier']}"
        raise error("INVALID_REQUEST", message)


def kept(account: Account, body: Mapping[str, Any], scope: ScopeKey, ids: Iterable[str]) -> dict[str, Any]:
    """What is stored: a full replacement, with what the server fills in, scatters and drops.

    Args:
        account: where it is kept.
        body: what was written.
        scope: of the query.
        ids: of the members that were written; those who are not in the scope are dropped without a word.
    """
    entries = list(body.get("notificationConfigs") or ())
    return {
        "accountIdentifier": account.id,
        "orgIdentifier": scope[0],
        "projectIdentifier": scope[1],
        "identifier": body["identifier"],
        "name": body["name"],
        "users": scattered({one for one in ids if account.is_member(one, scope)}),
        "notificationConfigs": [
            {"sendEmailToAllUsers": True, **one} if one["type"] == "EMAIL" else dict(one) for one in entries
        ],
        "ssoLinked": bool(body.get("isSsoLinked")),
        **{name: body.get(name) for name in _SSO},
        "externallyManaged": bool(body.get("externallyManaged")),
        "harnessManaged": bool(body.get("harnessManaged")),
        "description": body.get("description") or "",
        "tags": body.get("tags") or {},
    }
