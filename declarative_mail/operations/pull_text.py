"""The texts of the files that ``dmail pull`` writes."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.language.syntax import Block, Body, Expression, Literal
from declarative_mail.language.write import NOWHERE, attribute, block, block_of, expression_of, traversal, write_body
from declarative_mail.operations.pull_remote import RemoteSettings
from declarative_mail.records import replace
from declarative_mail.resources.leaves import format_path
from declarative_mail.resources.pulled import Arrangement, Declared, SecretVariable
from declarative_mail.resources.registry import resource_types

HEADER = "# Written by: dmail pull"
"""How the first line of every file begins."""

IMPORTS, VARIABLES, REMOTES = "imports.hcl", "variables.hcl", "remotes.hcl"


def file_of(type_: str) -> str:
    """The file for objects of a type."""
    return f"{type_}{'es' if type_.endswith('s') else 's'}.hcl"


FILES = (*map(file_of, resource_types()), IMPORTS, VARIABLES, REMOTES)
"""Every file that may be written."""


def file_blocks(
    arrangement: Arrangement, remote: str, *, named: bool, settings: RemoteSettings | None
) -> dict[str, list[Block]]:
    """The blocks of each file by its name; no file for what there is nothing of.

    Args:
        arrangement: the objects and the variables for their secrets.
        remote: ``TYPE.LABEL``.
        named: whether the blocks say which remote they are on.
        settings: the remote block, where it is to be declared too.
    """
    blocks: dict[str, list[Block]] = {}
    for one in arrangement.objects:
        blocks.setdefault(file_of(one.address.type), []).append(_resource(one, remote if named else None))
    if not blocks:
        return {}
    blocks[IMPORTS] = [_import(one) for one in arrangement.objects]
    blocks[VARIABLES] = [_secret_variable(one, remote) for one in arrangement.variables]
    if settings is not None:
        blocks[REMOTES] = [settings.block]
        blocks[VARIABLES] += [_variable(name, f"Setting of remote.{remote}") for name in settings.variables]
    return {name: some for name, some in blocks.items() if some}


def file_text(blocks: Iterable[Block], remote: str) -> str:
    """The text of a file in canonical style."""
    return f"{HEADER} remote.{remote}\n\n{write_body(Body({}, tuple(blocks), NOWHERE))}"


def _resource(one: Declared, remote: str | None) -> Block:
    body = one.body
    if remote is not None:
        body = replace(body, attributes={"remote": attribute("remote", _remote(remote)), **body.attributes})
    return block_of(one.address.type, [one.address.name], body)


def _remote(name: str) -> Expression:
    return traversal("remote", *name.split("."))


def _import(one: Declared) -> Block:
    to = traversal(one.address.type, one.address.name)
    return block("import", [], {"to": to, "id": Literal(one.id, NOWHERE)})


def _secret_variable(one: SecretVariable, remote: str) -> Block:
    return _variable(one.name, f"{format_path(one.path)} of {one.address} on remote.{remote}")


def _variable(name: str, description: str) -> Block:
    arguments = {
        "type": traversal("string"),
        "sensitive": expression_of(True),
        "description": expression_of(description),
    }
    return block("variable", [name], arguments)
