"""``dmail plan``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from declarative_mail.cli.exits import Exit, exit_for
from declarative_mail.cli.options import (
    ConfigurationCommand,
    brake_options,
    check_modes,
    compact_option,
    configuration_options,
    json_into_option,
    json_option,
    mode_options,
    output_of,
    parallelism_option,
    selection_options,
    workspace_of,
)
from declarative_mail.cli.streams import Output
from declarative_mail.operations.planning import Planned, PlanOptions

if TYPE_CHECKING:
    from declarative_mail.operations.connection_tests import Tested
    from declarative_mail.operations.workspace import Workspace


@click.command(name="plan", cls=ConfigurationCommand)
@configuration_options
@selection_options
@mode_options
@parallelism_option
@brake_options
@click.option("--destroy", is_flag=True, help="Plan to delete everything that is managed here.")
@click.option("--out", metavar="FILE", help="Save the plan, to be applied exactly.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@click.option("--test", "run_tests", is_flag=True, help="Run the connection tests too.")
@click.option("--without-secrets", is_flag=True, help="Fetch no secret: for pull requests from forks.")
@click.option("--verbose", is_flag=True, help="Show all details and what does not change.")
@compact_option
@click.option("--markdown", is_flag=True, help="Write the plan as Markdown, for a comment.")
@json_into_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, **options: Any) -> int:
    """Show what would change, and how far each change reaches."""
    from declarative_mail.operations.planning import make_plan
    from declarative_mail.operations.states import open_state

    check_modes(options)
    output = output_of(as_json, no_color, options["json_into"], compact_warnings=options["compact_warnings"])
    workspace = workspace_of(ctx, options["backend_config"], parallelism=options["parallelism"])
    state = open_state(workspace)
    state.forgets = not options["out"]
    chosen = plan_options(options)
    planned = make_plan(workspace, chosen, state)
    tests = _tests(workspace, planned) if options["run_tests"] and not planned.failed else None
    if tests is not None:
        planned.plan = tests.recorded_in(planned.plan)
    if options["out"] and not planned.failed:
        from declarative_mail.cli.applying import allowed_brakes
        from declarative_mail.operations.plan_files import Terms, save_plan

        allowed = tuple(sorted(allowed_brakes(options)))
        records = tuple(one.record for one in tests.results) if tests is not None else ()
        save_plan(workspace, planned, options["out"], state, terms=Terms(chosen, allowed, records))
    notes = [*state.diagnostics, *planned.diagnostics]
    output.diagnostic_lines(notes)
    show_plan(planned, output, verbose=options["verbose"], markdown=options["markdown"])
    output.diagnostic_text(notes)
    output.note(_following(planned, options["out"]))
    code = exit_for(planned.diagnostics)
    if code is Exit.OK and tests is not None and tests.blocking:
        return Exit.TEST_FAILED
    return Exit.CHANGES if code is Exit.OK and options["detailed_exitcode"] and not planned.is_empty else code


def _following(planned: Planned, saved: str | None) -> str:
    """How to go on from a plan, where that is not plain."""
    if planned.failed:
        return ""
    if saved:
        return f"Saved. To make exactly this so, run:\n    dmail apply {saved}"
    if planned.plan.mode == "refresh-only" and not planned.plan.is_empty:
        return "To take this over into the state, run:\n    dmail apply --refresh-only"
    return ""


def _tests(workspace: Workspace, planned: Planned) -> Tested:
    # Imported here: a plan without tests need not pay for the machinery of the conversation.
    from declarative_mail.operations.connection_tests import TestOptions, probe_plan
    from declarative_mail.operations.sender_checks import resolver_of

    return probe_plan(planned, TestOptions(resolver=resolver_of(workspace.environment)))


def plan_options(options: dict[str, Any]) -> PlanOptions:
    """The options of `selection_options` and `mode_options` as a record."""
    return PlanOptions(
        targets=options["target"],
        excludes=options["exclude"],
        replaces=options.get("replace", ()),
        destroy=options.get("destroy", False),
        refresh=not options["no_refresh"],
        allow_destroy=options["allow_destroy"],
        refresh_only=options.get("refresh_only", False),
        write_secrets=options.get("write_secrets", False),
        without_secrets=options.get("without_secrets", False),
        keep_secrets=options["keep_secrets"],
    )


def show_plan(planned: Planned, output: Output, *, verbose: bool, markdown: bool = False) -> None:
    """Write a plan in the form that was asked for."""
    data = planned.plan.shown(
        details=output.writes_json or markdown or verbose or _are_few(planned), of_unchanged=output.writes_json
    )
    if output.writes_json:
        for change in data["changes"]:
            if verbose or change["action"] != "no-op" or change["importing"] or change["previous_address"]:
                output.line(change)
        for name, one in data["outputs"].items():
            output.line({"type": "output_change", "name": name, **one})
        for one in data["connection_tests"]:
            output.line(one)
        for brake in data["brakes"]:
            output.line({"type": "brake", **brake})
        output.line(data["summary"])
    if output.as_json or (planned.failed and planned.is_empty):
        return  # that nothing changes would be no answer: what stands against it follows
    if markdown:
        from declarative_mail.rendering.plan_markdown import plan_markdown

        output.text(plan_markdown(data))
        return
    from declarative_mail.rendering.plan_text import plan_text

    output.text(plan_text(data, terminal=output.out, verbose=verbose))


def _are_few(planned: Planned) -> bool:
    """Whether the text shows the details of all changes without being asked."""
    from declarative_mail.rendering.plan_text import DETAILS_UP_TO

    return len(planned.plan.effective) <= DETAILS_UP_TO
