"""``make demo``: the first thing that anybody sees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.sources import ROOT

DEMO = ROOT / "examples" / "quickstart" / "demo.py"


def test_demo_tells_its_story(tmp_path: Path) -> None:
    """Every step ends as told: a message is delivered, drift is clean, then found at its field; nothing remains."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    result = subprocess.run(
        [sys.executable, str(DEMO)],
        env=os.environ | {"TMPDIR": str(scratch)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = re.findall(r"^\$ dmail (\w+)|^(\(exit code 3\))|^  (Subject: .*)|(mallory)", result.stdout, re.MULTILINE)

    assert result.returncode == 0, result.stdout + result.stderr
    assert ["".join(one) for one in told] == [
        "validate",
        "plan",
        "apply",
        "Subject: The pipeline can send mail",
        "drift",
        "drift",
        "mallory",
        "(exit code 3)",
    ]
    assert list(scratch.iterdir()) == []
