"""greeting and ehlo: who answers, and what it can do."""

from __future__ import annotations

from declarative_mail.probe.explain import of_fault, of_reply, of_symptom, warned
from declarative_mail.probe.foreign import OTHER_PROTOCOLS
from declarative_mail.probe.network import NetworkFault, TimedOut, TlsFault
from declarative_mail.probe.session import Session
from declarative_mail.probe.verdict import StageResult

# The end of the time for the greeting is kept for a look at a silent server, at most this long.
_LOOK = 1.0


def greeting(session: Session) -> StageResult:
    """Wait for 220."""
    until = session.until("greeting")
    look = 0 if session.talk.encrypted else min(_LOOK, (until - session.network.now()) / 4)
    try:
        reply = session.talk.reply(until=until - look)
    except TimedOut as fault:
        if fault.detail or session.talk.encrypted:
            raise
        return _silent(session, until)
    if reply.code != 220:
        return of_reply("greeting", reply, session.settings)
    return StageResult("greeting", "pass", reply.status, reply.quoted)


def _silent(session: Session, until: float) -> StageResult:
    """Say hello in TLS on the same connection: a server that expected just that has been waiting, like us."""
    try:
        shown = session.talk.start_tls(session.tls_options(verify=False), until=until)
    except TlsFault as fault:
        if fault.symptom in OTHER_PROTOCOLS:
            return of_fault("greeting", fault, session.settings)
        symptom = "silence" if fault.symptom == "tls_on_plain_port" else "plain_on_tls_port"
        return of_symptom("greeting", symptom, session.settings)
    except NetworkFault:
        return of_symptom("greeting", "silence", session.settings, detail="it does not answer a TLS hello either")
    return of_symptom("greeting", "plain_on_tls_port", session.settings, detail=f"it speaks {shown.version}")


def ehlo(session: Session) -> StageResult:
    """EHLO, or HELO where it is not known."""
    reply, session.capabilities = session.talk.hello(session.hello_name, until=session.until("ehlo"))
    if reply.code != 250:
        return of_reply("ehlo", reply, session.settings)
    if not session.capabilities.extended:
        return warned("ehlo", "helo_only", reply=reply.quoted)
    return StageResult("ehlo", "pass", reply.status, reply.quoted, details={"capabilities": session.capabilities.names})
