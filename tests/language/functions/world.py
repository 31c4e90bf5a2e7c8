"""A world for functions in tests: a real directory and real commands, an environment and a clock of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from declarative_mail.language.functions.model import Argument, CallContext, Completed, FunctionError, call_function
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS
from declarative_mail.language.render import render_template
from declarative_mail.language.values import Value
from declarative_mail.operations.world import file_kind

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)


def _run(arguments: Sequence[str], seconds: float) -> Completed:
    try:
        done = subprocess.run(list(arguments), capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    return Completed(done.returncode, done.stdout, done.stderr)


def make_context(directory: Path | str = "/", **settings: Any) -> CallContext:
    """A context; `settings` override its fields, and `variables` are the environment."""
    context: CallContext

    def render(text: str, name: str, variables: Mapping[str, Value], inside: str) -> Value:
        return render_template(text, name, variables, inside=inside, context=context)

    environment: Mapping[str, str] = settings.pop("variables", {})
    fields: dict[str, Any] = {
        "base_dir": str(directory),
        "read_file": lambda path: Path(path).read_bytes(),
        "file_kind": file_kind,
        "list_directory": os.listdir,
        "environment": environment.get,
        "run_command": _run,
        "random_bytes": os.urandom,
        "now": NOW,
        "render_template": render,
    }
    context = CallContext(**(fields | settings))
    return context


def said_or_done(work: Callable[[str], object], text: str, *, fault: type[Exception] = FunctionError) -> str:
    """What a fault says, or that there was none; any other exception comes through."""
    try:
        work(text)
    except fault as error:
        return str(error)
    return "done"


def call(name: str, *arguments: Argument, context: CallContext | None = None) -> Value:
    """Call a function of the language by its name."""
    return call_function(CONSOLE_FUNCTIONS[name], arguments, context or make_context())
