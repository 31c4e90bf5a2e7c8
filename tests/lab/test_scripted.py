"""Every scripted server ends at the right stage with the right verdict, in time, and no password crosses in clear."""

from __future__ import annotations

import pytest

from tests.lab.expectations import check
from tests.lab.laboratory import Findings
from tests.lab.registry import SCRIPTED
from tests.support.canary import shows_canary

pytestmark = pytest.mark.xdist_group("laboratory-scripted")


@pytest.mark.parametrize("identifier", SCRIPTED)
def test_scripted_server_is_judged_as_its_scenario_says(identifier: str, scripted_findings: Findings) -> None:
    """The stage, the code, the time and the words are those of the scenario."""
    scenario, _ = SCRIPTED[identifier]

    check(scenario, scripted_findings.results[identifier])


def test_no_password_crosses_in_clear(scripted_findings: Findings) -> None:
    """No server has got the password outside TLS, whatever it offered and however it failed."""
    in_clear = [one.scenario for one in scripted_findings.heard if not one.encrypted and shows_canary(one.data)]

    assert in_clear == []


def test_the_log_would_show_a_password(scripted_findings: Findings) -> None:
    """The log that the former test reads does hold the password where it went through TLS."""
    inside = {one.scenario for one in scripted_findings.heard if one.encrypted and shows_canary(one.data)}

    assert inside.issuperset({"starttls", "implicit", "auth-echo"})
