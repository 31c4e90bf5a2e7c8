"""``dmail show``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)


@click.command(name="show", cls=ConfigurationCommand)
@click.argument("plan_file", required=False, metavar="[PLANFILE]")
@configuration_options
@click.option("--verbose", is_flag=True, help="Show all details of a plan.")
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, plan_file: str | None, **options: Any) -> None:
    """Show the state, with the last verdict on each server; or a saved plan."""
    from declarative_mail.operations.plan_files import read_plan
    from declarative_mail.operations.state_data import state_data
    from declarative_mail.operations.states import open_state
    from declarative_mail.rendering.plan_text import plan_text
    from declarative_mail.rendering.state_text import state_text

    output = output_of(as_json, no_color)
    workspace = workspace_of(ctx, options["backend_config"])
    state = open_state(workspace)
    output.diagnostics(state.diagnostics if not as_json else [])
    if plan_file is not None:
        saved = read_plan(workspace, plan_file, state)
        if as_json:
            output.document(saved.plan)
        output.text(plan_text(saved.plan, terminal=output.out, verbose=options["verbose"]))
        return
    data = state_data(state.snapshot)
    if as_json:
        output.document(data)
    output.text(state_text(data, terminal=output.out))
