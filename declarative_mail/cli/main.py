"""The entry point: finds the command, accepts Terraform's spellings, and turns whatever happens into an exit code."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import click

from declarative_mail import __version__
from declarative_mail.cli.arguments import ELSEWHERE, is_on, normalise, translate
from declarative_mail.cli.exits import Exit, StoppedAtOnce
from declarative_mail.cli.logs import log_to_stderr

COMMANDS = {
    "apply": "Make the plan so, after proving that mail is taken",
    "console": "Evaluate expressions",
    "destroy": "Delete everything that is managed here",
    "drift": "Show what changed behind the configuration's back; changes nothing",
    "explain-error": "Explain an error code with a failing and a mended example",
    "fmt": "Format configuration files",
    "force-unlock": "Free the state's lock after a run that is gone",
    "functions": "List the functions of the language",
    "import": "Take over an object that exists already",
    "output": "Show output values",
    "plan": "Show what would change",
    "pull": "Write a configuration for what a remote has",
    "remote": "Ask remotes whether they can be worked with",
    "serve": 'Run the reference server of the API behind remote "rest"',
    "show": "Show the state or a saved plan",
    "state": "Look into the state and edit it",
    "test": "Test whether servers take mail",
    "validate": "Check the configuration without values, secrets or network",
    "version": "Show the version",
}
"""Every command with its one-line help, so that ``--help`` imports none of them."""

MODULES = {"import": "import_"}
"""Where the name of a command cannot be that of a module."""
COLLECTED_AFTER = (500_000, 50, 100)
"""Allocations between two looks for garbage. By Python's default a third of a large plan goes into looking through what
is no garbage: trees, values and records live to the end of the run. A plan of 10,000 blocks makes 450,000 of them."""


class _Commands(click.Group):
    """Imports a command's module only when the command is used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"declarative_mail.cli.{MODULES.get(cmd_name, cmd_name.replace('-', '_'))}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, found, rest = super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(_no_command(args[0]), ctx) from error
        if found is not None:
            rest = translate(click.Context(found, parent=ctx, info_name=name), rest)
        return name, found, rest

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


def _no_command(name: str) -> str:
    from declarative_mail.diagnostics import suggestion

    message, help_ = f'There is no command "{name}".', suggestion(name, COMMANDS)
    if name in ELSEWHERE:
        return f"{message} {ELSEWHERE[name]}"
    return f"{message} {help_.capitalize()}" if help_ else message


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 error, 2 changes pending, 3 drift, 4 test failed, 5 brake, 6 locked, 64 usage.",
)
@click.option("-C", "--chdir", metavar="DIR", help="Work in this directory.")
@click.version_option(__version__, "--version", message="dmail %(version)s")
@click.pass_context
def cli(ctx: click.Context, chdir: str | None) -> None:
    """Mail notification as code: declare SMTP servers, groups and rules; plan, prove, apply, watch."""
    ctx.ensure_object(dict)
    ctx.obj["chdir"] = chdir


def main() -> NoReturn:
    """Run the command line and end the process."""
    gc.set_threshold(*COLLECTED_AFTER)
    signal.signal(signal.SIGTERM, _terminated)
    log_to_stderr(os.environ)
    code = run(sys.argv[1:])
    if _has_lost_output() and code not in (Exit.INTERRUPTED, Exit.TERMINATED):
        code = Exit.ERROR
    if code in (Exit.INTERRUPTED, Exit.TERMINATED):
        from declarative_mail.cli.forks import end_children

        # At its own end Python would wait for the threads whose calls are under way.
        end_children(0)
        sys.stderr.flush()
        os._exit(code)
    gc.freeze()  # at its end Python would look through everything several times, to free what ends anyway
    sys.exit(code)


def _has_lost_output() -> bool:
    """Say that output was lost, unless its reader has just gone away (``dmail plan | head``)."""
    from declarative_mail.cli import streams

    streams.attempt(streams.STANDARD_OUTPUT, sys.stdout.flush)
    if not streams.lost:
        return False
    if streams.STANDARD_OUTPUT in streams.lost:
        # Python would try once more at its end what is left in the buffer, and say so in words of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for target, error in streams.lost.items():
        if error.errno != errno.EPIPE:
            with suppress(OSError):
                click.echo(f"error: {target} cannot be written: {error.strerror}.", err=True)
    return True


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(Exit.TERMINATED)


def run(arguments: list[str]) -> int:
    """Run the command line and give the exit code."""
    given = normalise(arguments)
    try:
        result: Any = cli.main(given, prog_name="dmail", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        _show_usage(error)
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt) as error:
        return _interrupted(error)
    except Exception as error:  # noqa: BLE001 - the last place before a traceback would reach a user
        from declarative_mail.cli.failure import show_failure
        from declarative_mail.cli.streams import Output

        # The options of the command that failed are gone with it; these two are the same for all of them.
        return show_failure(error, Output.plain(as_json=is_on(given, "--json"), no_color=is_on(given, "--no-color")))
    return result if isinstance(result, int) else Exit.OK


def _interrupted(error: BaseException) -> int:
    # click turns what a signal raises into an `Abort` of its own.
    cause = error if isinstance(error, KeyboardInterrupt) else error.__cause__
    if not isinstance(cause, StoppedAtOnce):
        click.echo("\nInterrupted.", err=True)
        return Exit.INTERRUPTED
    click.echo("\nStopped in the middle. The next apply finds out how far this one came, and goes on.", err=True)
    return cause.code


def _show_usage(error: click.UsageError) -> None:
    where = error.ctx.command_path if error.ctx is not None else "dmail"
    click.echo(f"error: {error.format_message()}", err=True)
    click.echo(f"Try '{where} --help'.", err=True)
