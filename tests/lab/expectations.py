"""What holds for a result whose scenario says how it must end."""

from __future__ import annotations

from declarative_mail.probe.verdict import STAGES, TestResult
from tests.lab.scenario import IMPATIENCE, PATIENCE, Scenario
from tests.support.canary import shows_canary

# On a busy machine a thread may wait for its turn.
_LOAD = 10.0


def check(scenario: Scenario, result: TestResult) -> None:
    """The right stage with the right code, the right remarks, in the right time, and no secret in it."""
    failed = [(one.stage, one.code) for one in result.stages if one.verdict == "fail"]
    expected = [(scenario.stage, scenario.code)] if scenario.stage else []
    assert expected == failed, "\n".join(result.transcript)
    assert (scenario.stage is None) == result.ok
    remarks = [(one.stage, one.code) for one in result.stages if one.verdict in {"warn", "unknown"}]
    assert list(scenario.remarks) == [pair for pair in remarks if pair[0] != "quit" or scenario.remarks]
    check_time(scenario, result)
    check_words(result)
    assert not shows_canary(f"{result.record}{result.transcript}")


def check_time(scenario: Scenario, result: TestResult) -> None:
    """Not before the server could have answered, and never past the deadline of the silent stage.

    A silent server is given up a quarter before the deadline of the greeting, to look whether it waits for TLS.
    """
    milliseconds = {one.stage: one.ms for one in result.stages}
    assert sum(milliseconds.values()) / 1000 >= scenario.least
    if scenario.silent:
        assert IMPATIENCE * 700 <= milliseconds[scenario.silent] <= (IMPATIENCE + _LOAD) * 1000
    else:
        assert max(milliseconds.values()) < PATIENCE * 1000


def check_words(result: TestResult) -> None:
    """All ten stages; whatever failed says why and what helps, with the server's words where it had any."""
    assert list(STAGES) == [one.stage for one in result.stages]
    for one in result.stages:
        if one.verdict == "fail":
            assert one.cause, one
            assert one.remedy, one
            assert bool(one.reply) == one.code[:1].isdigit() or one.code == "protocol", one
