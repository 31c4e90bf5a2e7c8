"""``dmail fmt``"""

from __future__ import annotations

import sys

import click
from msgspec import Struct

from declarative_mail.cli.exits import Exit
from declarative_mail.cli.options import json_option, output_of, workspace_of
from declarative_mail.cli.streams import Output, write
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.operations.formatting import Formatted, format_bytes, format_targets

STANDARD_INPUT = "-"


class _Wishes(Struct, frozen=True):
    """What to do with a file that is not in canonical style."""

    check: bool
    diff: bool
    list_: bool
    write: bool


@click.command(name="fmt")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file would change.")
@click.option("--diff", is_flag=True, help="Show what changes.")
@click.option("--recursive", is_flag=True, help="Go into directories inside of directories.")
@click.option("--list/--no-list", "list_", default=True, help="Show the names of files that change (default).")
@click.option("--write/--no-write", default=True, help="Write the files that change (default).")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    targets: tuple[str, ...],
    as_json: bool,
    no_color: bool,
    recursive: bool,
    **wishes: bool,
) -> int:
    """Format configuration files (*.hcl, *.hclvars) as terraform fmt does.

    TARGET is a file, a directory, or - for standard input, which is written to standard output. Without one: this
    directory. A file with a syntax error is left alone.

    What a file means never changes. Where terraform fmt would change it, this differs: labels with $ or % stay, and so
    does the space in "x.1 .5"; an interpolation with a comment inside gets parentheses.
    """
    output = output_of(as_json, no_color)
    wanted = _Wishes(**wishes)
    if STANDARD_INPUT in targets:
        if len(targets) > 1:
            raise click.UsageError("- stands for standard input and cannot be given together with files.")
        text = format_bytes("<stdin>", sys.stdin.buffer.read())
        return _finish([_show_text(text, wanted, output)], wanted, output)
    directory = workspace_of(ctx).directory
    found = [_handle(one, wanted, output) for one in format_targets(directory, targets, recursive=recursive)]
    return _finish(found, wanted, output)


def _show_text(text: Formatted, wanted: _Wishes, output: Output) -> Formatted:
    output.diagnostics(text.diagnostics)
    output.line({"type": "format", "file": text.name, "changed": text.changed})
    if text.diagnostics or wanted.check or output.as_json:
        return text
    if wanted.diff:
        output.text(text.diff())
    else:
        write(text.after.encode(), nl=not text.after.endswith("\n"))
    return text


def _handle(file: Formatted, wanted: _Wishes, output: Output) -> Formatted:
    output.diagnostics(file.diagnostics)
    if not file.diagnostics:
        output.line({"type": "format", "file": file.name, "changed": file.changed})
    if not file.changed:
        return file
    if wanted.list_:
        output.text(file.name)
    if wanted.diff:
        output.text(file.diff())
    if wanted.write and not wanted.check:
        fault = _write(file)
        output.diagnostics(fault)
        file.diagnostics.extend(fault)
    return file


def _write(file: Formatted) -> list[Diagnostic]:
    from declarative_mail.diagnostics.codes.syntax import UNWRITABLE_FILE

    try:
        file.write()
    except OSError as error:
        return [Diagnostic(UNWRITABLE_FILE, f"{file.name} cannot be written: {error.strerror}.")]
    return []


def _finish(files: list[Formatted], wanted: _Wishes, output: Output) -> int:
    changed = sum(file.changed for file in files)
    output.line({"type": "summary", "changed": changed})
    failed = any(file.diagnostics for file in files) or (wanted.check and changed)
    return Exit.ERROR if failed else Exit.OK
