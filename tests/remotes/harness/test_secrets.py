"""Secrets of the stand-in: values go in and never come out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.account import ScopeKey
from tests.remotes.harness.calling import Caller, scope_query
from tests.support.canary import secret_value

PATH = "/ng/api/v2/secrets"
SHOP: ScopeKey = ("default", "shop")
KEY = ((None, None), "smtp")
INVALID = (400, "INVALID_REQUEST")


def secret(value: str | None = secret_value(), **fields: Any) -> dict[str, Any]:
    """A write of an inline secret, or of one with another `spec`."""
    spec = {"secretManagerIdentifier": "harnessSecretManager", "valueType": "Inline"}
    spec |= {} if value is None else {"value": value}
    return {"secret": {"type": "SecretText", "name": "smtp", "identifier": "smtp", "spec": spec, **fields}}


def reference(path: str = "kv/smtp", manager: str = "vault") -> dict[str, Any]:
    """The `spec` of a reference."""
    return {"secretManagerIdentifier": manager, "valueType": "Reference", "value": path}


def test_value_of_an_inline_secret_is_never_told(caller: Caller) -> None:
    """Not by the write, a read or a list; tests find it in `values`."""
    caller.ok("POST", PATH, None, secret())
    answers = [
        caller.send("GET", f"{PATH}/smtp"),
        caller.send("GET", PATH),
        caller.send("PUT", f"{PATH}/smtp", None, secret()),
    ]

    assert all(secret_value() not in one.text for one in answers)
    assert answers[0].json()["data"]["secret"]["spec"] == {
        "type": "SecretText",
        "secretManagerIdentifier": "harnessSecretManager",
        "valueType": "Inline",
        "value": None,
        "additionalMetadata": None,
    }
    assert caller.account.values == {KEY: secret_value()}


def test_path_of_a_reference_is_told(caller: Caller) -> None:
    """It is no secret, and nothing is stored beside it."""
    caller.ok("POST", PATH, None, secret(spec=reference()))

    assert caller.ok("GET", f"{PATH}/smtp")["secret"]["spec"]["value"] == "kv/smtp"
    assert caller.account.values == {}


def test_update_without_a_value_keeps_it(caller: Caller) -> None:
    """All else is replaced."""
    caller.ok("POST", PATH, None, secret(description="old", tags={"a": "b"}))
    caller.ok("PUT", f"{PATH}/smtp", None, secret(None, name="other"))
    found = caller.ok("GET", f"{PATH}/smtp")["secret"]

    assert caller.account.values == {KEY: secret_value()}
    assert (found["name"], found["description"], found["tags"]) == ("other", None, {})


def test_inline_becomes_a_reference_in_the_same_manager(caller: Caller) -> None:
    """The value that was stored goes."""
    caller.ok("POST", PATH, None, secret())
    caller.ok("PUT", f"{PATH}/smtp", None, secret(spec=reference(manager="harnessSecretManager")))

    assert caller.account.values == {}


@pytest.mark.parametrize("body", [secret(""), secret(None), secret(spec=reference(""))])
def test_new_secret_has_a_value(caller: Caller, body: dict[str, Any]) -> None:
    """An empty one, or none, is 400, inline or not."""
    assert caller.refused("POST", PATH, None, body) == INVALID


def test_identifier_is_given_once_in_a_scope(caller: Caller) -> None:
    """400 DUPLICATE_FIELD; in another scope it is another secret."""
    caller.ok("POST", PATH, None, secret())
    caller.ok("POST", PATH, scope_query(SHOP), secret(**scope_query(SHOP)))

    assert caller.refused("POST", PATH, None, secret()) == (400, "DUPLICATE_FIELD")
    assert len(caller.account.secrets) == 2


@pytest.mark.parametrize(("query", "body"), [(SHOP, (None, None)), ((None, None), SHOP), (SHOP, ("default", None))])
def test_scope_of_the_body_is_that_of_the_query(caller: Caller, query: ScopeKey, body: ScopeKey) -> None:
    """Said in both, also where it is left out; of a group the body may say nothing."""
    assert caller.refused("POST", PATH, scope_query(query), secret(**scope_query(body))) == INVALID
    assert caller.account.secrets == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"spec": reference(manager="other")},
        {"identifier": "other"},
        {"orgIdentifier": "default"},
    ],
    ids=["manager", "identifier", "scope"],
)
def test_some_things_are_for_ever(caller: Caller, changed: dict[str, Any]) -> None:
    """Manager, identifier and scope."""
    caller.ok("POST", PATH, None, secret(spec=reference()))

    assert caller.refused("PUT", f"{PATH}/smtp", None, secret(**({"spec": reference()} | changed))) == INVALID


def test_what_is_missing_is_refused_in_three_ways(caller: Caller) -> None:
    """A GET and a PUT with 400 and two codes, a DELETE with 404."""
    assert caller.refused("GET", f"{PATH}/smtp") == (400, "RESOURCE_NOT_FOUND_EXCEPTION")
    assert caller.refused("PUT", f"{PATH}/smtp", None, secret()) == INVALID
    assert caller.refused("DELETE", f"{PATH}/smtp") == (404, "ENTITY_NOT_FOUND")


def test_secret_in_use_is_deleted_by_force_alone(caller: Caller) -> None:
    """Force must be enabled for the account; the value goes along."""
    caller.ok("POST", PATH, None, secret())
    caller.account.used_secrets.add(KEY)
    used = caller.refused("DELETE", f"{PATH}/smtp")
    forced = caller.refused("DELETE", f"{PATH}/smtp", {"forceDelete": "true"})
    caller.account.can_force_delete = True

    assert (used, forced) == ((400, "ENTITY_REFERENCE_EXCEPTION"), INVALID)
    assert caller.ok("DELETE", f"{PATH}/smtp", {"forceDelete": "true"}) is True
    assert (caller.account.secrets, caller.account.values) == ({}, {})


@pytest.mark.parametrize("identifier", ["1smtp", "smtp-relay", "class", "x" * 129])
def test_identifiers_have_a_form(caller: Caller, identifier: str) -> None:
    """Letters, digits, _ and $, and no reserved words."""
    answer = caller.send("POST", PATH, None, secret(identifier=identifier))

    assert (answer.status_code, answer.json()["errors"][0]["fieldId"]) == (400, "secret.identifier")


def test_list_is_of_a_scope_and_can_be_narrowed(caller: Caller) -> None:
    """By type, identifier and a pattern; or widened to what lies below."""
    for name in ("one", "two"):
        caller.ok("POST", PATH, None, secret(identifier=name, name=name, tags={"team": name}))
    caller.ok("POST", PATH, scope_query(SHOP), secret(**scope_query(SHOP)))

    def listed(**query: Any) -> list[str]:
        return [one["secret"]["identifier"] for one in caller.ok("GET", PATH, query)["content"]]

    assert listed() == ["two", "one"]
    assert listed(types=["SecretText", "SSHKey"], identifiers=["one", "x"]) == ["one"]
    assert (listed(type="SecretFile"), listed(searchTerm="T.O")) == ([], ["two"])
    assert listed(includeSecretsFromEverySubScope="true") == ["smtp", "two", "one"]


def test_list_without_permission_is_empty(caller: Caller) -> None:
    """A read is refused; nothing tells the list from that of a scope without secrets."""
    caller.ok("POST", PATH, None, secret())
    caller.account.deny("core_secret_view")

    assert caller.ok("GET", PATH)["content"] == []
    assert caller.refused("GET", f"{PATH}/smtp") == (403, "NG_ACCESS_DENIED")


def test_policy_denies_with_200_and_without_a_secret(caller: Caller) -> None:
    """Nothing is saved."""
    caller.account.denies_secrets = True
    found = caller.ok("POST", PATH, None, secret())

    assert (found["secret"], found["governanceMetadata"]["deny"], caller.account.secrets) == (None, True, {})


@pytest.mark.parametrize("query", [{"privateSecret": "true"}, {"source_category": "SECRET_MANAGER"}])
def test_what_is_not_modelled_is_said(caller: Caller, query: dict[str, str]) -> None:
    """501 and not an answer as if it had an effect."""
    method, body = ("POST", secret()) if "privateSecret" in query else ("GET", None)
    answer = caller.send(method, PATH, query, body)

    assert (answer.status_code, answer.text) == (501, f"the stand-in does not model {next(iter(query))}")
