"""What a test needs of the machine: a real server or program, or a reason to leave the test out."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

SBIN = ("/usr/sbin", "/sbin", "/usr/lib/postgresql/15/bin", "/usr/lib/dovecot", "/opt/exim4/usr/sbin")


def find_program(name: str) -> str | None:
    """The path of a program, also in the directories that are only on root's PATH."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN]))


def need_program(name: str, *, package: str) -> str:
    """The path of a program; without it the test is left out, or fails where CI promises that it is there."""
    path = find_program(name)
    if path is None:
        leave_out(f"{name} is not installed (Debian package {package})")
    return path


def need_root() -> None:
    """Leave the test out unless it runs as root, which Postfix's master and `runuser` need."""
    if os.geteuid() != 0:
        leave_out("needs root")


def leave_out(reason: str) -> NoReturn:
    """Skip with a reason on a user's machine; fail in CI, where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"left out in CI: {reason}")
    pytest.skip(reason)
