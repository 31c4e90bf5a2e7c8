"""From what was seen in the mailbox to what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from declarative_mail.probe.receipt_headers import (
    AuthenticationResults,
    Hop,
    MethodResult,
    parse_authentication_results,
    parse_received,
)
from declarative_mail.probe.receipt_mailbox import Found, MailboxFault
from declarative_mail.probe.receipt_records import Receipt, ReceiptSettings
from declarative_mail.probe.verdict import Verdict

_UNSEEN = {
    "receipt_unreachable": (
        "cannot be reached",
        "Check host and port of the receipt's imap block, and the way to that server from this machine.",
    ),
    "receipt_tls": (
        "cannot be reached over TLS",
        "Check encryption, host and ca_certificate of the receipt's imap block.",
    ),
    "receipt_no_starttls": (
        "offers no STARTTLS",
        'Set encryption = "tls" (port 993) in the receipt\'s imap block.',
    ),
    "receipt_login_refused": (
        "refuses the login",
        "Check username and password of the receipt's imap block; it may need an app password.",
    ),
    "receipt_no_mailbox": (
        "has no such mailbox",
        "Correct mailbox in the receipt's imap block.",
    ),
    "receipt_protocol": (
        "does not answer as an IMAP server does",
        "Check host and port of the receipt's imap block: is it an IMAP server?",
    ),
}


def arrived(settings: ReceiptSettings, message_id: str, found: Found, waited: float, *, deleted: bool) -> Receipt:
    """The receipt of a message that is there."""
    hops = parse_received(found.headers.get_all("Received", []))
    arrived_at = next((hop.at for hop in hops[:1] if hop.at), found.filed_at)
    authentication = _believed(found.headers.get_all("Authentication-Results", []), settings.authserv_id)
    verdict, code, cause, remedy = _judged(found, authentication, arrived_at, waited)
    return Receipt(
        verdict=verdict,
        code=code,
        message_id=message_id,
        cause=cause,
        remedy=remedy,
        waited=waited,
        mailbox=found.mailbox.strip('"'),
        arrived_at=arrived_at,
        travelled=_travelled(hops),
        hops=hops,
        authentication=authentication,
        copies=found.copies,
        deleted=deleted,
    )


def _judged(
    found: Found, authentication: AuthenticationResults | None, arrived_at: datetime | None, waited: float
) -> tuple[Verdict, str, str, str]:
    when = f" at {arrived_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if arrived_at else ""
    seen = f"It arrived{when} and was seen after {waited:.1f} s"
    failed = _failed(authentication.results if authentication else ())
    if found.is_junk:
        remedy = "Check SPF, DKIM and DMARC of the From domain, and mark the message as no junk."
        return "warn", "receipt_in_junk", f"{seen}, but among the junk.", remedy
    if failed:
        cause = f"{seen}, but the receiving server found {failed}."
        return "warn", "receipt_failed_checks", cause, "Mend that record of the sender's domain, see the sender checks."
    return "pass", "receipt_arrived", f"{seen}.", ""


def _failed(results: Sequence[MethodResult]) -> str:
    """DMARC where the server gives it, since either mechanism may fail as long as the other one is aligned."""
    by_method = {method: {one.result for one in results if one.method == method} for method in ("dmarc", "spf", "dkim")}
    if by_method["dmarc"]:
        return "dmarc=fail" if "fail" in by_method["dmarc"] and "pass" not in by_method["dmarc"] else ""
    if "pass" in by_method["spf"] | by_method["dkim"]:
        return ""
    found = [
        f"{method}={one}" for method in ("spf", "dkim") for one in sorted(by_method[method] - {"none", "temperror"})
    ]
    return ", ".join(found)


def _believed(headers: Sequence[str], authserv_id: str | None) -> AuthenticationResults | None:
    """All that the receiving server says, which may be in several headers."""
    parsed = [parse_authentication_results(header) for header in headers]
    server = authserv_id.casefold() if authserv_id else parsed[0].server if parsed else ""
    results = [one for header in parsed if header.server == server for one in header.results]
    return AuthenticationResults(server, tuple(results)) if any(one.server == server for one in parsed) else None


def _travelled(hops: Sequence[Hop]) -> float | None:
    times = [hop.at for hop in (hops[0], hops[-1]) if hop.at] if len(hops) > 1 else []
    return (times[0] - times[1]).total_seconds() if len(times) > 1 else None


def not_arrived(settings: ReceiptSettings, message_id: str, waited: float) -> Receipt:
    """The receipt of a message that is not there, though the time is up."""
    place = f"{settings.mailbox} of {settings.username}"
    cause = f"The server took the message, but after {waited:.0f} s it is neither in {place} nor among the junk."
    remedy = "Look for a bounce and into the server's queue; greylisting delays the first message, so raise timeout."
    return Receipt("fail", "receipt_not_arrived", message_id, cause, remedy, waited)


def not_looked(settings: ReceiptSettings, message_id: str, fault: MailboxFault, waited: float) -> Receipt:
    """The receipt of a mailbox that could not be looked at: nothing is said of the message."""
    words, remedy = _UNSEEN[fault.code]
    place = f"{settings.host} port {settings.effective_port}"
    cause = f"{place} {words} ({fault.detail}), so nothing is known of the arrival."
    return Receipt("unknown", fault.code, message_id, cause, remedy, waited)
