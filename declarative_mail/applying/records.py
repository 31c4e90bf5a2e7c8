"""The records that a state keeps of what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from declarative_mail.addresses import Address
from declarative_mail.planning.change import Action, Change, Stored, Wanted
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject
from declarative_mail.resources.stored import SECRET, leaf_content
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.snapshot import Lifecycle, ModuleCall, ResourceRecord


def record_after(change: Change, made: LiveObject) -> ResourceRecord:
    """The record of an object that was just written: what it is now, and a digest of each attribute as applied."""
    attributes = dict(made.attributes)
    return describe(cast("Wanted", change.wanted), id_=made.id, attributes=attributes, private=made.private)


def describe(
    wanted: Wanted,
    *,
    id_: str,
    attributes: Stored,
    private: Mapping[str, Any] | None = None,
    is_applied: bool = True,
) -> ResourceRecord:
    """A record of an object with these attributes and all that its block says beside them.

    Args:
        wanted: the object as declared.
        id_: how its remote names it.
        attributes: as they are, or shall be.
        private: what its remote wants to find again.
        is_applied: it is so: each attribute gets the digest by which drift is seen.
    """
    address = wanted.address
    return ResourceRecord(
        module=tuple(ModuleCall(name=step.name, key=step.key) for step in address.module),
        mode="managed",
        type=address.type,
        name=address.name,
        key=address.key,
        remote=wanted.remote,
        id=id_,
        schema_version=wanted.schema_version,
        attributes=attributes,
        applied=attribute_digests(attributes) if is_applied else {},
        dependencies=tuple(map(str, wanted.dependencies)),
        references=tuple(map(str, wanted.references)),
        lifecycle=_lifecycle(wanted),
        private=dict(private or {}),
    )


def _lifecycle(wanted: Wanted) -> Lifecycle:
    return Lifecycle(prevent_destroy=wanted.prevent_destroy, create_before_destroy=bool(wanted.create_before_destroy))


def forget_or_move(records: dict[Address, ResourceRecord], change: Change) -> bool:
    """Make a change that concerns the state alone; whether it was one, all of it.

    A moved object changes its address here even where it is updated afterwards.
    """
    if change.action is Action.FORGET:
        records.pop(change.previous_address or change.address, None)
        records.pop(change.address, None)
        return True
    if change.previous_address is not None and change.record is not None:
        records.pop(change.previous_address, None)
        records[change.address] = change.record.at(change.address)
    if change.action is Action.IMPORT and change.wanted is not None and change.importing is not None:
        records[change.address] = describe(
            change.wanted, id_=change.importing, attributes=dict(change.before or {}), private=change.private
        )
        return True
    if change.action is Action.REFRESH and change.record is not None and change.after is not None:
        records[change.address] = _accepted(change.record.at(change.address), change.after)
        return True
    return change.action is Action.NO_OP and change.previous_address is not None


def _accepted(record: ResourceRecord, attributes: Stored) -> ResourceRecord:
    """An object as somebody else made it: that is what counts as applied from now on."""
    return replace(record, attributes=attributes, applied=attribute_digests(attributes))


def refreshed(
    records: Mapping[Address, ResourceRecord],
    wanted: Mapping[Address, Wanted],
    live: Mapping[Address, Stored],
    changed: Callable[[Address], bool],
) -> dict[Address, ResourceRecord]:
    """The records with what holds now, where nothing had to be written.

    Their blocks may say other dependencies and another lifecycle, and what exists may have become what was wanted by
    another hand: an update that arrived after all, or somebody who was asked to make the same change.

    Args:
        records: all objects.
        wanted: the configuration.
        live: what exists where it is as wanted.
        changed: whether an address was written in this run; those are described already.
    """
    result = dict(records)
    for address, one in wanted.items():
        record = records.get(address)
        if record is None or changed(address):
            continue
        update: dict[str, Any] = {
            "dependencies": tuple(map(str, one.dependencies)),
            "references": tuple(map(str, one.references)),
            "lifecycle": _lifecycle(one),
        }
        if address in live and live[address] != record.attributes:
            update |= {"attributes": dict(live[address]), "applied": attribute_digests(live[address])}
        if any(getattr(record, name) != value for name, value in update.items()):
            result[address] = replace(record, **update)
    return result


def with_secret_times(record: ResourceRecord, before: ResourceRecord | None, stamp: str) -> ResourceRecord:
    """A record with the time at which each of its secrets last changed.

    Args:
        record: as it is now.
        before: as it was; None for a new object.
        stamp: the time for each secret whose version is a new one; RFC 3339, UTC.
    """
    versions = _secret_versions(record)
    if not versions:
        return record
    known, times = (_secret_versions(before), before.secrets_changed) if before is not None else ({}, {})
    changed = {name: times.get(name, stamp) if known.get(name) == one else stamp for name, one in versions.items()}
    return replace(record, secrets_changed=changed)


def _secret_versions(record: ResourceRecord) -> dict[str, int]:
    leaves = ((name, leaf_content(value, SECRET)) for name, value in record.attributes.items() if type(value) is dict)
    return {name: leaf["version"] for name, leaf in leaves if leaf is not None}
