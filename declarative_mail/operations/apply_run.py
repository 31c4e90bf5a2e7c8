"""The second half of an apply: prove that mail is taken, make the changes, write the state once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from msgspec import Struct

from declarative_mail import __version__
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.diagnostics.codes.configuration import CONDITION_FAILED
from declarative_mail.operations.applying import Applied, ApplyOptions, next_snapshot, run_changes
from declarative_mail.operations.connection_tests import Tested, TestOptions, check_result, check_results, probe_plan
from declarative_mail.operations.deposed import leftovers
from declarative_mail.operations.journal import RunJournal
from declarative_mail.operations.planning import Planned
from declarative_mail.operations.remote_tests import ProofAfterWrite
from declarative_mail.operations.sender_checks import resolver_of
from declarative_mail.operations.states import OpenState
from declarative_mail.operations.workspace import Workspace
from declarative_mail.probe.verdict import TestResult
from declarative_mail.state.snapshot import Snapshot


class Proof(Struct, frozen=True):
    """What stands for the servers of a plan: their test, or the reason for leaving it out."""

    tested: Tested | None
    skipped: str | None = None

    @property
    def stops(self) -> bool:
        """Whether the plan must not be applied."""
        return self.tested is not None and bool(self.tested.blocking)


def prove(
    workspace: Workspace, planned: Planned, *, skip_reason: str | None, known: Sequence[TestResult] = ()
) -> Proof:
    """Test the servers that the plan depends on; nothing is changed by it.

    Args:
        workspace: where it runs.
        planned: the plan.
        skip_reason: why the test is left out; None runs it.
        known: verdicts that a saved plan carries; those older than ``max_age`` are repeated.
    """
    if planned.plan.mode == "refresh-only":
        return Proof(None)
    if skip_reason is not None or planned.plan.is_empty or planned.plan.mode == "destroy":
        return Proof(None, skip_reason)
    resolver = resolver_of(workspace.environment)
    return Proof(probe_plan(planned, TestOptions(resolver=resolver, known=known, now=workspace.now)))


def carry_out(
    workspace: Workspace, planned: Planned, state: OpenState, *, options: ApplyOptions, proof: Proof
) -> Applied:
    """Make the changes and write the state, whatever became of them.

    Raises:
        DiagnosticError: the state could not be written.
    """
    before = planned.snapshot or Snapshot.empty(lineage=str(uuid4()), tool_version=__version__)
    # The salt goes with the first intent: fingerprints of a run that is killed are compared by the next one.
    planned.snapshot = before = planned.fingerprints.renewed(before)
    journal, left = RunJournal(state, before), leftovers(planned)
    left.delete(left.first, planned.remotes.by_name, journal.make_sure)
    after = ProofAfterWrite(planned.evaluated, proof.tested.after_write if proof.tested is not None else ())
    run = run_changes(planned, options, journal, after)
    if run.ok:
        left.delete(left.last, planned.remotes.by_name, journal.make_sure)
    checks = (*(check_results(proof.tested) if proof.tested is not None else ()), *map(check_result, after.results))
    snapshot = next_snapshot(workspace, planned, run, checks=checks, skip=proof.skipped)
    snapshot = journal.finish(snapshot, gone=left.gone)
    faults = [_failed(str(change.address), change.action.value, fault) for change, fault in run.failed]
    told = [*planned.diagnostics, *(fault for _, fault in run.failed)]
    learnt = () if planned.plan.mode == "refresh-only" else _learnt(planned, told)
    return Applied(run, snapshot, [*faults, *left.faults, *learnt], tuple(after.results))


def _learnt(planned: Planned, told: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What evaluation found after the changes and nobody told yet: conditions and checks on values known only now."""
    known = {_identity(one) for one in told}
    evaluated = planned.evaluated
    found = {_identity(one): one for one in (*evaluated.program.diagnostics, *evaluated.host.diagnostics)}
    return [one for identity, one in found.items() if identity not in known]


def _identity(one: Diagnostic) -> tuple[object, ...]:
    return (one.code.id, one.detail, str(one.primary.span) if one.primary is not None else None)


def _failed(address: str, action: str, fault: Diagnostic) -> Diagnostic:
    if fault.code == codes.TEST_AFTER_WRITE or (fault.code == CONDITION_FAILED and str(fault.address) == address):
        return fault  # it says all by itself: what is wrong with the object, written or not
    detail = f"{address} could not be {action}d: {fault.detail}"
    return Diagnostic(
        codes.PARTIAL_APPLY, detail, fault.primary, fault.related, fault.address, fault.help, {}, fault.cause
    )
