"""Reads data sources on the local remote: objects of the state that other blocks or other configurations declared."""

from __future__ import annotations

from collections.abc import Mapping

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.language.instances import ResourceInstance
from declarative_mail.operations.host import ReadData
from declarative_mail.resources.desired import Desired
from declarative_mail.state.snapshot import ResourceRecord


def local_data(records: Mapping[Address, ResourceRecord]) -> ReadData:
    """A reader of what the state holds, read anew each time: during apply the records grow."""

    def read(desired: Desired, instance: ResourceInstance) -> Mapping[str, object] | Diagnostic | None:
        same = [record for record in records.values() if record.type == desired.type and record.mode == "managed"]
        asked = {name: value for name, value in desired.attributes.items() if isinstance(value, str) and value}
        found = [record for record in same if _matches(record, asked)]
        if len(found) == 1:
            return {**found[0].attributes, "id": found[0].id}
        return _not_one(instance, asked, len(found), [str(record.attributes.get("name")) for record in same])

    return read


def _matches(record: ResourceRecord, asked: Mapping[str, str]) -> bool:
    return all(
        value in (record.attributes.get(name), record.id if name == "id" else None) for name, value in asked.items()
    )


def _not_one(instance: ResourceInstance, asked: Mapping[str, str], count: int, names: list[str]) -> Diagnostic:
    wanted = ", ".join(f'{name} = "{value}"' for name, value in asked.items())
    kind = instance.address.type
    if count:
        detail = f"{count} objects of type {kind} have {wanted}. Say more, so that one is left."
    else:
        detail = (
            f"No {kind} with {wanted} exists in the state. A data source reads what exists already; it makes nothing."
        )
    help_ = suggestion(asked.get("name", ""), names)
    return Diagnostic(codes.DATA_NOT_FOUND, detail, Label(instance.block.header), address=instance.address, help=help_)
