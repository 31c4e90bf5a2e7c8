"""The records of a verdict: what counts as failure, the published form, and reading it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from declarative_mail.probe.verdict import STAGES, Stage, StageResult, TestResult, Verdict, as_stage, blocks, in_order

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def result(*stages: StageResult, require: frozenset[Stage] = frozenset(), ok: bool = True) -> TestResult:
    """A result with these stages."""
    return TestResult("smtp_server.a", ok, in_order({one.stage: one for one in stages}), WHEN, require=require)


@pytest.mark.parametrize(
    ("verdict", "required", "fails"),
    [
        ("pass", False, False),
        ("pass", True, False),
        ("warn", False, False),
        ("warn", True, False),
        ("skipped", False, False),
        ("skipped", True, True),
        ("unknown", False, False),
        ("unknown", True, True),
        ("fail", False, True),
        ("fail", True, True),
    ],
)
def test_required_stage_must_pass_and_others_must_not_fail(verdict: Verdict, required: bool, fails: bool) -> None:  # noqa: FBT001 - a case
    """The table of what stops an apply."""
    one = StageResult("sender", verdict, "code")

    assert blocks(one, frozenset({"sender"}) if required else frozenset()) is fails


def test_quit_stops_nothing_unless_required() -> None:
    """What was taken is taken, however the server takes its leave."""
    one = StageResult("quit", "fail", "dropped")

    assert (blocks(one, frozenset()), blocks(one, frozenset({"quit"}))) == (False, True)


def test_data_is_the_published_form() -> None:
    """Exactly the keys that other programs read."""
    one = StageResult("auth", "fail", "535 5.7.8", "535 5.7.8 no", "wrong", "mend it", 12, {"mechanism": "PLAIN"})

    data = result(one, ok=False).data

    assert list(data) == ["type", "address", "ok", "stages"]
    assert (data["type"], data["address"], data["ok"]) == ("connection_test", "smtp_server.a", False)
    assert one.data == {
        "stage": "auth",
        "verdict": "fail",
        "code": "535 5.7.8",
        "reply": "535 5.7.8 no",
        "cause": "wrong",
        "remedy": "mend it",
        "ms": 12,
    }
    assert one.data in list(data["stages"])  # type: ignore[call-overload]  # the published form is of plain objects


def test_stages_without_result_are_skipped() -> None:
    """All ten are there, in their order."""
    found = in_order({"tls": StageResult("tls", "pass", "ok")})

    assert [one.stage for one in found] == list(STAGES)
    assert [one.verdict for one in found if one.stage != "tls"] == ["skipped"] * 9


def test_record_is_read_back_whole() -> None:
    """Through JSON and back, nothing is lost but the transcript."""
    one = StageResult("tls", "warn", "certificate_ends_soon", None, "soon", "renew", 3, {"cipher": "X", "problems": []})
    whole = TestResult(
        "smtp_server.a", True, in_order({"tls": one}), WHEN, ("C: EHLO",), WHEN, frozenset({"tls", "auth"})
    )

    back = TestResult.from_record(json.loads(json.dumps(whole.record)))

    assert back.record == whole.record
    assert back.certificate_expires == WHEN
    assert back.require == frozenset({"tls", "auth"})
    assert back.transcript == ()


@pytest.mark.parametrize("record", [{}, {"address": "a"}])
def test_foreign_record_is_refused(record: dict[str, object]) -> None:
    """What is no such record is not read as one."""
    with pytest.raises(KeyError):
        TestResult.from_record(record)


@pytest.mark.parametrize(
    ("stages", "require", "deciding"),
    [
        ((StageResult("connect", "pass", "ok"), StageResult("sender", "pass", "250")), (), "sender"),
        ((StageResult("tls", "warn", "x"), StageResult("sender", "pass", "250")), (), "tls"),
        ((StageResult("tls", "warn", "x"), StageResult("sender", "fail", "550")), (), "sender"),
        ((StageResult("sender", "unknown", "x"), StageResult("tls", "pass", "ok")), ("sender",), "sender"),
        ((), (), "resolve"),
    ],
)
def test_deciding_stage_is_the_one_to_show(
    stages: tuple[StageResult, ...], require: tuple[Stage, ...], deciding: str
) -> None:
    """The first that stops the test, else the first remark, else how far it got."""
    assert result(*stages, require=frozenset(require)).deciding.stage == deciding


def test_temporary_is_said_of_failures_only() -> None:
    """A passed test is not temporary, whatever happened on the way."""
    later = StageResult("recipient", "fail", "451", details={"temporary": True})

    assert (result(later, ok=False).temporary, result(later).temporary) == (True, False)


def test_stage_of_a_name() -> None:
    """A name that is no stage is refused with the list of those there are."""
    assert as_stage("tls") == "tls"
    with pytest.raises(ValueError, match="the stages are resolve, connect, greeting"):
        as_stage("starttls")
