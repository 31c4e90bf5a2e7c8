"""Pipelines: whole documents, kept by Harness or in git."""

from __future__ import annotations

from hashlib import sha1
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.remotes.harness.account import Account, PipelineName, Request, StoredPipeline
from tests.remotes.harness.answers import ordered, values_of
from tests.remotes.harness.permissions import existing_scope, require, shows, unknown_here
from tests.remotes.harness.refusals import Refusal, error

KIND = "pipeline"
_VIEW, _EDIT, _DELETE, _RESOURCE = "core_pipeline_view", "core_pipeline_edit", "core_pipeline_delete", "PIPELINE"
_OF_GIT = (
    "branch",
    "repoIdentifier",
    "rootFolder",
    "filePath",
    "commitMsg",
    "lastObjectId",
    "resolvedConflictCommitId",
)


def _name(request: Request, identifier: str) -> PipelineName:
    return request.query["orgIdentifier"], request.query["projectIdentifier"], identifier


def _found(account: Account, request: Request, identifier: str) -> StoredPipeline:
    found = account.pipelines.get(_name(request, identifier))
    if found is None:
        raise error("ENTITY_NOT_FOUND", f"The given pipeline [{identifier}] does not exist or has been deleted", 404)
    return found


def _body_of(text: str) -> Any:
    """The ``pipeline`` of a YAML text; None where it is no such thing."""
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return None
    found = document.get("pipeline") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else None


def object_id(text: str) -> str:
    """What git calls a file with this content."""
    data = text.encode()
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _git(branch: str, text: str, identifier: str) -> dict[str, Any]:
    """Details of a file in git; its commit is made up from its content."""
    commit = sha1(f"{branch} {text}".encode(), usedforsecurity=False).hexdigest()
    details = {"branch": branch, "objectId": object_id(text), "commitId": commit, "repoName": "pipelines"}
    return {**details, "filePath": f".harness/{identifier}.yaml", "repoIdentifier": None, "rootFolder": None}


def _text_of(found: StoredPipeline, request: Request) -> tuple[str, str | None]:
    """The text, and the branch on which it is."""
    if not found.in_git:
        return found.text, None
    default = next(iter(found.branches))
    branch = request.query.get("branch") or default
    if branch not in found.branches and request.query.get("loadFromFallbackBranch") == "true":
        branch = default
    if branch not in found.branches:
        raise error("SCM_NOT_FOUND_ERROR", f"The branch {branch} does not exist")
    return found.branches[branch], branch


def read(account: Account, request: Request, identifier: str) -> Any:
    """The text as it was saved. One that is no sound YAML is answered all the same, with 200."""
    unknown_here(request, "repoIdentifier", "validateAsync")
    scope = existing_scope(account, request.query)
    require(account, request, _VIEW, _RESOURCE, scope, identifier)
    found = _found(account, request, identifier)
    text, branch = _text_of(found, request)
    sound = _body_of(text) is not None
    resolved = text if request.query.get("getTemplatesResolvedPipeline") == "true" else None
    return {
        "yamlPipeline": text,
        "resolvedTemplatesPipelineYaml": resolved,
        "entityValidityDetails": {"valid": sound, "invalidYaml": None if sound else text},
        "storeType": "REMOTE" if found.in_git else "INLINE",
        "gitDetails": None if branch is None else _git(branch, text, identifier),
        "modules": [],
        "governanceMetadata": None,
        "yamlSchemaErrorWrapper": None,
        "publicAccessResponse": {"public": found.public, "errorMessage": None},
    }


def _denied(account: Account) -> dict[str, Any]:
    """What a policy answers: 200 without an identifier, and nothing is saved."""
    details = [{"policySetName": "freeze", "status": "error"}]
    said = {"id": account.number(), "deny": True, "status": "error", "message": "changes are frozen"}
    return {"identifier": None, "governanceMetadata": {**said, "details": details}, "publicAccessResponse": None}


def _saved(account: Account, request: Request, identifier: str) -> dict[str, Any]:
    """What comes after each write: ``public`` left out hides the pipeline."""
    found = account.pipelines[_name(request, identifier)]
    found.public = request.query.get("public") == "true"
    found.version += 1
    account.touch(KIND, _name(request, identifier))
    access = {"public": found.public, "errorMessage": None}
    said = {"id": account.number(), "deny": False, "status": "pass", "message": "", "details": []}
    return {"identifier": identifier, "governanceMetadata": said, "publicAccessResponse": access}


def update(account: Account, request: Request, identifier: str) -> Any:
    """A full replacement. If-Match is not looked at."""
    scope = existing_scope(account, request.query)
    require(account, request, _EDIT, _RESOURCE, scope, identifier)
    found = _found(account, request, identifier)
    document = _body_of(request.body)
    if document is None:
        raise error("INVALID_REQUEST", "Invalid yaml: cannot be read as a pipeline")
    if document.get("identifier") != identifier:
        message = f"Expected Pipeline identifier in YAML to be [{identifier}], but was [{document.get('identifier')}]"
        raise error("INVALID_REQUEST", message)
    if account.denies_pipelines:
        return _denied(account)
    if found.in_git:
        _commit(found, request)
    else:
        found.text = request.body
    return _saved(account, request, identifier)


def _commit(found: StoredPipeline, request: Request) -> None:
    """A commit, for which the file must be as it was read; ``baseBranch`` makes a branch first."""
    unknown_here(request, "repoIdentifier", "rootFolder", "resolvedConflictCommitId")
    branch, base = request.query.get("branch", next(iter(found.branches))), request.query.get("baseBranch")
    text = found.branches.get(branch, found.branches.get(base or ""))
    if text is None:
        raise error("SCM_NOT_FOUND_ERROR", f"The branch {branch} does not exist")
    if request.query.get("lastObjectId") != object_id(text):
        raise error("SCM_CONFLICT_ERROR", "The file has been changed in git since it was read")
    found.branches[branch] = request.body
    found.commits.append((branch, request.query.get("commitMsg", "")))


def create(account: Account, request: Request) -> Any:
    """Kept by Harness; the identifier stands in the YAML, and is given once."""
    unknown_here(request, *_OF_GIT, "baseBranch", "isNewBranch")
    scope = existing_scope(account, request.query)
    require(account, request, _EDIT, _RESOURCE, scope)
    document = _body_of(request.body)
    if document is None or not document.get("identifier"):
        raise error("INVALID_REQUEST", "Invalid yaml: cannot be read as a pipeline with an identifier")
    name = _name(request, document["identifier"])
    if name in account.pipelines:
        raise error(
            "DUPLICATE_FIELD", f"Pipeline [{name[2]}] under Project[{name[1]}], Organization [{name[0]}] exists"
        )
    if account.denies_pipelines:
        return _denied(account)
    account.pipelines[name] = StoredPipeline(request.body)
    return _saved(account, request, name[2])


def delete(account: Account, request: Request, identifier: str) -> Any:
    """True."""
    unknown_here(request, *_OF_GIT)
    scope = existing_scope(account, request.query)
    require(account, request, _DELETE, _RESOURCE, scope, identifier)
    found = _found(account, request, identifier)
    if found.in_git:
        raise Refusal(501, "the stand-in does not delete files in git", {"Content-Type": "text/plain"})
    del account.pipelines[_name(request, identifier)]
    return True


# -- lists ---------------------------------------------------------------------------------------------


def _summary(account: Account, name: PipelineName) -> dict[str, Any]:
    found = account.pipelines[name]
    text, branch = (found.text, None) if not found.in_git else next((t, b) for b, t in found.branches.items())
    body = _body_of(text) or {}
    at = account.written_at(KIND, name)
    return {
        "name": body.get("name") or name[2],
        "identifier": name[2],
        "description": body.get("description"),
        "tags": body.get("tags") or {},
        "version": found.version,
        "numOfStages": len(body.get("stages") or ()),
        "createdAt": at,
        "lastUpdatedAt": at,
        "modules": [],
        "storeType": "INLINE" if branch is None else "REMOTE",
        "gitDetails": None if branch is None else _git(branch, text, name[2]),
    }


def list_(account: Account, request: Request) -> Any:
    """Summaries of the pipelines of a project, in the pages of Spring: 25 items, those that were written last first."""
    unknown_here(request, "module", "filterIdentifier", "branch", "repoIdentifier", "getDistinctFromBranches")
    scope, body = existing_scope(account, request.query), request.body or {}
    names = [name for name in account.pipelines if name[:2] == scope]
    if not shows(account, request, _VIEW, _RESOURCE, scope):
        names = []
    found = [_summary(account, name) for name in names]
    wanted, term = body.get("pipelineIdentifiers"), request.query.get("searchTerm", "").lower()
    found = [one for one in found if not wanted or one["identifier"] in wanted]
    found = [one for one in found if term in one["name"].lower() or term in one["identifier"].lower()]
    for name in ("name", "pipelineName"):
        found = [one for one in found if body.get(name) in (None, one["name"])]
    orders = values_of(request.queries, "sort")
    by = {name: lambda one, name=name: one[name] for name in ("name", "identifier", "lastUpdatedAt")}
    return _spring(ordered(found, orders or ["lastUpdatedAt,DESC"], by), request, bool(orders))


def _spring(items: list[Any], request: Request, sorted_: bool) -> dict[str, Any]:  # noqa: FBT001 - a flag of the page
    number, size = int(request.query.get("page", 0)), int(request.query.get("size", 25))
    content, total = items[number * size : (number + 1) * size], -(-len(items) // max(size, 1))
    sort = {"sorted": sorted_, "unsorted": not sorted_, "empty": not sorted_}
    at = {
        "sort": sort,
        "pageNumber": number,
        "pageSize": size,
        "offset": number * size,
        "paged": True,
        "unpaged": False,
    }
    return {
        "content": content,
        "pageable": at,
        "sort": sort,
        "totalPages": total,
        "totalElements": len(items),
        "last": number + 1 >= total,
        "first": number == 0,
        "numberOfElements": len(content),
        "size": size,
        "number": number,
        "empty": not content,
    }
