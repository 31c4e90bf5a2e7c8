"""Where results go.

Standard output for results, standard error for everything said about them, JSON lines where asked for.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import IO, Any

import click
from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, has_errors
from declarative_mail.rendering.terminal import Terminal

PIPED_WIDTH = 100
"""Columns where nobody says how wide it is: CI logs show as many."""


STANDARD_OUTPUT = "Standard output"

lost: dict[str, OSError] = {}
"""Where output of this process cannot go any more, and why. Its work goes on: an apply is no less done for that."""


def write(text: str | bytes, *, nl: bool = True) -> None:
    """Write to standard output."""
    attempt(STANDARD_OUTPUT, lambda: click.echo(text, nl=nl))


def attempt(target: str, write_to: Callable[[], object]) -> None:
    """Write to something, and never again once that failed."""
    if target in lost:
        return
    try:
        write_to()
    except OSError as error:
        lost[target] = error


class Output(Struct, frozen=True):
    """The two streams of one command.

    Args:
        as_json: results and diagnostics are JSON, one object a line, on standard output.
        out: what standard output can show.
        err: what standard error can show.
        also: a file that gets the JSON lines too (``--json-into``).
        compact_warnings: warnings that no error stands beside take one line each.
    """

    as_json: bool
    out: Terminal
    err: Terminal
    also: IO[str] | None = None
    compact_warnings: bool = False

    @classmethod
    def plain(
        cls,
        *,
        as_json: bool = False,
        no_color: bool = False,
        also: IO[str] | None = None,
        compact_warnings: bool = False,
    ) -> Output:
        """The streams of this process as they are."""
        colour = not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        out, err = _terminal(sys.stdout, colour=colour), _terminal(sys.stderr, colour=colour)
        return cls(as_json, out, err, also, compact_warnings)

    def text(self, text: str) -> None:
        """Write a result for a person; nothing where JSON was asked for."""
        if not self.as_json and text:
            write(text, nl=not text.endswith("\n"))

    def note(self, text: str) -> None:
        """Say something about the run, to standard error; nothing where JSON was asked for."""
        if not self.as_json and text:
            click.echo(text, err=True, nl=not text.endswith("\n"))

    def line(self, record: Mapping[str, Any]) -> None:
        """Write one JSON object on a line of its own, where somebody asked for JSON."""
        if self.as_json:
            write(json_text(record))
        if self.also is not None:
            attempt(self.also.name, partial(_write_line, self.also, json_text(record)))

    @property
    def writes_json(self) -> bool:
        """Whether anybody reads the lines."""
        return self.as_json or self.also is not None

    def document(self, record: Any) -> None:
        """Write one JSON document, whatever was asked for."""
        write(json_text(record, indent=2))

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show faults: as JSON lines on standard output, or as text on standard error."""
        found = list(diagnostics)
        self.diagnostic_lines(found)
        self.diagnostic_text(found)

    def diagnostic_lines(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Their JSON lines, where somebody reads them."""
        for one in diagnostics if self.writes_json else ():
            self.line(one.data)

    def diagnostic_text(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Their text, to standard error; nothing where JSON was asked for."""
        found = list(diagnostics)
        if not found or self.as_json:
            return
        from declarative_mail.rendering.diagnostics_text import render_compactly, render_diagnostics

        if self.compact_warnings and not has_errors(found):
            click.echo(render_compactly(found, terminal=self.err), err=True, nl=False)
            return
        click.echo(render_diagnostics(found, terminal=self.err, explain="dmail explain-error"), err=True, nl=False)


def _write_line(file: IO[str], text: str) -> None:
    file.write(text + "\n")
    file.flush()


def _terminal(stream: Any, *, colour: bool) -> Terminal:
    if not stream.isatty():
        return Terminal(PIPED_WIDTH, colour=False)
    from shutil import get_terminal_size

    return Terminal(min(get_terminal_size((80, 24)).columns, 160), colour=colour)


def json_text(record: Any, *, indent: int | None = None) -> str:
    """JSON as this program writes it: readable Unicode, keys in the order of the record."""
    return json.dumps(record, ensure_ascii=False, indent=indent, default=_other)


def _other(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
