"""Applies a plan: proof first, then the changes, then one write of the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from msgspec import Struct, field

from declarative_mail import __version__
from declarative_mail.addresses import Address
from declarative_mail.applying.records import refreshed, with_secret_times
from declarative_mail.applying.run import Resolved, Run, Settings, run_plan
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.diagnostics.codes.configuration import CONDITION_FAILED
from declarative_mail.operations.journal import RunJournal
from declarative_mail.operations.outputs import settled_outputs
from declarative_mail.operations.planning import Planned
from declarative_mail.operations.wanted import describe_wanted
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.change import Action, Change, Stored
from declarative_mail.planning.normalise import align_secrets, as_planned, has_unknown, keep_ignored
from declarative_mail.probe.verdict import TestResult
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject
from declarative_mail.resources.desired import secrets_of
from declarative_mail.state.snapshot import CheckResult, Output, ResourceRecord, Skip, Snapshot

OnEvent = Callable[[str, Change, Diagnostic | None], None]


class ApplyOptions(Struct, frozen=True, kw_only=True):
    """What the user allows.

    Args:
        allowed: the names of brakes that may be passed.
        skip_reason: why the connection test is left out; None runs it.
        should_stop: asked between steps.
        on_event: told what happens to each change.
    """

    allowed: frozenset[str] = frozenset()
    skip_reason: str | None = None
    should_stop: Callable[[], bool] = lambda: False
    on_event: OnEvent = lambda *_: None


class Applied(Struct):
    """What an apply did.

    Args:
        run: what became of each change.
        snapshot: the state as written.
        diagnostics: warnings, and the faults of failed changes.
        tests: the verdicts of remotes on servers that were just written.
    """

    run: Run
    snapshot: Snapshot
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tests: tuple[TestResult, ...] = ()

    @property
    def failed_test(self) -> bool:
        """Whether nothing is wrong but tests: servers that were written do not take mail, conditions do not hold."""
        failed = [fault.code for _, fault in self.run.failed]
        return bool(failed) and all(code in (codes.TEST_AFTER_WRITE, CONDITION_FAILED) for code in failed)

    @property
    def data(self) -> dict[str, Any]:
        """The last line of ``apply --json``."""
        return {
            "type": "apply_summary",
            "done": [str(change.address) for change in self.run.done],
            "failed": [str(change.address) for change, _ in self.run.failed],
            "not_reached": [str(change.address) for change in self.run.not_reached],
            "stopped": self.run.stopped,
            "serial": self.snapshot.serial,
        }


def held_back(planned: Planned, allowed: frozenset[str]) -> list[Diagnostic]:
    """The brakes that nobody released."""
    faults = []
    for brake in planned.plan.brakes:
        if brake.name not in allowed:
            detail = f"{brake.message} If that is meant, run again with:\n    {brake.flag}"
            faults.append(Diagnostic(codes.BRAKE, detail))
    return faults


def run_changes(
    planned: Planned,
    options: ApplyOptions,
    journal: RunJournal,
    prove: Callable[[Change, LiveObject], Diagnostic | None] = lambda *_: None,
) -> Run:
    """Make the changes; nothing is written to the state yet."""
    settings = Settings(
        remotes=planned.remotes.by_name,
        resolver=_Resolver(planned),
        on_event=options.on_event,
        should_stop=options.should_stop,
        before_calls=journal.before_calls,
        make_sure=journal.make_sure,
        after_calls=journal.after_calls,
        data_ids=planned.evaluated.data_ids,
        prove=prove,
        repeated=journal.repeated,
    )
    return run_plan(planned.plan, planned.records, settings)


def next_snapshot(
    workspace: Workspace,
    planned: Planned,
    run: Run,
    *,
    checks: Sequence[CheckResult] = (),
    skip: str | None = None,
) -> Snapshot:
    """The state after a run: its objects, outputs and verdicts. The serial grows when it is written."""
    before = planned.snapshot or Snapshot.empty(lineage=str(uuid4()), tool_version=__version__)
    changed = {change.address for change in run.done}
    records: Mapping[Address, ResourceRecord] = run.records
    if planned.plan.mode == "normal":
        records = refreshed(run.records, planned.wanted, _as_wanted(planned), changed.__contains__)
        planned.evaluated.learning.finish()
    records = _with_secret_times(records, planned.records, workspace.stamp)
    outputs = _outputs(planned, run)
    skips = before.skips
    if skip is not None:
        skipped = tuple(str(change.address) for change in planned.plan.effective)
        skips = (*skips, Skip(reason=skip, at=workspace.stamp, addresses=skipped))[-KEPT_SKIPS:]
    updated = before.with_resources(records.values())
    complete = replace(
        updated,
        outputs=outputs if run.ok else {**before.outputs, **outputs},
        check_results=merge_checks(before.check_results, checks, records),
        skips=skips,
    )
    return planned.fingerprints.renewed(complete)


def _outputs(planned: Planned, run: Run) -> dict[str, Output]:
    """What is known of the outputs now. Others wait: for what failed, or for what a plan of a part left out."""
    if planned.plan.mode == "destroy" and run.ok:
        return {}
    return settled_outputs(planned.evaluated, planned.snapshot, planned.fingerprints)


def _as_wanted(planned: Planned) -> dict[Address, Stored]:
    """What exists of the objects that need no change, all of it looked at: nothing of them is ignored."""
    return {
        change.address: change.before
        for change in planned.plan.changes
        if change.action is Action.NO_OP
        and change.before is not None
        and change.wanted is not None
        and change.wanted.ignore_changes == ()
    }


def _with_secret_times(
    records: Mapping[Address, ResourceRecord], before: Mapping[Address, ResourceRecord], stamp: str
) -> dict[Address, ResourceRecord]:
    """The records with the time at which each of their secrets last changed: now, where its version is a new one."""
    result = dict(records)
    for address, record in records.items():
        old = before.get(address)
        if record is not old:
            result[address] = with_secret_times(record, old, stamp)
    return result


KEPT_SKIPS = 100
"""How many reasons of skipped tests a state remembers."""


def merge_checks(
    before: Iterable[CheckResult], new: Iterable[CheckResult], records: Mapping[Address, ResourceRecord]
) -> tuple[CheckResult, ...]:
    """The last result for each thing that still exists."""
    known = {str(address) for address in records}
    merged = {(one.kind, one.address): one for one in before if one.kind == "check" or one.address in known}
    merged.update({(one.kind, one.address): one for one in new if one.kind == "check" or one.address in known})
    return tuple(merged[key] for key in sorted(merged))


def _not_known_yet(change: Change) -> Diagnostic:
    detail = (
        f"{change.address} needs a value of an object that is written together with it, as one document of "
        f"remote.{change.remote}. It is known now: run apply again."
    )
    return Diagnostic(codes.NOT_KNOWN_YET, detail, address=change.address)


class _Resolver:
    """Evaluates again what was unknown at plan, and hands out the values of secrets."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned

    def resolve(self, change: Change) -> Resolved:
        """The final attributes of a create or update."""
        planned = self._planned
        evaluated = planned.evaluated
        attributes = change.after or {}
        instance = evaluated.program.instances.get(change.address)
        if has_unknown(attributes) or (instance is not None and instance.is_open):
            attributes = self._reevaluated(change)
        desired = evaluated.desired.get(change.address)
        secrets = dict(secrets_of(desired.attributes, evaluated.desired)) if desired is not None else {}
        return Resolved(attributes, secrets)

    def _reevaluated(self, change: Change) -> dict[str, Any]:
        evaluated = self._planned.evaluated
        errors = [one for one in evaluated.learning.compute(change.address) if one.is_error]
        if errors:
            raise DiagnosticError(errors)
        wanted = describe_wanted(evaluated, change.address, self._planned.remotes, self._planned.fingerprints)
        if has_unknown(wanted.attributes):
            raise DiagnosticError(_not_known_yet(change))
        aligned = as_planned(change.after, align_secrets(change.before, wanted.attributes))
        ignored: dict[str, Any] = keep_ignored(change.before or aligned, aligned, wanted.ignore_changes)
        return ignored

    def applied(self, record: ResourceRecord) -> None:
        """Let expressions see the object that was just written."""
        evaluated = self._planned.evaluated
        evaluated.host.records[record.address] = record
        evaluated.host.renewed.discard(record.address)
        evaluated.host.written.add(record.address)
        if record.address in evaluated.desired:
            evaluated.learning.learn(record.address)

    def refused(self, change: Change) -> Diagnostic | None:
        """A postcondition of the object itself that does not hold, now that all of it is known."""
        instance = self._planned.evaluated.program.instances.get(change.address)
        if instance is None or not instance.block.lifecycle.postconditions:
            return None
        errors = [one for one in self._planned.evaluated.learning.compute(change.address) if one.is_error]
        return next((one for one in errors if one.code == CONDITION_FAILED and one.address == change.address), None)
