"""Keeps the journal of a run where its state lives, and settles what an interrupted run left behind.

Beside a local state file the journal is a file. A store without a disk keeps the intents in the state's ``pending``
section, by a conditional write for each batch: the disk of a CI runner dies with its job (semantics 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic

from declarative_mail.addresses import parse_address
from declarative_mail.applying.journal import fold, intent_of, outcome_of
from declarative_mail.applying.run import Call, Ended
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning, remotes
from declarative_mail.operations.states import OpenState
from declarative_mail.remotes.base import Operation, Remote
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.snapshot import Intent, Outcome, ResourceRecord, Snapshot

CHECKPOINT_SECONDS = 5.0
"""How often the state is written while a run goes on."""


class RunJournal:
    """The journal of one run. The local remote needs none: nothing exists of it before the state is written."""

    def __init__(self, state: OpenState, before: Snapshot) -> None:
        """Nothing is written yet.

        Args:
            state: under its lock.
            before: what the run starts from, with nothing pending.
        """
        self._state = state
        self._before = before
        self._file = state.journal
        self._begun = False
        self._intents: dict[str, Intent] = {}
        self._of_call: dict[int, str] = {}
        self._written_at = monotonic()

    def before_calls(self, calls: Sequence[Call]) -> None:
        """Make sure of the lock, then note what is sent next.

        Raises:
            DiagnosticError: the lock was lost, or the journal cannot be written.
        """
        noted = [call for call in calls if call.remote != "local"]
        if not noted:
            return
        if self._state.lease is not None:
            self._state.lease.check()
        intents = [intent_of(call, _now()) for call in noted]
        self._intents.update({one.id: one for one in intents})
        self._of_call.update({id(call): one.id for call, one in zip(noted, intents, strict=True)})
        if self._file is None:
            self._checkpoint()
            return
        if not self._begun:
            self._begun = True
            # What an earlier run left is in this state; only then may its journal go.
            self._state.write(self._before)
            self._file.begin(self._before.lineage)
        self._file.note(intents)

    def after_calls(self, ended: Sequence[Ended]) -> None:
        """Note what became of calls, and write the state where that is due."""
        outcomes = []
        for one in ended:
            id_, outcome = self._of_call.pop(id(one.call), None), outcome_of(one, _now())
            if id_ is not None and outcome is not None:
                self._intents[id_] = self._intents[id_].model_copy(update={"outcome": outcome})
                outcomes.append((id_, outcome))
        if self._file is not None and outcomes:
            self._file.settle(outcomes)
        if outcomes and monotonic() - self._written_at >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        self._state.write(fold(self._before, self._intents.values()))
        self._written_at = monotonic()

    def finish(self, snapshot: Snapshot) -> Snapshot:
        """Write the state at the end of a run; what is still open stays in it as pending.

        Raises:
            DiagnosticError: it could not be written; the journal stays.
        """
        left = [one for one in self._intents.values() if one.outcome is None and one.id not in self._unsent]
        deposed = fold(self._before, self._intents.values()).deposed
        known = {(one.remote, one.id) for one in snapshot.resources}
        kept = [one for one in deposed if (one.remote, one.id) not in known]
        whole = snapshot.with_resources([*snapshot.resources, *kept]).model_copy(update={"pending": tuple(left)})
        written = self._state.write(whole)
        if self._file is not None:
            self._file.clear()
        return written

    @property
    def _unsent(self) -> set[str]:
        """Calls that were noted and then not sent, since somebody asked to stop."""
        return set(self._of_call.values())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def settle(snapshot: Snapshot, by_name: Mapping[str, Remote]) -> tuple[Snapshot, list[Diagnostic]]:
    """Ask the remotes about each call whose outcome is open.

    Args:
        snapshot: with something pending.
        by_name: the remotes.

    Returns:
        The state with nothing pending, and warnings.

    Raises:
        DiagnosticError: a remote is not declared any more, or cannot be asked.
    """
    settled, warnings = [], list[Diagnostic]()
    for intent in snapshot.pending:
        remote = by_name.get(intent.remote)
        if remote is None:
            detail = (
                f"An interrupted run left a call for {intent.address} open on remote.{intent.remote}, which is not "
                "declared any more. Declare it again, so that dmail can ask what became of it."
            )
            raise DiagnosticError(Diagnostic(planning.UNKNOWN_REMOTE, detail))
        outcome, warning = _ask(intent, remote)
        settled.append(intent.model_copy(update={"outcome": outcome}))
        warnings += [warning] if warning is not None else []
    return fold(snapshot, settled), warnings


def _ask(intent: Intent, remote: Remote) -> tuple[Outcome, Diagnostic | None]:
    """What became of one call: looked up by id, a create by natural key (semantics 31)."""
    type_ = parse_address(intent.address).type
    done = Outcome(status="done", at=intent.at, record=None)
    failed = Outcome(status="failed", at=intent.at)
    if intent.verb == "delete":
        return (failed if remote.find(type_, id_=intent.object_id) else done), None
    record = intent.record
    if record is None:
        return failed, None
    found = remote.find(type_, id_=intent.object_id, like=record.attributes)
    if found is None:
        return failed, None
    if dict(found.attributes) == record.attributes:
        return done.model_copy(update={"record": _as_found(record, found.id)}), None
    return failed, _differs(intent, found.id) if intent.verb == "create" else None


def _as_found(record: ResourceRecord, id_: str) -> ResourceRecord:
    return record.model_copy(update={"id": id_, "applied": attribute_digests(record.attributes)})


def _differs(intent: Intent, id_: str) -> Diagnostic:
    detail = (
        f"An interrupted run was about to create {intent.address}. remote.{intent.remote} has an object with its "
        f"natural key, but not with these attributes, so it is not taken for ours. To take it over:\n"
        f"    dmail import '{intent.address}' {id_}"
    )
    return Diagnostic(remotes.INTERRUPTED_OTHERWISE, detail, address=parse_address(intent.address))


def delete_deposed(snapshot: Snapshot, by_name: Mapping[str, Remote]) -> Snapshot:
    """Finish replacements that were interrupted between create and delete: the new object stands, the old one goes.

    Raises:
        DiagnosticError: the remote refused.
    """
    for record in snapshot.deposed:
        remote = by_name[record.remote]
        attributes = dict(record.attributes)
        operation = Operation("delete", record.address, record.type, record.id, attributes, None, {}, {})
        (written,) = remote.write(remote.document(operation), [operation])
        if written.fault is not None:
            raise DiagnosticError(written.fault)
    return snapshot.with_resources(snapshot.by_address.values())
