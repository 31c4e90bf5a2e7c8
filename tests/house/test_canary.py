"""The search for leaked secrets finds what it should, in a pytest session of its own."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from tests.support.canary import CANARY, allow_secrets, files_with_canary, secret_value, shows_canary, write_secret

ROOT = Path(__file__).parents[2]

CONFTEST = "from tests.conftest import _clean_environment, _searched_folder, pytest_configure\n"
LEAKS = """
import logging, subprocess, sys
import click, click.testing
from tests.support.canary import secret_value

@click.command()
def shout():
    click.echo(secret_value())

def test_print():
    print(secret_value())

def test_log():
    logging.getLogger().warning(secret_value())

def test_capsys(capsys):
    print(secret_value())
    capsys.readouterr()

def test_process():
    program = f"print('{secret_value()}')"
    subprocess.run([sys.executable, "-c", program, "dmail"], capture_output=True)

def test_click():
    click.testing.CliRunner().invoke(shout)

def test_file(tmp_path):
    (tmp_path / "state.json").write_text(secret_value())
"""
HARMLESS = """
from tests.support.canary import secret_value, write_secret

def test_input(tmp_path):
    write_secret(tmp_path / "main.hcl", secret_value())
    print("fine")
"""


def run_session(folder: Path, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    """One pytest session over one test file, with the plugins of this house."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(body)
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), "-p", "no:randomly", *options]
    base = ["--basetemp", str(folder / "base"), "-o", "cache_dir=" + str(folder / "cache"), str(folder)]
    return subprocess.run([*command, *base], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def leaks_in(output: str) -> list[str]:
    """The test (or file) of each line in the section on leaks."""
    section = output.partition("secret values leaked")[2].partition("left out")[0]
    return sorted(line.replace("::", "/").split("/")[-1].strip() for line in section.splitlines() if "  " in line)


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["plain", "in a worker"])
def test_leaks_fail_the_session(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Six tests leak a secret, each in its own way: all pass, all are named, and the session fails."""
    allow_secrets(tmp_path)
    result = run_session(tmp_path, LEAKS, *options)

    assert leaks_in(result.stdout) == [
        "state.json",
        "test_capsys",
        "test_click",
        "test_log",
        "test_print",
        "test_process",
    ]
    assert ("6 passed" in result.stdout, result.returncode) == (True, 1)


def test_named_inputs_are_left_alone(tmp_path: Path) -> None:
    """A file written as an input may hold a secret."""
    result = run_session(tmp_path, HARMLESS)
    allow_secrets(tmp_path)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("before", ["", "u", "us", "usr"])
def test_base64_is_seen_at_each_alignment(before: str) -> None:
    """An AUTH PLAIN answer is a leak like the clear text."""
    answer = b64encode(f"\0{before}\0{secret_value('x')}".encode())

    assert shows_canary(answer)


def test_search_passes_allowed_files_and_folders(tmp_path: Path) -> None:
    """Of four files with the canary only the two that nobody allowed are found."""
    for name in ("a/state.json", "b/log", "servers/saslpasswd"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(f"x {CANARY} y")
    write_secret(tmp_path / "main.hcl", CANARY)
    allow_secrets(tmp_path / "servers")

    found = sorted(str(path.relative_to(tmp_path)) for path in files_with_canary(tmp_path))
    allow_secrets(tmp_path)

    assert found == ["a/state.json", "b/log"]
