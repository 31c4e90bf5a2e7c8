"""What ``apply`` and ``destroy`` share: plan, ask, prove, change, write, tell."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import click

from declarative_mail.cli.exits import Exit, StoppedAtOnce, exit_for
from declarative_mail.cli.plan import show_plan
from declarative_mail.cli.streams import Output
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.operations.apply_run import Proof, carry_out, prove
from declarative_mail.operations.applying import ApplyOptions, held_back
from declarative_mail.operations.plan_files import check_expected, load_plan
from declarative_mail.operations.planning import Planned, PlanOptions, make_plan
from declarative_mail.operations.states import OpenState, locked_state
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.change import Change
from declarative_mail.probe.verdict import TestResult


class Stop:
    """Ctrl-C during an apply: the first ends the run after what is under way, the second ends the process."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.asked = False
        self.signal = signal.SIGINT

    def __call__(self) -> bool:
        """Whether somebody asked to stop."""
        return self.asked

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        if self.asked:
            raise StoppedAtOnce(self.exit)
        self.asked = True
        self.signal = signal.Signals(number)
        with suppress(OSError, RuntimeError):  # nobody reads, or the signal came amid another word
            self.output.note("\nStopping after what is under way; press Ctrl-C again to stop at once.")

    @property
    def exit(self) -> Exit:
        """The exit code of a run that was stopped."""
        return Exit.TERMINATED if self.signal == signal.SIGTERM else Exit.INTERRUPTED


def apply_changes(
    workspace: Workspace,
    plan_options: PlanOptions,
    output: Output,
    *,
    options: Mapping[str, Any],
    plan_file: str | None = None,
) -> int:
    """Plan (or read a saved plan), ask, and carry it out; gives the exit code."""
    timeout = options["lock_timeout"]
    with locked_state(workspace, "destroy" if plan_options.destroy else "apply", timeout=timeout) as state:
        allowed, known = allowed_brakes(options), list[TestResult]()
        if plan_file is None:
            planned = make_plan(workspace, plan_options, state)
        else:
            planned, saved = load_plan(workspace, plan_file, state)
            allowed |= set(saved.allowed)
            known = [TestResult.from_record(one) for one in saved.tests]
        expected = options.get("expect")
        check_expected(planned.plan, expected)
        approved = plan_file is not None or expected is not None or options["auto_approve"]
        code = _show_and_check(planned, state, output, allowed=allowed, verbose=options["verbose"])
        if code is None and not approved and not planned.is_empty:
            code = _ask(planned, output, may_ask=not options["no_input"])
        if code is not None:
            return code
        return _carry_out(workspace, planned, state, output=output, options=options, known=known)


def _show_and_check(
    planned: Planned, state: OpenState, output: Output, *, allowed: frozenset[str], verbose: bool
) -> int | None:
    """Show the plan; the exit code where it must not be applied, None to go on."""
    notes = [*state.diagnostics, *planned.diagnostics]
    output.diagnostic_lines(notes)
    show_plan(planned, output, verbose=verbose)
    output.diagnostic_text(notes)
    if planned.failed:
        return exit_for(planned.diagnostics)
    brakes = held_back(planned, allowed)
    if brakes:
        output.diagnostics(brakes)
        return exit_for(brakes)
    return None


def allowed_brakes(options: Mapping[str, Any]) -> frozenset[str]:
    """The brakes that flags of the command line release."""
    names = {"allow_empty": "empty", "allow_mass_change": "mass-change", "allow_lost_audience": "lost-audience"}
    return frozenset(brake for option, brake in names.items() if options[option])


_QUESTIONS = {
    "normal": "Make these changes?",
    "destroy": "Delete all of this?",
    "refresh-only": "Take this over into the state? Nothing is changed on a remote.",
}


def _ask(planned: Planned, output: Output, *, may_ask: bool) -> int | None:
    if not may_ask or output.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        from declarative_mail.diagnostics.codes.planning import NOT_APPROVED

        why = "There is no terminal to ask on." if may_ask else "--no-input was given, so nobody is asked."
        detail = (
            f"{why} Review the plan above, then run again with one of:\n"
            f"    --auto-approve\n    --expect {planned.plan.digest}"
        )
        output.diagnostics([Diagnostic(NOT_APPROVED, detail)])
        return Exit.ERROR
    try:
        answer = click.prompt(
            f'\n{_QUESTIONS[planned.plan.mode]} Only "yes" will be accepted', default="", show_default=False
        )
    except click.Abort:
        output.note("\nNot applied. Nothing was changed.")
        return Exit.INTERRUPTED
    if answer == "yes":
        return None
    output.note("Not applied. Nothing was changed.")
    return Exit.ERROR


def _carry_out(
    workspace: Workspace,
    planned: Planned,
    state: OpenState,
    *,
    output: Output,
    options: Mapping[str, Any],
    known: Sequence[TestResult] = (),
) -> int:
    stop = Stop(output)
    skip = options["skip_connection_test"]
    with _stoppable(stop):
        proof = prove(workspace, planned, skip_reason=skip, known=known)
        _show_proof(proof, output)
        if proof.stops:
            output.note("Nothing was changed: a connection test failed.")
            return Exit.TEST_FAILED
        if stop():
            output.note("Nothing was changed.")
            return stop.exit
        progress = _Progress(output, verbose=options["verbose"])
        applied = carry_out(
            workspace,
            planned,
            state,
            options=ApplyOptions(should_stop=stop, on_event=progress, skip_reason=skip),
            proof=proof,
        )
    _show_tests([one.data for one in applied.tests], output)
    _show_applied(applied.data, planned, output)
    output.diagnostics(applied.diagnostics)
    if applied.run.stopped:
        return stop.exit
    if applied.run.ok:
        return exit_for(applied.diagnostics)
    return Exit.TEST_FAILED if applied.failed_test else Exit.ERROR


@contextmanager
def _stoppable(stop: Stop) -> Iterator[None]:
    before = {number: signal.signal(number, stop.handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Progress:
    """Tells of each change as it is made."""

    def __init__(self, output: Output, *, verbose: bool) -> None:
        self.output = output
        self.verbose = verbose

    def __call__(self, event: str, change: Change, fault: Diagnostic | None) -> None:
        if self.output.writes_json:
            record = {"type": f"apply_{event}", "address": str(change.address), "action": change.action.value}
            self.output.line({**record, "error": fault.data if fault is not None else None})
        if self.verbose and event == "done":
            self.output.note(f"{change.address}: {change.action.value} done")


def _show_proof(proof: Proof, output: Output) -> None:
    if proof.tested is None:
        if proof.skipped:
            output.note(f"Connection test skipped: {proof.skipped}")
        return
    _show_tests(list(proof.tested.data), output)
    for name in proof.tested.after_write:
        output.note(f"{name}: its remote tests it after it is written.")


def _show_tests(records: list[dict[str, Any]], output: Output) -> None:
    for record in records:
        output.line(record)
    if output.as_json or not records:
        return
    from declarative_mail.rendering.probe_text import probe_text

    output.text(probe_text(records, terminal=output.out))


def _show_applied(data: dict[str, Any], planned: Planned, output: Output) -> None:
    output.line(data)
    if output.as_json:
        return
    from declarative_mail.rendering.apply_text import apply_text

    output.text(apply_text(data, planned.plan.summary, terminal=output.out))
