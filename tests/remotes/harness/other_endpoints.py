"""Secrets, pipelines, and what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.remotes.harness.account import Account, PipelineName, Request, StoredPipeline
from tests.remotes.harness.group_endpoints import page, scope_of
from tests.remotes.harness.refusals import access_denied, error, failure, gone

_IDENTIFIER = re.compile(r"[a-zA-Z_][0-9a-zA-Z_$]{0,127}")


def _allow(account: Account, permission: str, resource: str) -> None:
    if permission in account.denied:
        raise access_denied(permission, resource)


# -- secrets -------------------------------------------------------------------------------------------


def _secret_shown(secret: Mapping[str, Any]) -> dict[str, Any]:
    """The value of an inline secret is never told, the path of a reference is."""
    spec = dict(secret["spec"])
    if spec["valueType"] == "Inline":
        spec["value"] = None
    whole = {**secret, "spec": {**spec, "type": "SecretText"}}
    return {"secret": whole, "createdAt": 1, "updatedAt": 2, "draft": False, "governanceMetadata": None}


def list_secrets(account: Account, request: Request) -> Any:
    """Secrets of the scope itself."""
    _allow(account, "core_secret_view", "SECRET")
    scope = scope_of(request.query)
    found = [_secret_shown(one) for (at, _), one in account.secrets.items() if at == scope]
    return page(found, request.query)


def read_secret(account: Account, request: Request, identifier: str) -> Any:
    """One that does not exist is 400."""
    _allow(account, "core_secret_view", "SECRET")
    secret = account.secrets.get((scope_of(request.query), identifier))
    if secret is None:
        raise gone(f"Secret {identifier}")
    return _secret_shown(secret)


def create_secret(account: Account, request: Request) -> Any:
    """Identifiers have a form, and are given once."""
    _allow(account, "core_secret_edit", "SECRET")
    secret = request.body["secret"]
    key = (scope_of(request.query), secret["identifier"])
    if not _IDENTIFIER.fullmatch(key[1]):
        raise failure("identifier: invalid", "secret.identifier")
    if key in account.secrets:
        raise error("DUPLICATE_FIELD", f"Secret with identifier {key[1]} already exists in this scope")
    if secret["spec"]["valueType"] == "Inline" and not secret["spec"].get("value"):
        raise error("INVALID_REQUEST", "value cannot be empty for an inline secret")
    return _keep_secret(account, key, secret)


def update_secret(account: Account, request: Request, identifier: str) -> Any:
    """Without a value an inline secret keeps the one that it has."""
    _allow(account, "core_secret_edit", "SECRET")
    key = (scope_of(request.query), identifier)
    if key not in account.secrets:
        raise gone(f"Secret {identifier}")
    return _keep_secret(account, key, request.body["secret"])


def _keep_secret(account: Account, key: Any, secret: Mapping[str, Any]) -> Any:
    given = secret["spec"].get("value")
    if secret["spec"]["valueType"] == "Inline" and given:
        account.values[key] = given
    (organization, project), _ = key
    account.secrets[key] = {**secret, "orgIdentifier": organization, "projectIdentifier": project}
    return _secret_shown(account.secrets[key])


def delete_secret(account: Account, request: Request, identifier: str) -> Any:
    """True."""
    _allow(account, "core_secret_edit", "SECRET")
    key = (scope_of(request.query), identifier)
    if account.secrets.pop(key, None) is None:
        raise gone(f"Secret {identifier}")
    account.values.pop(key, None)
    return True


# -- pipelines -----------------------------------------------------------------------------------------


def _pipeline(account: Account, request: Request, identifier: str) -> tuple[PipelineName, StoredPipeline]:
    name = (request.query["orgIdentifier"], request.query["projectIdentifier"], identifier)
    found = account.pipelines.get(name)
    if found is None:
        raise error("ENTITY_NOT_FOUND", f"The given pipeline [{identifier}] does not exist or has been deleted", 404)
    return name, found


def _parsed(text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return None


def read_pipeline(account: Account, request: Request, identifier: str) -> Any:
    """The text as it was saved. One that is no sound YAML is answered all the same, with 200."""
    _allow(account, "core_pipeline_view", "PIPELINE")
    _, found = _pipeline(account, request, identifier)
    branch = request.query.get("branch") or next(iter(found.branches), "main")
    text = found.branches.get(branch, found.text) if found.in_git else found.text
    sound = _parsed(text) is not None
    git = {"branch": branch, "objectId": _object_id(text), "filePath": f".harness/{identifier}.yaml", "repoName": "r"}
    return {
        "yamlPipeline": text,
        "entityValidityDetails": {"valid": sound, "invalidYaml": None if sound else text},
        "storeType": "REMOTE" if found.in_git else "INLINE",
        "gitDetails": git if found.in_git else None,
        "modules": [],
        "governanceMetadata": None,
        "publicAccessResponse": {"public": found.public, "errorMessage": None},
    }


def _object_id(text: str) -> str:
    from hashlib import sha1

    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def write_pipeline(account: Account, request: Request, identifier: str) -> Any:
    """If-Match is not looked at. A policy that denies is answered with 200, and nothing is saved."""
    _allow(account, "core_pipeline_edit", "PIPELINE")
    _, found = _pipeline(account, request, identifier)
    document = _parsed(request.body)
    if not isinstance(document, dict) or (document.get("pipeline") or {}).get("identifier") != identifier:
        raise error("INVALID_REQUEST", "Expected Pipeline identifier in YAML to be the same as in the path")
    if account.denies_pipelines:
        details = [{"policySetName": "freeze", "status": "error"}]
        governance = {"deny": True, "status": "error", "message": "changes are frozen", "details": details}
        return {"identifier": None, "governanceMetadata": governance}
    if found.in_git:
        _commit(found, request)
    else:
        found.text = request.body
    found.public = request.query.get("public") == "true"
    found.version += 1
    return {"identifier": identifier, "governanceMetadata": {"deny": False}, "publicAccessResponse": None}


def _commit(found: StoredPipeline, request: Request) -> None:
    branch = request.query.get("branch")
    if branch is None or branch not in found.branches:
        raise error("SCM_BAD_REQUEST", f"The branch {branch} does not exist")
    if request.query.get("lastObjectId") != _object_id(found.branches[branch]):
        raise error("SCM_CONFLICT_ERROR", "The file has been changed in git since it was read")
    found.branches[branch] = request.body
    found.commits.append((branch, request.query.get("commitMsg", "")))


def list_pipelines(account: Account, request: Request) -> Any:
    """The pages of Spring."""
    _allow(account, "core_pipeline_view", "PIPELINE")
    scope = (request.query["orgIdentifier"], request.query["projectIdentifier"])
    names = [identifier for (*at, identifier) in account.pipelines if tuple(at) == scope]
    number, size = int(request.query.get("page", 0)), int(request.query.get("size", 25))
    content = [{"identifier": one, "name": one} for one in names[number * size : (number + 1) * size]]
    total = -(-len(names) // size)
    return {"content": content, "totalPages": total, "totalElements": len(names), "number": number, "size": size}


# -- around them ---------------------------------------------------------------------------------------


def list_organizations(account: Account, request: Request) -> Any:
    """All of them."""
    found = [{"organization": {"identifier": one, "name": one}} for one in account.organizations]
    return page(found, request.query)


def list_projects(account: Account, request: Request) -> Any:
    """Those of an organisation, or all."""
    wanted = request.query.get("orgIdentifier")
    found = [
        {"project": {"orgIdentifier": organization, "identifier": project, "name": project}}
        for organization, project in account.projects
        if wanted in (None, organization)
    ]
    return page(found, request.query)


def permissions(account: Account, request: Request) -> Any:
    """Whether the token may do what is asked for."""
    if not account.has_acl:
        raise error("RESOURCE_NOT_FOUND", "HTTP 404 Not Found", 404)
    asked = request.body["permissions"]
    found = [{**one, "permitted": one["permission"] not in account.denied} for one in asked]
    return {"principal": {"principalType": "SERVICE_ACCOUNT"}, "accessControlList": found}
