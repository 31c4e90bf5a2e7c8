"""Puts what a journal says into the state: what is known of its calls, and that the rest is open."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import parse_address
from declarative_mail.applying.journal import Journaled
from declarative_mail.applying.records import with_secret_times
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.snapshot import Intent, Place, ResourceRecord, Snapshot


def fold(snapshot: Snapshot, intents: Iterable[Intent]) -> Snapshot:
    """The state with every known outcome in it, and the intents whose outcome is open as its ``pending``.

    Folding the same intents twice gives the same state.
    """
    folding, still_open = _Folding(snapshot), []
    for intent in intents:
        outcome = intent.outcome
        if outcome is None:
            still_open.append(intent)
        elif outcome.status == "done" and outcome.record is not None:
            folding.put(outcome.record, outcome.at, leaves=intent.deposed)
        elif outcome.status == "done":
            folding.delete((intent.remote, parse_address(intent.address).type, intent.object_id or ""))
    whole = snapshot.with_resources([*folding.records.values(), *folding.deposed.values()])
    return replace(whole, pending=tuple(still_open))


class _Folding:
    """A state while outcomes are put into it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.records = dict(snapshot.by_address)
        self.deposed = {record.place: record for record in snapshot.deposed}
        self._addresses = {record.place: address for address, record in self.records.items()}

    def put(self, made: ResourceRecord, at: str, *, leaves: str | None) -> None:
        """An object was created or updated; `leaves` marks the one that it replaces and that still stands."""
        former = self._addresses.get(made.place)
        if former is not None and former != made.address:
            self.records.pop(former, None)
        # Where systems let us choose ids, one that is used again names the new object.
        self.deposed.pop(made.place, None)
        replaced = self.records.get(made.address)
        if replaced is not None and replaced.place != made.place:
            self._addresses.pop(replaced.place, None)
            if leaves is not None:
                self.deposed[replaced.place] = replace(replaced, deposed=leaves)
        self.records[made.address] = with_secret_times(made, replaced, at)
        self._addresses[made.place] = made.address

    def delete(self, place: Place) -> None:
        """An object was deleted, whatever it is called here."""
        self.deposed.pop(place, None)
        address = self._addresses.pop(place, None)
        if address is not None:
            self.records.pop(address, None)


def recover(snapshot: Snapshot | None, left: Journaled, *, tool_version: str) -> Snapshot:
    """The state with what a journal says of it.

    Args:
        snapshot: as it was written last; None where the run was killed before that.
        left: the journal.
        tool_version: of this program.

    Raises:
        DiagnosticError: the journal belongs to another state.
    """
    if snapshot is None:
        snapshot = Snapshot.empty(lineage=left.lineage, tool_version=tool_version)
    if snapshot.lineage != left.lineage:
        detail = (
            f"The journal beside the state is of the lineage {left.lineage}, and the state of {snapshot.lineage}: it "
            "says what a run did to other objects. Put its state back, or remove the journal."
        )
        raise DiagnosticError(Diagnostic(codes.OTHER_LINEAGE, detail))
    return fold(snapshot, [*snapshot.pending, *left.intents])
