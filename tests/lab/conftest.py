"""The findings of the laboratory: every server tested once, concurrently; the tests then look at one verdict each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.laboratory import Findings, open_folder, run_dovecot, run_exim, run_postfix, run_scripted


@pytest.fixture(scope="session")
def scripted_findings() -> Iterator[Findings]:
    """What was said of the scripted servers."""
    with open_folder() as folder:
        yield run_scripted(folder)


@pytest.fixture(scope="session")
def postfix_findings() -> Iterator[Findings]:
    """What was said of Postfix."""
    with open_folder() as folder:
        yield run_postfix(folder)


@pytest.fixture(scope="session")
def dovecot_findings() -> Iterator[Findings]:
    """What was said of Dovecot's submission server."""
    with open_folder() as folder:
        yield run_dovecot(folder)


@pytest.fixture(scope="session")
def exim_findings() -> Iterator[Findings]:
    """What was said of Exim."""
    with open_folder() as folder:
        yield run_exim(folder)
