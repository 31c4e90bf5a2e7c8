"""``dmail state``"""

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
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes.state import NO_SUCH_OBJECT


@click.group(name="state")
def command() -> None:
    """Look into the state."""


@command.command(name="list", cls=ConfigurationCommand)
@click.argument("address", nargs=-1)
@configuration_options
@json_option
@click.pass_context
def list_(ctx: click.Context, /, as_json: bool, no_color: bool, address: tuple[str, ...], **options: Any) -> None:
    """List the addresses of all objects, or of those under the given addresses."""
    from declarative_mail.operations.states import open_state
    from declarative_mail.planning.targets import select

    output = output_of(as_json, no_color)
    state = open_state(workspace_of(ctx, options["backend_config"]))
    known = sorted(state.snapshot.by_address) if state.snapshot is not None else []
    selection, faults = select(address, (), addresses=known, dependencies={})
    if faults:
        raise DiagnosticError(faults)
    for one in known:
        if selection.covers(one):
            output.text(str(one))
            output.line({"type": "resource", "address": str(one)})


@command.command(name="show", cls=ConfigurationCommand)
@click.argument("address")
@configuration_options
@json_option
@click.pass_context
def show(ctx: click.Context, /, as_json: bool, no_color: bool, address: str, **options: Any) -> None:
    """Show one object of the state."""
    from declarative_mail.operations.state_data import record_data
    from declarative_mail.operations.states import open_state
    from declarative_mail.rendering.state_text import object_text

    output = output_of(as_json, no_color)
    state = open_state(workspace_of(ctx, options["backend_config"]))
    known = (
        {str(one): record for one, record in state.snapshot.by_address.items()} if state.snapshot is not None else {}
    )
    if address not in known:
        detail = f"The state has no object {address}. All of them are listed by:\n    dmail state list"
        raise DiagnosticError(Diagnostic(NO_SUCH_OBJECT, detail, help=suggestion(address, known)))
    data = record_data(known[address])
    if as_json:
        output.document(data)
    output.text(object_text(data, terminal=output.out))
