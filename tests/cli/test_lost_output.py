"""Standard output that cannot be written: what was to be done is done all the same, and the exit code says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import Project

ROOT = Path(__file__).parents[2]
GROUPS = 'user_group "g" {\n  count = 3\n}\n'


def _run(project: Project, *arguments: str, out: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "declarative_mail", *arguments]
    environment = {"PYTHONPATH": str(ROOT)}
    with Path(out).open("w", encoding="utf-8") as file:
        return subprocess.run(
            command, cwd=project.path, env=environment, stdout=file, stderr=subprocess.PIPE, text=True, check=False
        )


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "plan --json", "show", "validate --format=sarif"])
def test_full_disk_is_named(project: Project, command: str) -> None:
    """In one line, and it is no fault of dmail."""
    project.write(GROUPS)
    ran = _run(project, *command.split(), out="/dev/full")

    assert ran.returncode == 1
    assert "error: Standard output cannot be written: No space left on device.\n" in ran.stderr
    assert "DM9001" not in ran.stderr


def test_an_apply_comes_to_its_end(project: Project) -> None:
    """The state has everything, and the next plan nothing to do."""
    project.write(GROUPS)
    _run(project, "apply", "--auto-approve", "--json", out="/dev/full")

    assert len(project.state["resources"]) == 3
    assert "No changes" in project.run("plan").out


def test_file_of_lines_that_cannot_be_written_is_named(project: Project) -> None:
    """``--json-into`` on a full disk."""
    project.write(GROUPS)
    ran = _run(project, "apply", "--auto-approve", "--json-into=/dev/full", out="/dev/null")

    assert (ran.returncode, len(project.state["resources"])) == (1, 3)
    assert "error: /dev/full cannot be written: No space left on device.\n" in ran.stderr


def test_standard_output_is_written_though_the_file_of_lines_is_lost(project: Project, tmp_path: Path) -> None:
    """Each is lost by itself."""
    project.write(GROUPS)
    ran = _run(project, "plan", "--json", "--json-into=/dev/full", out=str(tmp_path / "lines"))

    lines = [json.loads(line) for line in (tmp_path / "lines").read_text(encoding="utf-8").splitlines()]
    assert [one["type"] for one in lines].count("change") == 3
    assert lines[-1]["type"] == "summary"
    assert (ran.returncode, ran.stderr) == (1, "error: /dev/full cannot be written: No space left on device.\n")


def test_everything_that_is_lost_is_named(project: Project) -> None:
    """Standard output and the file."""
    project.write(GROUPS)
    ran = _run(project, "plan", "--json", "--json-into=/dev/full", out="/dev/full")

    assert ran.returncode == 1
    assert sorted(ran.stderr.splitlines()) == [
        "error: /dev/full cannot be written: No space left on device.",
        "error: Standard output cannot be written: No space left on device.",
    ]


def test_reader_that_goes_away_is_no_fault(project: Project) -> None:
    """``dmail plan | head -1``: nothing is said."""
    project.write('user_group "g" {\n  count = 3000\n}\n')
    command = f"{sys.executable} -m declarative_mail plan --verbose | head -1"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        ["/bin/sh", "-c", command], cwd=project.path, env=environment, capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.stderr) == ("Symbols: + create\n", "")
