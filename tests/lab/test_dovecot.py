"""Dovecot's submission server is judged as its scenarios say."""

from __future__ import annotations

import pytest

from tests.lab.dovecot import SCENARIOS
from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.scenario import Scenario

pytestmark = pytest.mark.xdist_group("laboratory-postfix")


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one.id) for _, one in SCENARIOS])
def test_dovecot_is_judged_as_the_scenario_says(scenario: Scenario, dovecot_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    check(scenario, dovecot_findings.results[scenario.id])


def test_only_one_message_is_handed_on(dovecot_findings: Findings) -> None:
    """The server behind Dovecot gets one message: the one that a scenario sends."""
    assert len(dovecot_findings.messages) == 1
