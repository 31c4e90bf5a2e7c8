"""The inputs that fuzzing found, replayed; and fuzzing itself, in the soak."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.language.syntax.oracle import check
from tests.support.needs import leave_out

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
INPUTS = sorted(CORPUS.iterdir())
SECONDS = 180


@pytest.mark.parametrize("path", INPUTS, ids=[path.name for path in INPUTS])
def test_input_that_fuzzing_found_is_handled(path: Path) -> None:
    """Each reaches a line that no shorter one does."""
    check(path.read_bytes())


@pytest.mark.soak
def test_fuzzing_finds_nothing(tmp_path: Path) -> None:
    """Coverage-guided, from the corpus on; a crash, a broken rule or an input that takes too long ends it."""
    if find_spec("atheris") is None:
        leave_out("atheris is not installed: pip install atheris (Linux)")
    command = [
        sys.executable,
        "-m",
        "tests.soak.fuzz_language",
        f"-max_total_time={SECONDS}",
        "-max_len=400",
        "-timeout=20",
    ]
    command += [f"-artifact_prefix={tmp_path}/", str(tmp_path), str(CORPUS)]

    result = subprocess.run(
        command, cwd=Path(__file__).parents[3], capture_output=True, text=True, errors="replace", check=False
    )

    assert result.returncode == 0, result.stderr[-4000:]
    assert "Done" in result.stderr
