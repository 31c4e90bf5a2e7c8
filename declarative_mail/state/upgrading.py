"""The objects of a state in today's form of their types: attributes are renamed and split as programs go on."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.resources.registry import resource_types
from declarative_mail.resources.schema import resource_schema
from declarative_mail.state.follow import with_attributes
from declarative_mail.state.snapshot import ResourceRecord, Snapshot


def in_todays_form(snapshot: Snapshot, name: str) -> Snapshot:
    """The state with every object as a program of today would have written it.

    Args:
        snapshot: as it was read. It is given back where all in it is of today.
        name: what a person calls the state.

    Raises:
        DiagnosticError: objects that a newer program wrote; all of them are named.
    """
    known = {one.type for one in snapshot.resources}.intersection(resource_types())
    versions = {type_: resource_schema(type_).schema_version for type_ in known}
    others = [one for one in snapshot.resources if one.schema_version != versions.get(one.type, one.schema_version)]
    if not others:
        return snapshot
    faults = list(_too_new(others, versions, name))
    if faults:
        raise DiagnosticError(faults)
    upgraded = {id(one): _upgraded(one) for one in others}
    return snapshot.with_resources([upgraded.get(id(one), one) for one in snapshot.resources])


def _too_new(records: list[ResourceRecord], versions: dict[str, int], name: str) -> Iterator[Diagnostic]:
    for one in records:
        if one.schema_version > versions[one.type]:
            yield Diagnostic(
                codes.TOO_NEW,
                f"{name} holds {one.address} with attributes of schema version {one.schema_version}, and this dmail "
                f"knows {one.type} up to version {versions[one.type]}. Reading on would lose what the newer version "
                "added. Use a newer dmail.",
                address=one.address,
            )


def _upgraded(record: ResourceRecord) -> ResourceRecord:
    schema = resource_schema(record.type)
    attributes = schema.upgraded(dict(record.attributes), record.schema_version)
    return replace(with_attributes(record, attributes), schema_version=schema.schema_version)
