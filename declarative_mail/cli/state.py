"""``dmail state``"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from declarative_mail.cli.options import (
    Command,
    ConfigurationCommand,
    configuration_options,
    json_option,
    lock_option,
    output_of,
    workspace_of,
)
from declarative_mail.cli.streams import Output, write
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes.state import NO_SUCH_OBJECT

if TYPE_CHECKING:
    from declarative_mail.state.edit import Edit
    from declarative_mail.state.snapshot import Snapshot


@click.group(name="state")
def command() -> None:
    """Look into the state, and change it by hand."""


@command.command(name="list", cls=ConfigurationCommand)
@click.argument("address", nargs=-1)
@click.option("--id", "id_", metavar="ID", help="Only what its remote calls so.")
@configuration_options
@json_option
@click.pass_context
def list_(
    ctx: click.Context, /, as_json: bool, no_color: bool, address: tuple[str, ...], id_: str | None, **options: Any
) -> None:
    """List the addresses of all objects, or of those under the given addresses."""
    from declarative_mail.operations.states import open_state
    from declarative_mail.planning.targets import select

    output = output_of(as_json, no_color)
    state = open_state(workspace_of(ctx, options["backend_config"]))
    records = state.snapshot.by_address if state.snapshot is not None else {}
    selection, faults = select(address, (), addresses=records, dependencies={})
    if faults:
        raise DiagnosticError(faults)
    for one in sorted(records):
        if selection.covers(one) and id_ in (None, records[one].id):
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


def _edit_options(command: Command) -> Command:
    """What all edits take."""
    for decorate in (
        click.option("--dry-run", is_flag=True, help="Show what would change; change nothing."),
        lock_option,
        configuration_options,
    ):
        command = decorate(command)
    return command


def _run_edit(
    ctx: click.Context, operation: str, change: Callable[[Snapshot], Edit], *, output: Output, options: dict[str, Any]
) -> None:
    from declarative_mail.operations.state_edits import edit_state

    workspace = workspace_of(ctx, options["backend_config"])
    dry = options["dry_run"]
    edit = edit_state(workspace, operation, change, timeout=options["lock_timeout"], write=not dry)
    for old, new in sorted(edit.addresses.items()):
        output.text(f"{old} is forgotten" if new is None else f"{old} -> {new}" if old != new else str(old))
        output.line({"type": "state_edit", "address": str(old), "to": str(new) if new is not None else None})
    output.note("Nothing was changed (--dry-run)." if dry else f"{len(edit.addresses)} object(s) changed in the state.")


@command.command(name="mv", cls=ConfigurationCommand)
@click.argument("source")
@click.argument("target")
@_edit_options
@json_option
@click.pass_context
def move(ctx: click.Context, /, as_json: bool, no_color: bool, source: str, target: str, **options: Any) -> None:
    """Give an object, a resource or a module another address. Nothing is changed on the remote.

    A moved block in the configuration does the same for everybody, and is reviewed with it.
    """
    from declarative_mail.operations.state_edits import as_target
    from declarative_mail.state import edit

    output = output_of(as_json, no_color)
    change = partial(edit.move, source=as_target(source), target=as_target(target))
    _run_edit(ctx, "state mv", change, output=output, options=options)


@command.command(name="rm", cls=ConfigurationCommand)
@click.argument("address")
@_edit_options
@json_option
@click.pass_context
def remove(ctx: click.Context, /, as_json: bool, no_color: bool, address: str, **options: Any) -> None:
    """Forget an object, a resource or a module. It goes on to exist on the remote."""
    from declarative_mail.operations.state_edits import as_target
    from declarative_mail.state import edit

    output = output_of(as_json, no_color)
    _run_edit(ctx, "state rm", partial(edit.remove, target=as_target(address)), output=output, options=options)


@command.command(name="replace-remote", cls=ConfigurationCommand)
@click.argument("source")
@click.argument("target")
@_edit_options
@json_option
@click.pass_context
def replace_remote(
    ctx: click.Context, /, as_json: bool, no_color: bool, source: str, target: str, **options: Any
) -> None:
    """Say that the objects of remote SOURCE are on TARGET, as after its block was renamed. Moves nothing there."""
    from declarative_mail.state import edit

    output = output_of(as_json, no_color)
    names = (source.removeprefix("remote."), target.removeprefix("remote."))
    change = partial(edit.replace_remote, source=names[0], target=names[1])
    _run_edit(ctx, "state replace-remote", change, output=output, options=options)


@command.command(name="migrate", cls=ConfigurationCommand)
@click.option(
    "--from",
    "kind",
    type=click.Choice(["local", "http", "s3", "postgres"]),
    default="local",
    show_default=True,
    help="The store that the state is in now.",
)
@click.option("--from-config", multiple=True, metavar="KEY=VALUE|FILE", help="Settings of that store.")
@click.option("--force", is_flag=True, help="Even over another state or one that is not older.")
@click.option("--remove-source", is_flag=True, help="Remove the state where it was, once its copy is proved.")
@click.option("--dry-run", is_flag=True, help="Show what would be moved; change nothing.")
@lock_option
@configuration_options
@json_option
@click.pass_context
def migrate(ctx: click.Context, /, as_json: bool, no_color: bool, kind: str, **options: Any) -> None:
    """Move the state into the store that the backend block names now.

    --from and --from-config say where it was until now. Both stores are locked meanwhile, the copy is read back and
    compared, and the source stays as it is unless --remove-source is given.
    """
    from declarative_mail.operations.state_migrate import Migration, migrate_state
    from declarative_mail.rendering.state_text import migration_text

    output = output_of(as_json, no_color)
    migration = Migration(
        kind=kind,
        settings=options["from_config"],
        force=options["force"],
        remove_source=options["remove_source"],
        write=not options["dry_run"],
        timeout=options["lock_timeout"],
    )
    moved = migrate_state(workspace_of(ctx, options["backend_config"]), migration)
    output.diagnostics(moved.diagnostics)
    output.line(moved.data)
    output.text(migration_text(moved.data, plain_left=moved.target_sealed and not moved.source_sealed))
    output.note("Nothing was changed (--dry-run)." if moved.dry_run else "")


@command.command(name="pull", cls=ConfigurationCommand)
@configuration_options
@click.pass_context
def pull(ctx: click.Context, /, **options: Any) -> None:
    """Write the state to standard output: plain JSON, as a backup or for another store."""
    from declarative_mail.operations.state_edits import pull_state

    write(pull_state(workspace_of(ctx, options["backend_config"])), nl=False)


@command.command(name="push", cls=ConfigurationCommand)
@click.argument("file", type=click.File("rb"))
@click.option("--force", is_flag=True, help="Even over another or a newer state.")
@lock_option
@configuration_options
@json_option
@click.pass_context
def push(ctx: click.Context, /, as_json: bool, no_color: bool, file: BinaryIO, force: bool, **options: Any) -> None:
    """Put the state in FILE (- for standard input) into the store of the configuration.

    To move a state from one store to another, use migrate.
    """
    from declarative_mail.operations.state_edits import push_state

    output = output_of(as_json, no_color)
    workspace = workspace_of(ctx, options["backend_config"])
    name = getattr(file, "name", "standard input")
    pushed = push_state(workspace, file.read(), name=str(name), force=force, timeout=options["lock_timeout"])
    output.text(f"Pushed {len(pushed.resources)} object(s), serial {pushed.serial}.")
    output.line(
        {"type": "state_push", "serial": pushed.serial, "lineage": pushed.lineage, "resources": len(pushed.resources)}
    )
