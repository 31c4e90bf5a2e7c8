"""The envelopes in which Harness says no."""

from __future__ import annotations

from typing import Any

CORRELATION = "00000000-0000-4000-8000-000000000001"


class Refusal(Exception):  # noqa: N818 - an answer, raised to leave a handler
    """An answer that is no success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def error(code: str, message: str, status: int = 400) -> Refusal:
    """The ERROR envelope of the rules of business; 400 is the default of a code."""
    messages: list[dict[str, Any]] = [
        {"code": code, "level": "ERROR", "message": message, "exception": None, "failureTypes": []}
    ]
    body = {
        "status": "ERROR",
        "code": code,
        "message": message,
        "correlationId": CORRELATION,
        "detailedMessage": None,
        "responseMessages": messages,
        "metadata": None,
    }
    return Refusal(status, body)


def failure(message: str, field: str = "body") -> Refusal:
    """The FAILURE envelope of the validation."""
    body = {
        "status": "FAILURE",
        "code": "INVALID_REQUEST",
        "message": message,
        "correlationId": CORRELATION,
        "errors": [{"fieldId": field, "error": message}],
    }
    return Refusal(400, body)


def access_denied(permission: str, resource: str) -> Refusal:
    """The AccessDeniedError envelope: 403 with the checks that failed."""
    found = error("NG_ACCESS_DENIED", f"Missing permission {permission} on {resource}", 403)
    check: dict[str, Any] = {
        "permission": permission,
        "resourceType": resource,
        "resourceScope": {},
        "resourceIdentifier": None,
    }
    return Refusal(403, {**found.body, "failedPermissionChecks": [check]})


def gone(what: str) -> Refusal:
    """Not found, as groups and secrets say it: 400."""
    return error("RESOURCE_NOT_FOUND_EXCEPTION", f"{what} not found")
