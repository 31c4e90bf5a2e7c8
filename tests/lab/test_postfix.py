"""Every service of Postfix is judged as its scenario says, and a test that sends nothing delivers nothing."""

from __future__ import annotations

import pytest

from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.postfix_scenarios import SCENARIOS
from tests.lab.scenario import ELSEWHERE, Scenario

pytestmark = pytest.mark.xdist_group("laboratory-postfix")


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one.id) for _, one in SCENARIOS])
def test_postfix_is_judged_as_the_scenario_says(scenario: Scenario, postfix_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    check(scenario, postfix_findings.results[scenario.id])


def test_only_asked_messages_are_delivered(postfix_findings: Findings) -> None:
    """The mailboxes hold one message for each scenario that sends one to them, and nothing else."""
    sent = {
        postfix_findings.results[one.id]["message"].details["message_id"]
        for _, one in SCENARIOS
        if one.send and one.stage is None and one.to != ELSEWHERE
    }

    assert len(postfix_findings.messages) == len(sent)
    assert all(any(f"Message-ID: {one}" in text for text in postfix_findings.messages) for one in sent)


@pytest.mark.parametrize(
    ("identifier", "name", "days"),
    [
        ("expired", ["localhost", "127.0.0.1", "::1"], -2),
        ("not-yet", ["localhost", "127.0.0.1", "::1"], 39),
        ("mismatch", ["mail.wrong.test"], 29),
        ("selfsigned", ["localhost", "127.0.0.1", "::1"], 29),
        ("untrusted", ["localhost", "127.0.0.1", "::1"], 29),
    ],
)
def test_refused_certificate_is_shown(identifier: str, name: list[str], days: int, postfix_findings: Findings) -> None:
    """A certificate that fails the checks is shown all the same: version, cipher, names and days."""
    result = postfix_findings.results[f"postfix-certificate-{identifier}"]
    details = result["tls"].details

    assert details["tls_version"] == "TLSv1.3"
    assert details["cipher"]
    assert (details["certificates"][0]["names"], details["certificates"][0]["days_left"]) == (name, days)
    assert result.certificate_expires is not None


def test_chain_is_shown_whole(postfix_findings: Findings) -> None:
    """Leaf and intermediate, in the order in which they were sent."""
    details = postfix_findings.results["postfix-certificate-chain"]["tls"].details

    assert [one["issuer"] for one in details["certificates"]] == ["CN=Laboratory intermediate", "CN=Laboratory root"]


def test_greylisted_recipient_was_tried_twice(postfix_findings: Findings) -> None:
    """The verdict says that it was temporary, how often it was tried, and what was said at first."""
    recipient = postfix_findings.results["postfix-greylist-again"]["recipient"]

    assert (recipient.details["attempts"], recipient.temporary) == (2, True)
    assert "try again in 1 seconds" in str(recipient.reply)


def test_login_that_is_offered_and_not_used_is_named(postfix_findings: Findings) -> None:
    """A refusal by policy, where the server offers a login and none is configured, says that first."""
    cause = postfix_findings.results["postfix-no-credentials"]["recipient"].cause

    assert str(cause).startswith("The server offers a login, and none is configured.")
