"""The old halves of replacements that were interrupted: the new object stands, and the old one still does.

::

    create new ──▶ point others to it ──▶ delete old
         └────────────── killed ──────────────┘     the next run comes back to the last step, at the same place

It comes first only where the plan needs the natural key of the old object: both could not stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.operations.planning import Planned
from declarative_mail.remotes.base import Operation, Remote
from declarative_mail.state.snapshot import ResourceRecord


class Leftovers(Struct):
    """What is left of interrupted replacements, and what became of it.

    Args:
        first: what must go before the changes of the plan.
        last: what goes when everything else is done.
        gone: what was deleted.
        faults: of those that could not be deleted; they stay in the state.
    """

    first: list[ResourceRecord]
    last: list[ResourceRecord]
    gone: list[ResourceRecord] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)

    def delete(
        self, records: Iterable[ResourceRecord], remotes: Mapping[str, Remote], make_sure: Callable[[], None]
    ) -> None:
        """Delete objects. No intent is noted: their records in the state say as much.

        Args:
            records: of the objects.
            remotes: by name.
            make_sure: of the lock, before each call.
        """
        for record in records:
            make_sure()
            fault = _delete(record, remotes.get(record.remote))
            if fault is None:
                self.gone.append(record)
            else:
                self.faults.append(fault)


def leftovers(planned: Planned) -> Leftovers:
    """What a plan finds in its state.

    A plan for a part of the configuration leaves it alone: something that it does not cover may still refer to it. So
    does one that only refreshes.
    """
    remotes, deposed = planned.remotes.by_name, planned.snapshot.deposed if planned.snapshot is not None else ()
    needed = {
        (one.remote, one.address.type, one.wanted.natural_key)
        for one in planned.plan.effective
        if one.wanted is not None and one.wanted.natural_key
    }
    if planned.plan.mode == "refresh-only":
        return Leftovers([], [])
    first: list[ResourceRecord] = []
    last: list[ResourceRecord] = []
    for record in deposed:
        remote = remotes.get(record.remote)
        key = remote.natural_key(record.type, record.attributes) if remote is not None else ()
        (first if (record.remote, record.type, key) in needed else last).append(record)
    covered = {change.address for change in planned.plan.changes}
    return Leftovers(first, last if planned.records.keys() <= covered else [])


def _delete(record: ResourceRecord, remote: Remote | None) -> Diagnostic | None:
    """Delete the object as it is now, whatever has become of it since; the fault where that fails."""
    if record.remote == "local":
        return None
    if remote is None:
        detail = (
            f"The old object of {record.address} ({record.id}) is on remote.{record.remote}, which is not declared any "
            "more, so it cannot be deleted. Declare the remote again."
        )
        return Diagnostic(codes.UNKNOWN_REMOTE, detail, address=record.address)
    try:
        found = remote.find(record.type, id_=record.id, like=record.attributes)
        if found is None:
            return None
        operation = Operation("delete", record.address, record.type, record.id, dict(found.attributes), None, {}, {})
        (written,) = remote.write(remote.document(operation), [operation])
    except DiagnosticError as error:
        return error.diagnostics[0]
    return written.fault
