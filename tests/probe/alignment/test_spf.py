"""The cases of the RFC 7208 test suite that decide about verdicts, in zones of our own, against a real name server."""

from __future__ import annotations

import pytest

from declarative_mail.probe.alignment import DnsResolver
from declarative_mail.probe.alignment.spf import SpfOutcome, evaluate_spf

V4, OTHER4, V6, OTHER6 = "192.0.2.1", "198.51.100.200", "2001:db8::1", "2001:dba::1"

# Domain without .spf.test, address, result, and the directive that decides.
CASES = [
    # selection of the record (section 4.5)
    ("plain", V4, "pass", "ip4:192.0.2.0/24"),
    ("plain", V6, "pass", "ip6:2001:db8::/32"),
    ("plain", OTHER4, "fail", "-all"),
    ("plain", OTHER6, "fail", "-all"),
    ("plain", "::ffff:192.0.2.1", "pass", "ip4:192.0.2.0/24"),
    ("upper", V4, "pass", "IP4:192.0.2.1"),
    ("upper", OTHER4, "fail", "-ALL"),
    ("strings", V4, "pass", "ip4:192.0.2.1"),
    ("glued", V4, "none", None),
    ("other-version", V4, "none", None),
    ("bare", V4, "neutral", None),
    ("two", V4, "permerror", None),
    ("beside", V4, "pass", "ip4:192.0.2.1"),
    ("no-record", V4, "none", None),
    ("nowhere", V4, "none", None),
    ("alias", V4, "pass", "ip4:192.0.2.0/24"),
    ("spaces", V4, "pass", "ip4:192.0.2.1"),
    ("not-ascii", V4, "permerror", None),
    # mechanisms and qualifiers (sections 4.6.2 and 5)
    ("neutral", V4, "neutral", "?all"),
    ("softfail", V4, "softfail", "~all"),
    ("fail", V4, "fail", "-all"),
    ("pass", OTHER4, "pass", "+all"),
    ("no-match", V4, "pass", "ip4:192.0.2.1"),
    ("no-match", OTHER4, "neutral", None),
    ("a", V4, "pass", "a"),
    ("a", V6, "pass", "a"),
    ("a", "192.0.2.2", "fail", "-all"),
    ("a-cidr", "192.0.2.200", "pass", "a:a.spf.test/24//64"),
    ("a-cidr", "192.0.3.1", "fail", "-all"),
    ("a-cidr", "2001:db8::ffff", "pass", "a:a.spf.test/24//64"),
    ("a-cidr", "2001:db8:0:1::1", "fail", "-all"),
    ("a-cidr4", "2001:db8::2", "fail", "-all"),
    ("a-cidr0", OTHER4, "pass", "a:a.spf.test/0"),
    ("a-alias", V4, "pass", "a:www.spf.test"),
    ("mx", "192.0.2.10", "pass", "mx"),
    ("mx", "192.0.2.20", "pass", "mx"),
    ("mx", "2001:db8::20", "pass", "mx"),
    ("mx", V4, "fail", "-all"),
    ("mx-cidr", "192.0.2.15", "pass", "mx:mx.spf.test/28"),
    ("mx-cidr", "192.0.2.16", "pass", "mx:mx.spf.test/28"),
    ("mx-cidr", "192.0.2.32", "fail", "-all"),
    ("mx-falls-not-back", V4, "fail", "-all"),
    ("mx-null", V4, "fail", "-all"),
    ("mx-ten", "192.0.2.109", "pass", "mx"),
    ("mx-eleven", "192.0.2.100", "permerror", None),
    ("exists", V4, "pass", "exists:%{ir}.list.spf.test"),
    ("exists", OTHER4, "fail", "-all"),
    ("exists6", V6, "pass", "exists:listed.spf.test"),
    ("ptr", V4, "pass", "ptr"),
    ("ptr", V6, "pass", "ptr"),
    ("ptr-other", V4, "pass", "ptr:ptr.spf.test"),
    ("ptr", "192.0.2.2", "fail", "-all"),
    ("ptr", "192.0.2.3", "fail", "-all"),
    ("ptr", "192.0.2.4", "fail", "-all"),
    ("ptr", OTHER4, "fail", "-all"),
    ("ptr", "192.0.2.5", "fail", "-all"),
    ("ptr", "192.0.2.6", "pass", "ptr"),
    # include (section 5.2) and redirect (section 6.1)
    ("include", V4, "pass", "include:plain.spf.test"),
    ("include", OTHER4, "softfail", "~all"),
    ("include-not", V4, "fail", "-include:plain.spf.test"),
    ("include-not", OTHER4, "pass", "+all"),
    ("include-softfail", V4, "fail", "-all"),
    ("include-none", V4, "permerror", None),
    ("include-missing", V4, "permerror", None),
    ("include-broken", V4, "permerror", None),
    ("include-unavailable", V4, "temperror", None),
    ("include-after-match", V4, "pass", "ip4:192.0.2.1"),
    ("include-itself", V4, "permerror", None),
    ("redirect", V4, "pass", "ip4:192.0.2.0/24"),
    ("redirect", OTHER4, "fail", "-all"),
    ("redirect-first", V4, "pass", "ip4:192.0.2.1"),
    ("redirect-first", OTHER4, "fail", "-all"),
    ("redirect-all", V4, "fail", "-all"),
    ("redirect-none", V4, "permerror", None),
    ("redirect-twice", V4, "permerror", None),
    ("redirect-itself", V4, "permerror", None),
    ("redirect-macro", V4, "pass", "ip4:192.0.2.1"),
    # limits (section 4.6.4)
    ("ten", V4, "pass", "a:a.spf.test"),
    ("eleven", V4, "permerror", None),
    ("eleven-after-match", V4, "pass", "ip4:192.0.2.1"),
    ("eleven-nested", V4, "permerror", None),
    ("eleven-redirect", V4, "permerror", None),
    ("free", V4, "pass", "ip4:192.0.2.1"),
    ("void-two", V4, "pass", "ip4:192.0.2.1"),
    ("void-three", V4, "permerror", None),
    ("void-empty", V4, "permerror", None),
    # macros (section 7)
    ("macro", V4, "pass", "exists:%{l}._at_.%{o}.%{d}.m.test"),
    ("macro-six", V6, "pass", "exists:%{ir}.%{v}.m.test"),
    ("macro-name.ptr", V4, "pass", "exists:%{p}.m.test"),
    ("macro-name.ptr", OTHER4, "pass", "exists:%{p}.m.test"),
    ("macro-escapes", V4, "pass", "exists:%%-%_-%-.m.test"),
    ("odd-but-right", V4, "fail", "-all"),
]  # fmt: skip


def evaluated(
    name: str, address: str, resolver: DnsResolver, *, local: str = "ops", helo: str | None = None
) -> SpfOutcome:
    """The outcome for a domain of the zone."""
    domain = f"{name}.spf.test"
    return evaluate_spf(address, domain, sender=f"{local}@{domain}", resolver=resolver, helo=helo)


@pytest.mark.parametrize(("name", "address", "result", "term"), CASES)
def test_results(name: str, address: str, result: str, term: str | None, resolver: DnsResolver) -> None:
    """Each record gives the result of RFC 7208, by the directive that decides."""
    outcome = evaluated(name, address, resolver)

    assert (result, term) == (outcome.result, outcome.term), outcome.reason


BAD = 34


@pytest.mark.parametrize("number", range(BAD))
def test_records_that_break_the_grammar(number: int, resolver: DnsResolver) -> None:
    """A fault anywhere in the record is a permerror, even where an earlier or later term would match (section 4.6)."""
    outcome = evaluated(f"bad{number}", V4, resolver)

    assert outcome.result == "permerror"
    assert outcome.reason.startswith(f"the SPF record of bad{number}.spf.test is malformed: ")


def test_all_malformed_records_of_the_zone_are_tried(resolver: DnsResolver) -> None:
    """There is no further bad record in the zone file."""
    assert evaluated(f"bad{BAD - 1}", V4, resolver).result == "permerror"
    assert evaluated(f"bad{BAD}", V4, resolver).result == "none"


@pytest.mark.parametrize(
    ("name", "local", "address"),
    [
        ("macro-parts", "ops-night", V4),
        ("macro-url", "a+b", V4),
        ("macro-long", "a" * 62, V4),
    ],
)
def test_macros_of_the_sender(name: str, local: str, address: str, resolver: DnsResolver) -> None:
    """Parts are counted from the right, reversed, escaped in upper case, and shortened from the left to 253 octets."""
    assert evaluated(name, address, resolver, local=local).result == "pass"
    assert evaluated(name, address, resolver, local="other").result == "fail"


def test_the_macro_h_is_the_helo_name(resolver: DnsResolver) -> None:
    """%{h} is the client's HELO name; the domain itself where it is not known."""
    assert evaluated("macro-helo", V4, resolver, helo="relay.example").result == "pass"
    assert evaluated("macro-helo", V4, resolver).result == "fail"


def test_a_sender_without_local_part_is_postmaster(resolver: DnsResolver) -> None:
    """Section 4.3: an empty local part is replaced."""
    domain = "redirect-macro.spf.test"
    found = evaluate_spf(V4, domain, sender=domain, resolver=resolver)

    assert found.result == "permerror"
    assert "_postmaster.spf.test" in found.reason


@pytest.mark.parametrize("domain", ["", "localhost", "a..b.test", f"{'x' * 64}.test", ".".join(["abcdefgh"] * 32)])
def test_a_domain_that_dns_cannot_have_gives_none(domain: str, resolver: DnsResolver) -> None:
    """Section 4.3: a malformed or single-label domain is never asked for."""
    assert evaluate_spf(V4, domain, sender="ops", resolver=resolver).result == "none"


def test_the_limits_in_use_are_told(resolver: DnsResolver) -> None:
    """The outcome says how many of the ten look-ups and two empty answers were used."""
    assert limits(evaluated("ten", V4, resolver)) == (10, 0)
    assert limits(evaluated("void-two", V4, resolver)) == (2, 2)
    assert limits(evaluated("free", V4, resolver)) == (0, 0)


def limits(outcome: SpfOutcome) -> tuple[int, int]:
    """Look-ups and empty answers."""
    return outcome.lookups, outcome.void_lookups


@pytest.mark.parametrize(
    ("name", "words", "found_in"),
    [
        ("two", "two.spf.test has 2 SPF records", "two.spf.test"),
        ("include-broken", "two.spf.test has 2 SPF records", "two.spf.test"),
        (
            "include-none",
            '"include:no-record.spf.test" leads to no-record.spf.test, which has no',
            "include-none.spf.test",
        ),
        ("redirect-none", '"redirect=no-record.spf.test" leads to no-record.spf.test', "redirect-none.spf.test"),
        ("eleven", '"a:a.spf.test" of eleven.spf.test is the first too many', "eleven.spf.test"),
        ("eleven-nested", '"include:neutral.spf.test" of five.spf.test is the first', "five.spf.test"),
        ("void-three", "the last of them v3.void.test A", "void-three.spf.test"),
        ("mx-eleven", '"mx": mx-eleven.spf.test has more than 10 MX records', "mx-eleven.spf.test"),
    ],
)
def test_a_permerror_says_where_and_why(name: str, words: str, found_in: str, resolver: DnsResolver) -> None:
    """The reason names the term, and the domain is the one whose record is at fault, behind includes, too."""
    outcome = evaluated(name, V4, resolver)

    assert words in outcome.reason
    assert found_in == outcome.found_in


def test_a_temperror_says_what_was_asked(resolver: DnsResolver) -> None:
    """DNS that fails is no verdict on the record."""
    assert "x.broken.test" in evaluated("include-unavailable", V4, resolver).reason


def test_the_deciding_term_may_stand_in_another_record(resolver: DnsResolver) -> None:
    """After a redirect the outcome names the domain that the term is of."""
    outcome = evaluated("redirect", OTHER4, resolver)

    assert (outcome.term, outcome.found_in) == ("-all", "plain.spf.test")
    assert outcome.record == "v=spf1 redirect=plain.spf.test"


def test_an_address_must_be_one(resolver: DnsResolver) -> None:
    """Something else is misuse."""
    with pytest.raises(ValueError, match=r"192\.0\.2\.0/24"):
        evaluated("plain", "192.0.2.0/24", resolver)
