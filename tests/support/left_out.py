"""A pytest plugin: the run ends by saying which tests were left out, why, and what would let them run."""

from __future__ import annotations

import re
from collections import Counter

import pytest

_PACKAGE = re.compile(r"\(Debian packages? ([^)]*)\)")


_APART = {"exim4-daemon-light"}
"""Cannot be installed beside Postfix: never proposed together with it."""


class LeftOut:
    """Prints the skipped tests by reason, before pytest's closing line."""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Write the section, if anything was left out."""
        reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
        lines = [f"{count} x {reason}" for reason, count in sorted(reasons.items())]
        if config.option.markexpr == "not soak":
            lines.append("the long tests (kills, fuzzing, load): run them with make soak")
        named = {name for reason in reasons for found in _PACKAGE.findall(reason) for name in found.split()}
        packages = sorted(named - _APART)
        if packages:
            lines.append(f"to run more of them: apt-get install {' '.join(packages)}")
        if lines:
            terminalreporter.section("left out")
            for line in lines:
                terminalreporter.line(line)


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
