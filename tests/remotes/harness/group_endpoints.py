"""User groups: users as ids in the older API, as addresses in the newer one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.remotes.harness.account import Account, Request, ScopeKey
from tests.remotes.harness.refusals import access_denied, error, failure, gone

_FIELDS = {
    "EMAIL": "groupEmail",
    "SLACK": "slackWebhookUrl",
    "PAGERDUTY": "pagerDutyKey",
    "MSTEAMS": "microsoftTeamsWebhookUrl",
    "WEBHOOK": "webhookUrl",
}


def scope_of(query: Mapping[str, str]) -> ScopeKey:
    """The scope that a request names."""
    return query.get("orgIdentifier"), query.get("projectIdentifier")


def page(items: list[Any], query: Mapping[str, str]) -> dict[str, Any]:
    """One page of a list, in the older form: at most 100 items."""
    index, size = int(query.get("pageIndex", 0)), min(int(query.get("pageSize", 50)), 100)
    content = items[index * size : (index + 1) * size]
    return {
        "totalPages": -(-len(items) // size),
        "totalItems": len(items),
        "pageItemCount": len(content),
        "pageSize": size,
        "content": content,
        "pageIndex": index,
        "empty": not content,
        "pageToken": None,
    }


def _allow(account: Account, permission: str) -> None:
    if permission in account.denied:
        raise access_denied(permission, "USERGROUP")


def _shown(account: Account, group: Mapping[str, Any], *, v2: bool) -> dict[str, Any]:
    users: list[Any] = list(group["users"])
    if v2:
        users = [{"id": id_, "email": account.users[id_]} for id_ in users]
    return {**group, "users": users}


def _kept(account: Account, body: Mapping[str, Any], scope: ScopeKey, users: Iterable[str]) -> dict[str, Any]:
    """What is stored: a full replacement, with what the server fills in and leaves out."""
    told = (body.get("orgIdentifier"), body.get("projectIdentifier"))
    if any(told) and told != scope:
        raise error("INVALID_REQUEST", "The scope of the body differs from that of the query")
    entries = list(body.get("notificationConfigs") or ())
    kinds = [one["type"] for one in entries]
    if len(set(kinds)) != len(kinds):
        raise error("INVALID_REQUEST", "Not allowed to have multiple notification configs of the same type")
    if "WEBHOOK" in kinds and not account.takes_webhooks:
        raise failure("Could not resolve type id 'WEBHOOK' as a subtype")
    if any(kind in _FIELDS and one.get(_FIELDS[kind]) is None for kind, one in zip(kinds, entries, strict=True)):
        raise failure("notificationConfigs: a field is missing")
    configs = [{"sendEmailToAllUsers": True, **one} if one["type"] == "EMAIL" else dict(one) for one in entries]
    return {
        "accountIdentifier": account.id,
        "orgIdentifier": scope[0],
        "projectIdentifier": scope[1],
        "identifier": body["identifier"],
        "name": body["name"],
        # A hash set: duplicates go, the order with them.
        "users": sorted(set(users), key=lambda one: one[::-1], reverse=True),
        "notificationConfigs": configs,
        "ssoLinked": bool(body.get("isSsoLinked")),
        "linkedSsoId": body.get("linkedSsoId"),
        "linkedSsoDisplayName": body.get("linkedSsoDisplayName"),
        "ssoGroupName": body.get("ssoGroupName"),
        "externallyManaged": bool(body.get("externallyManaged")),
        "harnessManaged": bool(body.get("harnessManaged")),
        "description": body.get("description") or "",
        "tags": body.get("tags") or {},
    }


def _ids(account: Account, addresses: Iterable[str]) -> list[str]:
    """Addresses are looked up in lower case; those that nobody has are dropped without a word."""
    known = {address.lower(): id_ for id_, address in account.users.items()}
    return [known[one.lower()] for one in addresses if one.lower() in known]


def list_(account: Account, request: Request) -> Any:
    """Groups of the scope itself; ``searchTerm`` is a pattern on the name."""
    _allow(account, "core_usergroup_view")
    scope, term = scope_of(request.query), request.query.get("searchTerm", "")
    found = [
        _shown(account, group, v2=False)
        for (at, _), group in account.groups.items()
        if at == scope and re.search(term, group["name"], re.IGNORECASE)
    ]
    return page(found, request.query)


def read(account: Account, request: Request, identifier: str, *, v2: bool = False) -> Any:
    """One that does not exist is 400."""
    _allow(account, "core_usergroup_view")
    group = account.groups.get((scope_of(request.query), identifier))
    if group is None:
        raise gone(f"User Group {identifier}")
    return _shown(account, group, v2=v2)


def users(account: Account, request: Request, identifier: str) -> Any:
    """The members of a group, with names."""
    group = account.groups.get((scope_of(request.query), identifier))
    if group is None:
        raise gone(f"User Group {identifier}")
    found = [{"uuid": id_, "name": "", "email": account.users[id_], "locked": False} for id_ in group["users"]]
    return page(found, request.query)


def create(account: Account, request: Request, *, v2: bool = False) -> Any:
    """A second one with the identifier is a duplicate, with 400."""
    _allow(account, "core_usergroup_manage")
    key = (scope_of(request.query), request.body["identifier"])
    if key in account.groups:
        raise error("DUPLICATE_FIELD", f"Try using different user group identifier, [{key[1]}] cannot be used")
    return _written(account, request, key, v2=v2)


def update(account: Account, request: Request, *, v2: bool = False) -> Any:
    """The target stands in the body."""
    _allow(account, "core_usergroup_manage")
    key = (scope_of(request.query), request.body["identifier"])
    before = account.groups.get(key)
    if before is None:
        raise error("INVALID_ARGUMENT", f"User Group {key[1]} does not exist")
    ids = _ids(account, request.body.get("users") or ()) if v2 else list(request.body.get("users") or ())
    ruled = before["harnessManaged"] or before["externallyManaged"]
    if ruled and (request.body["name"] != before["name"] or set(ids) != set(before["users"])):
        raise error("INVALID_REQUEST", "The user group is externally managed: users and name cannot be changed")
    if before["ssoLinked"] and set(ids) != set(before["users"]):
        raise error("INVALID_REQUEST", "The user group is linked to SSO: users cannot be changed")
    return _written(account, request, key, v2=v2)


def _written(account: Account, request: Request, key: tuple[ScopeKey, str], *, v2: bool) -> Any:
    given = request.body.get("users") or ()
    ids = _ids(account, given) if v2 else [one for one in given if one in account.users]
    kept = _kept(account, request.body, key[0], ids)
    if account.denies_groups:
        return {**_shown(account, kept, v2=v2), "governanceMetadata": {"deny": True, "message": "groups are frozen"}}
    account.groups[key] = kept
    return _shown(account, kept, v2=v2)


def delete(account: Account, request: Request, identifier: str) -> Any:
    """Gives the group that was."""
    _allow(account, "core_usergroup_manage")
    key = (scope_of(request.query), identifier)
    group = account.groups.get(key)
    if group is None:
        raise gone(f"User Group {identifier}")
    if group["harnessManaged"] or group["externallyManaged"]:
        raise error("INVALID_REQUEST", "The user group is externally managed and cannot be deleted")
    return _shown(account, account.groups.pop(key), v2=False)
