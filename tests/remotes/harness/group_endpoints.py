"""User groups, one at a time: users as ids in the older API, as addresses in the newer one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.remotes.harness import group_rules as rules
from tests.remotes.harness.account import Account, ObjectKey, Request
from tests.remotes.harness.answers import Tagged
from tests.remotes.harness.names import check_names
from tests.remotes.harness.permissions import existing_scope, require
from tests.remotes.harness.refusals import error, gone

KIND = "group"
VIEW, MANAGE, RESOURCE = "core_usergroup_view", "core_usergroup_manage", "USERGROUP"


def shown(account: Account, group: Mapping[str, Any], *, v2: bool = False) -> dict[str, Any]:
    """A group as an answer has it: as ids, or as ids with addresses."""
    users: list[Any] = [one for one in group["users"] if one in account.users]
    return {**group, "users": [{"id": one, "email": account.users[one]} for one in users] if v2 else users}


def _tagged(account: Account, key: ObjectKey, group: Mapping[str, Any], *, v2: bool) -> Tagged:
    return Tagged(shown(account, group, v2=v2), max(account.version_of(KIND, key), 0))


def _denied(account: Account, *, v2: bool) -> dict[str, Any]:
    """The answer where a policy denies: no group, only what the policy says."""
    fields = ("accountIdentifier", "orgIdentifier", "projectIdentifier", "identifier", "name", "description", "tags")
    said = {"id": account.number(), "deny": True, "status": "error", "message": "groups are frozen", "details": []}
    return {**dict.fromkeys((*fields, *(() if v2 else ("ssoLinked",)))), "users": None, "governanceMetadata": said}


def read(account: Account, request: Request, identifier: str, *, v2: bool = False) -> Any:
    """One that does not exist is 400. A group of a parent scope is found there only."""
    scope = existing_scope(account, request.query)
    require(account, request, VIEW, RESOURCE, scope, identifier)
    group = account.groups.get((scope, identifier))
    if group is None:
        raise gone(f"User Group with identifier [{identifier}]")
    return _tagged(account, (scope, identifier), group, v2=v2)


def create(account: Account, request: Request, *, v2: bool = False) -> Any:
    """A second one with the identifier is a duplicate, with 400."""
    scope = existing_scope(account, request.query)
    require(account, request, MANAGE, RESOURCE, scope)
    body = request.body
    rules.check_scope(account, body, scope)
    check_names(body["identifier"], body["name"])
    if body.get("harnessManaged") or body["identifier"] in rules.BUILT_IN:
        raise error("INVALID_REQUEST", "Cannot create a harness managed user group")
    rules.check_entries(account, body.get("notificationConfigs") or ())
    if account.denies_groups:
        return _denied(account, v2=v2)
    if (scope, body["identifier"]) in account.groups:
        message = f"Try using different user group identifier, [{body['identifier']}] cannot be used"
        raise error("DUPLICATE_FIELD", message)
    return _write(account, request, (scope, body["identifier"]), v2=v2)


def update(account: Account, request: Request, *, v2: bool = False) -> Any:
    """The target stands in the body, and the whole of it is replaced."""
    scope, body = existing_scope(account, request.query), request.body
    key = (scope, body["identifier"])
    require(account, request, MANAGE, RESOURCE, scope, key[1])
    rules.check_scope(account, body, scope)
    before = account.groups.get(key)
    if before is None:
        raise error("INVALID_ARGUMENT", f"User Group in the given scope does not exist:{key[1]}")
    check_names(body["identifier"], body["name"])
    rules.check_change(account, before, body, _ids(account, body, v2=v2))
    rules.check_entries(account, body.get("notificationConfigs") or ())
    if account.denies_groups:
        return _denied(account, v2=v2)
    return _write(account, request, key, v2=v2)


def _ids(account: Account, body: Mapping[str, Any], *, v2: bool) -> list[str]:
    given = body.get("users") or ()
    return rules.ids_of(account, given) if v2 else list(given)


def _write(account: Account, request: Request, key: ObjectKey, *, v2: bool) -> Tagged:
    body = request.body
    account.groups[key] = rules.kept(account, body, key[0], _ids(account, body, v2=v2))
    account.touch(KIND, key)
    return _tagged(account, key, account.groups[key], v2=v2)


def delete(account: Account, request: Request, identifier: str) -> Any:
    """Gives the group that was. One that does not exist is 400 with a code of its own."""
    scope = existing_scope(account, request.query)
    require(account, request, MANAGE, RESOURCE, scope, identifier)
    group = account.groups.get((scope, identifier))
    if group is None:
        where = "/".join(str(one) for one in (account.id, *scope))
        raise error("USER_GROUP_ERROR", f"Usergroup with Identifier: {identifier} does not exist at Scope: {where}")
    rules.check_delete(group)
    answer = _tagged(account, (scope, identifier), group, v2=False)
    del account.groups[scope, identifier]
    return answer
