"""Every test of the suite runs against every remote that has a harness."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remotes.conformance.harness import HARNESSES, Harness
from tests.support.project import Project, project

__all__ = ["harness", "project"]


@pytest.fixture(params=sorted(HARNESSES))
def harness(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, project: Project
) -> Iterator[Harness]:
    """A running system, and a project whose default remote it is."""
    with HARNESSES[request.param](Path(tmp_path_factory.mktemp("system"))) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        yield running
