"""User groups of the stand-in, many at a time: scopes, searches, orders, pages, members."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.account import ScopeKey
from tests.remotes.harness.calling import Caller, put_group, scope_query

PATH = "/ng/api/user-groups"
ACCOUNT: ScopeKey = (None, None)
ORGANIZATION: ScopeKey = ("default", None)
SHOP: ScopeKey = ("default", "shop")


def names(found: Any) -> list[str]:
    """The identifiers of a page or list."""
    return [one["identifier"] for one in (found["content"] if isinstance(found, dict) else found)]


@pytest.fixture
def tree(caller: Caller) -> Caller:
    """A group on each level, and one in a neighbouring project; the account's works in the shop too."""
    for identifier, scope in (("a", ACCOUNT), ("o", ORGANIZATION), ("s", SHOP), ("t", ("default", "two"))):
        put_group(caller.account, identifier, scope)
    caller.account.inherited[SHOP] = {(ACCOUNT, "a")}
    return caller


@pytest.mark.parametrize(
    ("scope", "filter_type", "expected"),
    [
        (SHOP, None, "s"),
        (SHOP, "EXCLUDE_INHERITED_GROUPS", "s"),
        (SHOP, "INCLUDE_INHERITED_GROUPS", "sa"),
        (SHOP, "INCLUDE_PARENT_SCOPE_GROUPS", "soa"),
        (ORGANIZATION, "INCLUDE_CHILD_SCOPE_GROUPS", "tso"),
        (ACCOUNT, "INCLUDE_CHILD_SCOPE_GROUPS", "tsoa"),
        (ACCOUNT, "INCLUDE_PARENT_SCOPE_GROUPS", "a"),
    ],
)
def test_list_is_of_a_scope_unless_asked_for_more(
    tree: Caller, scope: ScopeKey, filter_type: str | None, expected: str
) -> None:
    """By default without what is inherited; the latest first."""
    query = scope_query(scope) | ({} if filter_type is None else {"filterType": filter_type})
    body = {"accountIdentifier": "acc123", **query}

    assert names(tree.ok("GET", PATH, query)) == list(expected)
    assert names(tree.ok("POST", f"{PATH}/batch", None, body)) == list(expected)
    assert names(tree.ok("POST", f"{PATH}/filter", {"pageSize": 100}, body)) == list(expected)


def test_group_of_a_parent_is_found_there_only(tree: Caller) -> None:
    """Inherited or not, it is read and written where it lives."""
    query, gone = scope_query(SHOP), (400, "RESOURCE_NOT_FOUND_EXCEPTION")

    assert tree.refused("GET", f"{PATH}/a", query) == gone
    assert tree.refused("PUT", PATH, query, {"identifier": "a", "name": "a"}) == (400, "INVALID_ARGUMENT")


def test_search_is_a_pattern_on_names_and_tags(caller: Caller) -> None:
    """In whatever case; not on identifiers, and a dot is any character."""
    put_group(caller.account, "x1", name="Ops.A")
    put_group(caller.account, "x2", name="opsXa")
    put_group(caller.account, "x3", name="other", tags={"team": "OPS"})

    assert sorted(names(caller.ok("GET", PATH, {"searchTerm": "ops.a"}))) == ["x1", "x2"]
    assert sorted(names(caller.ok("GET", PATH, {"searchTerm": "^ops"}))) == ["x1", "x2", "x3"]
    assert names(caller.ok("GET", PATH, {"searchTerm": "x1"})) == []
    assert caller.refused("GET", PATH, {"searchTerm": "ops ("}) == (500, "UNKNOWN_ERROR")


def test_pages_have_50_items_and_at_most_100(caller: Caller) -> None:
    """The numbers of a page add up, the last one is shorter, and beyond it is nothing."""
    for number in range(130):
        put_group(caller.account, f"g{number:03}")
    first, last, beyond = (caller.ok("GET", PATH, {"pageIndex": index, "pageSize": 100}) for index in range(3))
    default = caller.ok("GET", PATH)

    assert (default["pageSize"], default["pageItemCount"], default["totalPages"]) == (50, 50, 3)
    assert (last["totalItems"], last["pageItemCount"], last["pageIndex"], last["empty"]) == (130, 30, 1, False)
    assert (beyond["content"], beyond["empty"], beyond["totalPages"]) == ([], True, 2)
    assert sorted(names(first) + names(last)) == sorted(key for _, key in caller.account.groups)


def test_order_is_that_of_writes_unless_asked_for(caller: Caller) -> None:
    """The latest first, so that a group that is written moves between pages; or by a field."""
    for name in ("b", "c", "a"):
        put_group(caller.account, name)
    before = names(caller.ok("GET", PATH))
    caller.ok("PUT", PATH, None, {"identifier": "b", "name": "b"})

    assert (before, names(caller.ok("GET", PATH))) == (["a", "c", "b"], ["b", "a", "c"])
    assert names(caller.ok("GET", PATH, {"sortOrders": "name,ASC"})) == ["a", "b", "c"]
    assert caller.refused("GET", PATH, {"sortOrders": "colour,ASC"}) == (400, "INVALID_REQUEST")


def test_list_by_the_group_of_the_identity_provider(caller: Caller) -> None:
    """``ssoGroupId`` may come several times."""
    for name in ("a", "b", "c"):
        put_group(caller.account, name, isSsoLinked=True, ssoGroupId=f"sso-{name}")

    assert sorted(names(caller.ok("GET", PATH, {"ssoGroupId": ["sso-a", "sso-c"]}))) == ["a", "c"]


def test_filters_by_identifier_and_member(caller: Caller) -> None:
    """Not by two kinds of identifier at once."""
    put_group(caller.account, "a", users=["ann@example.com"])
    put_group(caller.account, "b", users=["bob@example.com", "ann@example.com"])
    body = {"accountIdentifier": "acc123"}

    assert names(caller.ok("POST", f"{PATH}/batch", None, {**body, "identifierFilter": ["a", "x"]})) == ["a"]
    assert names(caller.ok("POST", f"{PATH}/filter", None, {**body, "userIdentifierFilter": ["u2"]})) == ["b"]
    both = {**body, "identifierFilter": ["a"], "databaseIdFilter": ["1"]}
    assert caller.refused("POST", f"{PATH}/batch", None, both) == (400, "INVALID_ARGUMENT")


def test_list_without_permission_is_empty_or_refused(tree: Caller) -> None:
    """Nothing tells it from a scope without groups; older servers answer 403."""
    tree.account.deny("core_usergroup_view")
    body = {"accountIdentifier": "acc123"}
    empty = [tree.ok("GET", PATH)["totalItems"], tree.ok("POST", f"{PATH}/batch", None, body)]
    tree.account.lists_refuse = True

    assert empty == [0, []]
    assert tree.refused("GET", PATH) == tree.refused("POST", f"{PATH}/batch", None, body) == (403, "NG_ACCESS_DENIED")


def test_members_come_with_addresses_in_pages(caller: Caller) -> None:
    """By a part of the address or by ids; those of a group that does not exist are none."""
    put_group(caller.account, "ops", users=["ann@example.com", "bob@example.com"])
    found = caller.ok("POST", f"{PATH}/ops/users", {"pageSize": 1, "pageIndex": 1}, {})
    chosen = caller.ok("POST", f"{PATH}/ops/users", None, {"searchTerm": "BOB"})
    none = caller.ok("POST", f"{PATH}/unknown/users", None, {})

    assert (found["totalItems"], found["pageItemCount"]) == (2, 1)
    assert [(one["uuid"], one["email"], one["locked"]) for one in chosen["content"]] == [
        ("u2", "bob@example.com", False)
    ]
    assert none["content"] == []


def test_one_member_is_asked_for_put_in_and_taken_out(caller: Caller) -> None:
    """Put in twice is 400; the group comes back, with another version."""
    put_group(caller.account, "ops", users=["ann@example.com"])
    there = caller.ok("GET", f"{PATH}/ops/member/u2")
    added = caller.send("PUT", f"{PATH}/ops/member/u2")
    again = caller.refused("PUT", f"{PATH}/ops/member/u2")
    left = caller.ok("DELETE", f"{PATH}/ops/member/u1")

    assert (there, again, added.headers["etag"]) == (False, (400, "INVALID_REQUEST"), "W/1")
    assert (sorted(added.json()["data"]["users"]), left["users"]) == (["u1", "u2"], ["u2"])
    assert caller.refused("GET", f"{PATH}/x/member/u1") == (400, "INVALID_ARGUMENT")
