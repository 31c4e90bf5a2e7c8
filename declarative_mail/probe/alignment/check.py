"""All checks of one sender: SPF, DKIM, DMARC of its domains, and whether its domain and its recipients' take mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr

from declarative_mail.probe.alignment.dkim import check_dkim
from declarative_mail.probe.alignment.dmarc import check_dmarc
from declarative_mail.probe.alignment.dmarc_record import Walk, walk
from declarative_mail.probe.alignment.dns import DnsUnavailable, Resolver
from declarative_mail.probe.alignment.mx import check_mx
from declarative_mail.probe.alignment.result import AlignmentResult, unanswered
from declarative_mail.probe.alignment.spf_check import check_spf
from declarative_mail.probe.wire_text import wire_host

_PARALLEL = 8


def check_alignment(
    from_address: str,
    envelope_from: str | None,
    *,
    egress: Sequence[str],
    dkim_selectors: Iterable[str],
    recipients_domains: Iterable[str],
    resolver: Resolver,
) -> list[AlignmentResult]:
    """Whether receivers will believe this sender, as far as DNS tells.

    The order of the results: SPF by egress address, DKIM by selector, DMARC, MX of the From domain, MX of each
    recipient's domain. DNS that does not answer makes a verdict ``unknown``, never an exception.

    Args:
        from_address: the From mailbox, with or without a display name.
        envelope_from: the envelope sender; None for that of `from_address`, empty for the null sender.
        egress: the addresses or networks that mail really leaves from; submission addresses are not among them.
        dkim_selectors: the selectors that the service signs with.
        recipients_domains: domains of direct recipients.
        resolver: answers questions about DNS; its own deadline bounds the whole.

    Raises:
        ValueError: `from_address` or `envelope_from` has no domain, or one that DNS cannot have, or one of `egress` is
            neither address nor network.
    """
    domain = _domain(from_address)
    sender = parseaddr(from_address if envelope_from is None else envelope_from)[1]
    envelope_domain = _domain(sender) if sender else ""
    recipients = sorted({_wire(name) for name in recipients_domains})

    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="alignment") as pool:
        spf = pool.submit(check_spf, envelope_domain, sender, egress, resolver=resolver)
        mx = [pool.submit(check_mx, domain, "from", resolver=resolver)]
        mx += [pool.submit(check_mx, name, "recipient", resolver=resolver) for name in recipients]
        policy = _policy(domain, resolver)
        parent = _signing_parent(policy)
        keys = [pool.submit(check_dkim, one, domain, resolver=resolver, parent=parent) for one in dkim_selectors]
        dkim = [one.result() for one in keys] or [_no_selectors(domain)]
        dmarc = _dmarc(domain, policy, envelope_domain, spf.result(), dkim, resolver)
        return [*spf.result(), *dkim, dmarc, *(one.result() for one in mx)]


def _policy(domain: str, resolver: Resolver) -> Walk | DnsUnavailable:
    try:
        return walk(domain, resolver)
    except DnsUnavailable as fault:
        return fault


def _signing_parent(policy: Walk | DnsUnavailable) -> str | None:
    """The organisational domain, where a signature in its name would be aligned, too."""
    if isinstance(policy, DnsUnavailable) or policy.record is None or policy.record.strict_dkim:
        return None
    return policy.organisational


def _no_selectors(domain: str) -> AlignmentResult:
    return AlignmentResult(
        check="dkim",
        subject=f"_domainkey.{domain}",
        verdict="unknown",
        code="dkim_selectors_unknown",
        cause="No DKIM selector is named, and DNS cannot be asked for all of them.",
        remedy="Name them in connection_test { dkim_selectors = […] }; a delivered message's signature has one as s=.",
    )


def _dmarc(
    domain: str,
    policy: Walk | DnsUnavailable,
    envelope_domain: str,
    spf: Sequence[AlignmentResult],
    dkim: Sequence[AlignmentResult],
    resolver: Resolver,
) -> AlignmentResult:
    if isinstance(policy, DnsUnavailable):
        return unanswered("dmarc", f"_dmarc.{domain}", str(policy))
    return check_dmarc(policy, envelope_domain, spf=spf, dkim=dkim, resolver=resolver)


def _domain(mailbox: str) -> str:
    _, at, domain = parseaddr(mailbox)[1].rpartition("@")
    if not at or not domain:
        raise ValueError(f"{mailbox!r} has no domain")
    return _wire(domain)


def _wire(domain: str) -> str:
    """As DNS knows it: lower case, A-labels, no final dot."""
    return wire_host(domain.rstrip(".")).casefold()
