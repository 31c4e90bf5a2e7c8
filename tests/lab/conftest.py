"""The findings of the laboratory: every server tested once, concurrently; the tests then look at one verdict each."""

from __future__ import annotations

import pytest

from tests.lab.laboratory import Findings, run_dovecot, run_exim, run_postfix, run_scripted
from tests.lab.sharing import shared


@pytest.fixture(scope="session")
def scripted_findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What was said of the scripted servers."""
    return shared("scripted", run_scripted, tmp_path_factory)


@pytest.fixture(scope="session")
def postfix_findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What was said of Postfix."""
    return shared("postfix", run_postfix, tmp_path_factory)


@pytest.fixture(scope="session")
def dovecot_findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What was said of Dovecot's submission server."""
    return shared("dovecot", run_dovecot, tmp_path_factory)


@pytest.fixture(scope="session")
def exim_findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What was said of Exim."""
    return shared("exim", run_exim, tmp_path_factory)
