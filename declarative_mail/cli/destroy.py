"""``dmail destroy``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.applying import apply_changes
from declarative_mail.cli.options import (
    ConfigurationCommand,
    apply_options,
    configuration_options,
    json_into_option,
    json_option,
    output_of,
    selection_options,
    workspace_of,
)
from declarative_mail.cli.plan import plan_options
from declarative_mail.records import replace


@click.command(name="destroy", cls=ConfigurationCommand)
@configuration_options
@selection_options
@apply_options
@json_into_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, **options: Any) -> int:
    """Delete everything that is managed here. The same as apply --destroy."""
    workspace = workspace_of(ctx, options["backend_config"], parallelism=options["parallelism"])
    chosen = replace(plan_options(options), destroy=True)
    output = output_of(as_json, no_color, options["json_into"], compact_warnings=options["compact_warnings"])
    return apply_changes(workspace, chosen, output, options=options)
