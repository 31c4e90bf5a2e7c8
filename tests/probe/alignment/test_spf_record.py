from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.probe.alignment.spf_macros import MacroValues, expand
from declarative_mail.probe.alignment.spf_record import SpfSyntaxError, is_spf, parse_spf


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf1 ", True),
        ("v=spf1\t-all", False),
        ("v=spf10", False),
        (" v=spf1", False),
        ("spf1", False),
        ("v=DMARC1", False),
    ],
)
def test_what_is_an_spf_record(text: str, expected: bool) -> None:  # noqa: FBT001
    """The version section is v=spf1 in any case, ended by a space or the record's end (section 4.5)."""
    assert expected is is_spf(text)


def test_a_record_in_full() -> None:
    """Directives in order, each with its parts; redirect apart; other modifiers ignored."""
    record = parse_spf("v=spf1 a:x.test/24//64 -mx ~ip6:2001:db8::/32 ?include:%{d}.y.test ptr x-n=1 redirect=z.test")

    assert [(one.result, one.mechanism, one.domain, one.prefix4, one.prefix6) for one in record.directives] == [
        ("pass", "a", "x.test", 24, 64),
        ("fail", "mx", "", 32, 128),
        ("softfail", "ip6", "", 32, 128),
        ("neutral", "include", "%{d}.y.test", 32, 128),
        ("pass", "ptr", "", 32, 128),
    ]
    assert str(record.directives[2].network) == "2001:db8::/32"
    assert record.redirect == "z.test"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("moo", '"moo" is not a mechanism'),
        ("all:x", "all takes no value"),
        ("ip4:300.0.0.1", '"ip4:300.0.0.1" is not an IPv4 network'),
        ("ip6:192.0.2.1", "is not an IPv6 network"),
        ("ip6:fe80::1%eth0", "is not an IPv6 network"),
        ("a:x.test/33", "has a prefix length that no address has"),
        ("a.x", "is neither a bare a nor"),
        ("include", '"include" names no domain'),
        ("exists:%{c}.test", "uses the macro letter c"),
        ("exists:%{s0}.test", "keeps 0 parts"),
        ("x=%{", "has a malformed value"),
        ("!all", "is neither a mechanism nor a modifier"),
    ],
)
def test_a_fault_names_its_term(term: str, words: str) -> None:
    """The error quotes the term and says what is wrong with it."""
    with pytest.raises(SpfSyntaxError) as caught:
        parse_spf(f"v=spf1 {term} -all")

    assert words in str(caught.value)


PIECES = [
    "a",
    "mx",
    "ip4:",
    "ip6:",
    "192.0.2.1",
    "::",
    "include:",
    "exists:",
    "redirect=",
    "exp=",
    "%{",
    "}",
    "%%",
    "d",
    "/",
    "//",
]


@given(
    st.lists(st.sampled_from([*PIECES, " ", "-", "all", ".", "test", "1", "\x00", "é", "=", "ptr"]), max_size=30).map(
        "".join
    )
)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text makes the parser raise anything else, and what it accepts expands to a name short enough for DNS."""
    try:
        record = parse_spf(f"v=spf1 {text}")
    except SpfSyntaxError:
        return
    values = MacroValues(ip_address("192.0.2.1"), "a.b@c.test", "d.test", "h.test", lambda: "p.test")

    for directive in record.directives:
        assert len(expand(directive.domain, values)) <= 253


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # The examples of section 7.4.
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("%{p}.x", "mail.example.com.x"),
        ("%%%_%-", "% %20"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("x.test.", "x.test"),
    ],
)
def test_macro_examples_of_the_rfc(spec: str, expected: str) -> None:
    """The worked examples of RFC 7208, section 7.4."""
    values = MacroValues(
        address=ip_address("192.0.2.3"),
        sender="strong-bad@email.example.com",
        domain="email.example.com",
        helo="mx.example.com",
        validated_name=lambda: "mail.example.com",
    )

    assert expected == expand(spec, values)


def test_an_ipv6_address_is_spelt_in_nibbles() -> None:
    """The last example of section 7.4."""
    values = MacroValues(ip_address("2001:db8::cb01"), "a@b.c", "email.example.com", "h", lambda: "")
    nibbles = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"

    assert f"{nibbles}.ip6._spf.example.com" == expand("%{ir}.%{v}._spf.%{d2}", values)
