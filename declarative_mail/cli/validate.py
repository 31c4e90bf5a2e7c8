"""``dmail validate``"""

from __future__ import annotations

import click

from declarative_mail.cli.exits import exit_for
from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)


@click.command(name="validate", cls=ConfigurationCommand)
@configuration_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "sarif"]),
    default="text",
    help="Also as GitHub annotations or as a SARIF report.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, form: str, **options: tuple[str, ...]) -> int:
    """Check the configuration without values for variables, secrets, state or network."""
    from declarative_mail.operations.validate import validate

    output = output_of(as_json, no_color)
    diagnostics = validate(workspace_of(ctx, options["backend_config"]))
    if form != "text":
        _other_form(form, diagnostics)
        return exit_for(diagnostics)
    output.diagnostics(diagnostics)
    errors = sum(one.is_error for one in diagnostics)
    output.line(
        {"type": "summary", "valid": not errors, "error_count": errors, "warning_count": len(diagnostics) - errors}
    )
    if not errors:
        output.text("The configuration is valid.")
    return exit_for(diagnostics)


def _other_form(form: str, diagnostics: list) -> None:  # type: ignore[type-arg]
    from declarative_mail import __version__
    from declarative_mail.cli.streams import json_text, write
    from declarative_mail.rendering.diagnostics_data import github_annotations, sarif

    if form == "github":
        write(github_annotations(diagnostics), nl=False)
    else:
        write(json_text(sarif(diagnostics, version=__version__), indent=2))
