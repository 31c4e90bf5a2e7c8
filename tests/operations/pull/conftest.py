"""A project whose default remote is a running server."""

from collections.abc import Iterator

import pytest

from tests.operations.pull.system import System, running_system
from tests.support.project import Project


@pytest.fixture
def remote(tmp_path_factory: pytest.TempPathFactory, project: Project) -> Iterator[System]:
    """The server, empty; the project declares it as ``remote.rest.x``."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        project.environment["REST_TOKEN"] = running.token
        project.write(running.block(), "remote.hcl")
        yield running
