"""Calls to Harness: the account in each of them, the envelopes of its answers, and its errors as one kind.

Five envelopes say that something went wrong: two of the NextGen services (``FAILURE`` of the validation, ``ERROR`` of
the rules of business, with ``failedPermissionChecks`` where access is denied), that of the ``/v1`` API, that of
FirstGen's REST, and whatever stands in front of them says, which need not be JSON. A code counts more than a status:
what does not exist is answered with 400.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from declarative_mail.remotes.answers import Answer, NotAnApi
from declarative_mail.remotes.transport import Transport

PAGE = 100
"""Objects in one page of a list: the most that ``pageSize`` takes."""

_GONE = frozenset({"RESOURCE_NOT_FOUND_EXCEPTION", "ENTITY_NOT_FOUND", "RESOURCE_NOT_FOUND", "NOT_FOUND"})


@dataclass(eq=False)
class HarnessError(Exception):
    """Harness refused a call.

    Args:
        status: of HTTP.
        code: Harness's own, e.g. ``DUPLICATE_FIELD``; empty where it gave none.
        message: what it said.
        correlation: the number of the request for its logs.
        permissions: what the token was not allowed to do, as ``permission on TYPE``.
    """

    status: int
    code: str
    message: str
    correlation: str | None = None
    permissions: tuple[str, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Whether the object does not exist."""
        return self.code in _GONE

    @property
    def is_duplicate(self) -> bool:
        """Whether there is one already: 400, never 409."""
        return self.code == "DUPLICATE_FIELD"

    @property
    def is_in_doubt(self) -> bool:
        """Whether the call may have been carried out all the same."""
        return self.status >= 500

    def __str__(self) -> str:
        said = f"Harness answered {self.status}{f' {self.code}' if self.code else ''}: {self.message}"
        return f"{said} (correlation id {self.correlation})" if self.correlation else said


class HarnessApi:
    """One account of one Harness."""

    def __init__(self, transport: Transport, *, account: str) -> None:
        """Nothing is sent yet.

        Args:
            transport: to the endpoint, with the token.
            account: the account's identifier.
        """
        self.account = account
        self._transport = transport

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        text: str | None = None,
        repeatable: bool | None = None,
    ) -> Any:
        """Send a request; gives the ``data`` of the answer.

        Args:
            method: the HTTP method.
            path: below the endpoint.
            query: parameters; None values are left out, ``accountIdentifier`` is added unless ``accountId`` is there.
            body: what is sent as JSON.
            text: what is sent as YAML.
            repeatable: whether a POST may be sent twice.

        Raises:
            HarnessError: Harness refused.
            TransportError: no usable answer came.
        """
        asked = dict(query or {})
        if "accountId" not in asked:
            asked = {"accountIdentifier": self.account, **asked}
        answer = self._transport.request(
            method,
            path,
            query={name: _text(value) for name, value in asked.items() if value is not None},
            body=body,
            content=None if text is None else text.encode(),
            headers=None if text is None else {"Content-Type": "application/yaml"},
            repeatable=repeatable,
        )
        if not answer.ok:
            raise error_of(answer)
        document = answer.json_object()
        if document.get("status") not in ("SUCCESS", None) or "data" not in document:
            if document.get("status") in ("FAILURE", "ERROR"):
                raise error_of(answer)
            raise NotAnApi(f"{answer.url} answered {answer.status} with JSON that is no answer of Harness")
        return document["data"]

    def read(self, path: str, *, query: Mapping[str, Any] | None = None) -> Any:
        """The data of a GET; None where the object does not exist.

        Raises:
            HarnessError: Harness refused.
            TransportError: no usable answer came.
        """
        try:
            return self.call("GET", path, query=query)
        except HarnessError as error:
            if error.is_gone:
                return None
            raise

    def pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any],
        body: Any = None,
        named: tuple[str, str] = ("pageIndex", "pageSize"),
    ) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page.

        Args:
            path: below the endpoint.
            query: parameters beside those of the page.
            body: of a list that is asked for with POST.
            named: the parameters for the number of a page, from 0, and for its size.

        Raises:
            HarnessError: Harness refused.
            TransportError: no usable answer came.
        """
        method, (number, size) = "GET" if body is None else "POST", named
        for index in count():
            asked = {**query, number: index, size: PAGE}
            page = self.call(method, path, query=asked, body=body, repeatable=True) or {}
            content = page.get("content") or []
            yield from content
            if not content or index + 1 >= int(page.get("totalPages") or 0):
                return


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def error_of(answer: Answer) -> HarnessError:
    """What an answer says that is no success."""
    try:
        document = answer.json()
    except NotAnApi:
        document = None
    if not isinstance(document, dict):
        text = " ".join(answer.content[:200].decode("utf-8", "replace").split())
        return HarnessError(answer.status, "", text or "nothing more", answer.request_id)
    code = str(document.get("code") or "")
    return HarnessError(
        answer.status,
        code,
        _message(document),
        document.get("correlationId") or answer.request_id,
        tuple(_permission(one) for one in document.get("failedPermissionChecks") or ()),
    )


def _message(document: Mapping[str, Any]) -> str:
    """The words of an error: the message, or those of the nested messages, and the fields that it names."""
    said = document.get("message")
    if not said:
        nested = [str(one.get("message")) for one in document.get("responseMessages") or () if one.get("message")]
        said = "; ".join(nested) or "no message"
    fields = [
        f"{one.get('fieldId') or one.get('field_name')}: {one.get('error') or one.get('message')}"
        for one in document.get("errors") or ()
        if isinstance(one, Mapping)
    ]
    missing = [one for one in fields if one not in str(said)]
    return f"{said} ({'; '.join(missing)})" if missing else str(said)


def _permission(check: Mapping[str, Any]) -> str:
    resource = check.get("resourceType")
    return f"{check.get('permission')}{f' on {resource}' if resource else ''}"
