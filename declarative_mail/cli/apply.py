"""``dmail apply``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.applying import apply_changes
from declarative_mail.cli.options import (
    ConfigurationCommand,
    apply_options,
    check_modes,
    configuration_options,
    json_into_option,
    json_option,
    mode_options,
    output_of,
    refuse_with_plan_file,
    selection_options,
    workspace_of,
)
from declarative_mail.cli.plan import plan_options


@click.command(name="apply", cls=ConfigurationCommand)
@click.argument("plan_file", required=False, metavar="[PLANFILE]")
@configuration_options
@selection_options
@mode_options
@apply_options
@click.option("--destroy", is_flag=True, help="Delete everything that is managed here.")
@click.option("--expect", metavar="DIGEST", help="Apply only if the plan has this digest.")
@json_into_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, plan_file: str | None, **options: Any) -> int:
    """Make the plan so, after proving that the servers it needs take mail.

    With PLANFILE (from plan --out) exactly that plan is applied, without asking.
    """
    check_modes(options)
    if plan_file is not None:
        refuse_with_plan_file(options)
    workspace = workspace_of(ctx, options["backend_config"], parallelism=options["parallelism"])
    return apply_changes(
        workspace,
        plan_options(options),
        output_of(as_json, no_color, options["json_into"], compact_warnings=options["compact_warnings"]),
        options=options,
        plan_file=plan_file,
    )
