"""A pytest plugin: the session fails when a secret of the tests shows in anything that it produced.

Searched are the output of every test (captured, read with capsys, or returned by click's test runner), the output of
every ``dmail`` process that a test waits for, and at the end every file below pytest's temporary folders: state, plans,
logs, caches. With pytest-xdist each worker searches its own folders and reports to the process that started it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click.testing
import pytest

from tests.support.canary import files_with_canary, shows_canary

_KEY = "canary_leaks"


class CanaryWatch:
    """Collects the places where the canary showed."""

    def __init__(self) -> None:
        self.leaks: set[str] = set()
        self.roots: list[Path] = []

    def check(self, text: str | bytes | None, what: str) -> None:
        """Note a leak if the text holds the canary."""
        if shows_canary(text):
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            self.leaks.add(f"{what} of {test}" if test else what)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Watch the three ways in which a test reads output itself, so that pytest's own capture never sees it."""
        _after(subprocess.Popen, "communicate", self._saw_process)
        _after(click.testing.CliRunner, "invoke", self._saw_click)
        _after(pytest.CaptureFixture, "readouterr", self._saw_capture)

    def _saw_process(self, process: subprocess.Popen[Any], result: tuple[Any, Any]) -> None:
        command = process.args if isinstance(process.args, list | tuple) else [process.args]
        if any(name in str(part) for part in command for name in ("dmail", "declarative_mail")):
            for text in result:
                self.check(text, f"output of process {process.args!r}"[:120])

    def _saw_click(self, _: click.testing.CliRunner, result: click.testing.Result) -> None:
        self.check(result.output, "output")

    def _saw_capture(self, _: object, result: Any) -> None:
        for text in result:
            self.check(text, "output")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Search what pytest captured."""
        for name, text in report.sections:
            if shows_canary(text):
                self.leaks.add(f"{name.lower()} of {report.nodeid}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what an xdist worker found."""
        self.leaks.update(getattr(node, "workeroutput", {}).get(_KEY, ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Search the files; fail the session if anything was found."""
        self.leaks.update(str(path) for root in self.roots for path in files_with_canary(root))
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = sorted(self.leaks)
        elif self.leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where it showed."""
        if self.leaks:
            terminalreporter.section("secret values leaked", red=True)
            for line in sorted(self.leaks):
                terminalreporter.line(f"  {line}")


def _after(owner: type, name: str, saw: Callable[[Any, Any], None]) -> None:
    """Call `saw` with the object and the result after each call of a method."""
    original = getattr(owner, name)

    @wraps(original)
    def watched(self: Any, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        saw(self, result)
        return result

    setattr(owner, name, watched)
