"""Terraform's spellings: long options with one dash, switches with a value, and options that dmail does not have.

::

    -var a=b -auto-approve=true -refresh=false ──normalise──▶ --var a=b --auto-approve=true --refresh=false
                                               ──translate──▶ --var a=b --auto-approve --no-refresh

The first step knows no command, the second has the options of the one that was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import click
from msgspec import Struct

_LONG = re.compile(r"-[a-z][a-z0-9-]+(=.*)?", re.DOTALL)
"""No option of one letter is followed by small letters: ``-C`` takes its directory, ``-h`` nothing."""

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
"""What Go's flag package reads as a bool, and so Terraform does."""

Options = Mapping[str, click.Option]


def normalise(arguments: list[str]) -> list[str]:
    """The arguments with single dashes of long options as double ones; what stands after ``--`` is left alone."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*(f"-{one}" if _LONG.fullmatch(one) else one for one in arguments[:end]), *arguments[end:]]


def is_on(arguments: list[str], name: str) -> bool:
    """Whether a switch is among normalised arguments, before anybody knows the command."""
    given = (one.partition("=") for one in arguments)
    return any(one == name and value not in _FALSE for one, _, value in given)


def translate(context: click.Context, arguments: list[str]) -> list[str]:
    """Normalised arguments as click reads them.

    Args:
        context: of the command that they are for, or of the group that it is in.
        arguments: what follows the name of the command or group.

    Raises:
        click.UsageError: a switch has a value that is no bool, or Terraform has the option and dmail does otherwise.
    """
    command = context.command
    if isinstance(command, click.Group):
        below = command.get_command(context, arguments[0]) if arguments else None
        if below is None:
            return arguments
        inner = click.Context(below, parent=context, info_name=arguments[0])
        return [arguments[0], *translate(inner, arguments[1:])]
    return list(_translated(context, _options_of(command), arguments))


def _options_of(command: click.Command) -> dict[str, click.Option]:
    """Every name of every option."""
    found = [one for one in command.params if isinstance(one, click.Option)]
    return {name: one for one in found for name in (*one.opts, *one.secondary_opts)}


def _translated(context: click.Context, own: Options, arguments: list[str]) -> Iterator[str]:
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        option = own.get(name)
        if argument == "--":
            yield argument
            yield from rest
        elif option is None:
            foreign = _FOREIGN.get(name)
            yield from (
                [argument]
                if foreign is None
                else foreign(_Asked(context, own, argument, value if equals else None, rest))
            )
        elif option.is_flag:
            yield from _switch(context, option, name, value) if equals else [name]
        else:
            yield argument
            yield from [] if equals else _following(rest)


def _following(rest: Iterator[str]) -> Iterator[str]:
    """The value of an option, whatever it looks like."""
    value = next(rest, None)
    if value is not None:
        yield value


def _switch(context: click.Context, option: click.Option, name: str, value: str) -> list[str]:
    others = option.secondary_opts if name in option.opts else option.opts
    return [name] if _as_bool(context, name, value) else others[:1]


def _as_bool(context: click.Context, name: str, value: str | None) -> bool:
    if value is None or value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise click.UsageError(f'{name} takes true or false, not "{value}".', context)


class _Asked(Struct, frozen=True):
    """An option that Terraform has and the command has not.

    Args:
        context: of the command.
        own: its options.
        argument: as it was given.
        value: behind the equals sign; None where there is none.
        rest: what follows.
    """

    context: click.Context
    own: Options
    argument: str
    value: str | None
    rest: Iterator[str]

    @property
    def is_on(self) -> bool:
        """The value as that of a switch."""
        return _as_bool(self.context, self.argument.partition("=")[0], self.value)

    def refused(self, why: str) -> click.UsageError:
        """The error that says what to do instead."""
        return click.UsageError(why, self.context)


def _refresh(asked: _Asked) -> list[str]:
    if "--no-refresh" not in asked.own:
        return [asked.argument]
    return [] if asked.is_on else ["--no-refresh"]


def _input(asked: _Asked) -> list[str]:
    """Values for variables are never asked for; apply and destroy ask for an approval, if they may."""
    if asked.context.command.name not in _TAKES_INPUT:
        return [asked.argument]
    return [] if asked.is_on or "--no-input" not in asked.own else ["--no-input"]


def _lock(asked: _Asked) -> list[str]:
    if asked.is_on or asked.context.command.name in _TAKES_NO_LOCK:
        return []
    if "--lock-timeout" not in asked.own:
        return [asked.argument]
    raise asked.refused(
        "dmail never writes a state without its lock: two runs at once would lose objects. Wait for the lock with "
        "--lock-timeout 5m, or free that of a run that is gone with `dmail force-unlock`."
    )


def _lock_timeout(asked: _Asked) -> list[str]:
    """There is nothing to wait for where no lock is taken."""
    if asked.context.command.name not in _TAKES_NO_LOCK:
        return [asked.argument]
    if asked.value is None:
        list(_following(asked.rest))
    return []


def _force(asked: _Asked) -> list[str]:
    """Terraform's force-unlock asks unless it is told not to; dmail's never asks."""
    return [] if asked.context.command.name == "force-unlock" and asked.is_on else [asked.argument]


def _state(asked: _Asked) -> list[str]:
    raise asked.refused(
        "Where the state is kept is a setting of its backend. For another file than dmail.state.json give "
        f"--backend-config path={asked.value or 'FILE'}."
    )


def _backup(asked: _Asked) -> list[str]:
    raise asked.refused(
        "A local state always has one backup beside it, with .backup behind its name; stores on a server keep theirs. "
        "A copy is made with `dmail state pull`."
    )


def _config(asked: _Asked) -> list[str]:
    if asked.context.command.name != "import":
        return [asked.argument]
    raise asked.refused("The directory of the configuration stands before the command: dmail -C DIRECTORY import …")


_TAKES_INPUT = frozenset({"plan", "apply", "destroy", "import", "drift"})
_TAKES_NO_LOCK = frozenset({"plan", "drift"})
"""A drift takes what a plan does: both read."""

_FOREIGN: Mapping[str, Callable[[_Asked], list[str]]] = {
    "--refresh": _refresh,
    "--input": _input,
    "--lock": _lock,
    "--lock-timeout": _lock_timeout,
    "--force": _force,
    "--state": _state,
    "--state-out": _state,
    "--backup": _backup,
    "--backup-out": _backup,
    "--config": _config,
}
"""What becomes of Terraform's other options where a command has none of that name."""

ELSEWHERE: Mapping[str, str] = {
    "init": "Nothing has to be installed or prepared. A state moves to another backend with `dmail state migrate`.",
    "refresh": "To take over into the state what changed on remotes: dmail apply --refresh-only",
    "taint": "To replace an object: dmail apply --replace ADDRESS",
    "untaint": "No command marks an object as tainted; `dmail plan` shows what is replaced, and why.",
    "workspace": "Each environment has a key in one backend: --backend-config key=NAME, or DMAIL_STATE_KEY.",
    "get": "Modules are directories of this machine; nothing has to be fetched.",
    "providers": "Remotes are part of dmail. `dmail remote check` asks whether they can be worked with.",
    "login": 'A remote\'s token is a setting of its block, e.g. token = env("API_TOKEN").',
}
"""Terraform's commands that dmail has not, and what to do instead."""
