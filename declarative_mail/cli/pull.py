"""``dmail pull``"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

import click

from declarative_mail.cli.exits import exit_for
from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)

if TYPE_CHECKING:
    from declarative_mail.operations.pull import Pulled


@click.command(name="pull", cls=ConfigurationCommand)
@click.argument("remote", metavar="REMOTE")
@click.argument("directory", metavar="DIR")
@click.option("--force", is_flag=True, help="Overwrite what an earlier pull wrote; remove what of it is not needed.")
@configuration_options
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, as_json: bool, no_color: bool, remote: str, directory: str, force: bool, **options: Any
) -> int:
    """Write a configuration for everything that REMOTE has and that is not managed yet, into DIR.

    REMOTE is a remote block of this configuration, such as remote.rest.prod. DIR gets a file for each type, import
    blocks, and a variable without a value for each secret. Nothing is written to the remote. A plan in DIR then takes
    over what exists and changes nothing.
    """
    from declarative_mail.operations.pull import pull
    from declarative_mail.rendering.pull_text import pull_text

    output = output_of(as_json, no_color)
    pulled = pull(workspace_of(ctx, options["backend_config"]), remote, directory, force=force)
    for one in pulled.object_lines:
        output.line(one)
    output.diagnostic_lines(pulled.diagnostics)
    output.diagnostic_text(pulled.told)
    summary = {**pulled.summary, "next": _next(ctx, pulled)}
    output.line(summary)
    output.text(pull_text(summary, terminal=output.out))
    return exit_for(pulled.diagnostics)


def _next(ctx: click.Context, pulled: Pulled) -> str:
    """The command that plans what was written."""
    folder = os.path.normpath(os.path.join((ctx.obj or {}).get("chdir") or "", pulled.folder))  # noqa: PTH118
    words = [
        "dmail",
        *([] if folder == "." else ["-C", folder]),
        "plan",
        *(["--keep-secrets"] if pulled.secrets else []),
    ]
    return shlex.join(words)
