"""One Dovecot for all receipt tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.probe.receipt.dovecot import Dovecot, dovecot


@pytest.fixture(scope="session")
def imap() -> Iterator[Dovecot]:
    """A running server with a mailbox for each user."""
    with dovecot() as server:
        yield server
