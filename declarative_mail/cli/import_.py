"""``dmail import``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    lock_option,
    output_of,
    parallelism_option,
    workspace_of,
)


@click.command(name="import", cls=ConfigurationCommand)
@click.argument("address")
@click.argument("id")
@configuration_options
@lock_option
@parallelism_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, address: str, id: str, **options: Any) -> None:  # noqa: A002
    """Take over the object that its remote calls ID as ADDRESS, which the configuration declares.

    Nothing is written to the remote. An import block does the same within a plan.
    """
    from declarative_mail.operations.importing import import_object

    output = output_of(as_json, no_color)
    workspace = workspace_of(ctx, options["backend_config"], parallelism=options["parallelism"])
    change = import_object(workspace, address, id, timeout=options["lock_timeout"])
    output.line({"type": "imported", "address": address, "id": id, "changed": list(change.changed)})
    output.text(f"{address}: taken over.")
    if change.changed:
        output.text(f"It is not yet as declared: {', '.join(change.changed)} would change. `dmail plan` shows how.")
