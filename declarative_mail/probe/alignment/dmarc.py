"""DMARC: will mail with this From pass by either mechanism, and what happens to it if it does not? (RFC 9989)"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from declarative_mail.probe.alignment.dmarc_record import DmarcRecord, Walk, walk
from declarative_mail.probe.alignment.dns import DnsUnavailable, Resolver
from declarative_mail.probe.alignment.result import AlignmentResult, unanswered
from declarative_mail.probe.verdict import Verdict

_WEAKER = {"reject": "quarantine", "quarantine": "none", "none": "none"}
_CONSEQUENCES = {
    "none": "the policy is none, so it is delivered all the same",
    "quarantine": "the policy is quarantine, so it lands among the spam",
    "reject": "the policy is reject, so receivers refuse it",
}
_MEND = (
    "Let one of the two pass: have the service use an envelope sender in this domain whose SPF record allows it, "
    "or sign with DKIM in this domain."
)


def check_dmarc(
    policy: Walk,
    envelope_domain: str,
    *,
    spf: Sequence[AlignmentResult],
    dkim: Sequence[AlignmentResult],
    resolver: Resolver,
) -> AlignmentResult:
    """The verdict on the From domain.

    Mail passes if SPF passes for an aligned envelope domain, or a signature of an aligned domain verifies. Of
    signatures only the keys are known, so a fit key counts as a signature to come.

    Args:
        policy: what the walk from the From domain showed.
        envelope_domain: of the envelope sender, empty for the null sender.
        spf: the verdicts on SPF.
        dkim: the verdicts on the selectors' keys.
        resolver: answers questions about DNS.
    """
    if policy.record is None:
        return _without_record(policy)
    try:
        effective = _effective_policy(policy, policy.record, resolver)
        state = _spf_state(policy, policy.record, envelope_domain, spf, resolver)
    except DnsUnavailable as fault:
        return unanswered("dmarc", _subject(policy), str(fault))
    return _judged(policy, policy.record, _States(state, _dkim_state(dkim), effective))


def is_aligned(domain: str, policy: Walk, *, strict: bool, resolver: Resolver) -> bool:
    """Whether a domain may vouch for the From domain: the same, or, unless strict, of the same organisation.

    Raises:
        DnsUnavailable: the walk from `domain` has no answer.
    """
    if domain == policy.domain:
        return True
    return not strict and walk(domain, resolver).organisational == policy.organisational


class _States(Struct, frozen=True):
    """How the two mechanisms stand (``pass``, ``fail``, ``not_aligned``, ``unknown``), and the policy that applies."""

    spf: str
    dkim: str
    effective: str

    @property
    def words(self) -> str:
        spf = {"pass": "passes", "fail": "does not pass", "not_aligned": "is for a domain that is not aligned"}
        dkim = {"pass": "has a fit key", "fail": "has no fit key"}
        return f"SPF {spf.get(self.spf, 'is unknown')}, DKIM {dkim.get(self.dkim, 'is unknown')}"


def _spf_state(
    policy: Walk, record: DmarcRecord, envelope_domain: str, spf: Sequence[AlignmentResult], resolver: Resolver
) -> str:
    if not envelope_domain:
        return "unknown"
    if not is_aligned(envelope_domain, policy, strict=record.strict_spf, resolver=resolver):
        return "not_aligned"
    results = {one.details.get("result", "unknown") if one.verdict != "fail" else "fail" for one in spf}
    if results <= {"pass"}:
        return "pass"
    return "unknown" if "unknown" in results else "fail"


def _dkim_state(dkim: Sequence[AlignmentResult]) -> str:
    verdicts = {one.verdict for one in dkim}
    if verdicts & {"pass", "warn"}:
        return "pass"
    return "unknown" if "unknown" in verdicts else "fail"


def _effective_policy(policy: Walk, record: DmarcRecord, resolver: Resolver) -> str:
    if record.domain == policy.domain:
        stated = record.policy
    elif resolver.lookup(policy.domain, "A").exists:
        stated = record.subdomain_policy
    else:
        stated = record.missing_policy
    return _WEAKER[stated] if record.testing else stated


def _judged(policy: Walk, record: DmarcRecord, states: _States) -> AlignmentResult:
    if "pass" in {states.spf, states.dkim}:
        return _passing(policy, record, states)
    if "unknown" in {states.spf, states.dkim}:
        cause = f"Whether mail from {policy.domain} passes DMARC cannot be told: {states.words}."
        remedy = "Name egress for SPF, or dkim_selectors for DKIM, in connection_test."
        return _result(policy, record, states, "unknown", "dmarc_unknown", cause, remedy)
    cause = f"Mail from {policy.domain} fails DMARC ({states.words}); {_CONSEQUENCES[states.effective]}."
    if states.effective == "none":
        return _result(policy, record, states, "warn", "dmarc_fails_unenforced", cause, _MEND)
    return _result(policy, record, states, "fail", "dmarc_fails", cause, _MEND)


def _passing(policy: Walk, record: DmarcRecord, states: _States) -> AlignmentResult:
    passes = f"Mail from {policy.domain} passes DMARC ({states.words})"
    if record.faults:
        cause = f"{passes}, but its record has faults: {'; '.join(record.faults)}."
        return _result(policy, record, states, "warn", "dmarc_faults", cause, "Mend the record.")
    if not record.reports:
        cause = f"{passes}, but nobody gets its reports: the record has no rua, so failures stay unseen."
        remedy = "Add a rua with an address that is read."
        expected = f"{record.text.rstrip().rstrip(';')}; rua=mailto:dmarc-reports@{record.domain}"
        return _result(policy, record, states, "warn", "dmarc_no_rua", cause, remedy, expected)
    return _result(policy, record, states, "pass", "dmarc_pass", f"{passes}.", "")


def _without_record(policy: Walk) -> AlignmentResult:
    expected = f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{policy.domain}"
    if policy.several:
        cause = f"{policy.several[0]} has several DMARC records, so receivers ignore them all."
        return AlignmentResult("dmarc", _subject(policy), "warn", "dmarc_several", cause, "Leave one of them.")
    cause = (
        f"{policy.domain} has no DMARC record, so everybody may use it as From; large receivers want one of senders."
    )
    remedy = "Publish the record shown, read the reports, and tighten the policy once everything passes."
    return AlignmentResult("dmarc", _subject(policy), "warn", "dmarc_none", cause, remedy, expected=expected)


def _result(  # noqa: PLR0913, PLR0917 - the fields of a result that differ from case to case
    policy: Walk,
    record: DmarcRecord,
    states: _States,
    verdict: Verdict,
    code: str,
    cause: str,
    remedy: str,
    expected: str | None = None,
) -> AlignmentResult:
    facts = {
        "found_at": f"_dmarc.{record.domain}",
        "organisational_domain": policy.organisational,
        "policy": states.effective,
        "testing": record.testing,
        "spf": states.spf,
        "dkim": states.dkim,
        "alignment": {"spf": _mode(strict=record.strict_spf), "dkim": _mode(strict=record.strict_dkim)},
        "reports": list(record.reports),
    }
    return AlignmentResult("dmarc", _subject(policy), verdict, code, cause, remedy, record.text, expected, facts)


def _mode(*, strict: bool) -> str:
    return "strict" if strict else "relaxed"


def _subject(policy: Walk) -> str:
    return f"_dmarc.{policy.domain}"
