"""sender, recipient, message and quit: what the server takes, and leaving politely."""

from __future__ import annotations

from typing import Any

from declarative_mail.probe.conversation import InDoubt
from declarative_mail.probe.envelope import wire_address
from declarative_mail.probe.explain import OURS, explained, left_out, of_fault, of_reply, of_symptom, symptom_of
from declarative_mail.probe.knowledge.vendors import vendor_of
from declarative_mail.probe.message import compose, queue_id
from declarative_mail.probe.network import NetworkFault
from declarative_mail.probe.reply import Reply
from declarative_mail.probe.session import Session
from declarative_mail.probe.verdict import Stage, StageResult
from declarative_mail.records import replace

# Services that take these commands from any account and refuse after DATA: Amazon SES ("554 Message rejected: Email
# address is not verified", in the sandbox also for recipients), Microsoft 365 ("554 5.2.252 SendAsDenied", "550 5.7.60
# … send as this sender"), SendGrid ("550 The from address does not match a verified Sender Identity").
_DECIDES_AT_MESSAGE: dict[Stage, frozenset[str]] = {
    "sender": frozenset({"aws", "microsoft", "sendgrid"}),
    "recipient": frozenset({"aws"}),
}

# Exim waits 200 ms before it answers QUIT in clear, and nothing hangs on the answer.
_FAREWELL = 1.0

# The size that is declared where nothing is sent: about that of a short notification.
_NOTIFICATION = 1024

_TAKEN = {250, 251, 252}


def sender(session: Session) -> StageResult:
    """MAIL FROM, with SIZE, BODY and SMTPUTF8 as far as needed and offered."""
    settings = session.settings
    if not settings.from_address and settings.envelope_from is None:
        return left_out("sender", "no_sender")
    try:
        address = wire_address(settings.sender)
        if session.test.last_stage == "message" and session.test.to:
            session.message = compose(settings, session.test, to=session.test.to, written=session.wall)
    except ValueError as error:
        return of_symptom("sender", "address_unsendable", settings, detail=f"{settings.from_address}: {error}")
    if address.international and "SMTPUTF8" not in session.capabilities:
        return of_symptom("sender", "smtputf8_missing", settings, detail=f"the sender {address.text}")
    reply = _begin(session, session.until("sender"))
    if reply.code != 250:
        return _refused(session, "sender", reply)
    return _accepted(session, "sender", reply, {"sender": address.text})


def recipient(session: Session) -> StageResult:
    """RCPT TO for each recipient; each has its own verdict, the first refusal is that of the stage."""
    targets = _targets(session)
    if not targets or not session.transaction:
        return left_out("recipient", "no_recipient" if session.transaction else "no_sender")
    until = session.until("recipient")
    results = [_offer(session, one, until) for one in targets]
    details = {"recipients": [_recipient_data(*pair) for pair in zip(targets, results, strict=True)]}
    worst = next((one for one in results if one.verdict == "fail"), results[0])
    return replace(worst, details={**worst.details, **details})


def message(session: Session) -> StageResult:
    """Send the message to the one mailbox that is meant for tests, never to the recipients of changed rules."""
    to, letter = session.test.to, session.message
    if not to or letter is None:
        return left_out("message", "no_sender" if to else "no_recipient")
    until = session.until("message")
    if refusal := _only(session, wire_address(to).text, until):
        return of_reply("message", refusal, session.settings)
    details: dict[str, Any] = {"message_id": letter.message_id}
    session.transaction = False
    try:
        reply = session.talk.message(letter.content, until=until)
    except InDoubt as doubt:
        return _in_doubt(doubt, details)
    if reply.code != 250:
        return of_reply("message", reply, session.settings, details=details)
    details["queue_id"] = queue_id(reply.text)
    return StageResult("message", "pass", reply.status, reply.quoted, details=details)


def leave(session: Session) -> StageResult:
    """RSET where a transaction is open, then QUIT; the verdicts so far stand whatever comes of it."""
    until = min(session.until("quit"), session.network.now() + _FAREWELL)
    try:
        if session.transaction:
            session.talk.reset(until=until)
        reply = session.talk.quit(until=until)
    except NetworkFault as fault:
        cause, remedy = OURS["quit_unanswered"]
        return StageResult("quit", "warn", symptom_of("quit", fault), None, cause, remedy)
    return StageResult("quit", "pass" if reply.positive else "warn", reply.status, reply.quoted)


def _targets(session: Session) -> list[str]:
    return list(dict.fromkeys([*([session.test.to] if session.test.to else []), *session.test.recipients]))


def _begin(session: Session, until: float) -> Reply:
    """MAIL FROM, from the start."""
    sender = wire_address(session.settings.sender)
    reply = session.talk.mail(sender.text, _parameters(session), until=until)
    session.transaction = reply.code == 250
    session.offered.clear()
    return reply


def _parameters(session: Session) -> list[str]:
    """What MAIL says of the message as far as the server knows of it: its size, and that it needs more than ASCII."""
    can, message = session.capabilities, session.message
    international = any(map(_international, [session.settings.sender, *_targets(session)]))
    size = len(message.content) if message else _NOTIFICATION + len(session.test.body or "")
    wanted = {
        "SIZE": (f"SIZE={size}", True),
        "8BITMIME": ("BODY=8BITMIME", message.eight_bit if message else international),
        "SMTPUTF8": ("SMTPUTF8", international),
    }
    return [text for keyword, (text, needed) in wanted.items() if needed and keyword in can]


def _international(address: str) -> bool:
    return not address.rpartition("@")[0].isascii()


def _offer(session: Session, address: str, until: float) -> StageResult:
    """The verdict on one recipient; none once the connection is gone."""
    details = {"recipient": address}
    if not session.talk.alive:
        return StageResult("recipient", "unknown", "not_reached", details=details)
    try:
        wire = wire_address(address)
    except ValueError as error:
        return of_symptom(
            "recipient", "address_unsendable", session.settings, detail=f"{address}: {error}", details=details
        )
    if wire.international and "SMTPUTF8" not in session.capabilities:
        return of_symptom("recipient", "smtputf8_missing", session.settings, detail=address, details=details)
    try:
        reply = _rcpt(session, wire.text, until)
    except NetworkFault as fault:
        return of_fault("recipient", fault, session.settings, details=details)
    if reply.code not in _TAKEN:
        return _refused(session, "recipient", reply, details)
    return _accepted(session, "recipient", reply, details)


def _rcpt(session: Session, address: str, until: float) -> Reply:
    """RCPT TO; in a new transaction where this one takes no more recipients (452, RFC 5321 section 4.5.3.1.10)."""
    reply = session.talk.recipient(address, until=until)
    if reply.code == 452 and session.offered:
        session.talk.reset(until=until)
        if _begin(session, until).code == 250:
            reply = session.talk.recipient(address, until=until)
    if reply.code in _TAKEN:
        session.offered.append(address)
    return reply


def _only(session: Session, address: str, until: float) -> Reply | None:
    """See to it that this recipient and nobody else is in the transaction; the refusal if that cannot be."""
    if session.offered == [address]:
        return None
    session.talk.reset(until=until)
    begun = _begin(session, until)
    if begun.code != 250:
        return begun
    reply = session.talk.recipient(address, until=until)
    return None if reply.code in _TAKEN else reply


def _refused(session: Session, stage: Stage, reply: Reply, details: dict[str, Any] | None = None) -> StageResult:
    """A refusal; where the server would let in who logs in, that is the first thing to say."""
    result = of_reply(stage, reply, session.settings, details=details)
    kind = explained(reply, stage, session.settings).category
    if session.settings.logs_in or not session.capabilities.mechanisms or kind not in {"policy", "relay", "auth"}:
        return result
    cause, remedy = OURS["login_not_used"]
    return replace(result, cause=f"{cause} {result.cause}", remedy=f"{remedy} {result.remedy}")


def _accepted(session: Session, stage: Stage, reply: Reply, details: dict[str, Any]) -> StageResult:
    vendor = vendor_of(session.settings.host, preset=session.settings.preset)
    if vendor not in _DECIDES_AT_MESSAGE[stage]:
        return StageResult(stage, "pass", reply.status, reply.quoted, details=details)
    cause, remedy = OURS["decided_at_message"]
    return StageResult(stage, "unknown", "decided_at_message", reply.quoted, cause, remedy, details=details)


def _in_doubt(doubt: InDoubt, details: dict[str, Any]) -> StageResult:
    cause, remedy = OURS["in_doubt"]
    code = symptom_of("message", doubt.fault)
    return StageResult("message", "fail", code, None, cause, remedy, details={**details, "in_doubt": True})


def _recipient_data(address: str, result: StageResult) -> dict[str, object]:
    return {"address": address, "verdict": result.verdict, "code": result.code, "reply": result.reply}
