"""``dmail drift``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.exits import Exit, exit_for, worst
from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_into_option,
    json_option,
    keep_secrets_option,
    output_of,
    parallelism_option,
    workspace_of,
)
from declarative_mail.cli.streams import Output
from declarative_mail.operations.planning import PlanOptions


@click.command(name="drift", cls=ConfigurationCommand)
@configuration_options
@click.option("--target", multiple=True, metavar="ADDRESS", help="Look at this and what it needs only.")
@click.option("--exclude", multiple=True, metavar="ADDRESS", help="Leave out this and what needs it.")
@parallelism_option
@click.option("--report-only", is_flag=True, help="Exit 0 even if there is drift.")
@click.option("--test", "run_tests", is_flag=True, help="Run the connection tests of all servers too.")
@click.option("--verbose", is_flag=True, help="Show what waits to be applied too.")
@keep_secrets_option
@json_into_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, **options: Any) -> int:
    """Show what changed behind the configuration's back. Changes nothing, takes no lock; exits 3 if there is drift."""
    from declarative_mail.operations.connection_tests import TestOptions, run_tests, servers_of
    from declarative_mail.operations.drift import look_for_drift
    from declarative_mail.operations.states import open_state

    output = output_of(as_json, no_color, options["json_into"])
    workspace = workspace_of(ctx, options["backend_config"], parallelism=options["parallelism"])
    state = open_state(workspace)
    chosen = PlanOptions(targets=options["target"], excludes=options["exclude"], keep_secrets=options["keep_secrets"])
    drift = look_for_drift(workspace, chosen, state)
    data = drift.data
    for one in data["objects"]:
        output.line(one)
    exits = [exit_for(drift.planned.diagnostics)]
    if not as_json and (drift.objects or not drift.planned.failed):
        _show(data, output, verbose=options["verbose"])
    if options["run_tests"]:
        evaluated = drift.planned.evaluated
        from declarative_mail.operations.sender_checks import resolver_of

        test_options = TestOptions(resolver=resolver_of(workspace.environment))
        tested = run_tests(evaluated, servers_of(evaluated), test_options)
        for one in tested.data:
            output.line(one)
        if not as_json:
            from declarative_mail.rendering.probe_text import probe_text

            output.text(probe_text(list(tested.data), terminal=output.out))
        exits.append(Exit.TEST_FAILED if tested.blocking else Exit.OK)
    notes = [*state.diagnostics, *drift.planned.diagnostics]
    output.diagnostic_lines(notes)
    output.line(data["summary"])
    output.diagnostic_text(notes)
    if drift.drifted and not options["report_only"]:
        exits.append(Exit.DRIFT)
    return worst(exits)


def _show(data: dict[str, Any], output: Output, *, verbose: bool) -> None:
    from declarative_mail.rendering.drift_text import drift_text

    output.text(drift_text(data, terminal=output.out, verbose=verbose))
