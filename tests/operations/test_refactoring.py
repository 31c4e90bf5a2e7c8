"""``moved``, ``removed`` and ``import`` through the command line, in the root and inside modules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.project import Project
from tests.support.samples import RULE

GROUP = 'user_group "{0}" {{\n  name    = "ops"\n  members = ["ann@example.com"]\n}}\n'


def _moved(source: str, target: str) -> str:
    return f"moved {{\n  from = {source}\n  to   = {target}\n}}\n"


def _changes(project: Project, *arguments: str) -> list[tuple[str, str, str | None]]:
    result = project.json("plan", *arguments)
    assert result.code == 0, result.out
    return [(one["address"], one["action"], one["previous_address"]) for one in result.of_type("change")]


def test_moved_object_keeps_its_id(project: Project) -> None:
    """A new label for the block is no new object."""
    project.write(GROUP.format("old"))
    project.apply()
    before = project.state["resources"][0]["id"]
    project.write(GROUP.format("new") + _moved("user_group.old", "user_group.new"))

    assert _changes(project) == [("user_group.new", "no-op", "user_group.old")]
    project.apply()
    assert [(one["name"], one["id"]) for one in project.state["resources"]] == [("new", before)]
    assert _changes(project) == []


def test_what_refers_to_a_moved_object_does_not_change(project: Project) -> None:
    """A rule names the group under its new address, in the plan, in the state and to drift."""
    rule = RULE.replace('user_group.team["core"]', "%s")
    project.write(GROUP.format("old") + rule % "user_group.old")
    project.apply()
    project.write(GROUP.format("new") + rule % "user_group.new" + _moved("user_group.old", "user_group.new"))

    assert _changes(project) == [("user_group.new", "no-op", "user_group.old")]
    project.apply()
    assert project.state["resources"][0]["attributes"]["email"]["user_groups"] == [{"$ref": "user_group.new"}]
    assert project.run("drift").code == 0


@pytest.mark.parametrize("backwards", [False, True])
def test_chain_of_moves_across_modules(project: Project, backwards: bool) -> None:  # noqa: FBT001
    """Out of the root into a module, then the module is renamed: in whatever order that is written."""
    project.write(GROUP.format("ops"))
    project.apply()
    moves = [_moved("user_group.ops", "module.team.user_group.ops"), _moved("module.team", "module.eu")]
    project.write(GROUP.format("ops"), "team/main.hcl")
    project.write('module "eu" { source = "./team" }\n' + "".join(moves[::-1] if backwards else moves))

    assert _changes(project) == [("module.eu.user_group.ops", "no-op", "user_group.ops")]


def test_moved_block_of_a_module_holds_in_all_its_instances(project: Project) -> None:
    """Addresses in it are relative to the module."""
    call = 'module "team" {\n  source   = "./team"\n  for_each = toset(["eu", "us"])\n}\n'
    project.write(GROUP.format("old"), "team/main.hcl")
    project.write(call)
    project.apply()
    project.write(GROUP.format("new") + _moved("user_group.old", "user_group.new"), "team/main.hcl")

    assert _changes(project) == [
        (f'module.team["{key}"].user_group.new', "no-op", f'module.team["{key}"].user_group.old')
        for key in ("eu", "us")
    ]


@pytest.mark.parametrize(("before", "after"), [("", "  count = 1\n"), ("  count = 1\n", "")])
def test_count_that_comes_or_goes_moves_the_object(project: Project, before: str, after: str) -> None:
    """No key and ``[0]`` are one object, without a moved block, as in Terraform."""
    project.write(GROUP.format("ops").replace("{\n", "{\n" + before, 1))
    project.apply()
    project.write(GROUP.format("ops").replace("{\n", "{\n" + after, 1))

    ((_, action, previous),) = _changes(project)
    assert (action, previous) == ("no-op", "user_group.ops[0]" if before else "user_group.ops")


def test_single_object_becomes_an_instance_of_a_map(project: Project) -> None:
    """From a block to ``for_each``: the key is named by a moved block."""
    project.write(GROUP.format("ops"))
    project.apply()
    project.write(
        GROUP.format("team").replace("{\n", '{\n  for_each = toset(["core"])\n', 1)
        + _moved("user_group.ops", 'user_group.team["core"]')
    )

    assert _changes(project) == [('user_group.team["core"]', "no-op", "user_group.ops")]


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("user_group.a", "smtp_server.a", "DM2308"),
        ("user_group.a", "module.a", "DM2308"),
        ("user_group.a", "user_group.a", "DM2308"),
        ("user_group.a[*]", "user_group.b", "DM2308"),
    ],
)
def test_moves_that_cannot_be(project: Project, source: str, target: str, code: str) -> None:
    """An object keeps its type, and a module is no object."""
    project.write(GROUP.format("b") + _moved(source, target))

    assert project.json("validate").codes == [code]


def test_move_away_from_a_block_that_is_still_there(project: Project) -> None:
    """It would be created anew beside its own object."""
    project.write(GROUP.format("a"))
    project.apply()
    project.write(GROUP.format("a") + GROUP.format("b") + _moved("user_group.a", "user_group.b"))

    assert project.json("plan").codes == ["DM4002"]


def test_removed_without_destroy_forgets(project: Project) -> None:
    """The object stays where it is; the state no longer knows it."""
    project.write(GROUP.format("a") + GROUP.format("b"))
    project.apply()
    project.write(GROUP.format("b") + "removed {\n  from = user_group.a\n  lifecycle {\n    destroy = false\n  }\n}\n")

    assert _changes(project) == [("user_group.a", "forget", None)]
    project.apply()
    assert [one["name"] for one in project.state["resources"]] == ["b"]


def test_removed_block_alone_destroys(project: Project) -> None:
    """Without ``destroy = false`` the object goes, for that reason."""
    project.write(GROUP.format("a") + GROUP.format("b"))
    project.apply()
    project.write(GROUP.format("b") + "removed {\n  from = user_group.a\n}\n")

    (change,) = project.json("plan").of_type("change")
    assert (change["action"], change["reason"]) == ("delete", "delete_because_removed_block")


@pytest.mark.parametrize("inside", [False, True])
def test_removed_takes_modules_and_stands_in_modules(project: Project, inside: bool) -> None:  # noqa: FBT001
    """A whole module, or a block inside one: all instances are meant."""
    call = 'module "team" {\n  source = "./team"\n  count  = 2\n}\n'
    lifecycle = "lifecycle {\n    destroy = false\n  }"
    project.write(GROUP.format("ops"), "team/main.hcl")
    project.write(call + GROUP.format("stays"))
    project.apply()
    if inside:
        project.write(f"removed {{\n  from = user_group.ops\n  {lifecycle}\n}}\n", "team/main.hcl")
    else:
        project.write(GROUP.format("stays") + f"removed {{\n  from = module.team\n  {lifecycle}\n}}\n")

    assert _changes(project) == [(f"module.team[{number}].user_group.ops", "forget", None) for number in range(2)]


def test_removed_but_still_declared(project: Project) -> None:
    """One of the two blocks is wrong."""
    project.write(GROUP.format("a") + "removed {\n  from = user_group.a\n}\n")

    assert project.json("plan").codes == ["DM4008"]


def _import(to: str, id_: str, more: str = "") -> str:
    return f"import {{\n  to = {to}\n  id = {id_}\n  {more}\n}}\n"


def test_import_on_the_local_remote_is_refused_with_the_reason(project: Project) -> None:
    """The state is all that exists there (semantics of the local remote)."""
    project.write(GROUP.format("a") + _import("user_group.a", '"1"'))

    (fault,) = project.json("plan").of_type("diagnostic")
    assert fault["address"] == "user_group.a"
    assert "the state is all that exists" in fault["detail"]
    assert fault["range"]["start"]["line"] == 5


def test_import_of_an_object_that_is_managed_already_is_done_with(project: Project) -> None:
    """The block may stay where it is."""
    project.write(GROUP.format("a"))
    project.apply()
    project.write(GROUP.format("a") + _import("user_group.a", '"1"'))

    assert _changes(project) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_import("user_group.x", '"1"'), "does not declare it"),
        (_import("user_group.a", '""'), "not empty"),
        (_import("user_group.a", "user_group.b.id"), "known only after apply"),
        (_import("user_group.a", 'env("SECRET_ID")'), "sensitive"),
        (_import("user_group.t[each.key]", "each.value", 'for_each = { a = "", b = "" }'), "does not declare it"),
    ],
)
def test_imports_that_cannot_be(project: Project, text: str, words: str) -> None:
    """Each is told apart; an instance of for_each has its own fault."""
    project.environment["SECRET_ID"] = "canary-1234"
    project.write(GROUP.format("a") + GROUP.format("b").replace('"ops"', '"b"') + text)

    faults: list[dict[str, Any]] = project.json("plan").of_type("diagnostic")
    assert {one["code"] for one in faults} == {"DM4006"}
    assert all(words in one["detail"] for one in faults)
    assert len(faults) == (2 if "for_each" in text else 1)


def test_address_imported_twice(project: Project) -> None:
    """The second block says where the first one is."""
    project.write(GROUP.format("a") + _import("user_group.a", '"1"') * 2)

    faults = project.json("plan").of_type("diagnostic")
    assert any("two import blocks" in one["detail"] for one in faults)
