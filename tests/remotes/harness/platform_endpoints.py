"""What surrounds the objects: the account, its scopes, permissions, and the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.remotes.harness.account import Account, Request
from tests.remotes.harness.answers import Bare, ordered, page, values_of
from tests.remotes.harness.permissions import require, scope_of, shows, unknown_here
from tests.remotes.harness.refusals import error


def _chosen(request: Request, found: list[dict[str, Any]], kind: str) -> Any:
    """A page of organisations or projects, by identifiers, a part of name or identifier, and order."""
    identifiers, term = values_of(request.queries, "identifiers"), request.query.get("searchTerm", "").lower()
    found = [one for one in found if not identifiers or one[kind]["identifier"] in identifiers]
    found = [one for one in found if term in one[kind]["name"].lower() or term in one[kind]["identifier"].lower()]
    by = {name: lambda one, name=name: one[kind][name] for name in ("name", "identifier")}
    return page(ordered(found, values_of(request.queries, "sortOrders"), by), request.query)


def _texts(identifier: str) -> dict[str, Any]:
    return {"identifier": identifier, "name": identifier, "description": "", "tags": {}}


def list_organizations(account: Account, request: Request) -> Any:
    """Those that the token may see."""
    visible = [one for one in account.organizations if shows(account, request, *_ORGANIZATION, (one, None))]
    found = [
        {"organization": _texts(one), "createdAt": 0, "lastModifiedAt": 0, "harnessManaged": one == "default"}
        for one in visible
    ]
    return _chosen(request, found, "organization")


def list_projects(account: Account, request: Request) -> Any:
    """Those of an organisation, or all, that the token may see."""
    unknown_here(request, "hasModule", "moduleType", "projectIdentifier")
    wanted = request.query.get("orgIdentifier")
    visible = [
        one
        for one in account.projects
        if wanted in (None, one[0]) and shows(account, request, "core_project_view", "PROJECT", one)
    ]
    found = [
        {
            "project": {"orgIdentifier": organization, "color": "#0063f7", "modules": [], **_texts(project)},
            "createdAt": 0,
            "lastModifiedAt": 0,
        }
        for organization, project in visible
    ]
    return _chosen(request, found, "project")


_ORGANIZATION = ("core_organization_view", "ORGANIZATION")


def permissions(account: Account, request: Request) -> Any:
    """Whether the token may do what is asked for, check by check."""
    if not account.has_acl:
        raise error("RESOURCE_NOT_FOUND", "HTTP 404 Not Found", 404)
    if request.body.get("principal") is not None:
        raise error("INVALID_REQUEST", "the stand-in answers for the token only", 501)
    token = request.headers.get("x-api-key", "")
    found = [_checked(account, token, one) for one in request.body["permissions"]]
    return {"principal": _PRINCIPAL, "accessControlList": found}


_PRINCIPAL = {"principalIdentifier": "deploys", "principalType": "SERVICE_ACCOUNT", "principalUniqueId": None}


def _checked(account: Account, token: str, one: Mapping[str, Any]) -> dict[str, Any]:
    scope = one.get("resourceScope") or {}
    here = scope.get("accountIdentifier") in (None, account.id)
    permitted = here and account.may(token, one["permission"], scope_of(scope))
    named = {name: one.get(name) for name in ("resourceScope", "resourceType", "resourceIdentifier")}
    return {"permission": one["permission"], **named, "permitted": permitted}


def read_account(account: Account, request: Request, identifier: str) -> Any:
    """The account of the token."""
    _own(account, identifier)
    require(account, request, "core_account_view", "ACCOUNT")
    names = {"name": "Corp", "companyName": "Corp", "cluster": "prod-1", "defaultExperience": "NG"}
    return {"identifier": account.id, **names, "authenticationMechanism": "USER_PASSWORD", "nextGenEnabled": True}


def feature_flags(account: Account, _request: Request, identifier: str) -> Any:
    """Those that are enabled."""
    _own(account, identifier)
    return [{"uuid": one.lower(), "name": one, "enabled": True, "lastUpdatedAt": 0} for one in account.feature_flags]


def _own(account: Account, identifier: str) -> None:
    if identifier != account.id:
        raise error("ACCOUNT_DOES_NOT_EXIST", f"Account {identifier} does not exist")


def _version(account: Account) -> dict[str, Any]:
    build = account.version.rpartition(".")[2]
    texts = {"gitCommit": "0" * 40, "gitBranch": "release", "timestamp": "000000-0000"}
    return {"version": account.version, "buildNo": build, **texts}


def version(account: Account, _request: Request) -> Any:
    """The installation, in the envelope of FirstGen: its ``deployMode`` is the edition."""
    runtime = {"primary": True, "primaryVersion": account.version, "deployMode": account.edition}
    resource = {"versionInfo": _version(account), "runtimeInfo": runtime}
    return Bare({"metaData": {}, "resource": resource, "responseMessages": []})


def ng_version(account: Account, _request: Request) -> Any:
    """The same without the edition."""
    resource = {"versionInfo": _version(account), "runtimeInfo": None}
    return Bare({"metaData": {}, "resource": resource, "responseMessages": []})
