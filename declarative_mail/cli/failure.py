"""The unexpected: an exception that nobody foresaw is a bug, and says so without a traceback on the terminal."""

from __future__ import annotations

import os
import tempfile
import traceback

import click

from declarative_mail import __version__
from declarative_mail.cli.exits import Exit, exit_for
from declarative_mail.cli.streams import Output
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes.internal import BUG


def show_failure(error: Exception, output: Output) -> int:
    """Show an exception that reached the edge and give the exit code."""
    if isinstance(error, DiagnosticError):
        output.diagnostics(error.diagnostics)
        return exit_for(error.diagnostics) or Exit.ERROR
    if isinstance(error, BrokenPipeError):
        raise error
    output.diagnostics([_bug(error)])
    return Exit.ERROR


def _bug(error: Exception) -> Diagnostic:
    detail = (
        f"dmail {__version__} met something that it does not handle ({type(error).__name__}). This is a bug in dmail, "
        "not in your configuration. "
    )
    try:
        handle, path = tempfile.mkstemp(prefix="dmail-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            # Frames only: the text of an exception may quote a value.
            file.write(f"dmail {__version__}\n{type(error).__name__}\n")
            file.writelines(traceback.format_tb(error.__traceback__))
        detail += f"Where it happened is written down in:\n    {path}"
    except OSError:
        click.echo("The details could not be written to a file.", err=True)
    return Diagnostic(BUG, detail)
