"""``dmail output``"""

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
from declarative_mail.cli.streams import write
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes.planning import NO_OUTPUT


@click.command(name="output", cls=ConfigurationCommand)
@click.argument("name", required=False)
@configuration_options
@click.option("--raw", is_flag=True, help="Write one text or number as it is, for scripts.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    as_json: bool,
    no_color: bool,
    name: str | None,
    raw: bool,
    **options: Any,
) -> None:
    """Show the output values of the last apply. A sensitive one is named, never shown: the state holds no secret."""
    from declarative_mail.operations.states import open_state
    from declarative_mail.rendering.state_text import outputs_text

    output = output_of(as_json, no_color)
    state = open_state(workspace_of(ctx, options["backend_config"]))
    found = state.snapshot.outputs if state.snapshot is not None else {}
    shown = {
        key: {"value": None if one.sensitive else one.value, "sensitive": one.sensitive} for key, one in found.items()
    }
    if name is None:
        if raw:
            raise click.UsageError("--raw needs the name of an output.")
        if as_json:
            output.document(shown)
        output.text(outputs_text(shown) or "There are no outputs.")
        return
    if name not in shown:
        detail = f'The state has no output named "{name}". Outputs are kept by apply.'
        raise DiagnosticError(Diagnostic(NO_OUTPUT, detail, help=suggestion(name, shown)))
    if raw:
        write(_raw(name, shown[name]), nl=False)
    elif as_json:
        output.document(shown[name]["value"])
    else:
        output.text(outputs_text({name: shown[name]}).removeprefix(f"{name} = "))


def _raw(name: str, one: dict[str, Any]) -> str:
    value = one["value"]
    if one["sensitive"] or isinstance(value, dict | list) or value is None:
        detail = (
            f'The output "{name}" is no plain text, number or bool that may be shown. Use --json for lists and objects.'
        )
        raise DiagnosticError(Diagnostic(NO_OUTPUT, detail))
    return str(value).lower() if isinstance(value, bool) else str(value)
