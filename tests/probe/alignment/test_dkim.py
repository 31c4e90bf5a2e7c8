from __future__ import annotations

import pytest

from declarative_mail.probe.alignment import DnsResolver
from declarative_mail.probe.alignment.dkim import check_dkim
from declarative_mail.probe.alignment.tags import parse_tags

CASES = [
    ("good", "pass", "dkim_key"),
    ("terse", "pass", "dkim_key"),
    ("folded", "pass", "dkim_key"),
    ("cname", "pass", "dkim_key"),
    ("both-hashes", "pass", "dkim_key"),
    ("mail-only", "pass", "dkim_key"),
    ("strict", "pass", "dkim_key"),
    ("ed", "pass", "dkim_key"),
    ("short", "warn", "dkim_short_key"),
    ("pkcs1", "warn", "dkim_short_key"),
    ("testing", "warn", "dkim_testing"),
    ("weak", "fail", "dkim_weak_key"),
    ("revoked", "fail", "dkim_revoked"),
    ("no-key", "fail", "dkim_malformed"),
    ("version", "fail", "dkim_malformed"),
    ("version-late", "fail", "dkim_malformed"),
    ("garbage", "fail", "dkim_malformed"),
    ("not-der", "fail", "dkim_malformed"),
    ("ec", "fail", "dkim_malformed"),
    ("ed-short", "fail", "dkim_malformed"),
    ("unknown-type", "fail", "dkim_malformed"),
    ("doubled", "fail", "dkim_malformed"),
    ("sha1", "fail", "dkim_weak_hash"),
    ("tls-only", "fail", "dkim_not_for_mail"),
    ("several", "fail", "dkim_several"),
    ("missing", "fail", "dkim_none"),
]


@pytest.mark.parametrize(("selector", "verdict", "code"), CASES)
def test_keys(selector: str, verdict: str, code: str, resolver: DnsResolver) -> None:
    """Each kind of key record has its verdict; whatever is no pass says what to do."""
    found = check_dkim(selector, "example.test", resolver=resolver)

    assert (verdict, code) == (found.verdict, found.code), found.cause
    assert found.subject == f"{selector}._domainkey.example.test"
    assert bool(found.remedy) == (verdict != "pass")


@pytest.mark.parametrize(
    ("selector", "key", "bits"),
    [("good", "rsa", 2048), ("short", "rsa", 1024), ("weak", "rsa", 512), ("ed", "ed25519", 256)],
)
def test_the_size_of_a_key_is_told(selector: str, key: str, bits: int, resolver: DnsResolver) -> None:
    """The facts of a key are data."""
    details = check_dkim(selector, "example.test", resolver=resolver).details

    assert (key, bits) == (details["key"], details["bits"])


def test_a_missing_key_shows_where_it_should_be(resolver: DnsResolver) -> None:
    """The record that should be there has its name and form."""
    found = check_dkim("s1", "nothing.test", resolver=resolver)

    assert found.expected == 's1._domainkey.nothing.test TXT "v=DKIM1; k=rsa; p=<public key>"'
    assert found.record is None


def test_the_organisation_may_sign(resolver: DnsResolver) -> None:
    """With relaxed alignment a key at the organisational domain counts where the From domain has none."""
    assert check_dkim("org", "news.org.test", resolver=resolver).code == "dkim_none"
    found = check_dkim("org", "news.org.test", resolver=resolver, parent="org.test")

    assert (found.verdict, found.subject, found.details["domain"]) == ("pass", "org._domainkey.org.test", "org.test")


def test_dns_that_fails_says_nothing_of_the_key(resolver: DnsResolver) -> None:
    """The verdict is unknown."""
    found = check_dkim("s1", "broken.test", resolver=resolver)

    assert (found.verdict, found.code) == ("unknown", "dkim_dns_unavailable")


def test_tag_lists() -> None:
    """Space around names, values and separators does not count; parts that are no tags and repetitions are told."""
    assert parse_tags(" v = DKIM1 ;\tP=a b ; ") == ({"v": "DKIM1", "p": "a b"}, ())
    assert parse_tags("p=1; nonsense; p=2") == ({"p": "1"}, ('"nonsense" is not a tag', '"p" stands twice'))
    assert parse_tags("p=") == ({"p": ""}, ())
    assert parse_tags("") == ({}, ())
