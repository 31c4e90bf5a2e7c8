"""Documents that cannot rot: codes, commands, schemas, links, the changelog."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import click

from declarative_mail import __version__
from declarative_mail.cli.exits import Exit
from declarative_mail.cli.main import COMMANDS, MODULES, cli
from declarative_mail.diagnostics import Code
from tests.support.generated import generated_files, walk
from tests.support.sources import PACKAGE, ROOT, modules, name_of, parsed, tracked

CODES = PACKAGE / "diagnostics" / "codes"
PAGES = PACKAGE / "diagnostics" / "pages"
LAYERS = {
    "syntax": ("DM1",),
    "evaluation": ("DM20", "DM21"),
    "functions": ("DM22",),
    "configuration": ("DM23",),
    "resources": ("DM3",),
    "planning": ("DM4",),
    "probe": ("DM5",),
    "remotes": ("DM6",),
    "state": ("DM7",),
    "internal": ("DM9",),
}


def codes() -> dict[str, Code]:
    """Every code by ``module.CONSTANT``."""
    found: dict[str, Code] = {}
    for path in modules(CODES):
        module = import_module(f"declarative_mail.diagnostics.codes.{path.stem}") if path.stem != "__init__" else None
        found |= {
            f"{path.stem}.{name}": value for name, value in vars(module or object).items() if isinstance(value, Code)
        }
    return found


ALL_CODES = codes()


def test_codes_are_unique_and_in_their_layer() -> None:
    """An identifier is given once, in the range of its module."""
    identifiers = [code.id for code in ALL_CODES.values()]
    misplaced = [name for name, code in ALL_CODES.items() if not code.id.startswith(LAYERS[name.split(".")[0]])]

    assert (len(identifiers), misplaced) == (len(set(identifiers)), [])


def test_summaries_are_constant_phrases() -> None:
    """A summary is short, has no full stop and starts with a capital letter."""
    odd = [code.summary for code in ALL_CODES.values() if not re.fullmatch(r"[A-Z][^.]{3,58}", code.summary)]

    assert odd == []


def _used_names() -> set[str]:
    names = set()
    for path in modules():
        if path.parent == CODES:
            continue
        nodes = ast.walk(parsed(path))
        names |= {
            one.attr if isinstance(one, ast.Attribute) else one.id
            for one in nodes
            if isinstance(one, ast.Attribute | ast.Name)
        }
    return names


def test_every_code_is_raised() -> None:
    """A code that no other module names is dead."""
    used = _used_names()

    assert [name for name in ALL_CODES if name.split(".")[1] not in used] == []


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """The first line of a page is the code and its summary."""
    expected = {f"{code.id}.md": f"# {code.id}: {code.summary}" for code in ALL_CODES.values()}
    actual = {path.name: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in PAGES.glob("*.md")}

    assert expected == actual


def test_every_page_fails_and_mends() -> None:
    """A page explains, then shows a failing and a mended example."""
    fence = re.compile(r"\n\n```(hcl|sh)\n(?:.+\n|\n)+?```\n")
    odd = []
    for path in sorted(PAGES.glob("*.md")):
        head, _, rest = path.read_text(encoding="utf-8").partition("\n## Failing")
        failing, _, mended = rest.partition("\n## Mended")
        languages = [match[1] if (match := fence.match(part)) else None for part in (failing, mended)]
        if len(head.splitlines()) < 3 or None in languages or len(set(languages)) > 1:
            odd.append(path.name)

    assert odd == []


def test_every_command_and_option_has_help() -> None:
    """A command has a sentence about itself, each option one about what it does."""
    silent = []
    for found in walk(click.Context(cli, info_name="dmail")):
        options = [one for one in found.command.params if isinstance(one, click.Option)]
        silent += [found.command_path] if not found.command.help else []
        silent += [f"{found.command_path} {one.name}" for one in options if not one.help]

    assert silent == []


def test_list_of_commands_matches_the_modules() -> None:
    """``dmail --help`` names exactly the commands that exist."""
    named = {f"{MODULES.get(name, name.replace('-', '_'))}.py" for name in COMMANDS}
    commands = {
        path.name
        for path in modules(PACKAGE / "cli")
        if "click.command(" in path.read_text("utf-8") or "click.group(" in path.read_text("utf-8")
    }

    assert named == {name for name in commands if name != "main.py"}


def test_generated_files_are_current() -> None:
    """Schemas and the reference of commands are what the program says today (make generate)."""
    stale = [name for name, text in generated_files().items() if (ROOT / name).read_text(encoding="utf-8") != text]

    assert stale == []


def test_exit_codes_are_documented() -> None:
    """The table names each code that the program knows, and no other."""
    table = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")

    assert {int(number) for number in re.findall(r"^\| `(\d+)`", table, re.MULTILINE)} == set(map(int, Exit))


def test_every_dependency_has_its_reasons() -> None:
    """Each library that a user has to install is named in a decision record."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for name, listed in project["optional-dependencies"].items() if name != "dev" for one in listed]
    names = {re.split(r"[^\w.-]", one)[0] for one in [*project["dependencies"], *extras]}
    titles = " ".join(path.read_text(encoding="utf-8").lower() for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", titles)} == set()


def test_changelog_has_this_version() -> None:
    """The newest version of the changelog is that of the package."""
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert versions[0] == __version__


def _links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in a document names a file of the repository."""
    documents = [path for path in tracked() if path.suffix == ".md"]
    broken = [
        f"{name_of(path)} -> {target}"
        for path in documents
        for target in _links(path)
        if target and not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_document_can_be_reached() -> None:
    """Each page of docs/ is linked from another document."""
    documents = [path for path in tracked() if path.suffix == ".md"]
    reached = {(path.parent / target).resolve() for path in documents for target in _links(path) if target}
    lost = [name_of(path) for path in documents if (ROOT / "docs") in path.parents and path.resolve() not in reached]

    assert lost == []
