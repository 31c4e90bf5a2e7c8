"""Reads data sources: what exists on a remote already, made by other configurations or by the remote itself.

On the local remote that is the state: what other blocks and other configurations declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, suggestion
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.language.instances import ResourceInstance
from declarative_mail.operations.host import ReadData
from declarative_mail.operations.remotes import undeclared_remote
from declarative_mail.records import replace
from declarative_mail.remotes.base import Remote
from declarative_mail.resources.desired import Desired
from declarative_mail.state.snapshot import ResourceRecord

if TYPE_CHECKING:
    from declarative_mail.operations.evaluate import Evaluated


def data_reader(records: Mapping[Address, ResourceRecord], evaluated: Evaluated) -> ReadData:
    """A reader for the remotes of a configuration.

    Args:
        records: what the state holds, read anew each time: during apply they grow.
        evaluated: whose remotes are asked. They are evaluated before anything that reads data.
    """

    def read(desired: Desired, instance: ResourceInstance) -> Mapping[str, object] | Diagnostic | None:
        declared = evaluated.program.remotes
        if instance.remote == "local" or (instance.remote is None and not declared):
            return _read_local(records, desired, instance)
        remotes, _ = evaluated.remotes
        name = instance.remote or remotes.default
        if name == "local":
            return _read_local(records, desired, instance)
        remote = remotes.by_name.get(name)
        if remote is None:
            return undeclared_remote(instance, name) if name not in declared else None
        return _read_remote(remote, desired, instance)

    return read


def _asked(desired: Desired) -> dict[str, str]:
    return {name: value for name, value in desired.attributes.items() if isinstance(value, str) and value}


def _read_remote(
    remote: Remote, desired: Desired, instance: ResourceInstance
) -> Mapping[str, object] | Diagnostic | None:
    asked = _asked(desired)
    try:
        found = remote.look_up(desired.type, asked)
        if len(found) == 1:
            return {**found[0].attributes, "id": found[0].id}
        names = [str(one.attributes.get("name")) for one in (found or remote.look_up(desired.type, {}))]
    except DiagnosticError as error:
        return replace(error.diagnostics[0], primary=Label(instance.block.header), address=instance.address)
    return _not_one(instance, asked, len(found), names, where=f"on remote.{remote.name}")


def _read_local(
    records: Mapping[Address, ResourceRecord], desired: Desired, instance: ResourceInstance
) -> Mapping[str, object] | Diagnostic:
    same = [record for record in records.values() if record.type == desired.type and record.mode == "managed"]
    asked = _asked(desired)
    found = [record for record in same if _matches(record, asked)]
    if len(found) == 1:
        return {**found[0].attributes, "id": found[0].id}
    names = [str(record.attributes.get("name")) for record in same]
    return _not_one(instance, asked, len(found), names, where="in the state")


def _matches(record: ResourceRecord, asked: Mapping[str, str]) -> bool:
    return all(
        value in (record.attributes.get(name), record.id if name == "id" else None) for name, value in asked.items()
    )


def _not_one(
    instance: ResourceInstance, asked: Mapping[str, str], count: int, names: list[str], *, where: str
) -> Diagnostic:
    wanted = ", ".join(f'{name} = "{value}"' for name, value in asked.items()) or "any name"
    kind = instance.address.type
    if count:
        detail = f"{count} objects of type {kind} have {wanted}. Say more, so that one is left."
    else:
        detail = f"No {kind} with {wanted} exists {where}. A data source reads what exists already; it makes nothing."
    help_ = suggestion(asked.get("name", ""), names)
    return Diagnostic(codes.DATA_NOT_FOUND, detail, Label(instance.block.header), address=instance.address, help=help_)
