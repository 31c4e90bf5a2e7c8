from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.probe.alignment import AlignmentResult, Answer, DnsResolver, DnsUnavailable, check_alignment
from declarative_mail.probe.alignment.dmarc import is_aligned
from declarative_mail.probe.alignment.dmarc_record import parse_dmarc, walk
from declarative_mail.probe.alignment.dns import RecordType

GOOD, BAD = "192.0.2.1", "198.51.100.9"


def dmarc(resolver: DnsResolver, sender: str, envelope: str | None = None, **settings: Any) -> AlignmentResult:
    """The DMARC verdict on a sender."""
    defaults: dict[str, Any] = {"egress": [], "dkim_selectors": [], "recipients_domains": []}
    results = check_alignment(sender, envelope, resolver=resolver, **defaults | settings)
    (found,) = [one for one in results if one.check == "dmarc"]
    return found


@pytest.mark.parametrize(
    ("sender", "envelope", "egress", "selectors", "verdict", "code"),
    [
        # Either aligned mechanism is enough.
        ("a@example.test", None, [GOOD], [], "pass", "dmarc_pass"),
        ("a@example.test", None, [BAD], ["good"], "pass", "dmarc_pass"),
        ("a@example.test", "b@elsewhere.spf.test", [GOOD], ["good"], "pass", "dmarc_pass"),
        ("a@example.test", "", [], ["good"], "pass", "dmarc_pass"),
        ("a@example.test", None, [], ["good"], "pass", "dmarc_pass"),
        ("a@example.test", None, [GOOD], ["missing"], "pass", "dmarc_pass"),
        # Neither.
        ("a@example.test", None, [BAD], ["missing"], "fail", "dmarc_fails"),
        ("a@example.test", "b@plain.spf.test", [GOOD], ["missing"], "fail", "dmarc_fails"),
        ("a@example.test", None, [GOOD, BAD], ["missing"], "fail", "dmarc_fails"),
        # One is unknown and the other does not pass.
        ("a@example.test", None, [], [], "unknown", "dmarc_unknown"),
        ("a@example.test", None, [], ["missing"], "unknown", "dmarc_unknown"),
        ("a@example.test", None, [BAD], [], "unknown", "dmarc_unknown"),
        ("a@example.test", "", [], ["missing"], "unknown", "dmarc_unknown"),
        # Relaxed alignment takes the organisation's other names, strict none.
        ("a@news.org.test", "b@bounce.org.test", [GOOD], [], "pass", "dmarc_pass"),
        ("a@news.org.test", None, [], ["org"], "pass", "dmarc_pass"),
        ("a@strict.test", "b@bounce.strict.test", [GOOD], ["missing"], "fail", "dmarc_fails"),
        ("a@strict.test", None, [GOOD], ["missing"], "pass", "dmarc_pass"),
        ("a@strict.test", None, [BAD], ["s"], "pass", "dmarc_pass"),
        ("a@mail.strict.test", None, [BAD], ["s"], "fail", "dmarc_fails"),
        # The policy decides what a failure costs.
        ("a@watch.test", None, [BAD], ["missing"], "warn", "dmarc_fails_unenforced"),
        ("a@pct.test", None, [BAD], ["missing"], "warn", "dmarc_fails_unenforced"),
        ("a@testing.test", None, [BAD], ["missing"], "fail", "dmarc_fails"),
        # The record itself.
        ("a@no-rua.test", None, [GOOD], [], "warn", "dmarc_no_rua"),
        ("a@faulty.test", None, [GOOD], [], "warn", "dmarc_faults"),
        ("a@several.test", None, [GOOD], [], "warn", "dmarc_several"),
        ("a@nothing.test", None, [GOOD], [], "warn", "dmarc_none"),
        ("a@no-version.test", None, [GOOD], [], "warn", "dmarc_none"),
        ("a@x.broken.test", None, [GOOD], [], "unknown", "dmarc_dns_unavailable"),
        ("a@example.test", "b@x.broken.test", [GOOD], ["missing"], "unknown", "dmarc_dns_unavailable"),
        # Two customers of one registry are two organisations.
        ("a@customer.registry.test", "b@other.registry.test", [GOOD], ["missing"], "fail", "dmarc_fails"),
    ],
)
def test_verdicts(  # noqa: PLR0913, PLR0917 - one column each
    sender: str,
    envelope: str | None,
    egress: list[str],
    selectors: list[str],
    verdict: str,
    code: str,
    resolver: DnsResolver,
) -> None:
    """DMARC passes on either aligned mechanism, and what a failure means depends on the policy."""
    found = dmarc(resolver, sender, envelope, egress=egress, dkim_selectors=selectors)

    assert (verdict, code) == (found.verdict, found.code), found.cause
    assert bool(found.remedy) == (verdict != "pass")


@pytest.mark.parametrize(
    ("domain", "organisational", "found_at"),
    [
        ("example.test", "example.test", "example.test"),
        ("news.org.test", "org.test", "org.test"),
        ("deep.er.news.org.test", "org.test", "org.test"),
        ("customer.registry.test", "customer.registry.test", "registry.test"),
        ("mail.customer.registry.test", "customer.registry.test", "registry.test"),
        ("registry.test", "registry.test", "registry.test"),
        ("x.division.big.test", "division.big.test", "division.big.test"),
        ("other.big.test", "big.test", "big.test"),
        ("nothing.test", "nothing.test", None),
        # Of nine labels the walk goes from the full name to the last seven; b.c.… is never asked for.
        ("a.b.c.d.e.f.g.h.deep.test", "deep.test", "a.b.c.d.e.f.g.h.deep.test"),
        ("z.a.b.c.d.e.f.g.h.deep.test", "deep.test", "deep.test"),
    ],
)
def test_the_tree_walk_finds_the_organisation(
    domain: str, organisational: str, found_at: str | None, resolver: DnsResolver
) -> None:
    """Policy and organisational domain as RFC 9989, sections 4.10.1 and 4.10.2, find them."""
    found = walk(domain, resolver)

    assert organisational == found.organisational
    assert found_at == (found.record.domain if found.record else None)


class EmptyDns:
    """A resolver that finds nothing and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def lookup(self, name: str, record_type: RecordType) -> Answer:
        """See `Resolver`."""
        self.asked.append(f"{name} {record_type}")
        return Answer(exists=False)


def test_the_walk_is_bounded() -> None:
    """A name of forty labels costs eight questions: the full name, then its last seven labels and so on."""
    dns = EmptyDns()
    walk(".".join(["x"] * 40), dns)

    assert [name.removeprefix("_dmarc.").count("x") for name in dns.asked] == [40, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("domain", "policy"),
    [
        ("a@org.test", "reject"),
        ("a@shop.org.test", "quarantine"),
        ("a@ghost.org.test", "reject"),
        ("a@testing.test", "quarantine"),
        ("a@pct.test", "none"),
    ],
)
def test_the_policy_that_applies(domain: str, policy: str, resolver: DnsResolver) -> None:
    """P for the domain, sp for names below it, np for names that do not exist; in testing the next weaker one."""
    assert policy == dmarc(resolver, domain, egress=[BAD], dkim_selectors=["missing"]).details["policy"]


def test_a_domain_without_a_record_is_shown_one(resolver: DnsResolver) -> None:
    """The record to begin with watches only, and has its reports sent."""
    found = dmarc(resolver, "a@nothing.test", egress=[GOOD])

    assert found.subject == "_dmarc.nothing.test"
    assert found.expected == "v=DMARC1; p=none; rua=mailto:dmarc-reports@nothing.test"


def test_a_record_without_reports_is_shown_with_them(resolver: DnsResolver) -> None:
    """The rest of the record stays as it is."""
    assert (
        dmarc(resolver, "a@no-rua.test", egress=[GOOD]).expected
        == "v=DMARC1; p=none; rua=mailto:dmarc-reports@no-rua.test"
    )


def test_the_facts_are_data(resolver: DnsResolver) -> None:
    """How both mechanisms stand, where the record was found and what it asks for."""
    details = dmarc(resolver, "a@news.org.test", egress=[BAD], dkim_selectors=["org"]).details

    assert details == {
        "found_at": "_dmarc.org.test",
        "organisational_domain": "org.test",
        "policy": "quarantine",
        "testing": False,
        "spf": "fail",
        "dkim": "pass",
        "alignment": {"spf": "relaxed", "dkim": "relaxed"},
        "reports": ["mailto:d@org.test"],
    }


def test_alignment_of_names(resolver: DnsResolver) -> None:
    """The same name always, one of the same organisation unless strict, another never."""
    policy = walk("news.org.test", resolver)

    assert is_aligned("news.org.test", policy, strict=True, resolver=resolver)
    assert is_aligned("bounce.org.test", policy, strict=False, resolver=resolver)
    assert not is_aligned("bounce.org.test", policy, strict=True, resolver=resolver)
    assert not is_aligned("example.test", policy, strict=False, resolver=resolver)
    with pytest.raises(DnsUnavailable):
        is_aligned("x.broken.test", policy, strict=False, resolver=resolver)


def test_a_record_in_full() -> None:
    """All tags that bear on a verdict."""
    text = (
        "v=DMARC1; p=quarantine; sp=reject; adkim=s; aspf=S; rua=mailto:a@b.test!10m, https://r.test/x; psd=n; t=y; x=1"
    )
    found = parse_dmarc(text, "b.test")

    assert (found.policy, found.subdomain_policy, found.missing_policy) == ("quarantine", "reject", "reject")
    assert (found.strict_dkim, found.strict_spf, found.is_suffix, found.testing) == (True, True, False, True)
    assert found.reports == ("mailto:a@b.test!10m", "https://r.test/x")
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("v=DMARC1", "it has no p= tag"),
        ("v=DMARC1; p=block", "p=block is none of none, quarantine, reject"),
        ("v=DMARC1; p=none; sp=x", "sp=x is none of"),
        ("v=DMARC1; p=none; aspf=q", "aspf=q is neither r nor s"),
        ("v=DMARC1; p=none; rua=dmarc@b.test", 'rua has "dmarc@b.test"'),
        ("v=DMARC1; p=none; what", '"what" is not a tag'),
        ("v=DMARC1; p=none; p=reject", '"p" stands twice'),
    ],
)
def test_faults_of_a_record(text: str, fault: str) -> None:
    """A fault is told; the tag gets the value that receivers fall back to."""
    found = parse_dmarc(text, "b.test")

    assert any(fault in one for one in found.faults), found.faults
    assert found.policy == "none"
    assert not found.strict_spf
