"""Verdicts as diagnostics."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import probe as codes
from declarative_mail.probe.diagnose import diagnose
from declarative_mail.probe.verdict import STAGES, Stage, StageResult, TestResult, in_order

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def result(*stages: StageResult, require: frozenset[Stage] = frozenset()) -> TestResult:
    """A failed result with these stages."""
    return TestResult("smtp_server.a", False, in_order({one.stage: one for one in stages}), WHEN, require=require)


def test_failed_stage_is_one_error() -> None:
    """With the server's words as cause, the remedy as help, and nothing about the stages behind it."""
    failed = StageResult("auth", "fail", "535 5.7.8", "535 5.7.8 no", "The password is wrong.", "Set it.")

    (found,) = diagnose(result(failed, require=frozenset({"recipient"})), address=Address("smtp_server", "a"))

    assert found.code is codes.LOGIN_FAILED
    assert found.detail == 'smtp_server.a: the stage "auth" failed (535 5.7.8). The password is wrong.'
    assert (found.cause, found.help, str(found.address)) == ("535 5.7.8 no", "Set it.", "smtp_server.a")


def test_temporary_failure_says_so() -> None:
    """The same test may pass later."""
    failed = StageResult("recipient", "fail", "451", "451 later", "Greylisted.", "Wait.", details={"temporary": True})

    (found,) = diagnose(result(failed))

    assert found.detail.endswith("It is temporary: the same test may pass later.")


@pytest.mark.parametrize("stage", [one for one in STAGES if one != "quit"])
def test_each_stage_has_a_code_of_its_own(stage: Stage) -> None:
    """So that people learn it by sight."""
    (found,) = diagnose(result(StageResult(stage, "fail", "x")))

    assert found.is_error
    assert found.code.id == f"DM50{STAGES.index(stage) + 1:02}"


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (StageResult("sender", "unknown", "decided_at_message", cause="It decides later."), "It decides later."),
        (StageResult("tls", "skipped", "not_asked"), "It does not apply with these settings."),
        (StageResult("recipient", "skipped", "no_recipient", cause="There is none."), "There is none."),
    ],
)
def test_required_stage_without_proof_is_an_error(one: StageResult, why: str) -> None:
    """And says why there is no proof."""
    (found,) = diagnose(result(one, require=frozenset({one.stage})))

    assert found.code is codes.NOT_PROVED
    assert found.detail == f'smtp_server.a: the stage "{one.stage}" is required and was not proved. {why}'


def test_remark_is_a_warning() -> None:
    """A certificate near its end does not fail, and is not silent."""
    (found,) = diagnose(result(StageResult("tls", "warn", "certificate_ends_soon", cause="Five days are left.")))

    assert (found.code, found.severity) == (codes.REMARK, "warning")
    assert "Five days are left." in found.detail


def test_quit_is_nobodys_business() -> None:
    """A server that does not say goodbye is not worth a warning."""
    assert diagnose(result(StageResult("quit", "warn", "dropped"))) == ()
