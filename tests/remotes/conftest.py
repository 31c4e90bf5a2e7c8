"""A server of its own and a project for every test that ends processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remotes.kills import Keeping, Site, kept_in_a_file, kept_on_http
from tests.remotes.served import served
from tests.state.http_state_server import running_state_server
from tests.support.zygote import Zygote, zygote

__all__ = ["zygote"]


@pytest.fixture
def keeping(request: pytest.FixtureRequest) -> Iterator[Keeping]:
    """Where the state is: ``local`` or ``http``."""
    if getattr(request, "param", "local") == "local":
        yield kept_in_a_file()
        return
    with running_state_server() as server:
        yield kept_on_http(server)


@pytest.fixture
def site(zygote: Zygote, keeping: Keeping, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running server and an empty project."""
    with served(zygote, Path(tmp_path_factory.mktemp("system"))) as (server, system):
        yield Site(Path(tmp_path_factory.mktemp("site")), zygote, server, system, keeping)
