from __future__ import annotations

from pathlib import Path

import pytest

from declarative_mail.operations.validate import validate
from declarative_mail.operations.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    "name",
    [
        "agent",
        "harness-firstgen",
        "harness-nextgen",
        "harness-nextgen/on-harness",
        "kubesphere",
        "privilege-manager",
    ],
)
def test_example_has_no_fault(name: str) -> None:
    """What the founding documents ask for can be written without an error and without a warning."""
    faults = validate(Workspace(directory=EXAMPLES / name, environment={}))

    assert [(fault.code.id, fault.detail) for fault in faults] == []
    assert (EXAMPLES / name.partition("/")[0] / "README.md").exists()
