"""The entrance: test one server.

    resolve → connect → greeting → ehlo → tls → auth → sender → recipient → message → quit
                      ╰─ tls, where it is from the first byte

Each step gives a verdict. The first failure ends the walk; QUIT follows where the connection still stands. A refusal
that is temporary and says when to come back is tried again, if that fits into the time for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from declarative_mail.probe.certificates import earliest_end
from declarative_mail.probe.explain import left_out, of_fault, warned
from declarative_mail.probe.network import Network, NetworkFault, TlsFault
from declarative_mail.probe.session import Session
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.sockets import RealNetwork
from declarative_mail.probe.steps import envelope, greet, login, reach, secure
from declarative_mail.probe.transcript import Transcript
from declarative_mail.probe.verdict import Stage, StageResult, TestResult, in_order, passes
from declarative_mail.records import replace

Progress: TypeAlias = Callable[[str, StageResult], None]
"""Called with the address and each result as it comes; a stage that is tried again is reported again."""

Step: TypeAlias = Callable[[Session], StageResult]
Tell: TypeAlias = Callable[[StageResult], None]
Found: TypeAlias = dict[Stage, StageResult]

MAX_ATTEMPTS = 3

_STEPS: dict[Stage, Step] = {
    "resolve": reach.resolve,
    "connect": reach.connect,
    "greeting": greet.greeting,
    "ehlo": greet.ehlo,
    "tls": secure.tls,
    "auth": login.auth,
    "sender": envelope.sender,
    "recipient": envelope.recipient,
    "message": envelope.message,
    "quit": envelope.leave,
}
_WALK: tuple[Stage, ...] = ("resolve", "connect", "greeting", "ehlo", "tls", "auth", "sender", "recipient", "message")
_WALK_IN_TLS: tuple[Stage, ...] = ("resolve", "connect", "tls", "greeting", "ehlo", *_WALK[5:])

# "Greylisted, please try again in 300 seconds"; not "100 messages per 60 seconds".
_TOLD = re.compile(
    r"\b(?:in|after|for|wait)\s+(?:about\s+|another\s+)?(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b",
    re.IGNORECASE,
)

# What an attempt after a wait needs at the least to be worth the wait, in seconds.
_ROOM = 1.0


def probe_server(
    settings: ServerSettings,
    test: TestSettings | None = None,
    *,
    network: Network | None = None,
    on_progress: Progress | None = None,
    started: datetime | None = None,
) -> TestResult:
    """Test one server.

    Args:
        settings: where it is and how to speak to it.
        test: how far to go; by default to ``sender``.
        network: the seam; by default the real one.
        on_progress: is told each result as it comes.
        started: the time of day (UTC); by default now.

    Returns:
        The verdicts, after ``test.timeout`` seconds at the latest.
    """
    test, network = test or TestSettings(), network or RealNetwork()
    session = Session(
        settings=settings,
        test=test,
        network=network,
        ends=network.now() + test.timeout,
        wall=started or datetime.now(UTC),
        transcript=Transcript(),
    )

    def tell(result: StageResult) -> None:
        if on_progress:
            on_progress(settings.address, result)

    session, found = _attempts(session, tell)
    stages = in_order(found)
    return TestResult(
        address=settings.address,
        ok=passes(stages, test.required),
        stages=stages,
        started=session.wall,
        transcript=tuple(session.transcript.lines),
        certificate_expires=earliest_end(session.chain),
        require=test.required,
    )


def _attempts(session: Session, tell: Tell) -> tuple[Session, Found]:
    """Walk, and walk again as long as the server says when to come back and there is time for that."""
    found = _walk(session, tell)
    first, attempts = _failed(found), 1
    while attempts < MAX_ATTEMPTS and (wait := _wait_asked(session, _failed(found))) is not None:
        session.transcript.remark(f"again after {wait} s, as the server asks")
        session.network.pause(wait)
        session = session.fresh()
        found = _walk(session, tell)
        attempts += 1
    return session, _with_attempts(found, first, attempts) if first and attempts > 1 else found


def _walk(session: Session, tell: Tell) -> Found:
    """One attempt: the steps in their order up to the last that is asked for, or the first failure."""
    found: Found = {}
    asked = walk_of(session)
    try:
        for stage in asked:
            result = perform(stage, session)
            if result.stage in found:  # a TLS alert that came late: what the handshake has shown is still true
                result = replace(result, details={**found[result.stage].details, **result.details})
            found[result.stage] = result
            tell(result)
            if result.verdict == "fail":
                break
        if session.on_speaking_terms:
            found["quit"] = perform("quit", session)
            tell(found["quit"])
    finally:
        session.close()
    unasked = {stage: left_out(stage, "not_asked") for stage in _WALK if stage not in asked}
    return unasked | _proved(found)


def walk_of(session: Session) -> tuple[Stage, ...]:
    """The stages to be tried, in the order in which they happen."""
    path = _WALK_IN_TLS if session.settings.encryption == "tls" else _WALK
    return path[: path.index(session.test.last_stage) + 1]


def perform(stage: Stage, session: Session) -> StageResult:
    """One step, timed; a fault below SMTP is its failure.

    In TLS 1.3 the server judges our certificate only after the handshake: its alert comes in place of the next answer,
    and is still the failure of the tls stage.
    """
    begun = session.network.now()
    try:
        result = _STEPS[stage](session)
    except TlsFault as fault:
        result = of_fault("tls", fault, session.settings)
    except NetworkFault as fault:
        result = of_fault(stage, fault, session.settings)
    if result.verdict == "fail" and result.reply is None:
        session.transcript.remark(f"{stage}: {result.code}")
    clean = session.transcript.clean_all
    return replace(
        result,
        cause=clean(result.cause),
        details=clean(result.details),
        ms=round((session.network.now() - begun) * 1000),
    )


def _proved(found: Found) -> Found:
    """A message that was taken proves what its commands left open."""
    if "message" not in found or found["message"].verdict != "pass":
        return found
    return {
        stage: StageResult(stage, "pass", "proved_by_message", one.reply, ms=one.ms, details=one.details)
        if one.verdict == "unknown"
        else one
        for stage, one in found.items()
    }


def _failed(found: Found) -> StageResult | None:
    return next((one for one in found.values() if one.verdict == "fail"), None)


def _wait_asked(session: Session, failed: StageResult | None) -> int | None:
    """The seconds after which a temporary refusal asks to be tried again, if there is time for that."""
    told = _TOLD.search(failed.reply or "") if failed and failed.temporary else None
    if told is None:
        return None
    seconds = int(told[1]) * (60 if told[2].casefold().startswith("m") else 1)
    return seconds if session.network.now() + seconds + _ROOM <= session.ends else None


def _with_attempts(found: Found, first: StageResult, attempts: int) -> Found:
    """Say of the stage that was refused at first how often it was tried, and that it was only temporary."""
    now = found.get(first.stage)
    if now is None:
        return found
    details = {**now.details, "attempts": attempts, "temporary": True}
    if now.verdict != "pass":
        return found | {first.stage: replace(now, details=details)}
    later = warned(first.stage, "accepted_later", reply=first.reply, details=details)
    return found | {first.stage: replace(later, ms=now.ms)}
