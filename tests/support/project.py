"""A directory with a configuration, and ``dmail`` run in it: in this process, or as a real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.cli.main import run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines. A text in them may hold other characters that end a line somewhere."""
        return [json.loads(line) for line in self.out.split("\n") if line]

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        """The JSON lines of one type."""
        return [line for line in self.lines if line["type"] == type_]

    @property
    def codes(self) -> list[str]:
        """The codes of the diagnostics among the JSON lines, in order."""
        return [line["code"] for line in self.of_type("diagnostic")]


@dataclass
class Project:
    """One working directory."""

    path: Path
    capsys: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, text: str, name: str = "main.hcl") -> Path:
        """Write a file of the configuration."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str) -> Result:
        """Run a command in this process."""
        self.capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.path)
            code = run(list(arguments))
        captured = self.capsys.readouterr()
        return Result(code, captured.out, captured.err)

    def json(self, *arguments: str) -> Result:
        """Run a command with ``--json``."""
        return self.run(*arguments, "--json")

    def apply(self, *arguments: str) -> Result:
        """Apply without asking and without a server to test; the run must succeed."""
        result = self.run("apply", "--auto-approve", "--skip-connection-test=no server in this test", *arguments)
        assert result.code == 0, result.err
        return result

    def process(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a real process."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment}
        command = [sys.executable, "-m", "declarative_mail", *arguments]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(command, cwd=self.path, env=environment, text=True, **streams)

    @property
    def state(self) -> dict[str, Any]:
        """The state file."""
        found: dict[str, Any] = json.loads((self.path / "dmail.state.json").read_text())
        return found

    def edit_state(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the state behind dmail's back."""
        state = self.state
        change(state)
        (self.path / "dmail.state.json").write_text(json.dumps(state))


def interrupt(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> int:
    """Press Ctrl-C until the process ends, as a person does: on a busy machine the first may come amid its start."""
    for _ in range(10):
        process.send_signal(number)
        try:
            return process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.wait(timeout=10)


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    """An empty working directory."""
    return Project(tmp_path, capsys)
