"""Plain HTTP to the stand-in, for its own tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tests.remotes.harness.account import Account, ScopeKey
from tests.remotes.harness.group_rules import kept


class Caller:
    """Calls to one stand-in with the first token of its account."""

    def __init__(self, account: Account, client: httpx.Client) -> None:
        """Args: `account` is what is served, `client` sends."""
        self.account = account
        self._client = client

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        **headers: str,
    ) -> httpx.Response:
        """Send a request.

        Args:
            method: of HTTP.
            path: below the prefix.
            query: parameters; ``accountIdentifier`` is added unless the account is named in another way.
            body: JSON, or a text that is sent as YAML.
            headers: beside the token, ``_`` for ``-``.
        """
        url, asked = f"{self.account.url}{path}", dict(query or {})
        if "accountId" not in asked and "accountIdentifier" not in asked:
            asked = {"accountIdentifier": self.account.id, **asked}
        given = {"x-api-key": self.account.token} | {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            given = {"Content-Type": "application/yaml"} | given
            return self._client.request(method, url, params=asked, content=body.encode(), headers=given)
        return self._client.request(method, url, params=asked, json=body, headers=given)

    def ok(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The data of an answer that must be a success."""
        answer = self.send(method, path, query, body)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert (document["status"], document["metaData"]) == ("SUCCESS", None)
        assert document["correlationId"]
        return document["data"]

    def refused(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> tuple[int, str]:
        """Status and code of an answer that must be no success."""
        answer = self.send(method, path, query, body)
        document = answer.json()
        assert document["status"] in {"ERROR", "FAILURE"}, answer.text
        return answer.status_code, document["code"]


def scope_query(scope: ScopeKey) -> dict[str, str]:
    """A scope as parameters."""
    names = ("orgIdentifier", "projectIdentifier")
    return {name: value for name, value in zip(names, scope, strict=True) if value is not None}


def put_group(account: Account, identifier: str, scope: ScopeKey = (None, None), **fields: Any) -> dict[str, Any]:
    """Somebody else's group, with whatever flags it has; ``users`` are addresses."""
    body = {"identifier": identifier, "name": identifier, **fields}
    ids = [account.user(one) for one in fields.get("users", ())]
    account.groups[scope, identifier] = kept(account, body, scope, ids)
    account.touch("group", (scope, identifier))
    return account.groups[scope, identifier]
