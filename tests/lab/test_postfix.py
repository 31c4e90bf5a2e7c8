"""Every service of Postfix is judged as its scenario says, and a test that sends nothing delivers nothing."""

from __future__ import annotations

import pytest

from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.postfix_scenarios import SCENARIOS
from tests.lab.scenario import Scenario

pytestmark = pytest.mark.xdist_group("laboratory-postfix")


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one.id) for _, one in SCENARIOS])
def test_postfix_is_judged_as_the_scenario_says(scenario: Scenario, postfix_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    check(scenario, postfix_findings.results[scenario.id])


def test_only_asked_messages_are_delivered(postfix_findings: Findings) -> None:
    """The mailboxes hold one message for each scenario that sends one to them, and nothing else."""
    assert postfix_findings.home is not None
    sent = {
        postfix_findings.results[one.id]["message"].details["message_id"]
        for _, one in SCENARIOS
        if one.send and one.stage is None and (one.to or "").endswith("@lab.test")
    }
    delivered = [path.read_text("utf-8") for path in postfix_findings.home.glob("mail/*/new/*")]

    assert len(sent) == len(delivered)
    assert all(any(f"Message-ID: {one}" in text for text in delivered) for one in sent)
