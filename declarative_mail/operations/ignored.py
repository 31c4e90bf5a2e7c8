"""Whether the paths of ``ignore_changes`` name attributes that the type has: a slip would ignore nothing, silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from declarative_mail.diagnostics import Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import ResourceBlock
from declarative_mail.language.instances import ResourceInstance
from declarative_mail.resources.schema import Schema, resource_schema


def ignored_faults(instances: Iterable[ResourceInstance]) -> Iterator[Diagnostic]:
    """A fault for each path that leads nowhere, once for each block."""
    blocks = {id(one.block): one.block for one in instances if one.block.lifecycle.ignore_changes}
    for block in blocks.values():
        for path in block.lifecycle.ignore_changes or ():
            yield from _fault(block, path)


def _fault(block: ResourceBlock, path: str) -> Iterator[Diagnostic]:
    schema: Schema | None = resource_schema(block.type)
    for step in path.partition("[")[0].split("."):
        known = [*schema.attributes, *schema.blocks] if schema is not None else []
        if schema is not None and step not in known:
            detail = f"ignore_changes names {path}, but {block.type} has nothing of that name."
            yield Diagnostic(codes.INVALID_ADDRESS, detail, Label(block.header), help=suggestion(step, known))
            return
        schema = schema.blocks[step].schema if schema is not None and step in schema.blocks else None
