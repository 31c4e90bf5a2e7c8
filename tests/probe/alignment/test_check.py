from __future__ import annotations

import json
import socket
from time import monotonic

import pytest

from declarative_mail.probe.alignment import AlignmentResult, DnsResolver, check_alignment

GOOD, BAD = "192.0.2.1", "198.51.100.9"


def spf(resolver: DnsResolver, domain: str, *egress: str, envelope: str | None = None) -> list[AlignmentResult]:
    """The SPF verdicts on a sender of a domain."""
    results = check_alignment(
        f"Deploys <ops@{domain}>", envelope, egress=egress, dkim_selectors=[], recipients_domains=[], resolver=resolver
    )
    return [one for one in results if one.check == "spf"]


@pytest.mark.parametrize(
    ("domain", "address", "verdict", "code", "expected"),
    [
        ("plain.spf.test", GOOD, "pass", "spf_pass", None),
        ("plain.spf.test", BAD, "fail", "spf_fail", f"v=spf1 ip4:{BAD} ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"),
        ("softfail.spf.test", BAD, "warn", "spf_softfail", f"v=spf1 ip4:{BAD} ~all"),
        ("neutral.spf.test", "2001:db8::9", "warn", "spf_neutral", "v=spf1 ip6:2001:db8::9 ?all"),
        ("bare.spf.test", BAD, "warn", "spf_neutral", f"v=spf1 ip4:{BAD}"),
        ("redirect.spf.test", BAD, "fail", "spf_fail", f"v=spf1 ip4:{BAD} redirect=plain.spf.test"),
        ("no-record.spf.test", GOOD, "warn", "spf_none", f"v=spf1 ip4:{GOOD} ~all"),
        ("pass.spf.test", GOOD, "warn", "spf_allows_everybody", f"v=spf1 ip4:{GOOD} ~all"),
        ("two.spf.test", GOOD, "fail", "spf_permerror", None),
        ("eleven.spf.test", GOOD, "fail", "spf_permerror", None),
        ("include-unavailable.spf.test", GOOD, "unknown", "spf_dns_unavailable", None),
    ],
)
def test_spf_for_an_egress_address(
    domain: str, address: str, verdict: str, code: str, expected: str | None, resolver: DnsResolver
) -> None:
    """The verdict, and the record that would allow the address where one can be told."""
    (found,) = spf(resolver, domain, address)

    assert (verdict, code, expected) == (found.verdict, found.code, found.expected), found.cause
    assert bool(found.remedy) == (verdict != "pass")


@pytest.mark.parametrize(
    ("network", "verdict", "address"),
    [
        ("192.0.2.0/24", "pass", "192.0.2.0"),
        ("192.0.2.0/23", "fail", "192.0.3.255"),
        ("192.0.0.0/22", "fail", "192.0.0.0"),
        ("192.0.2.7/32", "pass", "192.0.2.7"),
        ("2001:db8::/48", "pass", "2001:db8::"),
    ],
)
def test_a_network_is_judged_by_both_ends(network: str, verdict: str, address: str, resolver: DnsResolver) -> None:
    """A record that allows only one end of an egress network does not allow the network."""
    (found,) = spf(resolver, "plain.spf.test", network)

    assert (verdict, address) == (found.verdict, found.details["address"])
    assert (found.expected or "").startswith(f"v=spf1 ip4:{network} " if verdict == "fail" else "")


@pytest.mark.parametrize(
    ("domain", "address"), [("plain.spf.test", BAD), ("redirect.spf.test", BAD), ("no-record.spf.test", GOOD)]
)
def test_the_record_that_is_shown_would_pass(domain: str, address: str, resolver: DnsResolver) -> None:
    """What the record should be is parsed and allows the address before anything else."""
    from declarative_mail.probe.alignment.spf_record import parse_spf

    (found,) = spf(resolver, domain, address)
    assert found.expected is not None

    assert str(parse_spf(found.expected).directives[0].network) == f"{address}/32"


def test_without_egress_spf_is_unknown(resolver: DnsResolver) -> None:
    """Submission addresses are not egress addresses, so nothing is evaluated; the record is shown all the same."""
    (found,) = spf(resolver, "plain.spf.test")
    (none,) = spf(resolver, "no-record.spf.test")

    assert (found.verdict, found.code) == ("unknown", "spf_egress_unknown")
    assert (found.record or "").startswith("v=spf1 ip4:192.0.2.0/24")
    assert "no SPF record" in none.cause
    assert "egress" in found.remedy


@pytest.mark.parametrize("domain", ["two.spf.test", "bad0.spf.test"])
def test_without_egress_a_broken_record_fails_all_the_same(domain: str, resolver: DnsResolver) -> None:
    """A record that nobody can evaluate fails for every address."""
    (found,) = spf(resolver, domain)

    assert (found.verdict, found.code) == ("fail", "spf_permerror")
    assert domain in found.cause


def test_without_egress_dns_may_fail(resolver: DnsResolver) -> None:
    """No answer is unknown, too, for another reason."""
    assert [one.code for one in spf(resolver, "x.broken.test")] == ["spf_dns_unavailable"]


def test_the_null_sender_has_no_spf_of_its_own(resolver: DnsResolver) -> None:
    """With an empty envelope sender the service's HELO name is checked, which is not ours."""
    assert [one.code for one in spf(resolver, "plain.spf.test", GOOD, envelope="")] == ["spf_null_sender"]


def test_spf_is_of_the_envelope_domain(resolver: DnsResolver) -> None:
    """The envelope sender's domain counts, not that of the From."""
    (found,) = spf(resolver, "fail.spf.test", GOOD, envelope="bounce@plain.spf.test")

    assert (found.verdict, found.subject) == ("pass", "plain.spf.test")


def test_the_order_of_the_results(resolver: DnsResolver) -> None:
    """SPF by address, DKIM by selector, DMARC, MX of the From and of each recipient's domain once, by name."""
    results = check_alignment(
        "ops@example.test",
        None,
        egress=[GOOD, BAD],
        dkim_selectors=["good", "missing"],
        recipients_domains=["null-mx.test", "Example.test.", "null-mx.test"],
        resolver=resolver,
    )

    assert [(one.check, one.verdict, one.subject) for one in results] == [
        ("spf", "pass", "example.test"),
        ("spf", "fail", "example.test"),
        ("dkim", "pass", "good._domainkey.example.test"),
        ("dkim", "fail", "missing._domainkey.example.test"),
        ("dmarc", "pass", "_dmarc.example.test"),
        ("mx", "pass", "example.test"),
        ("mx", "pass", "example.test"),
        ("mx", "warn", "null-mx.test"),
    ]


def test_without_selectors_dkim_is_unknown(resolver: DnsResolver) -> None:
    """DNS cannot be asked for all selectors of a domain."""
    results = check_alignment(
        "ops@example.test", None, egress=[], dkim_selectors=[], recipients_domains=[], resolver=resolver
    )

    assert [one.code for one in results if one.check == "dkim"] == ["dkim_selectors_unknown"]


def test_internationalised_domains_are_asked_for_as_dns_has_them(resolver: DnsResolver) -> None:
    """bücher.test is xn--bcher-kva.test."""
    results = check_alignment(
        "ops@Bücher.test", None, egress=[GOOD], dkim_selectors=[], recipients_domains=["bücher.test"], resolver=resolver
    )

    assert {("spf", "pass"), ("dkim", "unknown"), ("dmarc", "pass"), ("mx", "pass")} == {
        (one.check, one.verdict) for one in results
    }


@pytest.mark.parametrize("address", ["ops", "", "ops@"])
def test_a_from_without_domain_is_misuse(address: str, resolver: DnsResolver) -> None:
    """There is nothing to ask for."""
    with pytest.raises(ValueError, match="has no domain"):
        check_alignment(address, None, egress=[], dkim_selectors=[], recipients_domains=[], resolver=resolver)


def test_an_egress_that_is_no_address_is_misuse(resolver: DnsResolver) -> None:
    """A name is refused before it is taken for "not allowed"."""
    with pytest.raises(ValueError, match="does not appear to be"):
        spf(resolver, "plain.spf.test", "mail.example.test")


def test_results_are_json(resolver: DnsResolver) -> None:
    """The data of every result can be written as JSON as it is."""
    results = check_alignment(
        "ops@example.test",
        None,
        egress=[GOOD],
        dkim_selectors=["good"],
        recipients_domains=["null-mx.test"],
        resolver=resolver,
    )

    data = json.loads(json.dumps([one.data for one in results]))
    assert {"check", "subject", "verdict", "code", "cause", "remedy", "record", "expected", "details"} == set(data[0])


def test_a_silent_name_server_makes_everything_unknown_in_bounded_time() -> None:
    """Without DNS nothing is said of any record, and nobody waits longer than the resolver's total time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        resolver = DnsResolver(["127.0.0.1"], port=sock.getsockname()[1], query_seconds=0.2, total_seconds=0.5)
        begun = monotonic()
        results = check_alignment(
            "ops@example.test",
            None,
            egress=[GOOD, BAD],
            dkim_selectors=["a", "b", "c"],
            recipients_domains=[f"r{n}.test" for n in range(20)],
            resolver=resolver,
        )

    assert {one.verdict for one in results} == {"unknown"}
    assert all("seen from this machine" in one.cause for one in results)
    assert monotonic() - begun < 5
