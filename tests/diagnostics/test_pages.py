"""The examples of ``dmail explain-error``: each failing one gives its code, each mended one does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.pages import page_codes, page_text
from declarative_mail.operations.validate import validate
from declarative_mail.operations.workspace import Workspace

_FENCE = re.compile(r"^## (Failing|Mended)\n\n```hcl\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _examples(code: str) -> dict[str, str]:
    return dict(_FENCE.findall(page_text(code)))


CODES = [code for code in page_codes() if _examples(code)]
"""The codes that a configuration alone can give; the pages of the others show commands."""


ELSEWHERE = {"DM2370"}
"""Their mended example names a directory beside it."""

LONG = {"DM2091": pytest.mark.soak}
"""Shows what happens after two million steps."""


def _faults(directory: Path, text: str) -> list[Diagnostic]:
    directory.mkdir()
    (directory / "main.hcl").write_text(text, encoding="utf-8")
    return validate(Workspace(directory=directory, environment={}))


@pytest.mark.parametrize("code", [pytest.param(one, marks=LONG.get(one, ())) for one in CODES])
def test_failing_example_fails_and_mended_one_is_sound(tmp_path: Path, code: str) -> None:
    """``dmail validate`` gives the code for the one; the other has it no longer, nor an error of another kind."""
    examples = _examples(code)
    failing = {one.code.id for one in _faults(tmp_path / "failing", examples["Failing"])}
    mended = _faults(tmp_path / "mended", examples["Mended"])

    assert code in failing
    assert [one.code.id for one in mended if one.code.id == code or (one.is_error and code not in ELSEWHERE)] == []


def test_most_codes_have_an_example_that_is_run() -> None:
    """The fences are found at all."""
    assert len(CODES) > 50
