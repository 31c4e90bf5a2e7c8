"""The verdict on SPF for the addresses that mail really leaves from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network

from declarative_mail.probe.alignment.dns import DnsUnavailable, Resolver
from declarative_mail.probe.alignment.result import AlignmentResult, unanswered
from declarative_mail.probe.alignment.spf import SpfOutcome, evaluate_spf
from declarative_mail.probe.alignment.spf_record import SpfSyntaxError, is_spf, parse_spf
from declarative_mail.probe.verdict import Verdict

_WORSE: tuple[Verdict, ...] = ("skipped", "pass", "warn", "unknown", "fail")

_ALLOW = "Let the record allow the address, as shown; if mail does not leave from there, correct egress."

_VERDICTS: dict[str, Verdict] = {
    "pass": "pass",
    "fail": "fail",
    "softfail": "warn",
    "neutral": "warn",
    "none": "warn",
    "permerror": "fail",
}


def check_spf(domain: str, sender: str, egress: Sequence[str], *, resolver: Resolver) -> list[AlignmentResult]:
    """SPF of the envelope domain, a verdict for each egress address.

    Without any the verdict is ``unknown`` whatever the record says, because the addresses that take a submission are
    not those that mail leaves from; only a record that nobody can evaluate fails all the same.

    Args:
        domain: of the envelope sender; empty for the null sender.
        sender: the envelope sender.
        egress: IPv4 and IPv6 addresses, and networks, which are judged by their first and last address.
        resolver: answers questions about DNS.

    Raises:
        ValueError: one of `egress` is neither.
    """
    if not domain:
        cause = "The envelope sender is empty, so a receiver checks the sending service's own name instead."
        return [AlignmentResult("spf", "", "skipped", "spf_null_sender", cause=cause)]
    if not egress:
        return [_without_egress(domain, resolver)]
    return [_for_network(domain, sender, one, resolver) for one in egress]


def _for_network(domain: str, sender: str, egress: str, resolver: Resolver) -> AlignmentResult:
    """The worse of the verdicts on both ends; a record that allows one and forbids the other is too narrow."""
    network = ip_network(egress, strict=False)
    ends = dict.fromkeys([network.network_address, network.broadcast_address])
    results = [_for_address(domain, sender, str(end), str(network), resolver) for end in ends]
    return max(results, key=lambda one: _WORSE.index(one.verdict))


def _for_address(domain: str, sender: str, address: str, network: str, resolver: Resolver) -> AlignmentResult:
    outcome = evaluate_spf(address, domain, sender=sender, resolver=resolver)
    if outcome.result == "temperror":
        return unanswered("spf", domain, outcome.reason)
    everybody = outcome.result == "pass" and (outcome.term or "").lstrip("+").lower() == "all"
    wrong = everybody or outcome.result != "pass"
    return AlignmentResult(
        check="spf",
        subject=domain,
        verdict="warn" if everybody else _VERDICTS[outcome.result],
        code="spf_allows_everybody" if everybody else f"spf_{outcome.result}",
        cause=_cause(domain, address, outcome, everybody=everybody),
        remedy=_remedy(outcome) if wrong else "",
        record=outcome.record,
        expected=_expected(network, outcome) if wrong and outcome.result != "permerror" else None,
        details={
            "address": address,
            "result": outcome.result,
            "term": outcome.term,
            "found_in": outcome.found_in,
            "lookups": outcome.lookups,
            "void_lookups": outcome.void_lookups,
        },
    )


def _cause(domain: str, address: str, outcome: SpfOutcome, *, everybody: bool) -> str:
    if everybody:
        return (
            f'"{outcome.term}" lets everybody send as {domain}, so SPF proves nothing and filters hold it against it.'
        )
    if outcome.result == "none":
        return outcome.reason or f"{domain} has no SPF record, so receivers cannot tell that {address} may send for it."
    if outcome.result == "permerror":
        return f"SPF of {domain} is in error for every sender: {outcome.reason}."
    deciding = (
        f'"{outcome.term}" of {outcome.found_in}' if outcome.term else "the end of the record, where nothing matches"
    )
    said = {
        "pass": "passes",
        "fail": "fails",
        "softfail": "is held for doubtful",
        "neutral": "is neither allowed nor forbidden",
    }
    return f"Mail for {domain} from {address} {said[outcome.result]}: what decides is {deciding}."


def _remedy(outcome: SpfOutcome) -> str:
    if outcome.result == "permerror":
        return "Mend the record: one TXT record that starts with v=spf1, at most ten look-ups, no dead names in it."
    if outcome.result == "none":
        return "Publish the record shown, with every service that sends for the domain; a service names its include."
    return (
        _ALLOW
        if outcome.result != "pass"
        else "End the record with ~all or -all, after the addresses that really send."
    )


def _expected(egress: str, outcome: SpfOutcome) -> str:
    """The record with the address in front, where it is the first match and costs no look-up."""
    network = ip_network(egress)
    single = network.num_addresses == 1
    term = f"ip{network.version}:{network.network_address if single else network}"
    if outcome.record is None:
        return f"v=spf1 {term} ~all"
    version, _, rest = outcome.record.partition(" ")
    if outcome.result == "pass":
        return f"{version} {term} ~all"
    return f"{version} {term} {rest}".rstrip()


def _without_egress(domain: str, resolver: Resolver) -> AlignmentResult:
    try:
        records = [text for text in resolver.lookup(domain, "TXT").records if is_spf(text)]
    except DnsUnavailable as fault:
        return unanswered("spf", domain, str(fault))
    fault_text = _static_fault(domain, records)
    if fault_text:
        outcome = SpfOutcome("permerror", reason=fault_text)
        cause, remedy = _cause(domain, "", outcome, everybody=False), _remedy(outcome)
        return AlignmentResult(
            "spf", domain, "fail", "spf_permerror", cause, remedy, record=" | ".join(records) or None
        )
    return AlignmentResult(
        check="spf",
        subject=domain,
        verdict="unknown",
        code="spf_egress_unknown",
        cause=f"Which addresses mail leaves from is not known, so SPF of {domain} cannot be evaluated. "
        + ("The domain has an SPF record." if records else "The domain has no SPF record."),
        remedy="Name them in connection_test { egress = […] }; the sending service documents them.",
        record=records[0] if records else None,
    )


def _static_fault(domain: str, records: Sequence[str]) -> str:
    if len(records) > 1:
        return f"{domain} has {len(records)} SPF records; there may be one"
    try:
        for text in records:
            parse_spf(text)
    except SpfSyntaxError as error:
        return f"the SPF record of {domain} is malformed: {error}"
    return ""
