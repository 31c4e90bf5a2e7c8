"""What a request is allowed, and where it acts."""

from __future__ import annotations

from collections.abc import Mapping

from tests.remotes.harness.account import Account, Request, ScopeKey, scope_exists
from tests.remotes.harness.refusals import Refusal, access_denied, error


def scope_of(query: Mapping[str, str | None]) -> ScopeKey:
    """The scope that a query, or a body, names."""
    return query.get("orgIdentifier") or None, query.get("projectIdentifier") or None


def existing_scope(account: Account, query: Mapping[str, str | None]) -> ScopeKey:
    """The scope that a query names.

    Raises:
        Refusal: there is no such organisation or project, where that is checked.
    """
    scope = scope_of(query)
    if account.checks_scopes and not scope_exists(account, scope):
        raise error("ENTITY_NOT_FOUND", f"Project [{scope[1]}] in organization [{scope[0]}] does not exist", 404)
    return scope


def require(
    account: Account,
    request: Request,
    permission: str,
    resource: str,
    scope: ScopeKey = (None, None),
    identifier: str | None = None,
) -> None:
    """Nothing, where the token of a request has a permission.

    Raises:
        Refusal: it has not.
    """
    if not account.may(request.headers.get("x-api-key", ""), permission, scope):
        at = {"accountIdentifier": account.id, "orgIdentifier": scope[0], "projectIdentifier": scope[1]}
        raise access_denied(permission, resource, at, identifier)


def shows(account: Account, request: Request, permission: str, resource: str, scope: ScopeKey) -> bool:
    """Whether a list shows what there is. Without the permission it is empty; older servers refuse it.

    Raises:
        Refusal: as older servers do.
    """
    if account.lists_refuse:
        require(account, request, permission, resource, scope)
    return account.may(request.headers.get("x-api-key", ""), permission, scope)


def unknown_here(request: Request, *names: str) -> None:
    """Nothing, where a request uses none of the parameters that this stand-in does not model.

    Raises:
        Refusal: 501, so that no test takes an overlooked parameter for one that had an effect.
    """
    used = [name for name in names if request.query.get(name) not in (None, "false")]
    if used:
        raise Refusal(501, f"the stand-in does not model {', '.join(used)}", {"Content-Type": "text/plain"})
