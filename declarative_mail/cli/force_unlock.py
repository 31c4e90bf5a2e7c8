"""``dmail force-unlock``"""

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


@click.command(name="force-unlock", cls=ConfigurationCommand)
@click.argument("lock_id", required=False)
@configuration_options
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, lock_id: str | None, **options: Any) -> None:
    """Free the state's lock after a run that is gone. LOCK_ID is in the message that names the lock."""
    from declarative_mail.operations.state_edits import force_unlock

    output = output_of(as_json, no_color)
    said = force_unlock(workspace_of(ctx, options["backend_config"]), lock_id)
    output.text(f"The lock was freed: {said}.")
    output.line({"type": "unlocked", "holder": said})
