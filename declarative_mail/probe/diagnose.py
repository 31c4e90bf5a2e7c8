"""Verdicts as diagnostics: what stops a test, and what a passed test remarks."""

from __future__ import annotations

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import probe as codes
from declarative_mail.diagnostics.model import Code, Diagnostic, Label
from declarative_mail.probe.verdict import Stage, StageResult, TestResult, blocks

_FAILED: dict[Stage, Code] = {
    "resolve": codes.NOT_RESOLVED,
    "connect": codes.NOT_REACHED,
    "greeting": codes.NOT_GREETED,
    "ehlo": codes.HELLO_REFUSED,
    "tls": codes.NOT_ENCRYPTED,
    "auth": codes.LOGIN_FAILED,
    "sender": codes.SENDER_REFUSED,
    "recipient": codes.RECIPIENT_REFUSED,
    "message": codes.MESSAGE_REFUSED,
}
_WHY_NOT = {
    "not_asked": "It does not apply with these settings.",
    "not_reached": "The test ended before it.",
}


def diagnose(
    result: TestResult, *, address: Address | None = None, primary: Label | None = None
) -> tuple[Diagnostic, ...]:
    """The faults and remarks of a test, in the order of its stages.

    Args:
        result: what the test said.
        address: the server that it was about.
        primary: the place in the configuration to point at.
    """
    coded = ((_code_of(one, result), one) for one in result.stages)
    return tuple(_diagnostic(code, one, result, address=address, primary=primary) for code, one in coded if code)


def _code_of(one: StageResult, result: TestResult) -> Code | None:
    if blocks(one, result.require):
        if one.verdict == "fail":
            return _FAILED.get(one.stage, codes.NOT_PROVED)
        # After a failure the stages that were not reached say nothing new.
        return None if any(other.verdict == "fail" for other in result.stages) else codes.NOT_PROVED
    return codes.REMARK if one.verdict == "warn" and one.stage != "quit" else None


def _diagnostic(
    code: Code, one: StageResult, result: TestResult, *, address: Address | None, primary: Label | None
) -> Diagnostic:
    return Diagnostic(
        code, _detail(code, one, result), primary=primary, address=address, help=one.remedy or None, cause=one.reply
    )


def _detail(code: Code, one: StageResult, result: TestResult) -> str:
    about = f'{result.address}: the stage "{one.stage}"'
    if code is codes.NOT_PROVED:
        why = one.cause or _WHY_NOT.get(one.code, one.code)
        return f"{about} is required and was not proved. {why}"
    said = "failed" if one.verdict == "fail" else "passed with a remark"
    later = " It is temporary: the same test may pass later." if one.temporary and one.verdict == "fail" else ""
    return f"{about} {said} ({one.code}). {one.cause or ''}".rstrip() + later
