"""Exim is judged as its scenarios say."""

from __future__ import annotations

import pytest

from tests.lab.exim import SCENARIOS
from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.scenario import Scenario

pytestmark = pytest.mark.xdist_group("laboratory-scripted")


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one.id) for _, one in SCENARIOS])
def test_exim_is_judged_as_the_scenario_says(scenario: Scenario, exim_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    check(scenario, exim_findings.results[scenario.id])


def test_queue_id_is_exims(exim_findings: Findings) -> None:
    """The id in the verdict is the one under which Exim has queued the message."""
    queue_id = exim_findings.results["exim-starttls-send"]["message"].details["queue_id"]

    assert exim_findings.queued == (queue_id,)
