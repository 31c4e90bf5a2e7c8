"""A stand-in with people, and a client for it; at the end nothing was against the published interface."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.remotes.conformance.harness_ng import NextGenHarness, next_gen_harness
from tests.remotes.harness.account import Account
from tests.remotes.harness.calling import Caller
from tests.remotes.harness.server import harness_server
from tests.support.canary import secret_value
from tests.support.project import Project, project

__all__ = ["project"]


@pytest.fixture
def account() -> Account:
    """An account with three users."""
    made = Account(token=secret_value("token"), checks_answers=True)
    for name in ("ann", "bob", "cleo"):
        made.user(f"{name}@example.com")
    return made


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """One for all tests: a client reads the roots of trust, which takes a quarter of a second."""
    with httpx.Client(trust_env=False, timeout=10) as shared:
        yield shared


@pytest.fixture
def caller(account: Account, client: httpx.Client, request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Whoever breaks the interface on purpose is marked ``violates``."""
    with harness_server(account):
        yield Caller(account, client)

    assert account.wrong_answers == []
    assert bool(account.violations) == ("violates" in request.fixturenames), account.violations


@pytest.fixture
def violates() -> None:
    """The test sends what the published interface does not allow."""


@pytest.fixture
def system(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextGenHarness]:
    """The stand-in, and a project whose default remote it is."""
    with next_gen_harness(tmp_path_factory.mktemp("system")) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        yield running
        assert running.violations() == []
