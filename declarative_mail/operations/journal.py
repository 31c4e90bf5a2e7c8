"""Keeps the journal of a run where its state lives.

Beside a local state file the journal is a file. A store without a disk keeps the intents in the state's ``pending``
section, by a conditional write for each batch: the disk of a CI runner dies with its job (semantics 6).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from time import monotonic

from declarative_mail.addresses import Address
from declarative_mail.applying.folding import fold
from declarative_mail.applying.intents import intent_of, outcome_of
from declarative_mail.applying.run import Call, Ended
from declarative_mail.operations.states import OpenState
from declarative_mail.records import replace
from declarative_mail.state.snapshot import Intent, ResourceRecord, Snapshot

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

    @property
    def repeated(self) -> Collection[Address]:
        """The creates that the run before this one left open and that were not to be found."""
        return self._state.unseen

    def make_sure(self) -> None:
        """Make sure of the lock, which costs a question every few seconds.

        Raises:
            LockLost: somebody else works on the state.
        """
        if self._state.lease is not None:
            self._state.lease.check()

    def before_calls(self, calls: Sequence[Call]) -> None:
        """Make sure of the lock, then note what is sent next.

        Raises:
            DiagnosticError: the lock was lost, or the journal cannot be written.
        """
        noted = [call for call in calls if call.remote != "local"]
        if not noted:
            return
        self.make_sure()
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
                self._intents[id_] = replace(self._intents[id_], outcome=outcome)
                outcomes.append((id_, outcome))
        if self._file is not None and outcomes:
            self._file.settle(outcomes)
        if outcomes and monotonic() - self._written_at >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        self._state.write(fold(self._before, self._intents.values()))
        self._written_at = monotonic()

    def finish(self, snapshot: Snapshot, *, gone: Collection[ResourceRecord] = ()) -> Snapshot:
        """Write the state at the end of a run; what is still open stays in it as pending.

        Args:
            snapshot: what came of the run.
            gone: old halves of replacements that were deleted.

        Raises:
            DiagnosticError: it could not be written; the journal stays.
        """
        left = [one for one in self._intents.values() if one.outcome is None and one.id not in self._unsent]
        deposed = fold(self._before, self._intents.values()).deposed
        known = {one.place for one in (*snapshot.resources, *gone)}
        kept = [one for one in deposed if one.place not in known]
        whole = replace(snapshot.with_resources([*snapshot.resources, *kept]), pending=tuple(left))
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
