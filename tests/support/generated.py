"""What is written by a program and kept in the repository: the JSON schemas of our files and the reference of commands.

``python -m tests.support.generated`` writes them, with ``--check`` it only says which are out of date (``make check``).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel

from declarative_mail.cli.main import cli
from declarative_mail.planning.plan_file import PlanFile
from declarative_mail.state.snapshot import Snapshot

ROOT = Path(__file__).parents[2]


def generated_files() -> dict[str, str]:
    """The right content of each file by its path in the repository."""
    return {
        "schemas/state.schema.json": schema(Snapshot, "The state of dmail"),
        "schemas/plan.schema.json": schema(PlanFile, "A saved plan of dmail"),
        "docs/commands.md": commands(),
    }


def schema(model: type[BaseModel], title: str) -> str:
    """The JSON schema of a record, as it stands in a file."""
    found = model.model_json_schema(mode="serialization")
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": title}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def commands() -> str:
    """The help of every command."""
    head = "# Commands\n\nWhat `dmail COMMAND --help` says. Exit codes: [exit-codes.md](exit-codes.md).\n"
    context = click.Context(cli, info_name="dmail", help_option_names=["-h", "--help"])
    parts = [f"\n## {name}\n\n```text\n{text}\n```\n" for name, text in helps(cli, context)]
    return head + "".join(parts)


def helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """The name and the help of a command and of those below it."""
    context.max_content_width = 100
    context.terminal_width = 100
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from helps(below, click.Context(below, parent=context, info_name=name))


def main() -> int:
    """Write or check."""
    content = generated_files()
    stale = [path for path, text in content.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path} is out of date: run make generate\n")
        return int(bool(stale))
    for path in stale:
        (ROOT / path).write_text(content[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
