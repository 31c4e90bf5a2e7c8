"""MX: does a domain take mail? (RFC 5321, section 5.1; RFC 7505 for the null MX)"""

from __future__ import annotations

from typing import Literal, TypeAlias

from declarative_mail.probe.alignment.dns import Answer, DnsUnavailable, Resolver
from declarative_mail.probe.alignment.result import AlignmentResult, unanswered
from declarative_mail.probe.verdict import Verdict

Role: TypeAlias = Literal["from", "recipient"]

_LOST = {
    "from": "Answers and bounces to this address are lost, and some receivers refuse such a sender.",
    "recipient": "",
}


def check_mx(domain: str, role: Role, *, resolver: Resolver) -> AlignmentResult:
    """Whether mail to a domain has somewhere to go.

    Args:
        domain: of the From address, or of a recipient.
        role: which of the two, for the words.
        resolver: answers questions about DNS.
    """
    try:
        answer = resolver.lookup(domain, "MX")
        hosts = [record.partition(" ")[2] for record in answer.records]
        if not answer.records:
            return _without_mx(domain, role, answer, resolver)
        if "." in hosts:
            return _null_mx(domain, role, answer)
        dead = [host for host in hosts if not _has_address(host, resolver)]
    except DnsUnavailable as fault:
        return unanswered("mx", domain, str(fault))
    if len(dead) == len(hosts):
        cause = f"No host in the MX records of {domain} has an address: {', '.join(dead)}."
        return _result(domain, role, "fail", "mx_dead", cause, "Let the MX records name hosts that exist.", answer)
    if dead:
        cause = f"Some hosts in the MX records of {domain} have no address: {', '.join(dead)}."
        return _result(domain, role, "warn", "mx_partly_dead", cause, "Remove these MX records.", answer)
    return _result(domain, role, "pass", "mx_found", f"{domain} takes mail at {', '.join(hosts)}.", "", answer)


def _without_mx(domain: str, role: Role, answer: Answer, resolver: Resolver) -> AlignmentResult:
    if not answer.exists:
        remedy = "Correct the domain." if role == "recipient" else "Correct from_address, or publish the domain."
        return _result(domain, role, "fail", "mx_no_domain", f"{domain} does not exist.", remedy, answer)
    if _has_address(domain, resolver):
        cause = f"{domain} has no MX record; mail goes to the domain's own address, which may not take any."
        return _result(domain, role, "warn", "mx_implicit", cause, f"Publish an MX record for {domain}.", answer)
    cause = f"{domain} has neither MX nor address records, so no mail can be delivered there."
    return _result(
        domain, role, "warn", "mx_none", cause, f"Publish an MX record for {domain}, or use another.", answer
    )


def _null_mx(domain: str, role: Role, answer: Answer) -> AlignmentResult:
    if len(answer.records) > 1:
        cause = f"{domain} has a null MX beside others, which contradicts itself (RFC 7505, section 3)."
        return _result(
            domain, role, "warn", "mx_null_beside_others", cause, "Remove the null MX or the others.", answer
        )
    cause = f"{domain} says that it takes no mail at all (null MX)."
    remedy = (
        "Remove the recipient." if role == "recipient" else "Use a From in a domain that takes mail, or set its MX."
    )
    return _result(domain, role, "warn", "mx_null", cause, remedy, answer)


def _result(  # noqa: PLR0913, PLR0917 - the fields of a result that differ from case to case
    domain: str, role: Role, verdict: Verdict, code: str, cause: str, remedy: str, answer: Answer
) -> AlignmentResult:
    record = " | ".join(answer.records) or None
    consequence = "" if verdict == "pass" or code == "mx_implicit" else _LOST[role]
    text = f"{cause} {consequence}".rstrip()
    return AlignmentResult("mx", domain, verdict, code, text, remedy, record=record, details={"role": role})


def _has_address(host: str, resolver: Resolver) -> bool:
    return bool(resolver.lookup(host, "A").records or resolver.lookup(host, "AAAA").records)
