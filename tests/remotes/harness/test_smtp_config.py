"""The SMTP configuration of the stand-in: one for an account, and what its password does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.calling import Caller
from tests.remotes.harness.smtp_endpoints import MASK
from tests.support.canary import secret_value

PATH = "/ng/api/smtpConfig"
MISSING = (400, "INVALID_REQUEST")


def body(uuid: str | None = None, **value: Any) -> dict[str, Any]:
    """A write."""
    found: dict[str, Any] = {"accountId": "ignored", "name": "relay", "value": {"host": "mx.example.com", "port": 25}}
    found["value"] |= value
    return found if uuid is None else {**found, "uuid": uuid}


def current(caller: Caller) -> Any:
    """What a GET tells."""
    return caller.ok("GET", PATH, {"accountId": caller.account.id})


def test_none_is_null(caller: Caller) -> None:
    """200 and null."""
    assert current(caller) is None


@pytest.mark.usefixtures("violates")
def test_read_wants_the_account_under_its_own_name(caller: Caller) -> None:
    """``accountId`` where all other calls have ``accountIdentifier``; the wrong one is refused, none is too."""
    caller.refused("GET", PATH, {"accountIdentifier": "acc123"})

    assert len(caller.account.violations) == 1
    assert caller.account.requests[-1].status == 400


def test_create_fills_in_and_answers_with_200(caller: Caller) -> None:
    """A uuid, the account of the query, false for both kinds of TLS; nothing that was not asked for."""
    made = caller.ok("POST", PATH, None, body())

    assert made == {
        "uuid": made["uuid"],
        "accountId": "acc123",
        "name": "relay",
        "value": {
            "host": "mx.example.com",
            "port": 25,
            "fromAddress": None,
            "username": None,
            "useSSL": False,
            "startTLS": False,
            "password": MASK,
        },
    }
    assert current(caller)["uuid"] == made["uuid"]


def test_second_one_is_refused(caller: Caller) -> None:
    """400 "already configured", and the first stays."""
    caller.ok("POST", PATH, None, body())
    answer = caller.send("POST", PATH, None, body(host="other.example.com"))

    assert (answer.status_code, answer.json()["code"]) == MISSING
    assert "already configured" in answer.json()["message"]
    assert current(caller)["value"]["host"] == "mx.example.com"


def test_only_a_read_tells_whether_there_is_a_password(caller: Caller) -> None:
    """Answers to writes show the mask of 14 asterisks in any case."""
    without = caller.ok("POST", PATH, None, body())
    read_without = current(caller)
    given = caller.ok("PUT", PATH, None, body(without["uuid"], password=secret_value()))

    assert without["value"]["password"] == given["value"]["password"] == MASK == "*" * 14
    assert (read_without["value"]["password"], current(caller)["value"]["password"]) == (None, MASK)
    assert caller.account.smtp_password == secret_value()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"password": MASK}, secret_value()),
        ({"password": secret_value("new")}, secret_value("new")),
        ({"password": ""}, None),
        ({}, None),
    ],
    ids=["mask", "another", "empty", "left out"],
)
def test_update_of_a_password(caller: Caller, given: dict[str, Any], kept: str | None) -> None:
    """The mask keeps it, another replaces it, and an empty one or none deletes it."""
    uuid = caller.ok("POST", PATH, None, body(password=secret_value()))["uuid"]
    caller.ok("PUT", PATH, None, body(uuid, **given))

    assert caller.account.smtp_password == kept
    assert current(caller)["value"]["password"] == (None if kept is None else MASK)


def test_mask_is_stored_where_there_was_no_password(caller: Caller) -> None:
    """As if it were one."""
    uuid = caller.ok("POST", PATH, None, body())["uuid"]
    caller.ok("PUT", PATH, None, body(uuid, password=MASK))

    assert caller.account.smtp_password == MASK


def test_update_replaces_everything(caller: Caller) -> None:
    """It is no merge: what is left out is cleared."""
    uuid = caller.ok("POST", PATH, None, body(username="ci", startTLS=True, delegateSelectors=["eu"]))["uuid"]
    caller.ok("PUT", PATH, None, body(uuid))
    value = current(caller)["value"]

    assert (value["username"], value["startTLS"], "delegateSelectors" in value) == (None, False, False)


@pytest.mark.parametrize(("uuid", "refused"), [("", MISSING), ("unknown", MISSING), (None, (500, "UNKNOWN_ERROR"))])
def test_update_needs_the_uuid(caller: Caller, uuid: str | None, refused: tuple[int, str]) -> None:
    """An empty or unknown one is 400, none at all the server's own fault."""
    caller.ok("POST", PATH, None, body())

    assert caller.refused("PUT", PATH, None, body(uuid)) == refused


def test_delete_gives_true_and_takes_the_password_along(caller: Caller) -> None:
    """An unknown one is 400, never 404."""
    uuid = caller.ok("POST", PATH, None, body(password=secret_value()))["uuid"]
    unknown = caller.refused("DELETE", f"{PATH}/unknown")

    assert caller.ok("DELETE", f"{PATH}/{uuid}") is True
    assert (unknown, caller.refused("DELETE", f"{PATH}/{uuid}")) == (MISSING, MISSING)
    assert (caller.account.smtp, caller.account.smtp_password, current(caller)) == (None, None, None)


def test_selectors_are_a_set(caller: Caller) -> None:
    """They come in an order of their own, always the same one; an empty set is left out."""
    names = [f"s{number}" for number in range(9)]
    uuid = caller.ok("POST", PATH, None, body(delegateSelectors=names))["uuid"]
    first = current(caller)["value"]["delegateSelectors"]
    caller.ok("PUT", PATH, None, body(uuid, delegateSelectors=names[::-1]))
    second = current(caller)["value"]["delegateSelectors"]
    caller.ok("PUT", PATH, None, body(uuid, delegateSelectors=[]))

    assert (sorted(first), first == names, first == second) == (names, False, True)
    assert "delegateSelectors" not in current(caller)["value"]


def test_host_is_not_blank(caller: Caller) -> None:
    """The envelope of the validation names the field."""
    answer = caller.send("POST", PATH, None, body(host=" "))

    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"fieldId": "value.host", "error": "cannot be empty."}],
    )


def test_mask_as_the_published_document_has_it(caller: Caller) -> None:
    """A list of characters, for clients that must take both."""
    caller.account.mask_as_list, caller.account.checks_answers = True, False
    caller.ok("POST", PATH, None, body(password=secret_value()))

    assert current(caller)["value"]["password"] == list(MASK)


@pytest.mark.parametrize("error", [None, "535 5.7.8 Authentication failed"])
def test_mail_that_fails_is_an_answer_like_any_other(caller: Caller, error: str | None) -> None:
    """200, with ``valid: false`` and the reason; only what is saved can be tested."""
    uuid = caller.ok("POST", PATH, None, body())["uuid"]
    caller.account.mail_error = error
    query = {"accountId": "acc123", "to": "ops@example.com", "subject": "a test", "body": "hello"}
    unknown = caller.refused("POST", f"{PATH}/validate-connectivity", {**query, "identifier": "unknown"})

    found = caller.ok("POST", f"{PATH}/validate-connectivity", {**query, "identifier": uuid})
    assert found == {"valid": error is None, "errorMessage": error}
    assert unknown == MISSING
    assert [one["to"] for one in caller.account.mails] == ["ops@example.com"]


def test_name_is_free_until_it_is_taken(caller: Caller) -> None:
    """The name check takes ``accountId`` too."""
    query = {"accountId": "acc123", "name": "relay"}
    free = caller.ok("POST", f"{PATH}/validateName", query)
    caller.ok("POST", PATH, None, body())

    assert (free["valid"], caller.ok("POST", f"{PATH}/validateName", query)["valid"]) == (True, False)


@pytest.mark.parametrize(
    ("permission", "method", "path"),
    [("core_smtp_edit", "POST", PATH), ("core_smtp_edit", "PUT", PATH), ("core_smtp_delete", "DELETE", f"{PATH}/x")],
)
def test_writes_need_permissions(caller: Caller, permission: str, method: str, path: str) -> None:
    """Editing and deleting are two."""
    caller.account.deny(permission)

    refused = caller.refused(method, path, None, None if method == "DELETE" else body("x"))
    assert refused == (403, "NG_ACCESS_DENIED")
