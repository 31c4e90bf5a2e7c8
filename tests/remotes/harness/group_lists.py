"""User groups, many at a time, and their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.remotes.harness.account import Account, ObjectKey, Request, ScopeKey
from tests.remotes.harness.answers import Tagged, matches, ordered, page, values_of
from tests.remotes.harness.group_endpoints import KIND, MANAGE, RESOURCE, VIEW, shown
from tests.remotes.harness.permissions import existing_scope, require, shows
from tests.remotes.harness.refusals import error

BATCH = 10_000


def _above(scope: ScopeKey) -> list[ScopeKey]:
    """The scopes that hold one."""
    organization, project = scope
    return [(None, None)] * (organization is not None) + [(organization, None)] * (project is not None)


def _is_below(scope: ScopeKey, root: ScopeKey) -> bool:
    return all(wanted in (None, has) for wanted, has in zip(root, scope, strict=True))


def _selected(account: Account, key: ObjectKey, scope: ScopeKey, filter_type: str) -> bool:
    """Whether a list of a scope has a group. By default only those of the scope itself."""
    if key[0] == scope:
        return True
    if filter_type == "INCLUDE_CHILD_SCOPE_GROUPS":
        return _is_below(key[0], scope)
    if filter_type == "INCLUDE_PARENT_SCOPE_GROUPS":
        return key[0] in _above(scope)
    return filter_type == "INCLUDE_INHERITED_GROUPS" and key in account.inherited.get(scope, ())


def _fits(group: Mapping[str, Any], term: str) -> bool:
    """A search is a pattern, in whatever case, on the name and the tags."""
    return matches(term, [group["name"], *(text for pair in group["tags"].items() for text in pair)])


def _found(account: Account, scope: ScopeKey, filter_type: str, term: str, orders: Iterable[str]) -> list[ObjectKey]:
    """The keys of groups, those that were written last first."""
    keys = [key for key in account.groups if _selected(account, key, scope, filter_type)]
    keys = [key for key in keys if not term or _fits(account.groups[key], term)]
    by = {
        "name": lambda key: account.groups[key]["name"],
        "identifier": lambda key: key[1],
        "lastModifiedAt": lambda key: account.written_at(KIND, key),
    }
    return ordered(keys, list(orders) or ["lastModifiedAt,DESC", "identifier,DESC"], by)


def list_(account: Account, request: Request) -> Any:
    """Groups of a scope."""
    scope, query = existing_scope(account, request.query), request.query
    if not shows(account, request, VIEW, RESOURCE, scope):
        return page([], query)
    filter_type, orders = query.get("filterType", ""), values_of(request.queries, "sortOrders")
    keys = _found(account, scope, filter_type, query.get("searchTerm", ""), orders)
    linked = values_of(request.queries, "ssoGroupId")
    keys = [key for key in keys if not linked or account.groups[key]["ssoGroupId"] in linked]
    return page([shown(account, account.groups[key]) for key in keys], query)


def _filtered(account: Account, request: Request) -> list[dict[str, Any]]:
    body = request.body
    if body["accountIdentifier"] != account.id:
        raise error("INVALID_REQUEST", f"The token is not of the account {body['accountIdentifier']}")
    scope = existing_scope(account, body)
    if body.get("identifierFilter") and body.get("databaseIdFilter"):
        message = "Both the database id filter and identifier filter cannot be provided"
        raise error("INVALID_ARGUMENT", message)
    if not shows(account, request, VIEW, RESOURCE, scope):
        return []
    orders = values_of(request.queries, "sortOrders")
    keys = _found(account, scope, body.get("filterType", ""), body.get("searchTerm", ""), orders)
    wanted, members = body.get("identifierFilter") or (), set(body.get("userIdentifierFilter") or ())
    keys = [key for key in keys if (not wanted or key[1] in wanted) and not body.get("databaseIdFilter")]
    found = (account.groups[key] for key in keys)
    return [shown(account, one) for one in found if not members or members & set(one["users"])]


def batch(account: Account, request: Request) -> Any:
    """Groups that a filter selects, all at once."""
    return _filtered(account, request)[:BATCH]


def filter_(account: Account, request: Request) -> Any:
    """Groups that a filter selects, in pages."""
    return page(_filtered(account, request), request.query)


def users(account: Account, request: Request, identifier: str) -> Any:
    """The members of a group, with names. Those of no group are none."""
    scope = existing_scope(account, request.query)
    require(account, request, VIEW, RESOURCE, scope, identifier)
    body = request.body or {}
    ids = account.groups.get((scope, identifier), {"users": []})["users"]
    wanted, term = body.get("identifiers") or ids, body.get("searchTerm", "").lower()
    found = [one for one in ids if one in wanted and one in account.users and term in account.users[one].lower()]
    return page([_user(one, account.users[one]) for one in found], request.query)


def _user(id_: str, email: str) -> dict[str, Any]:
    flags = dict.fromkeys(("locked", "disabled", "externallyManaged"), False)
    return {"uuid": id_, "name": email.partition("@")[0], "email": email, **flags}


# -- one member ----------------------------------------------------------------------------------------


def _group(account: Account, request: Request, identifier: str, permission: str) -> tuple[ObjectKey, dict[str, Any]]:
    scope = existing_scope(account, request.query)
    require(account, request, permission, RESOURCE, scope, identifier)
    group = account.groups.get((scope, identifier))
    if group is None:
        raise error("INVALID_ARGUMENT", f"User Group in the given scope does not exist:{identifier}")
    return (scope, identifier), group


def has_member(account: Account, request: Request, identifier: str, user: str) -> Any:
    """Whether somebody is in a group."""
    _, group = _group(account, request, identifier, VIEW)
    return user in group["users"]


def change_member(account: Account, request: Request, identifier: str, user: str) -> Any:
    """Put somebody in, who must not be there yet, or take somebody out."""
    key, group = _group(account, request, identifier, MANAGE)
    if group["externallyManaged"] or group["harnessManaged"]:
        raise error("INVALID_REQUEST", f"This API call is not supported for externally managed group {identifier}")
    if request.method == "PUT" and user in group["users"]:
        raise error("INVALID_REQUEST", f"User {user} is already part of User Group {identifier}")
    if request.method == "PUT" and account.is_member(user, key[0]):
        group["users"].append(user)
    elif request.method == "DELETE" and user in group["users"]:
        group["users"].remove(user)
    account.touch(KIND, key)
    return Tagged(shown(account, group), account.version_of(KIND, key))
