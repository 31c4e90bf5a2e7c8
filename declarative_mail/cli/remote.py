"""``dmail remote``"""

from __future__ import annotations

from typing import Any

import click

from declarative_mail.cli.exits import exit_for
from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)


@click.group(name="remote")
def command() -> None:
    """Ask remotes whether they can be worked with."""


@command.command(name="check", cls=ConfigurationCommand)
@configuration_options
@json_option
@click.pass_context
def check(ctx: click.Context, /, as_json: bool, no_color: bool, **options: Any) -> int:
    """Ask each remote whether the token is valid and the version the right one. Changes nothing."""
    from declarative_mail.operations.remote_checks import check_remotes

    output = output_of(as_json, no_color)
    checked = check_remotes(workspace_of(ctx, options["backend_config"]))
    for one in checked:
        ok = not any(fault.is_error for fault in one.diagnostics)
        output.line({"type": "remote_check", "remote": one.name, "identity": one.identity, "ok": ok})
        output.text(f"remote.{one.name} at {one.identity}: {'ready' if ok else 'cannot be worked with'}")
        output.diagnostics(one.diagnostics)
    if not checked:
        output.text("No remote is declared: everything is on local, which needs no check.")
    return exit_for(fault for one in checked for fault in one.diagnostics)
