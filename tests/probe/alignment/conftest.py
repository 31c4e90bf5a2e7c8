"""One name server for all alignment tests of a worker, and a resolver that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from declarative_mail.probe.alignment import DnsResolver
from tests.probe.alignment.nameserver import nameserver


@pytest.fixture(scope="session")
def dns_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the name server."""
    with nameserver(tmp_path_factory.mktemp("named")) as port:
        yield port


@pytest.fixture
def resolver(dns_port: int) -> DnsResolver:
    """A resolver with an empty memory that asks the tests' own name server."""
    return DnsResolver(["127.0.0.1"], port=dns_port)
