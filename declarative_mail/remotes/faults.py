"""What went wrong on the way to a remote, in the words of diagnostics: mapped once, for all remotes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import planning
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import Answer, NotAnApi, TransportError
from declarative_mail.remotes.base import Operation


def transport_fault(error: TransportError, name: str) -> Diagnostic:
    """No usable answer came."""
    if isinstance(error, NotAnApi):
        detail = f"remote.{name} got an answer that its API does not give. Check endpoint, and proxies on the way."
        return Diagnostic(codes.NOT_AN_API, detail, cause=f"{error}")
    detail = f"remote.{name} cannot be reached. Check endpoint, the network and proxies on the way."
    return Diagnostic(codes.UNREACHABLE, detail, cause=f"{error}")


def refusal(answer: Answer, name: str) -> Diagnostic:
    """An answer that is no success."""
    cause = problem_text(answer)
    if answer.status in (401, 403):
        why = "does not know the token" if answer.status == 401 else "does not let this token do that"
        detail = f"remote.{name} {why}. Check the token and what it is allowed to do."
        return Diagnostic(codes.ACCESS_DENIED, detail, cause=cause)
    if answer.status == 429 or answer.status >= 500:
        detail = f"remote.{name} answered {answer.status} each time it was asked. Try again later."
        return Diagnostic(codes.UNREACHABLE, detail, cause=cause)
    return Diagnostic(codes.REFUSED, f"remote.{name} answered {answer.status}.", cause=cause)


def problem_text(answer: Answer) -> str:
    """What the other side says (RFC 9457 where it speaks it), with the number of the request for its logs."""
    said = f"{answer.url} answered {answer.status}"
    document = _document(answer)
    words = [str(document[name]) for name in ("title", "detail") if document.get(name)]
    if words:
        said = f"{said}: {answer.quoted(': '.join(words))}"
    return f"{said} (request {answer.request_id})" if answer.request_id else said


def _document(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except NotAnApi:
        return {}
    return found if isinstance(found, dict) else {}


def not_kept(operation: Operation, name: str, names: Iterable[str], *, why: str | None = None) -> Diagnostic:
    """A remote took a write and does not show what was written (semantics 32).

    Args:
        operation: the write.
        name: of the remote.
        names: the attributes that are something else.
        why: what there is to say instead, where the remote knows.
    """
    detail = why or (
        f"remote.{name} took the write, but {', '.join(names)} of {operation.address} is not what was written. "
        "Run plan: it shows what is there."
    )
    return Diagnostic(codes.NOT_KEPT, detail, address=operation.address)


def changed_since_plan(address: Address, name: str, what: str) -> Diagnostic:
    """Somebody else was faster: the object is left as it is."""
    detail = (
        f"{address} {what} on remote.{name} since the plan was made, so it was left as it is. Run plan again: it shows "
        "what is there now."
    )
    return Diagnostic(planning.CHANGED_SINCE_PLAN, detail, address=address)
