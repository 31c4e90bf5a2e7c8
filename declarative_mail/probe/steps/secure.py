"""tls: STARTTLS or TLS from the first byte, and the certificate, which is shown also where it is not good."""

from __future__ import annotations

from typing import Any

from declarative_mail.probe.certificates import (
    CertificateFacts,
    lacks_intermediate,
    problems_of,
    read_chain,
)
from declarative_mail.probe.conversation import Conversation
from declarative_mail.probe.explain import OURS, of_reply, of_symptom, warned
from declarative_mail.probe.network import NetworkFault, TimedOut, TlsFault, TlsShown
from declarative_mail.probe.session import Session
from declarative_mail.probe.transcript import Transcript
from declarative_mail.probe.verdict import StageResult, Verdict

# Below this many days a certificate that renews itself (usually 30 days before its end) has failed to, twice.
ENDS_SOON = 14


def tls(session: Session) -> StageResult:
    """Encrypt the conversation as the settings ask."""
    encryption = session.settings.encryption
    if encryption == "none":
        return StageResult("tls", "skipped", "not_asked")
    until = session.until("tls")
    if encryption == "tls":
        return _handshake(session, until)
    return _not_offered(session) or _asked(session, until) or _handshake(session, until)


def _not_offered(session: Session) -> StageResult | None:
    if "STARTTLS" in session.capabilities:
        return None
    if session.settings.encryption == "starttls_if_offered":
        return warned("tls", "not_encrypted")
    symptom = "starttls_stripped" if session.capabilities.overwritten else "starttls_not_offered"
    return of_symptom("tls", symptom, session.settings, details={"capabilities": session.capabilities.names})


def _asked(session: Session, until: float) -> StageResult | None:
    reply = session.talk.ask_for_tls(until=until)
    if reply.code == 220:
        return None
    if session.settings.encryption == "starttls_if_offered" and reply.code != 421:
        return warned("tls", "not_encrypted", reply=reply.quoted)
    return of_reply("tls", reply, session.settings)


def _handshake(session: Session, until: float) -> StageResult:
    try:
        shown = session.talk.start_tls(session.tls_options(verify=session.settings.verify_certificate), until=until)
    except TimedOut as fault:
        raise TlsFault("tls_timeout", fault.detail) from fault
    except TlsFault as fault:
        if fault.symptom.startswith("certificate_"):
            return _bad_certificate(session, fault, until)
        if fault.symptom == "tls_on_plain_port" and session.settings.encryption != "tls":
            raise TlsFault("tls_handshake", f"it goes on in clear: {fault.detail}") from fault
        raise
    session.chain = read_chain(shown.chain)
    details = _facts(session, shown)
    if session.settings.encryption == "tls":
        return _judged(session, details)
    return _hello_again(session, until, details) or _judged(session, details)


def _hello_again(session: Session, until: float, details: dict[str, Any]) -> StageResult | None:
    """What was said in clear counts no more (RFC 3207 section 4.2): ask again.

    In TLS 1.3 a server refuses our certificate only after the handshake, which shows here.
    """
    reply, session.capabilities = session.talk.hello(session.hello_name, until=until)
    return None if reply.code == 250 else of_reply("tls", reply, session.settings, details=details)


def _judged(session: Session, details: dict[str, Any]) -> StageResult:
    if not session.settings.verify_certificate:
        seen = problems_of(session.chain, name=session.tls_options(verify=False).server_name, now=session.wall)
        return warned("tls", "certificate_not_checked", details={**details, "problems": list(seen)})
    days = min((one.days_left(session.wall) for one in session.chain), default=None)
    least = session.test.min_certificate_days
    if days is None or days >= (ENDS_SOON if least is None else least):
        return StageResult("tls", "pass", "ok", details=details)
    cause, remedy = OURS["certificate_ends_soon"]
    verdict: Verdict = "fail" if least is not None and "tls" in session.test.require else "warn"
    cause = f"{cause} ({days} days are left)"
    return StageResult("tls", verdict, "certificate_ends_soon", None, cause, remedy, details=details)


def _bad_certificate(session: Session, fault: TlsFault, until: float) -> StageResult:
    """OpenSSL has refused it, and with that hidden it: look again, without checking, only to show it."""
    shown = _look_again(session, until)
    session.chain = read_chain(shown.chain) if shown else ()
    symptom, detail = fault.symptom, fault.detail
    if symptom == "certificate_unknown_issuer" and lacks_intermediate(session.chain):
        symptom = "certificate_missing_intermediate"
    if session.chain:
        detail = _what_is_wrong(symptom, session, detail)
    details = _facts(session, shown) if shown else {}
    return of_symptom("tls", symptom, session.settings, detail=detail, details=details)


def _look_again(session: Session, until: float) -> TlsShown | None:
    assert session.endpoint is not None  # noqa: S101 - there has been a handshake
    try:
        stream = session.network.open(session.endpoint, until=until)
    except NetworkFault:
        return None
    try:
        talk = Conversation(stream, session.network.now, transcript=Transcript())
        if session.settings.encryption != "tls":
            talk.reply(until=until)
            talk.hello(session.hello_name, until=until)
            talk.ask_for_tls(until=until)
        return talk.start_tls(session.tls_options(verify=False), until=until)
    except NetworkFault:
        return None
    finally:
        stream.close()


def _what_is_wrong(symptom: str, session: Session, otherwise: str) -> str:
    """The fact of the certificate that its fault is about."""
    chain, leaf, now = session.chain, session.chain[0], session.wall
    if symptom == "certificate_wrong_name":
        wanted = session.tls_options(verify=False).server_name
        return f"{wanted} is wanted, it is for {', '.join(leaf.names) or 'no name: it has no subjectAltName'}"
    ended = next((one for one in chain if one.not_after < now), None)
    if symptom == "certificate_expired" and ended:
        return f"that of {ended.subject} ended on {ended.not_after:%Y-%m-%d}"
    early = next((one for one in chain if one.not_before > now), None)
    if symptom == "certificate_not_yet_valid" and early:
        return f"that of {early.subject} begins on {early.not_before:%Y-%m-%d}, here it is {now:%Y-%m-%d}"
    if symptom in {"certificate_unknown_issuer", "certificate_missing_intermediate"}:
        return f"issuer {chain[-1].issuer}, {_counted(chain)} sent"
    return otherwise


def _counted(chain: tuple[CertificateFacts, ...]) -> str:
    return "1 certificate was" if len(chain) == 1 else f"{len(chain)} certificates were"


def _facts(session: Session, shown: TlsShown) -> dict[str, Any]:
    return {
        "tls_version": shown.version,
        "cipher": shown.cipher,
        "certificates": [one.data(session.wall) for one in session.chain],
    }
