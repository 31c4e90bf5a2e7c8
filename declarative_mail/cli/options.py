"""Options that several commands share, and the workspace that they describe."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from declarative_mail.cli.forks import Forks
from declarative_mail.cli.streams import Output
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.operations.workspace import VariableOption, Workspace

Command = TypeVar("Command", bound=Callable[..., Any])


class ConfigurationCommand(click.Command):
    """A command that takes values for variables, in the order of the command line: later ones win, files or not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the order before click sorts by option."""
        ctx.meta["dmail.variables"] = _in_order(args)
        return super().parse_args(ctx, args)


def _in_order(arguments: list[str]) -> list[VariableOption]:
    found: list[VariableOption] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in ("--var", "--var-file"):
            text = value if equals else next(rest, "")
            found.append(("var", text) if name == "--var" else ("var-file", text))
    return found


def json_option(command: Command) -> Command:
    """``--json`` and ``--no-color``: every command has them."""
    command = click.option("--json", "as_json", is_flag=True, help="Write JSON.")(command)
    return click.option("--no-color", is_flag=True, help="Write no colours.")(command)


def json_into_option(command: Command) -> Command:
    """``--json-into``"""
    text = "Write the JSON lines to a file too, beside the text."
    return click.option("--json-into", type=click.File("w", encoding="utf-8", lazy=False), metavar="FILE", help=text)(
        command
    )


def configuration_options(command: Command) -> Command:
    """``--var``, ``--var-file`` and ``--backend-config``."""
    for decorate in (
        click.option("--backend-config", multiple=True, metavar="KEY=VALUE|FILE", help="Settings of the backend."),
        click.option("--var-file", multiple=True, metavar="FILE", help="Read values from a file."),
        click.option("--var", multiple=True, metavar="NAME=VALUE", help="Set a variable."),
    ):
        command = decorate(command)
    return command


def selection_options(command: Command) -> Command:
    """``--target``, ``--exclude``, ``--allow-destroy``, ``--no-refresh``, ``--keep-secrets``."""
    for decorate in (
        keep_secrets_option,
        click.option("--no-refresh", is_flag=True, help="Believe the state; ask no remote what exists."),
        click.option("--allow-destroy", multiple=True, metavar="ADDRESS", help="Overrule prevent_destroy."),
        click.option("--exclude", multiple=True, metavar="ADDRESS", help="Leave out this and what needs it."),
        click.option("--target", multiple=True, metavar="ADDRESS", help="Cover only this and what it needs."),
    ):
        command = decorate(command)
    return command


def mode_options(command: Command) -> Command:
    """``--replace``, ``--refresh-only`` and ``--write-secrets``: what makes no sense to ``destroy``."""
    for decorate in (
        click.option(
            "--write-secrets", is_flag=True, help="Write imported secrets too: nobody can tell what is there."
        ),
        click.option("--refresh-only", is_flag=True, help="Take what exists into the state; change no remote."),
        click.option("--replace", multiple=True, metavar="ADDRESS", help="Delete and create this object anew."),
    ):
        command = decorate(command)
    return command


def check_modes(options: Mapping[str, Any]) -> None:
    """Refuse options of which one makes the other senseless.

    Raises:
        click.UsageError: two of them were given.
    """
    for first, others in _SENSELESS_WITH.items():
        for other, why in others.items():
            if options.get(first) and options.get(other):
                raise click.UsageError(f"{_flag(first)} and {_flag(other)} cannot be given together: {why}")


def refuse_with_plan_file(options: Mapping[str, Any]) -> None:
    """Refuse options that say what a plan covers: a saved one says it itself.

    Raises:
        click.UsageError: one of them was given.
    """
    given = [_flag(name) for name in _OF_A_PLAN if options.get(name)]
    if given:
        message = f"A saved plan is applied as it was made, so {', '.join(given)} cannot be given with it."
        raise click.UsageError(message)


def _flag(name: str) -> str:
    return "--test" if name == "run_tests" else f"--{name.replace('_', '-')}"


_WRITES_NOTHING = "with the first nothing is written to a remote."
_SENSELESS_WITH: Mapping[str, Mapping[str, str]] = {
    "refresh_only": {
        "destroy": "the first changes the state alone, the second deletes everything.",
        "replace": _WRITES_NOTHING,
        "write_secrets": _WRITES_NOTHING,
        "no_refresh": "nothing would be left to do.",
        "run_tests": "with the first no server is relied upon.",
    },
    "destroy": {
        "replace": "everything is deleted, and nothing created anew.",
        "write_secrets": "everything is deleted, its secrets too.",
    },
    "write_secrets": {
        "without_secrets": "the second fetches no secret that could be written.",
        "keep_secrets": "the second leaves secrets as they are.",
    },
}

_OF_A_PLAN = (
    "target",
    "exclude",
    "replace",
    "allow_destroy",
    "no_refresh",
    "destroy",
    "refresh_only",
    "write_secrets",
    "keep_secrets",
)


def keep_secrets_option(command: Command) -> Command:
    """``--keep-secrets``"""
    text = "Take sensitive variables without a value for unchanged: their secrets stay as they are."
    return click.option("--keep-secrets", is_flag=True, help=text)(command)


def brake_options(command: Command) -> Command:
    """The flags that release brakes."""
    for decorate in (
        click.option("--allow-lost-audience", is_flag=True, help="Let events lose their last recipient."),
        click.option("--allow-empty", is_flag=True, help="Let an empty configuration delete everything."),
        click.option("--allow-mass-change", is_flag=True, help="Let more than 30 % of all objects change."),
    ):
        command = decorate(command)
    return command


def parallelism_option(command: Command) -> Command:
    """``--parallelism``"""
    text = "Calls at once on each remote, at the most."
    return click.option("--parallelism", type=click.IntRange(min=1), metavar="N", help=text)(command)


def compact_option(command: Command) -> Command:
    """``--compact-warnings``"""
    text = "Show of each warning what it is and where, if there is no error."
    return click.option("--compact-warnings", is_flag=True, help=text)(command)


def lock_option(command: Command) -> Command:
    """``--lock-timeout``"""
    text = "Wait this long for the state's lock."
    return click.option("--lock-timeout", type=Duration(), default="0s", metavar="TIME", help=text)(command)


def apply_options(command: Command) -> Command:
    """What ``apply`` and ``destroy`` ask and may be told beforehand."""
    for decorate in (
        compact_option,
        click.option("--verbose", is_flag=True, help="Show all details and each change as it is made."),
        parallelism_option,
        lock_option,
        brake_options,
        click.option("--skip-connection-test", metavar="REASON", help="Apply without proof; the reason is recorded."),
        click.option("--no-input", is_flag=True, help="Ask nothing: what nobody approved is not applied."),
        click.option("--auto-approve", is_flag=True, help="Do not ask."),
    ):
        command = decorate(command)
    return command


class Duration(click.ParamType[float]):
    """``10s``, ``5m`` or a number of seconds; gives seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds, or a usage error."""
        if isinstance(value, int | float):
            return float(value)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", str(value))
        if match is None:
            self.fail(f'"{value}" is not a time. Write 30s, 5m or 1h.', param, ctx)
        return float(match[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[match[2] or "s"]


def workspace_of(
    ctx: click.Context, backend_config: tuple[str, ...] = (), *, parallelism: int | None = None
) -> Workspace:
    """The workspace that the options describe.

    Raises:
        DiagnosticError: ``-C`` names no directory.
    """
    chosen = (ctx.obj or {}).get("chdir")
    directory = Path(chosen).absolute() if chosen else Path.cwd()
    if not directory.is_dir():
        raise DiagnosticError(Diagnostic(codes.UNREADABLE_FILE, f"{chosen} is not a directory."))
    return Workspace(
        directory=directory,
        environment=dict(os.environ),
        variables=tuple(ctx.meta.get("dmail.variables", ())),
        backend=backend_config,
        cache=_cache_directory(),
        beside=Forks(),
        parallelism=parallelism,
    )


def _cache_directory() -> Path | None:
    chosen = os.environ.get("DMAIL_CACHE_DIR")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path

    return user_cache_path("dmail")


def output_of(
    as_json: bool, no_color: bool, json_into: IO[str] | None = None, *, compact_warnings: bool = False
) -> Output:
    """The streams for the flags of `json_option`, `json_into_option` and `compact_option`."""
    return Output.plain(as_json=as_json, no_color=no_color, also=json_into, compact_warnings=compact_warnings)
