"""Pipelines of the stand-in: whole texts, kept by Harness or in git."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.harness.account import PipelineName, StoredPipeline
from tests.remotes.harness.calling import Caller
from tests.remotes.harness.pipeline_endpoints import object_id

PATH = "/pipeline/api/pipelines"
SHOP = {"orgIdentifier": "default", "projectIdentifier": "shop"}
NAME: PipelineName = ("default", "shop", "deploy")
TEXT = "# first\npipeline:\n    identifier: deploy   # odd\n    name: Deploy it\n    stages: []\n"
CHANGED = TEXT.replace("first", "second")


@pytest.fixture
def inline(caller: Caller) -> StoredPipeline:
    """One that Harness keeps."""
    return caller.account.pipelines.setdefault(NAME, StoredPipeline(TEXT))


@pytest.fixture
def in_git(caller: Caller) -> StoredPipeline:
    """One on two branches."""
    branches = {"main": TEXT, "next": CHANGED}
    return caller.account.pipelines.setdefault(NAME, StoredPipeline("", in_git=True, branches=branches))


def read(caller: Caller, **query: Any) -> Any:
    """What a GET tells."""
    return caller.ok("GET", f"{PATH}/deploy", {**SHOP, **query})


def put(caller: Caller, text: str = CHANGED, **query: Any) -> Any:
    """A replacement that must be answered with success."""
    return caller.ok("PUT", f"{PATH}/v2/deploy", {**SHOP, **query}, text)


def test_text_comes_as_it_was_saved(caller: Caller, inline: StoredPipeline) -> None:
    """Comments, order and spaces; written as YAML."""
    before = read(caller)
    written = put(caller)

    assert (before["yamlPipeline"], before["storeType"], before["gitDetails"]) == (TEXT, "INLINE", None)
    assert before["entityValidityDetails"] == {"valid": True, "invalidYaml": None}
    assert (written["identifier"], written["governanceMetadata"]["deny"]) == ("deploy", False)
    assert read(caller)["yamlPipeline"] == inline.text == CHANGED


def test_unsound_yaml_is_answered_with_200(caller: Caller, inline: StoredPipeline) -> None:
    """``entityValidityDetails`` says so."""
    inline.text = "pipeline: [\n"

    assert read(caller)["entityValidityDetails"] == {"valid": False, "invalidYaml": "pipeline: [\n"}


def test_one_that_does_not_exist_is_404(caller: Caller) -> None:
    """Unlike groups and secrets."""
    gone = (404, "ENTITY_NOT_FOUND")

    assert caller.refused("GET", f"{PATH}/deploy", SHOP) == gone
    assert caller.refused("PUT", f"{PATH}/v2/deploy", SHOP, TEXT) == gone
    assert caller.refused("DELETE", f"{PATH}/deploy", SHOP) == gone


@pytest.mark.parametrize("text", [TEXT.replace("deploy", "other"), "pipeline: [\n", "- no pipeline\n", "name: x\n"])
def test_identifier_of_the_yaml_is_that_of_the_path(caller: Caller, inline: StoredPipeline, text: str) -> None:
    """What cannot be read as this pipeline is 400 and changes nothing."""
    assert caller.refused("PUT", f"{PATH}/v2/deploy", SHOP, text) == (400, "INVALID_REQUEST")
    assert inline.text == TEXT


def test_public_left_out_hides_a_pipeline(caller: Caller, inline: StoredPipeline) -> None:
    """Who writes must say it again."""
    inline.public = True
    told = read(caller)["publicAccessResponse"]
    kept = put(caller, public="true")["publicAccessResponse"]
    put(caller)

    assert told == kept == {"public": True, "errorMessage": None}
    assert read(caller)["publicAccessResponse"]["public"] is inline.public is False


def test_if_match_is_not_looked_at(caller: Caller, inline: StoredPipeline) -> None:
    """The last write wins."""
    answer = caller.send("PUT", f"{PATH}/v2/deploy", SHOP, CHANGED, If_Match="999")

    assert (answer.status_code, inline.text, inline.version) == (200, CHANGED, 2)


def test_policy_denies_with_200_and_saves_nothing(caller: Caller, inline: StoredPipeline) -> None:
    """No identifier, and ``deny: true``."""
    caller.account.denies_pipelines = True
    found = put(caller)

    assert (found["identifier"], found["governanceMetadata"]["deny"], inline.text) == (None, True, TEXT)


def test_one_in_git_is_read_from_a_branch(caller: Caller, in_git: StoredPipeline) -> None:
    """The default one unless another is named; one that is not there falls back only if asked to."""
    default, other = read(caller), read(caller, branch="next")
    fallen = read(caller, branch="gone", loadFromFallbackBranch="true")

    assert (default["storeType"], default["yamlPipeline"], default["gitDetails"]["branch"]) == ("REMOTE", TEXT, "main")
    assert (other["yamlPipeline"], other["gitDetails"]["objectId"]) == (CHANGED, object_id(CHANGED))
    assert fallen["gitDetails"]["branch"] == "main"
    refused = caller.refused("GET", f"{PATH}/deploy", {**SHOP, "branch": "gone"})
    assert refused == (400, "SCM_NOT_FOUND_ERROR")


def test_object_id_is_that_of_git() -> None:
    """``git hash-object`` of a file with ``hello``."""
    assert object_id("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_write_to_git_is_a_commit_on_the_file_as_it_was_read(caller: Caller, in_git: StoredPipeline) -> None:
    """A stale ``lastObjectId``, or none, is refused."""
    at = {"branch": "main", "commitMsg": "Tell ops", "filePath": ".harness/deploy.yaml"}
    stale = caller.refused("PUT", f"{PATH}/v2/deploy", {**SHOP, **at, "lastObjectId": object_id("x")}, CHANGED)
    none = caller.refused("PUT", f"{PATH}/v2/deploy", {**SHOP, **at}, CHANGED)
    put(caller, **at, lastObjectId=read(caller)["gitDetails"]["objectId"])

    assert stale == none == (400, "SCM_CONFLICT_ERROR")
    assert (in_git.branches["main"], in_git.commits) == (CHANGED, [("main", "Tell ops")])


def test_commit_can_begin_a_branch(caller: Caller, in_git: StoredPipeline) -> None:
    """From ``baseBranch``; without one the branch must be there."""
    new = {"branch": "new", "lastObjectId": object_id(TEXT)}
    refused = caller.refused("PUT", f"{PATH}/v2/deploy", {**SHOP, **new}, CHANGED)
    put(caller, **new, baseBranch="main")

    assert refused == (400, "SCM_NOT_FOUND_ERROR")
    assert (in_git.branches["main"], in_git.branches["new"]) == (TEXT, CHANGED)


def test_created_and_deleted(caller: Caller) -> None:
    """The identifier stands in the YAML and is given once."""
    made = caller.ok("POST", f"{PATH}/v2", SHOP, TEXT)
    twice = caller.refused("POST", f"{PATH}/v2", SHOP, TEXT)
    nameless = caller.refused("POST", f"{PATH}/v2", SHOP, "pipeline: {}\n")

    assert (made["identifier"], twice, nameless) == ("deploy", (400, "DUPLICATE_FIELD"), (400, "INVALID_REQUEST"))
    assert caller.ok("DELETE", f"{PATH}/deploy", SHOP) is True
    assert caller.account.pipelines == {}


def test_list_has_the_pages_of_spring(caller: Caller) -> None:
    """25 items counted from page 0, of one project; no texts."""
    for number in range(30):
        name = ("default", "shop", f"p{number:02}")
        caller.account.pipelines[name] = StoredPipeline(TEXT.replace("deploy", name[2]))
    caller.account.pipelines["default", "two", "x"] = StoredPipeline(TEXT)
    first = caller.ok("POST", f"{PATH}/list", SHOP, {"filterType": "PipelineSetup"})
    second = caller.ok("POST", f"{PATH}/list", {**SHOP, "page": 1})

    assert (first["totalElements"], first["totalPages"], first["size"], first["numberOfElements"]) == (30, 2, 25, 25)
    assert (first["first"], first["last"], second["last"], second["number"], second["empty"]) == (
        True,
        False,
        True,
        1,
        False,
    )
    assert len({one["identifier"] for one in [*first["content"], *second["content"]]}) == 30
    assert "yamlPipeline" not in first["content"][0]


def test_list_can_be_narrowed_and_ordered(caller: Caller) -> None:
    """By words, identifiers and names."""
    for name in ("b", "a", "c"):
        text = TEXT.replace("deploy", name).replace("Deploy it", f"Name {name}")
        caller.account.pipelines["default", "shop", name] = StoredPipeline(text)

    def listed(body: dict[str, Any] | None = None, **query: Any) -> list[str]:
        whole = {"filterType": "PipelineSetup", **(body or {})}
        return [one["identifier"] for one in caller.ok("POST", f"{PATH}/list", {**SHOP, **query}, whole)["content"]]

    assert listed(sort="name,ASC") == ["a", "b", "c"]
    assert listed({"pipelineIdentifiers": ["c", "a"]}, sort="identifier,DESC") == ["c", "a"]
    assert (listed({"name": "Name b"}), listed(searchTerm="NAME C")) == (["b"], ["c"])


@pytest.mark.parametrize(
    ("permission", "method", "path", "body"),
    [
        ("core_pipeline_view", "GET", f"{PATH}/deploy", None),
        ("core_pipeline_edit", "PUT", f"{PATH}/v2/deploy", CHANGED),
        ("core_pipeline_edit", "POST", f"{PATH}/v2", TEXT),
        ("core_pipeline_delete", "DELETE", f"{PATH}/deploy", None),
    ],
)
def test_permissions_are_of_a_project(
    caller: Caller, inline: StoredPipeline, permission: str, method: str, path: str, body: str | None
) -> None:
    """Viewing, editing, deleting; a list without permission is empty."""
    caller.account.deny(permission, ("default", "shop"))
    listed = caller.ok("POST", f"{PATH}/list", SHOP, {"filterType": "PipelineSetup"})["totalElements"]

    assert caller.refused(method, path, SHOP, body) == (403, "NG_ACCESS_DENIED")
    assert (listed, inline.text) == (0 if permission == "core_pipeline_view" else 1, TEXT)
