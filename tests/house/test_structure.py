"""The rules of the house that no linter knows: sizes, purity, secrets, start-up, dependencies."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import PACKAGE, ROOT, functions, modules, name_of, packages, parsed, tracked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

REVEALING = {
    "declarative_mail/probe/": "the SMTP conversation and its TLS client key",
    "declarative_mail/remotes/": "the wire form of a remote",
    "declarative_mail/state/encryption.py": "the key of the state is derived from the passphrase",
    "declarative_mail/state/fingerprint.py": "hashes it",
    "declarative_mail/state/stores/": "the store's own login",
}
"""Where a secret may be opened, and why."""

HEAVY = (
    "boto3",
    "botocore",
    "click",
    "cryptography",
    "deepdiff",
    "dns",
    "hcl2",
    "httpx",
    "lark",
    "psycopg",
    "rich",
    "ruamel",
    "stamina",
    "starlette",
    "uvicorn",
)
"""What an import of a package must not bring along: click costs 30 ms, the others up to a second."""

IMPORT_NAMES = {
    "email-validator": "email_validator",
    "dnspython": "dns",
    "google-re2": "re2",
    "python-hcl2": "hcl2",
    "ruamel-yaml": "ruamel",
}
FORBIDDEN = re.compile(
    r"(?<![\w.:/-])/(?:work|root)/\w|(?<![\w.:/-])/home/(?!(?:user|me|ann)\b)\w|/Users/\w"
    r"|\b(?:TODO|FIXME|XXX)\b|NotImplementedError|# type: ignore$|\bpypi\.org\b|\bfiles\.pythonhosted\b"
)


_BORDER = re.compile(r"\b(no|not|nothing|never|only|none|neither|cannot)\b", re.IGNORECASE)


@pytest.mark.parametrize("folder", packages(), ids=name_of)
def test_package_says_what_it_is_and_is_not(folder: Path) -> None:
    """Every package has a docstring of at least two sentences; that of one at the top draws its border."""
    initial = folder / "__init__.py"
    text = (ast.get_docstring(parsed(initial)) if initial.exists() else None) or ""

    assert len(re.findall(r"[.:](?:\s|$)", text)) >= 2, f"{name_of(folder)}: {text!r}"
    at_the_top = folder.parent == PACKAGE
    assert not at_the_top or _BORDER.search(text), f"{name_of(folder)}: {text!r}"


def test_files_are_short() -> None:
    """At most 400 lines; 300 is the aim."""
    long = {name_of(path): lines for path in modules() if (lines := len(path.read_text("utf-8").splitlines())) > 400}

    assert long == {}


def test_functions_are_short() -> None:
    """At most 50 lines with signature and docstring; 7 is the aim."""
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > 50
    }

    assert long == {}


def test_secrets_are_opened_in_few_places() -> None:
    """``Secret.reveal`` is called where a value must leave for its purpose, and nowhere else."""
    calls = {
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }

    assert {call for call in calls if not call.startswith(tuple(REVEALING))} == set()


def _edge_names(path: Path) -> Iterator[str]:
    """Where a module prints, exits or reads the environment."""
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"print", "input", "exit"}
        ):
            yield f"{name_of(path)}:{node.lineno} {node.func.id}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = f"{node.value.id}.{node.attr}"
            if pair in {"sys.exit", "os._exit", "os.environ", "os.getenv", "sys.stdout", "sys.stderr", "sys.stdin"}:
                yield f"{name_of(path)}:{node.lineno} {pair}"


def test_nothing_below_cli_touches_the_edge() -> None:
    """Printing, exiting and reading the environment are the business of the command line."""
    found = [name for path in modules() if PACKAGE / "cli" not in path.parents for name in _edge_names(path)]

    assert found == []


def test_importing_the_packages_is_cheap() -> None:
    """No package imports a heavy library before a function needs it."""
    names = [".".join(folder.relative_to(ROOT).parts) for folder in packages()]
    program = f"import sys, {', '.join(names)}; print(*sorted(set({HEAVY!r}) & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert result.stdout.split() == []


def test_start_of_the_command_line_is_cheap() -> None:
    """``dmail --help`` needs click and none of the other heavy libraries."""
    heavy = set(HEAVY) - {"click"} | {"pydantic"}
    program = f"import sys, declarative_mail.cli.main; print(*sorted({heavy!r} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert result.stdout.split() == []


def test_files_of_the_program_need_no_pydantic() -> None:
    """A state, a journal or a plan is read and written without what checks a configuration."""
    parts = ["applying.journal", "operations.state_data", "planning.digest", "planning.plan_file", "state.kept"]
    names = [f"declarative_mail.{part}" for part in parts]
    program = f"import sys, {', '.join(names)}; print(*sorted({{'pydantic', 'pydantic_core'}} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert result.stdout.split() == []


def _imported() -> set[str]:
    """The first word of every absolute import in the package, and what is looked up with ``find_spec``."""
    nodes = [node for path in modules() for node in ast.walk(parsed(path))]
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    found = {
        str(node.args[0].value)
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "find_spec"
        and isinstance(node.args[0], ast.Constant)
    }
    return plain | found | {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def _required(requirements: list[str]) -> dict[str, str]:
    """Distribution name by import name."""
    names = [re.match(r"[\w.-]+", requirement)[0] for requirement in requirements]  # type: ignore[index]  # PEP 508
    normal = [re.sub(r"[-_.]+", "-", name).lower() for name in names]
    return {IMPORT_NAMES.get(name, name.replace("-", "_")): name for name in normal}


def test_every_dependency_is_used() -> None:
    """What a user has to install is imported somewhere in the package, extras included."""
    extras = [
        one
        for name, listed in PROJECT["optional-dependencies"].items()
        if name not in {"dev", "demo"}
        for one in listed
    ]
    required = _required([*PROJECT["dependencies"], *extras])

    assert {name for module, name in required.items() if module not in _imported()} == set()


def test_every_import_is_declared() -> None:
    """Nothing is used that only came along with something else."""
    extras = [one for listed in PROJECT["optional-dependencies"].values() for one in listed]
    required = _required([*PROJECT["dependencies"], *extras]).keys() | {"botocore", "pydantic_core"}
    foreign = _imported() - set(sys.stdlib_module_names) - {"declarative_mail", "__future__"}

    assert foreign - required == set()


def test_tree_holds_no_leftovers() -> None:
    """No path of one machine, no unfinished word, nothing that belongs elsewhere."""
    found = []
    for path in tracked():
        if path == Path(__file__) or path.stat().st_size > 1_000_000:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name_of(path)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(lines, start=1)
            if FORBIDDEN.search(line)
        ]

    assert found == []
