"""Every test of the suite runs against every remote that has a harness."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remotes.conformance.harness import HARNESSES, Harness
from tests.support.project import Project, project

__all__ = ["harness", "project"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that does not choose its remotes itself runs on all of them, or on those that its module names."""
    chosen = any("harness" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize"))
    if "harness" in metafunc.fixturenames and not chosen:
        metafunc.parametrize("harness", getattr(metafunc.module, "REMOTES", sorted(HARNESSES)), indirect=True)


@pytest.fixture
def harness(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, project: Project
) -> Iterator[Harness]:
    """A running system, and a project whose default remote it is."""
    make, _ = HARNESSES[request.param]
    with make(Path(tmp_path_factory.mktemp("system"))) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        yield running
