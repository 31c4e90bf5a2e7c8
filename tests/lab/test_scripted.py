"""Every scripted server ends at the right stage with the right verdict, in time, and no password crosses in clear."""

from __future__ import annotations

import pytest

from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.registry import SCRIPTED

pytestmark = pytest.mark.xdist_group("laboratory-scripted")


@pytest.mark.parametrize("identifier", SCRIPTED)
def test_scripted_server_is_judged_as_its_scenario_says(identifier: str, scripted_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    scenario, _ = SCRIPTED[identifier]

    check(scenario, scripted_findings.results[identifier])


def test_no_password_crosses_in_clear(scripted_findings: Findings) -> None:
    """No server has got the password outside TLS, whatever it offered and however it failed."""
    assert scripted_findings.in_clear == frozenset()


def test_the_log_would_show_a_password(scripted_findings: Findings) -> None:
    """The log that the former test reads does hold the password where it went through TLS."""
    assert scripted_findings.inside >= {"starttls", "implicit", "auth-echo"}


@pytest.mark.parametrize("identifier", ["oauth-xoauth2-refused", "oauth-oauthbearer-refused"])
def test_refused_token_shows_the_servers_reason(identifier: str, scripted_findings: Findings) -> None:
    """The reason that comes in the question before the refusal stands in the verdict."""
    details = scripted_findings.results[identifier]["auth"].details

    assert details["oauth"] == {"status": "401", "schemes": "bearer", "scope": "https://mail.lab.test/"}


def test_bad_certificate_is_shown(scripted_findings: Findings) -> None:
    """A certificate that nobody checks still shows its names, its days and what is wrong with it."""
    details = scripted_findings.results["certificate-not-checked"]["tls"].details

    assert details["certificates"][0]["names"] == ["mail.wrong.test"]
    assert details["certificates"][0]["days_left"] == 29
    assert details["problems"] == ["certificate_wrong_name"]


def test_control_characters_are_made_harmless(scripted_findings: Findings) -> None:
    """What would act on a terminal is shown as an escape."""
    reply = scripted_findings.results["nul-bytes"]["recipient"].reply

    assert reply == r"550 5.7.1 No\x00 \x1b[2J\x1b]0;owned\x07way"


def test_latin_1_is_read(scripted_findings: Findings) -> None:
    """A reply that is not UTF-8 is read as Latin-1."""
    reply = scripted_findings.results["not-utf-8"]["recipient"].reply

    assert reply == "550 5.7.1 Accès refusé ÿþ"
