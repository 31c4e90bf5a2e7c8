"""What a program writes and the repository keeps: schemas of our files, the reference of commands, the README's plan.

``python -m tests.support.generated`` writes them, with ``--check`` it only says which are out of date (``make check``).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from declarative_mail.cli.main import cli
from declarative_mail.planning.plan_file import PlanFile
from declarative_mail.remotes.capabilities import Capabilities
from declarative_mail.remotes.harness.tables import capabilities_of
from declarative_mail.resources.models.compile import compiled
from declarative_mail.resources.registry import resource_types
from declarative_mail.resources.schema import TABLES, resource_schema
from declarative_mail.state.snapshot import Record, Snapshot

ROOT = Path(__file__).parents[2]


def generated_files() -> dict[str, str]:
    """The right content of each file by its path in the repository."""
    return {
        "schemas/state.schema.json": schema(Snapshot, "The state of dmail"),
        "schemas/plan.schema.json": schema(PlanFile, "A saved plan of dmail"),
        **{f"{TABLES.relative_to(ROOT)}/{type_}.json": compiled(type_).decode() for type_ in resource_types()},
        "docs/commands.md": commands(),
        "README.md": readme(),
        "docs/remotes/harness.md": remote_page("harness", capabilities_of),
    }


def schema(record: type[Record], title: str) -> str:
    """The JSON schema of a record, as it stands in a file."""
    _, found = msgspec.json.schema_components((record,), ref_template="#/$defs/{name}")
    whole = found.pop(record.__name__)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": found, **whole, "title": title}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def commands() -> str:
    """The help of every command."""
    head = "# Commands\n\nWhat `dmail COMMAND --help` says. Exit codes: [exit-codes.md](exit-codes.md).\n"
    context = click.Context(cli, info_name="dmail", help_option_names=["-h", "--help"])
    parts = [f"\n## {found.command_path}\n\n```text\n{_help(found)}\n```\n" for found in walk(context)]
    return head + "".join(parts)


def _help(context: click.Context) -> str:
    context.max_content_width = context.terminal_width = 100
    # click keeps the help option of a command's first context, which in a test may have been one without -h.
    context.command._help_option = None
    return context.command.get_help(context)


def walk(context: click.Context) -> Iterator[click.Context]:
    """A command and all those below it, each as the context that names it."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            if below is not None:
                yield from walk(click.Context(below, parent=context, info_name=name))


def readme() -> str:
    """The README with what ``dmail plan`` prints for the example that stands before it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"(.*?```hcl\n)(.*?)(```\n.*?```text\n)(.*?)(```\n.*)", text, re.DOTALL)
    if found is None:
        raise ValueError("README.md has no example with its plan")
    head, example, between, _, tail = found.groups()
    return f"{head}{example}{between}{printed_plan(example)}{tail}"


def printed_plan(configuration: str) -> str:
    """What ``dmail plan`` prints for a configuration when nothing exists."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "main.hcl").write_text(configuration, encoding="utf-8")
        command = [sys.executable, "-m", "declarative_mail", "plan", "--no-color"]
        environment = os.environ | {"SENDGRID_API_KEY": "not-a-real-one", "DMAIL_CACHE_DIR": ""}
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise ValueError(f"the README's example has no plan:\n{result.stderr}")
    return result.stdout


_HANDLING = {
    "written": "yes",
    "unreadable": "written, cannot be read back",
    "kept": "kept in the state, not sent",
    "absent": "no",
}


def remote_page(name: str, capabilities: Callable[[str], Capabilities | None]) -> str:
    """The page of a remote, with the tables of what it can do with each type."""
    text = (ROOT / "docs" / "remotes" / f"{name}.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- attributes: generated -->\n")
    _, _, tail = rest.partition("<!-- end -->")
    parts = []
    for type_ in resource_types():
        found = capabilities(type_)
        if found is None:
            parts.append(f"**{type_}**: nothing of the kind.\n")
        else:
            parts += [f"**{type_}**\n", "| attribute | | |", "|---|---|---|", *_capability_rows(type_, found), ""]
    return f"{head}<!-- attributes: generated -->\n" + "\n".join(parts) + f"<!-- end -->{tail}"


def _capability_rows(type_: str, capabilities: Capabilities) -> Iterator[str]:
    schema = resource_schema(type_)
    names = [*schema.attributes, *schema.blocks]
    paths = dict.fromkeys([*(name for name in names if name != "id"), *sorted(capabilities.attributes)])
    for path in paths:
        if path == "id":
            continue
        notes = [capabilities.instead.get(path, "")]
        notes += ["a change replaces the object"] if path in capabilities.immutable else []
        notes += ["left alone where it is not set"] if path in capabilities.left_alone else []
        handling = _HANDLING[capabilities.attributes.get(path, "written")]
        yield f"| `{path}` | {handling} | {'; '.join(filter(None, notes))} |"


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
