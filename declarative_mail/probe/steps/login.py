"""auth: one login, by the best mechanism that both sides know, and never in clear unless asked for by name."""

from __future__ import annotations

from typing import Any

from declarative_mail.probe.authentication import OAUTH, Exchange, Unsendable, oauth_refusal, usable_mechanisms
from declarative_mail.probe.explain import of_reply, of_symptom, warned
from declarative_mail.probe.network import TimedOut
from declarative_mail.probe.reply import Reply
from declarative_mail.probe.session import Session
from declarative_mail.probe.settings import TokenUnavailable
from declarative_mail.probe.sockets import within
from declarative_mail.probe.verdict import StageResult
from declarative_mail.secrets import Secret

# The server offers a mechanism and then does not know it, or not for this connection (RFC 4954 section 6).
_OTHER_MECHANISM = {504}


def auth(session: Session) -> StageResult:
    """Log in."""
    if not session.settings.logs_in:
        return StageResult("auth", "skipped", "not_asked")
    common = [one for one in usable_mechanisms(session.settings) if one in session.capabilities.mechanisms]
    if why_not := _why_not(session, common):
        return _refused(session, why_not, "")
    until = session.until("auth")
    try:
        credential = _credential(session, common[0], until)
        if not credential:
            return _refused(session, "credentials_missing", "")
        return _log_in(session, common, credential, until)
    except TokenUnavailable as error:
        return _refused(session, "token_unavailable", str(error))
    except Unsendable as error:
        return _refused(session, "credentials_unsendable", str(error))


def _why_not(session: Session, common: list[str]) -> str | None:
    """The reason for which nothing is sent, as a symptom."""
    if not session.capabilities.mechanisms:
        return "auth_not_offered"
    if not common:
        return "no_common_mechanism"
    if not session.talk.encrypted and not session.settings.allows_cleartext_login:
        return "credentials_in_clear"
    return None


def _refused(session: Session, symptom: str, detail: str) -> StageResult:
    offered = list(session.capabilities.mechanisms)
    if symptom == "no_common_mechanism":
        detail = f"offered: {' '.join(offered)}"
    if symptom == "auth_not_offered" and "STARTTLS" in session.capabilities:
        detail = "it offers STARTTLS, which encryption leaves unused"
    return of_symptom("auth", symptom, session.settings, detail=detail, details={"offered": offered})


def _credential(session: Session, mechanism: str, until: float) -> Secret | None:
    """The password, or a token fetched now.

    Raises:
        TokenUnavailable: there is none, or not in time.
    """
    fetch = session.settings.fetch_token
    if mechanism not in OAUTH or not fetch:
        return session.settings.password
    try:
        return within(fetch, seconds=until - session.network.now())
    except TimedOut:
        raise TokenUnavailable("the token endpoint did not answer in time") from None


def _log_in(session: Session, mechanisms: list[str], credential: Secret, until: float) -> StageResult:
    for number, mechanism in enumerate(mechanisms, start=1):
        exchange = Exchange(mechanism, session.settings, credential, hide=session.transcript.hide)
        reply, question = session.talk.log_in(exchange, until=until)
        if reply.code not in _OTHER_MECHANISM or number == len(mechanisms):
            break
    return _judged(session, mechanism, reply, question)


def _judged(session: Session, mechanism: str, reply: Reply, question: str) -> StageResult:
    details: dict[str, Any] = {"offered": list(session.capabilities.mechanisms), "mechanism": mechanism}
    if reply.code == 235:
        if not session.talk.encrypted:
            return warned("auth", "login_in_clear", reply=reply.quoted, details=details)
        return StageResult("auth", "pass", reply.status, reply.quoted, details=details)
    if mechanism in OAUTH and (reason := oauth_refusal(question)):
        details["oauth"] = {key: session.transcript.clean(value) for key, value in reason.items()}
    return of_reply("auth", reply, session.settings, details=details)
