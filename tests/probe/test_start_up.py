"""Importing the probe is cheap."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ["cryptography", "dns", "httpx", "rich", "deepdiff", "lark", "hcl2", "pydantic", "email_validator", "idna"]


def test_probe_starts_light() -> None:
    """Nothing heavy is imported before a function needs it."""
    code = (
        "import sys, declarative_mail.probe.many, declarative_mail.probe.transport, declarative_mail.probe.diagnose;"
        f"print([one for one in {HEAVY} if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
