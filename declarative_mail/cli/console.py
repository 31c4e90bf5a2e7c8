"""``dmail console``"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import click

from declarative_mail.cli.exits import Exit
from declarative_mail.cli.options import (
    ConfigurationCommand,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)
from declarative_mail.cli.streams import Output
from declarative_mail.language.scope import Scope

PROMPT, CONTINUED = "> ", ". "
HISTORY_LENGTH = 1000
HELP = """\
Type an expression to see its value:
    var.teams["core"].members
    [for name, team in var.teams : name if length(team.members) > 0]
    cidrsubnet("10.0.0.0/8", 8, 2)
An open bracket or heredoc goes on in the next line; an empty line gives up on it.
Tab completes names. exit, quit or Ctrl-D leaves."""


@click.command(name="console", cls=ConfigurationCommand)
@configuration_options
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, **options: tuple[str, ...]) -> int:
    """Evaluate expressions with the variables, locals and state of a configuration.

    Reads from a terminal, with history and completion, or from standard input. With --json each line of input gives one
    line of output: {"value": …}, {"unknown": true} or {"error": …, "detail": …}; what is sensitive is not shown.
    """
    from declarative_mail.operations.console import open_console

    output = output_of(as_json, no_color)
    console = open_console(workspace_of(ctx, options["backend_config"]))
    if console.diagnostics:
        Output(as_json=False, out=output.out, err=output.err).diagnostics(console.diagnostics)
    if as_json:
        return answer_lines(sys.stdin, console.scope)
    if sys.stdin.isatty():
        with _Terminal(console.scope) as terminal:
            return converse(terminal.read, console.scope, output)
    return converse(_reader(sys.stdin), console.scope, output)


def answer_lines(lines: Iterable[str], scope: Scope) -> int:
    """Answer each line with a line of JSON, whatever is in it."""
    from declarative_mail.language.answers import answer

    for line in lines:
        click.echo(answer(line.rstrip("\r\n"), scope).json_line)
        sys.stdout.flush()
    return Exit.OK


def converse(read: Callable[[str], str | None], scope: Scope, output: Output) -> int:
    """Answer expression after expression until there is no more input; 1 where one of them had a fault.

    Args:
        read: gives the next line for a prompt, None at the end.
        scope: what the names in the expressions stand for.
        output: where values and faults go.
    """
    from declarative_mail.language.answers import answer

    result = Exit.OK
    for text in _expressions(read):
        word = text.strip()
        if word in ("exit", "quit"):
            break
        if word == "help":
            output.text(HELP)
            continue
        found = answer(text, scope)
        output.diagnostics(found.faults)
        if found.faults:
            result = Exit.ERROR
        else:
            output.text(found.text)
    return result


def _expressions(read: Callable[[str], str | None]) -> Iterator[str]:
    """The expressions of the input.

    Lines, joined while something is open; blank lines and comments between them left out.
    """
    from declarative_mail.language.answers import is_unfinished

    pending: list[str] = []
    while (line := read(CONTINUED if pending else PROMPT)) is not None:
        if not pending and (not line.strip() or line.lstrip().startswith(("#", "//"))):
            continue
        pending.append(line)
        text = "\n".join(pending)
        if line.strip() and is_unfinished(text):
            continue
        pending = []
        yield text
    if pending:
        yield "\n".join(pending)


def _reader(stream: Iterable[str]) -> Callable[[str], str | None]:
    lines = iter(stream)

    def read(_prompt: str) -> str | None:
        line = next(lines, None)
        return None if line is None else line.rstrip("\r\n")

    return read


class _Terminal:
    """A person at a terminal: line editing, history and completion through readline, where Python has it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._found: list[str] = []
        self._history = _history_file()

    def __enter__(self) -> Self:
        readline = _readline()
        if readline is not None:
            readline.set_completer_delims(" \t\n\"'`@$><=;|&{}[]()*+-/%!?:,")
            readline.set_completer(self._complete)
            readline.parse_and_bind("tab: complete")
            readline.set_history_length(HISTORY_LENGTH)
            if self._history is not None and self._history.exists():
                readline.read_history_file(self._history)
        return self

    def __exit__(self, *_error: object) -> None:
        readline = _readline()
        if readline is None or self._history is None:
            return
        try:
            self._history.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._history.touch(mode=0o600)
            readline.write_history_file(self._history)
        except OSError as error:
            click.echo(f"The history is not kept: {error.strerror}.", err=True)

    def read(self, prompt: str) -> str | None:
        """The next line; an interrupt throws away what is typed, the end of input ends the conversation."""
        try:
            return input(prompt)
        except KeyboardInterrupt:
            click.echo()
            return ""
        except EOFError:
            click.echo()
            return None

    def _complete(self, text: str, state: int) -> str | None:
        if state == 0:
            from declarative_mail.language.answers import completions

            self._found = completions(text, self._scope)
        return self._found[state] if state < len(self._found) else None


def _readline() -> Any:
    try:
        import readline
    except ImportError:  # pragma: no cover - a Python built without it
        return None
    return readline


def _history_file() -> Path | None:
    """Where the history is kept: ``DMAIL_CONSOLE_HISTORY``, nowhere where that is empty."""
    chosen = os.environ.get("DMAIL_CONSOLE_HISTORY")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_state_path

    return user_state_path("dmail") / "console-history"
