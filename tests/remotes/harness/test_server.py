"""The front of the stand-in: envelopes, tokens, permissions, the published interface, and troubles."""

from __future__ import annotations

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.remotes.harness import refusals, server
from tests.remotes.harness.account import Account, Trouble
from tests.remotes.harness.calling import Caller
from tests.remotes.harness.schemas import DOCUMENT, METHODS
from tests.remotes.harness.server import ENDPOINTS, harness_server
from tests.support.canary import secret_value

SMTP = "/ng/api/smtpConfig"
GROUPS = "/ng/api/user-groups"


def test_every_operation_of_the_document_is_served() -> None:
    """What the document allows is answered, and nothing else is."""
    documented = {
        (method.upper(), path) for path, one in DOCUMENT["paths"].items() for method in METHODS if method in one
    }

    assert set(ENDPOINTS) == documented


def _exists(name: str) -> bool:
    head, _, rest = name.partition(".")
    owner: Any = vars(server).get(head) or import_module(f"tests.remotes.harness.{head}")
    return not rest or hasattr(owner, rest) or rest in getattr(owner, "__dataclass_fields__", {})


def test_every_oddity_names_code_that_exists() -> None:
    """The table at the top of the server does not rot."""
    names = set(re.findall(r"(?<!`)`([\w.]+)`(?!`)", str(server.__doc__))) - {"tests.remotes.harness.account"}

    assert len(names) > 25
    assert {name for name in names if not _exists(name)} == set()


@pytest.mark.parametrize("prefix", ["/gateway", "", "/a/b"])
def test_prefix_is_asked_for(account: Account, client: httpx.Client, prefix: str) -> None:
    """Below the prefix is Harness, beside it a page that is no JSON."""
    with harness_server(account, prefix=prefix) as url:
        headers = {"x-api-key": account.token}
        found = client.get(f"{url}{SMTP}", params={"accountId": account.id}, headers=headers)
        beside = client.get(f"{url.removesuffix(prefix)}{'/x' if prefix else ''}{SMTP}", headers=headers)

    assert (account.url, found.status_code, found.json()["data"]) == (url, 200, None)
    assert (beside.status_code, beside.headers["content-type"]) == (
        (404, "text/html") if prefix else (400, "application/json")
    )


def test_connections_are_kept(caller: Caller) -> None:
    """HTTP/1.1: many requests go over one connection."""
    parts = urlsplit(caller.account.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    answers = []
    for _ in range(3):
        connection.request("GET", f"/gateway{SMTP}?accountId=acc123", headers={"x-api-key": caller.account.token})
        answers.append((connection.getresponse().read(), connection.sock is not None))
    connection.close()

    assert [kept for _, kept in answers] == [True, True, True]


# -- tokens and permissions ----------------------------------------------------------------------------


def test_unknown_token_is_unauthorised(caller: Caller) -> None:
    """Another token, none at all, and one that was taken back."""
    query = {"accountId": "acc123"}
    other = caller.send("GET", SMTP, query, x_api_key=secret_value("other"))
    none = caller.send("GET", SMTP, query, x_api_key="", Authorization=f"Bearer {caller.account.token}")
    caller.account.revoke(caller.account.token)
    revoked = caller.send("GET", SMTP, query)

    assert {(one.status_code, one.json()["code"]) for one in (other, none, revoked)} == {(401, "INVALID_TOKEN")}


def test_token_that_ran_out_has_a_code_of_its_own(caller: Caller) -> None:
    """401 EXPIRED_TOKEN."""
    caller.account.expire(caller.account.token)

    assert caller.refused("GET", SMTP, {"accountId": "acc123"}) == (401, "EXPIRED_TOKEN")


def test_missing_permission_names_the_check_that_failed(caller: Caller) -> None:
    """403 with ``failedPermissionChecks``: what, on what, and where; given back it works."""
    caller.account.deny("core_usergroup_view", ("default", "shop"))
    query = {"orgIdentifier": "default", "projectIdentifier": "shop"}
    answer = caller.send("GET", f"{GROUPS}/ops", query)
    elsewhere = caller.refused("GET", f"{GROUPS}/ops")
    caller.account.allow("core_usergroup_view", ("default", "shop"))

    assert (answer.status_code, answer.json()["code"]) == (403, "NG_ACCESS_DENIED")
    assert answer.json()["failedPermissionChecks"] == [
        {
            "permission": "core_usergroup_view",
            "resourceType": "USERGROUP",
            "resourceScope": {"accountIdentifier": "acc123", **query},
            "resourceIdentifier": "ops",
        }
    ]
    assert elsewhere == caller.refused("GET", f"{GROUPS}/ops", query) == (400, "RESOURCE_NOT_FOUND_EXCEPTION")


def test_permissions_are_those_of_a_token(caller: Caller) -> None:
    """A second token keeps what the first one lost."""
    account, second = caller.account, secret_value("second")
    account.issue(second)
    account.deny("core_smtp_view")

    assert caller.refused("GET", SMTP, {"accountId": "acc123"}) == (403, "NG_ACCESS_DENIED")
    assert caller.send("GET", SMTP, {"accountId": "acc123"}, x_api_key=second).status_code == 200


def test_account_of_another_is_refused(caller: Caller) -> None:
    """A token is of one account."""
    assert caller.refused("GET", SMTP, {"accountId": "other"}) == (400, "INVALID_REQUEST")
    assert caller.refused("GET", GROUPS, {"accountIdentifier": "other"}) == (400, "INVALID_REQUEST")
    assert caller.refused("POST", f"{GROUPS}/batch", None, {"accountIdentifier": "other"}) == (400, "INVALID_REQUEST")


# -- the published interface ---------------------------------------------------------------------------

_SMTP_BODY = {"accountId": "acc123", "name": "relay", "value": {"host": "mx.example.com", "port": 25}}
_GROUP = {"identifier": "ops", "name": "ops"}
_ACC = {"accountIdentifier": "acc123"}
VIOLATIONS = {
    "unknown path": ("GET", "/ng/api/smtp", _ACC, None, "is no operation"),
    "unknown method": ("PATCH", SMTP, _ACC, None, "is no operation"),
    "unknown parameter": ("GET", GROUPS, {**_ACC, "limit": 5}, None, "unknown parameter limit"),
    "parameter of the writes": ("GET", SMTP, _ACC, None, "unknown parameter accountIdentifier"),
    "parameter of the read": ("POST", SMTP, {"accountId": "acc123"}, _SMTP_BODY, "unknown parameter accountId"),
    "missing parameter": (
        "GET",
        "/pipeline/api/pipelines/x",
        {**_ACC, "orgIdentifier": "o"},
        None,
        "projectIdentifier",
    ),
    "parameter twice": ("GET", GROUPS, {**_ACC, "searchTerm": ["a", "b"]}, None, "searchTerm comes 2 times"),
    "page too large": ("GET", GROUPS, {**_ACC, "pageSize": 101}, None, "pageSize cannot be '101'"),
    "no number": ("GET", GROUPS, {**_ACC, "pageIndex": "-1"}, None, "pageIndex cannot be '-1'"),
    "no filter": ("GET", GROUPS, {**_ACC, "filterType": "ALL"}, None, "filterType cannot be 'ALL'"),
    "no boolean": ("DELETE", "/ng/api/v2/secrets/x", {**_ACC, "forceDelete": "yes"}, None, "forceDelete cannot be"),
    "no order": ("GET", GROUPS, {**_ACC, "sortOrders": "name"}, None, "sortOrders cannot be 'name'"),
    "unknown field": ("POST", GROUPS, _ACC, {**_GROUP, "members": []}, "'members' was unexpected"),
    "field of answers": ("POST", GROUPS, _ACC, {**_GROUP, "governanceMetadata": {}}, "was unexpected"),
    "missing field": ("POST", GROUPS, _ACC, {"identifier": "ops"}, "'name' is a required property"),
    "wrong type": ("POST", GROUPS, _ACC, {**_GROUP, "users": "ann"}, "users: breaks type array"),
    "null": ("POST", GROUPS, _ACC, {**_GROUP, "description": None}, "description: breaks type string"),
    "entry without its field": (
        "POST",
        GROUPS,
        _ACC,
        {**_GROUP, "notificationConfigs": [{"type": "SLACK"}]},
        "notificationConfigs.0",
    ),
    "password as a list": (
        "POST",
        SMTP,
        _ACC,
        {**_SMTP_BODY, "value": {"host": "mx", "port": 25, "password": ["x"]}},
        "value.password: breaks type string",
    ),
    "body of a read": ("GET", GROUPS, _ACC, {}, "takes no body"),
    "no body": ("POST", GROUPS, _ACC, None, "the body is missing"),
    "YAML for JSON": ("POST", GROUPS, _ACC, "name: ops", "not application/yaml"),
}


@pytest.mark.parametrize(("method", "path", "query", "body", "said"), VIOLATIONS.values(), ids=VIOLATIONS)
@pytest.mark.usefixtures("violates")
def test_what_is_not_published_is_refused_and_noted(
    caller: Caller, method: str, path: str, query: dict[str, Any], body: Any, said: str
) -> None:
    """400 in the envelope of the validation, and a line in `violations`."""
    answer = caller.send(method, path, query, body)

    assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE")
    assert answer.json()["errors"][0]["fieldId"] == "body"
    (noted,) = caller.account.violations
    assert said in noted


@pytest.mark.usefixtures("violates")
def test_json_for_yaml_and_broken_json_are_refused(caller: Caller) -> None:
    """A pipeline is YAML; a body of JSON can be read."""
    query = {"orgIdentifier": "default", "projectIdentifier": "shop"}
    caller.refused("PUT", "/pipeline/api/pipelines/v2/x", query, {"pipeline": {}})
    caller.send("POST", GROUPS, None, '{"identifier": ', Content_Type="application/json")

    assert [one.partition(": ")[2] for one in caller.account.violations] == [
        "takes ['application/yaml'], not application/json",
        "the body is no JSON",
    ]


@pytest.mark.usefixtures("violates")
def test_violations_hold_no_values_of_bodies(caller: Caller) -> None:
    """They may be secrets, and end in the output of tests."""
    secret = secret_value("leak")
    body = {**_SMTP_BODY, "value": {"host": "mx", "port": "25", "password": [secret]}}

    assert secret not in caller.send("POST", SMTP, None, body).text
    assert secret not in "".join(caller.account.violations)
    assert secret not in repr(caller.account)


# -- what came ------------------------------------------------------------------------------------------


def test_requests_are_logged_and_counted(caller: Caller) -> None:
    """Method, path, parameters, body and status of each; questions in the form of a POST are reads."""
    caller.ok("POST", GROUPS, {"orgIdentifier": "default"}, _GROUP)
    caller.ok("GET", f"{GROUPS}/ops", {"orgIdentifier": "default"})
    caller.ok("POST", f"{GROUPS}/batch", None, _ACC)
    caller.refused("DELETE", f"{GROUPS}/ops")
    first = caller.account.requests[0]

    assert (first.method, first.path, first.body, first.status) == ("POST", GROUPS, _GROUP, 200)
    assert first.query == {"accountIdentifier": "acc123", "orgIdentifier": "default"}
    assert (caller.account.reads(), caller.account.writes()) == (2, 2)
    assert (caller.account.count("GET"), caller.account.count("GET", "/ops"), caller.account.count("PUT")) == (1, 1, 0)
    assert [one.status for one in caller.account.requests] == [200, 200, 200, 400]


# -- troubles ------------------------------------------------------------------------------------------

read = partial(Caller.send, method="GET", path=SMTP, query={"accountId": "acc123"})


@pytest.mark.parametrize("retry_after", [None, 3])
def test_too_many_requests_is_plain_text(caller: Caller, retry_after: int | None) -> None:
    """429 with or without ``Retry-After``, for as many requests as asked for."""
    caller.account.spoil(Trouble(refusals.too_many_requests(retry_after), times=2))
    answers = [read(caller) for _ in range(3)]

    assert [one.status_code for one in answers] == [429, 429, 200]
    assert (answers[0].text, answers[0].headers["content-type"]) == ("Too many requests", "text/plain")
    assert answers[0].headers.get("retry-after") == (None if retry_after is None else "3")


def test_trouble_is_of_a_method_and_a_path(caller: Caller) -> None:
    """Others pass, and what is spoiled is not carried out."""
    caller.account.spoil(Trouble(refusals.page(503), method="POST", path="user-groups"))

    assert read(caller).status_code == 200
    assert caller.send("POST", GROUPS, None, _GROUP).text.startswith("<html>")
    assert caller.account.groups == {}


def test_answer_is_lost_after_the_request_was_carried_out(caller: Caller) -> None:
    """The connection ends; what was asked for is done."""
    caller.account.spoil(Trouble(refusals.no_answer(), carried_out=True))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.send("POST", GROUPS, None, _GROUP)

    assert list(caller.account.groups) == [((None, None), "ops")]
    assert caller.account.requests[0].status == 0


def test_five_envelopes_say_no(caller: Caller) -> None:
    """Those of NextGen's validation, rules and permissions, of its ``/v1`` API, and of FirstGen's REST."""
    caller.account.spoil(
        *map(
            Trouble,
            (
                refusals.failure("cannot be empty.", "name"),
                refusals.internal_error(),
                refusals.access_denied("core_smtp_view", "SMTP", {}),
                refusals.v1_error(404, "RESOURCE_NOT_FOUND", "gone"),
                refusals.first_gen_error(400, "INVALID_ARGUMENT", "no"),
            ),
        )
    )
    answers = [read(caller) for _ in range(5)]

    assert [one.status_code for one in answers] == [400, 500, 403, 404, 400]
    assert [sorted(one.json())[:2] for one in answers] == [
        ["code", "correlationId"],
        ["code", "correlationId"],
        ["code", "correlationId"],
        ["code", "error_metadata"],
        ["metaData", "resource"],
    ]
    assert answers[0].json()["message"] == "name: cannot be empty."
    assert answers[1].json()["responseMessages"][0]["code"] == "UNKNOWN_ERROR"


def test_answers_take_their_time(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request waits for `latency`, a spoiled one longer; and two wait side by side."""
    waited, both = [], Barrier(2, timeout=10)

    def sleep(seconds: float) -> None:
        waited.append(round(seconds, 3))
        both.wait()

    monkeypatch.setattr(server, "sleep", sleep)
    caller.account.latency = 0.25
    caller.account.spoil(Trouble(delay=0.5))
    with ThreadPoolExecutor(2) as pool:
        answers = [one.result() for one in [pool.submit(read, caller) for _ in range(2)]]

    assert [one.status_code for one in answers] == [200, 200]
    assert sorted(waited) == [0.25, 0.75]


# -- versions ------------------------------------------------------------------------------------------


def test_version_tells_the_edition_to_everybody(caller: Caller, client: httpx.Client) -> None:
    """In FirstGen's envelope and without a token; NextGen's own tells the version alone."""
    caller.account.edition = "ONPREM"
    urls = (f"{caller.account.url}{path}" for path in ("/api/version", "/ng/api/version"))
    manager, nextgen = (client.get(url).json()["resource"] for url in urls)

    assert (manager["runtimeInfo"]["deployMode"], manager["versionInfo"]["version"]) == ("ONPREM", "1.0.82107")
    assert (nextgen["runtimeInfo"], nextgen["versionInfo"]["buildNo"]) == (None, "82107")
