"""Text secrets: their values are taken and never told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.remotes.harness.account import Account, ObjectKey, Request
from tests.remotes.harness.answers import matches, page, values_of
from tests.remotes.harness.names import check_names
from tests.remotes.harness.permissions import existing_scope, require, scope_of, shows, unknown_here
from tests.remotes.harness.refusals import Refusal, error, gone

KIND = "secret"
_VIEW, _EDIT, _DELETE, _RESOURCE = "core_secret_view", "core_secret_edit", "core_secret_delete", "SECRET"
_FIXED = "Cannot change organization, project, identifier, type or secret manager of a secret after creation."


def _shown(account: Account, key: ObjectKey) -> dict[str, Any]:
    """The value of an inline secret is never told, the path of a reference is."""
    secret = account.secrets[key]
    spec = {"type": secret["type"], "additionalMetadata": None, **secret["spec"]}
    if spec["valueType"] == "Inline":
        spec["value"] = None
    at = account.written_at(KIND, key)
    whole = {**secret, "spec": spec}
    return {"secret": whole, "createdAt": at, "updatedAt": at, "draft": False, "governanceMetadata": None}


def _fits(secret: Mapping[str, Any], term: str) -> bool:
    tags = (text for pair in secret["tags"].items() for text in pair)
    return matches(term, [secret["name"], secret["identifier"], *tags])


def list_(account: Account, request: Request) -> Any:
    """Secrets of the scope itself, those that were written last first; ``searchTerm`` is a pattern."""
    unknown_here(request, "source_category")
    scope, query = existing_scope(account, request.query), request.query
    if not shows(account, request, _VIEW, _RESOURCE, scope):
        return page([], query)
    below = query.get("includeSecretsFromEverySubScope") == "true"
    keys = [key for key in account.secrets if key[0] == scope or (below and _is_below(key, scope))]
    types = [*values_of(request.queries, "types"), *values_of(request.queries, "type")]
    identifiers = values_of(request.queries, "identifiers")
    keys = [key for key in keys if not types or account.secrets[key]["type"] in types]
    keys = [key for key in keys if not identifiers or key[1] in identifiers]
    keys = [key for key in keys if _fits(account.secrets[key], query.get("searchTerm", ""))]
    keys.sort(key=lambda key: account.written_at(KIND, key), reverse=True)
    return page([_shown(account, key) for key in keys], query)


def _is_below(key: ObjectKey, root: tuple[str | None, str | None]) -> bool:
    return all(wanted in (None, has) for wanted, has in zip(root, key[0], strict=True))


def read(account: Account, request: Request, identifier: str) -> Any:
    """One that does not exist is 400."""
    scope = existing_scope(account, request.query)
    require(account, request, _VIEW, _RESOURCE, scope, identifier)
    if (scope, identifier) not in account.secrets:
        raise gone(f"Secret with identifier [{identifier}]")
    return _shown(account, (scope, identifier))


def _denied(account: Account) -> dict[str, Any]:
    said = {"id": account.number(), "deny": True, "status": "error", "message": "secrets are frozen", "details": []}
    return {"secret": None, "createdAt": None, "updatedAt": None, "draft": False, "governanceMetadata": said}


def _of_text(secret: Mapping[str, Any]) -> None:
    if secret["type"] != "SecretText":
        raise Refusal(501, f"the stand-in does not model {secret['type']}", {"Content-Type": "text/plain"})


def create(account: Account, request: Request) -> Any:
    """The scope of the body must be that of the query, said in both. Identifiers are given once."""
    unknown_here(request, "privateSecret")
    secret = request.body["secret"]
    _of_text(secret)
    if scope_of(secret) != scope_of(request.query):
        raise error("INVALID_REQUEST", "Invalid request, scope in payload and params do not match.")
    key = (existing_scope(account, request.query), secret["identifier"])
    require(account, request, _EDIT, _RESOURCE, key[0])
    check_names(secret["identifier"], secret["name"], prefix="secret.")
    if not secret["spec"].get("value") and secret["spec"]["valueType"] != "CustomSecretManagerValues":
        raise error("INVALID_REQUEST", "value cannot be empty for a secret text.")
    if account.denies_secrets:
        return _denied(account)
    if key in account.secrets:
        raise error("DUPLICATE_FIELD", f"Duplicate identifier, please try again with a new identifier: {key[1]}")
    return _keep(account, key, secret)


def update(account: Account, request: Request, identifier: str) -> Any:
    """A full replacement, but for the value of an inline secret: without one it keeps the one that it has."""
    secret = request.body["secret"]
    _of_text(secret)
    key = (existing_scope(account, request.query), identifier)
    require(account, request, _EDIT, _RESOURCE, key[0], identifier)
    before = account.secrets.get(key)
    if before is None:
        raise error("INVALID_REQUEST", "No such secret found, please check identifier/scope and try again.")
    if (_fixed(secret), secret["identifier"]) != (_fixed(before), identifier):
        raise error("INVALID_REQUEST", _FIXED)
    check_names(secret["identifier"], secret["name"], prefix="secret.")
    return _denied(account) if account.denies_secrets else _keep(account, key, secret)


def _fixed(secret: Mapping[str, Any]) -> tuple[Any, ...]:
    return (scope_of(secret), secret["type"], secret["spec"]["secretManagerIdentifier"])


def _keep(account: Account, key: ObjectKey, secret: Mapping[str, Any]) -> Any:
    spec, given = dict(secret["spec"]), secret["spec"].get("value")
    if spec["valueType"] == "Inline":
        spec.pop("value", None)
        if given:
            account.values[key] = given
    else:
        account.values.pop(key, None)
    (organization, project), identifier = key
    account.secrets[key] = {
        "type": secret["type"],
        "name": secret["name"],
        "identifier": identifier,
        "orgIdentifier": organization,
        "projectIdentifier": project,
        "tags": secret.get("tags") or {},
        "description": secret.get("description"),
        "spec": spec,
    }
    account.touch(KIND, key)
    return _shown(account, key)


def delete(account: Account, request: Request, identifier: str) -> Any:
    """True. One that something refers to is refused; one that does not exist is 404, here alone."""
    key = (existing_scope(account, request.query), identifier)
    require(account, request, _DELETE, _RESOURCE, key[0], identifier)
    force = request.query.get("forceDelete") == "true"
    if force and not account.can_force_delete:
        message = f"Parameter forcedDelete cannot be true. It is not enabled for this account [{account.id}]"
        raise error("INVALID_REQUEST", message)
    if key not in account.secrets:
        raise error("ENTITY_NOT_FOUND", f"Secret with identifier [{identifier}] does not exist in the scope", 404)
    if key in account.used_secrets and not force:
        message = f"The secret {identifier} cannot be deleted because it is being referenced in other entities."
        raise error("ENTITY_REFERENCE_EXCEPTION", message)
    del account.secrets[key]
    account.values.pop(key, None)
    return True
