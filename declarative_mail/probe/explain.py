"""From what happened to what is said of it: a fault or a reply becomes a verdict with its cause and remedy.

The knowledge is in `knowledge` (replies and symptoms) and `tls_alerts`; the few words here are on what this client
itself decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from declarative_mail.probe.knowledge.explanation import Explanation
from declarative_mail.probe.network import NetworkFault, TimedOut
from declarative_mail.probe.reply import Reply
from declarative_mail.probe.settings import ServerSettings
from declarative_mail.probe.tls_alerts import meaning_of
from declarative_mail.probe.verdict import Stage, StageResult, Verdict

# Where nothing came in time, the stage says what that means.
_TIMEOUTS: dict[Stage, str] = {"resolve": "name_lookup_failed", "connect": "connect_timeout"}


class Words(NamedTuple):
    """A cause and a remedy."""

    cause: str
    remedy: str


OURS: dict[str, Words] = {
    "ca_certificate_unreadable": Words(
        "The given ca_certificate holds no certificate.",
        "Give one or more certificates in PEM form (BEGIN CERTIFICATE).",
    ),
    "client_certificate_unreadable": Words(
        "The given client certificate cannot be used.",
        "Give both client_certificate and client_key in PEM form, matching, the key without a passphrase.",
    ),
    "certificate_not_checked": Words(
        "The certificate was not checked, as verify_certificate is false: anybody on the way could read the password.",
        "Set verify_certificate to true; for a private issuer give ca_certificate.",
    ),
    "certificate_ends_soon": Words(
        "The certificate ends soon.",
        "Have it renewed before then; look why its automatic renewal has not happened yet.",
    ),
    "not_encrypted": Words(
        "The server offers no usable STARTTLS, so the conversation goes on in clear, as starttls_if_offered allows.",
        'Have TLS switched on in the server, then demand it: encryption = "starttls".',
    ),
    "helo_only": Words(
        "The server knows only HELO: no TLS, no login, no sizes. It is very old, or a filter in between speaks for it.",
        "Look for a filter that inspects SMTP, or have the server updated.",
    ),
    "some_addresses_failed": Words(
        "Not every address of this name answers; mail is delayed each time one of the others is tried first.",
        "Take the dead addresses out of DNS, or bring the machines behind them back.",
    ),
    "login_in_clear": Words(
        "The password crossed the network unencrypted, as asked for by naming the mechanism without encryption.",
        "Use encryption wherever the server offers it.",
    ),
    "login_not_used": Words(
        "The server offers a login, and none is configured.", "Set username and password if this server gave you any."
    ),
    "token_unavailable": Words(
        "No OAuth token could be fetched.", "See the reply; check token_url, client_id and what was granted."
    ),
    "credentials_missing": Words(
        "A login is configured without a password or token.", "Set password, or oauth2 {} for a token."
    ),
    "credentials_unsendable": Words(
        "The credentials cannot be sent by this login mechanism.",
        "Choose another auth mechanism, or change the password.",
    ),
    "address_unsendable": Words(
        "The address cannot be sent over SMTP.", "Write it as local-part@domain, without spaces or control characters."
    ),
    "no_sender": Words("There is no sender to try.", "Set from_address, or give --from."),
    "no_recipient": Words(
        "There is no recipient to try.", "Set connection_test { to = … } to a mailbox that may get a test."
    ),
    "decided_at_message": Words(
        "This service accepts the command whatever it holds and decides only once it has the message.",
        'Only a real message tells: connection_test { require = ["message"], to = … }.',
    ),
    "in_doubt": Words(
        "The message was sent whole but the answer never came: the server may have taken it or not.",
        "Look for it in the mailbox by its Message-ID before another is sent.",
    ),
    "accepted_later": Words(
        "The first answer was temporary; the server accepted after the wait that it had asked for.",
        "Nothing is wrong: mail is delayed for a moment the first time (greylisting, or a rate limit).",
    ),
    "quit_unanswered": Words(
        "The server closed or fell silent without answering QUIT.", "Nothing: the verdict stands."
    ),
}


def of_symptom(
    stage: Stage, symptom: str, settings: ServerSettings, *, detail: str = "", details: Mapping[str, Any] | None = None
) -> StageResult:
    """The failure of a stage by something that the client saw.

    Args:
        stage: where.
        symptom: a name of `knowledge.symptoms`, of `OURS`, or ``tls_alert_`` and the alert's name.
        settings: host and port for the words.
        detail: what was seen, quoted in the cause.
        details: facts for the result.
    """
    found = _explained(symptom, settings, detail)
    facts = {**(details or {}), **({"temporary": True} if found.temporary else {})}
    return StageResult(stage, "fail", symptom, cause=found.cause, remedy=found.remedy, details=facts)


def of_fault(
    stage: Stage, fault: NetworkFault, settings: ServerSettings, *, details: Mapping[str, Any] | None = None
) -> StageResult:
    """The failure of a stage by a fault below SMTP."""
    return of_symptom(stage, symptom_of(stage, fault), settings, detail=fault.detail, details=details)


def symptom_of(stage: Stage, fault: NetworkFault) -> str:
    """The fault's word, where the stage tells more than the fault knows."""
    if not isinstance(fault, TimedOut):
        return fault.symptom
    if stage == "greeting" and not fault.detail:
        return "silence"
    return _TIMEOUTS.get(stage, fault.symptom)


def of_reply(
    stage: Stage,
    reply: Reply,
    settings: ServerSettings,
    *,
    verdict: Verdict = "fail",
    details: Mapping[str, Any] | None = None,
) -> StageResult:
    """A refusal, or anything else that is not what the command asks for."""
    if reply.positive:
        reason = of_symptom(stage, "protocol", settings, detail=f"answered {reply.code} where that makes no sense")
        return StageResult(stage, "fail", "protocol", reply.quoted, reason.cause, reason.remedy, details=details or {})
    found = explained(reply, stage, settings)
    facts = {**(details or {}), **({"temporary": True} if reply.temporary else {})}
    return StageResult(stage, verdict, reply.status, reply.quoted, found.cause, _remedy(found), details=facts)


def explained(reply: Reply, stage: Stage, settings: ServerSettings) -> Explanation:
    """What is known of a reply."""
    from declarative_mail.probe.knowledge.replies import explain_reply

    return explain_reply(
        reply.code, reply.enhanced, "\n".join(reply.lines), phase=stage, host=settings.host, preset=settings.preset
    )


def warned(
    stage: Stage, code: str, *, reply: str | None = None, details: Mapping[str, Any] | None = None
) -> StageResult:
    """A warning in our own words."""
    return StageResult(stage, "warn", code, reply, OURS[code].cause, OURS[code].remedy, details=details or {})


def left_out(stage: Stage, code: str) -> StageResult:
    """A stage that is skipped for a reason, which is only explained where there is something to be done about it."""
    words = OURS.get(code, Words("", ""))
    return StageResult(stage, "skipped", code, cause=words.cause or None, remedy=words.remedy or None)


def _explained(symptom: str, settings: ServerSettings, detail: str) -> Explanation:
    from declarative_mail.probe.knowledge.symptoms import explain_symptom

    if symptom.startswith("tls_alert_"):
        cause, remedy = meaning_of(symptom.removeprefix("tls_alert_"))
        return Explanation(symptom, f"{cause} ({detail})", remedy, "tls", temporary=False)
    if symptom in OURS:
        words = OURS[symptom]
        return Explanation(
            symptom, f"{words.cause} ({detail})" if detail else words.cause, words.remedy, "client", temporary=False
        )
    return explain_symptom(symptom, host=settings.host, port=settings.port, detail=detail)


def _remedy(found: Explanation) -> str:
    return " ".join([found.remedy, *found.hints]).strip()
