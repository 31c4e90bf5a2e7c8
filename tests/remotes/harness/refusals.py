"""The envelopes in which Harness, and what stands in front of it, says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CORRELATION = "00000000-0000-4000-8000-000000000001"


class Refusal(Exception):  # noqa: N818 - an answer, raised to leave a handler
    """An answer that is no success.

    Args:
        status: of HTTP; None ends the connection without a word.
        body: JSON, or a text.
        headers: beside those of every answer.
    """

    def __init__(self, status: int | None, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def _message(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "level": "ERROR", "message": message, "exception": None, "failureTypes": []}


def error(code: str, message: str, status: int = 400) -> Refusal:
    """The ERROR envelope of the rules of business; 400 is the default of a code."""
    body = {
        "status": "ERROR",
        "code": code,
        "message": message,
        "correlationId": CORRELATION,
        "detailedMessage": None,
        "responseMessages": [_message(code, message)],
        "metadata": None,
    }
    return Refusal(status, body)


def failure(message: str, field: str = "body") -> Refusal:
    """The FAILURE envelope of the validation."""
    body = {
        "status": "FAILURE",
        "code": "INVALID_REQUEST",
        "message": f"{field}: {message}",
        "correlationId": CORRELATION,
        "errors": [{"fieldId": field, "error": message}],
    }
    return Refusal(400, body)


def access_denied(
    permission: str, resource: str, scope: Mapping[str, str | None], identifier: str | None = None
) -> Refusal:
    """The AccessDeniedError envelope: 403 with the checks that failed."""
    found = error("NG_ACCESS_DENIED", f"Missing permission {permission} on {resource.lower()}", 403)
    check: dict[str, Any] = {
        "permission": permission,
        "resourceType": resource,
        "resourceScope": dict(scope),
        "resourceIdentifier": identifier,
    }
    return Refusal(403, {**found.body, "failedPermissionChecks": [check]})


def gone(what: str) -> Refusal:
    """Not found, as groups and secrets say it: 400."""
    return error("RESOURCE_NOT_FOUND_EXCEPTION", f"{what} is not found in the given scope")


def internal_error(status: int = 500) -> Refusal:
    """The service's own 5xx, which says nothing."""
    return error("UNKNOWN_ERROR", "Oops, something went wrong on our end. Please contact Harness Support.", status)


def v1_error(status: int, code: str, message: str) -> Refusal:
    """The envelope of the ``/v1`` API."""
    return Refusal(status, {"message": message, "code": code, "errors": [], "error_metadata": None})


def first_gen_error(status: int, code: str, message: str) -> Refusal:
    """The envelope of FirstGen's REST API, in which some NextGen calls answer too."""
    return Refusal(status, {"metaData": {}, "resource": None, "responseMessages": [_message(code, message)]})


def too_many_requests(retry_after: int | None = None) -> Refusal:
    """429 as the limits in front answer it: plain text, with or without ``Retry-After`` (seconds)."""
    headers = {"Content-Type": "text/plain"} | ({} if retry_after is None else {"Retry-After": str(retry_after)})
    return Refusal(429, "Too many requests", headers)


def page(status: int, text: str = "<html><body><h1>Oops</h1></body></html>") -> Refusal:
    """A page of a gateway, e.g. of 502, 503 or 504; or, with 200, of somebody who wants a login."""
    return Refusal(status, text, {"Content-Type": "text/html"})


def no_answer() -> Refusal:
    """The connection ends without a word."""
    return Refusal(None, "")
