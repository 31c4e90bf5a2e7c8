"""Pipelines as documents: the text that Harness keeps, or that it keeps in git, read and written whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.scope import Scope

_PATH = "/pipeline/api/pipelines"
_LIST = f"{_PATH}/list"


class PipelineKey(Struct, frozen=True):
    """One pipeline, on a branch where it is stored in git and one is named."""

    scope: Scope
    identifier: str
    branch: str | None = None

    def rule_id(self, identifier: str) -> str:
        """The import id of a rule in it."""
        return "/".join([str(self.scope.organization), str(self.scope.project), self.identifier, identifier])

    @property
    def words(self) -> str:
        """For messages."""
        return f'the pipeline "{self.identifier}" of {self.scope.organization}/{self.scope.project}'


class Pipeline(Struct, frozen=True):
    """A pipeline as it was read.

    Args:
        text: its YAML.
        in_git: it is stored in git, and a write is a commit.
        git: Harness's details of the file, where it is.
        public: whether everybody may see it; None where Harness does not say. A write that leaves it out hides it.
    """

    text: str
    in_git: bool = False
    git: Mapping[str, Any] | None = None
    public: bool | None = None


class Pipelines:
    """Reads and writes pipelines; remembers what this run read first, which its plan was made from."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[PipelineKey, Pipeline | None] = {}

    def seen(self, key: PipelineKey) -> Pipeline | None:
        """The pipeline as this run saw it first; one read."""
        if key not in self._seen:
            self._seen[key] = self.read(key)
        return self._seen[key]

    def read(self, key: PipelineKey) -> Pipeline | None:
        """The pipeline as it is now; None where it does not exist."""
        query = {**key.scope.query, "branch": key.branch}
        found = self._context.api.read(f"{_PATH}/{key.identifier}", query=query)
        if found is None:
            return None
        access = found.get("publicAccessResponse") or {}
        return Pipeline(
            found.get("yamlPipeline") or "",
            found.get("storeType") == "REMOTE",
            found.get("gitDetails") or None,
            access.get("public"),
        )

    def write(self, key: PipelineKey, base: Pipeline, text: str, *, message: str) -> Mapping[str, Any]:
        """Put another text in the place of one that was just read; gives what policies say of it.

        Args:
            key: which one.
            base: as it was read.
            text: the new YAML.
            message: of the commit, where it is stored in git.
        """
        git = base.git or {}
        query = {**key.scope.query, "public": base.public}
        if base.in_git:
            query |= {
                "branch": key.branch,
                "filePath": git.get("filePath"),
                "lastObjectId": git.get("objectId"),
                "commitMsg": message,
            }
        answer = self._context.api.call("PUT", f"{_PATH}/v2/{key.identifier}", query=query, text=text)
        self._seen.pop(key, None)
        said: Mapping[str, Any] = (answer or {}).get("governanceMetadata") or {}
        return said

    def listed(self, scope: Scope) -> Iterator[PipelineKey]:
        """The pipelines of a project."""
        asked = {"filterType": "PipelineSetup"}
        for one in self._context.api.pages(_LIST, query=scope.query, body=asked, named=("page", "size")):
            yield PipelineKey(scope, one["identifier"])
