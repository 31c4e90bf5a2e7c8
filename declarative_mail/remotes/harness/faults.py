"""What Harness says no to, in the words of diagnostics: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Code, Diagnostic
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.harness.api import HarnessError

_ANOTHER = "Make a new one in Harness (profile or service account, API keys) and put it where the token is read from."

_BY_CODE: Mapping[str, tuple[Code, str]] = {
    "INVALID_ANOTHER": (codes.ACCESS_DENIED, f"Harness does not know the token. {_ANOTHER}"),
    "EXPIRED_ANOTHER": (codes.ACCESS_DENIED, f"The token has expired. {_ANOTHER}"),
    "INVALID_CREDENTIAL": (codes.ACCESS_DENIED, f"Harness does not take the token. {_ANOTHER}"),
    "USAGE_LIMITS_EXCEEDED": (codes.REFUSED, "The account has reached a limit of its plan."),
    "FEATURE_UNAVAILABLE": (codes.REFUSED, "The account does not have this feature: ask Harness to switch it on."),
    "OPTIMISTIC_LOCKING_EXCEPTION": (codes.REFUSED, "Somebody else wrote it at the same moment. Run apply again."),
    "DUPLICATE_FIELD": (codes.REFUSED, "Something with this name or identifier exists already."),
}


def refusal(error: HarnessError, remote: str, *, address: Address | None = None) -> Diagnostic:
    """The diagnostic of a refusal.

    Args:
        error: what Harness said.
        remote: ``harness.LABEL``.
        address: the object that was to be written.
    """
    code, detail = _words(error, remote)
    return Diagnostic(code, detail, address=address, cause=f"{error}")


def _words(error: HarnessError, remote: str) -> tuple[Code, str]:
    if error.code in _BY_CODE:
        code, words = _BY_CODE[error.code]
        return code, f"remote.{remote}: {words}"
    if error.status == 401:
        return codes.ACCESS_DENIED, f"remote.{remote}: Harness does not know the token. {_ANOTHER}"
    if error.status == 403:
        missing = ", ".join(error.permissions) or "this call"
        return codes.ACCESS_DENIED, (
            f"The token of remote.{remote} lacks {missing}. Give its user or service account a role with that "
            "permission, on a resource group that covers the object."
        )
    if error.status == 429:
        return codes.UNREACHABLE, (
            f"remote.{remote} was asked more often than Harness allows, and went on saying so. Wait a minute, lower "
            "parallelism in the remote block, and run again."
        )
    if error.status >= 500:
        return codes.UNREACHABLE, (
            f"remote.{remote} failed each time it was asked. Try again later; Harness's support finds the call by its "
            "correlation id."
        )
    return codes.REFUSED, f"remote.{remote} refused the call. Mend what it names, and run again."


def policy_denial(metadata: Mapping[str, object], remote: str, what: str, *, address: Address) -> Diagnostic:
    """A write that a policy denied: Harness answers 200, and has written nothing."""
    named = [str(one.get("policySetName") or one.get("identifier") or one.get("name")) for one in _details(metadata)]
    policies = f" ({', '.join(named)})" if named else ""
    detail = (
        f"A policy of remote.{remote} denies the change of {what}{policies}, and nothing was written. Change what the "
        "policy is about, or ask whoever owns it."
    )
    said = metadata.get("message")
    return Diagnostic(codes.REFUSED, detail, address=address, cause=f"Harness said: {said}" if said else None)


def _details(metadata: Mapping[str, object]) -> list[Mapping[str, object]]:
    details = metadata.get("details")
    return [one for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []


def exists_already(address: Address, remote: str, what: str, id_: str) -> Diagnostic:
    """An unmanaged object stands in the way of a create."""
    return Diagnostic(codes.EXISTS_ALREADY, taken(address, remote, what, id_), address=address)


def taken(address: Address, remote: str, what: str, id_: str) -> str:
    """The words of it."""
    return (
        f"remote.{remote} has {what} already, and it is not managed here. Take it over with:\n"
        f"    dmail import '{address}' {quote(id_)}"
    )
