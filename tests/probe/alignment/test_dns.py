from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic

import dns.resolver
import pytest

from declarative_mail.probe.alignment import Answer, DnsResolver, DnsUnavailable


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where questions arrive and nobody answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def test_records_come_as_text(resolver: DnsResolver) -> None:
    """Names without their final dot, MX by preference, strings of a TXT record joined without a space."""
    assert Answer(("192.0.2.1",)) == resolver.lookup("a.spf.test", "A")
    assert Answer(("2001:db8::1",)) == resolver.lookup("a.spf.test", "AAAA")
    assert Answer(("10 mail-a.spf.test", "20 mail-b.spf.test")) == resolver.lookup("mx.spf.test", "MX")
    assert Answer(("0 .",)) == resolver.lookup("null-mx.test", "MX")
    assert Answer(("out.ptr.spf.test",)) == resolver.lookup("1.2.0.192.in-addr.arpa", "PTR")
    assert Answer(("v=spf1 ip4:192.0.2.1 -all",)) == resolver.lookup("strings.spf.test", "TXT")


def test_records_are_in_an_order_of_their_own(resolver: DnsResolver) -> None:
    """Eleven MX records come by preference, whatever order the server sends them in."""
    assert tuple(f"{n} mail-{n}.spf.test" for n in range(11)) == resolver.lookup("mx-eleven.spf.test", "MX").records


def test_bytes_beyond_ascii_are_kept(resolver: DnsResolver) -> None:
    """They come as surrogates, which no grammar takes for a letter."""
    (text,) = resolver.lookup("not-ascii.spf.test", "TXT").records

    assert text.encode("ascii", "surrogateescape") == b"v=spf1 a:ex\xc3\xa4mple.test -all"


def test_aliases_are_followed(resolver: DnsResolver) -> None:
    """A CNAME leads to the records of its target."""
    assert Answer(("192.0.2.1",)) == resolver.lookup("www.spf.test", "A")


def test_no_such_name_and_no_such_record(resolver: DnsResolver) -> None:
    """NXDOMAIN and an empty answer are told apart, both are void."""
    missing, empty = resolver.lookup("nowhere.test", "A"), resolver.lookup("text.void.test", "A")

    assert (missing.exists, empty.exists) == (False, True)
    assert missing.is_void
    assert empty.is_void


@pytest.mark.parametrize("name", ["a..b.test", f"{'x' * 64}.test", ".".join(["abcdefgh"] * 40)])
def test_names_that_dns_cannot_carry_do_not_exist(name: str, resolver: DnsResolver) -> None:
    """They are not sent, and are no fault of DNS."""
    assert not resolver.lookup(name, "A").exists


def test_a_backslash_is_a_character(resolver: DnsResolver) -> None:
    r"""A macro can bring one into a name: ``\049.spf.test`` is no other way to write ``1.spf.test``."""
    assert not resolver.lookup("mail-\\049.spf.test", "A").exists
    assert resolver.lookup("mail-1.spf.test", "A").exists


def test_servfail_is_no_answer(resolver: DnsResolver) -> None:
    """A server that cannot answer does not say that there is nothing."""
    with pytest.raises(DnsUnavailable, match=r"x\.broken\.test TXT"):
        resolver.lookup("x.broken.test", "TXT")


def test_a_silent_server_costs_a_bounded_time(silent_port: int) -> None:
    """One question takes its own limit, retries included."""
    resolver = DnsResolver(["127.0.0.1"], port=silent_port, query_seconds=0.3)
    begun = monotonic()

    with pytest.raises(DnsUnavailable, match=r"a\.test A"):
        resolver.lookup("a.test", "A")
    assert monotonic() - begun < 3


def test_all_questions_together_cost_a_bounded_time(dns_port: int) -> None:
    """After the total time nothing more is asked; what is known stays known."""
    now = 100.0
    resolver = DnsResolver(["127.0.0.1"], port=dns_port, total_seconds=20, clock=lambda: now)
    resolver.lookup("a.spf.test", "A")
    now += 20.5

    with pytest.raises(DnsUnavailable, match="20 seconds"):
        resolver.lookup("mx.spf.test", "MX")
    assert resolver.lookup("A.spf.test.", "A").records == ("192.0.2.1",)


def test_the_clock_starts_with_the_first_question(dns_port: int) -> None:
    """A resolver that waited for its turn has its whole time."""
    now = 100.0
    resolver = DnsResolver(["127.0.0.1"], port=dns_port, total_seconds=20, clock=lambda: now)
    now += 1000

    assert resolver.lookup("a.spf.test", "A").exists


def test_nothing_is_asked_twice(silent_port: int, dns_port: int) -> None:
    """An answer is remembered for the life of the resolver, without regard to case and final dot."""
    resolver = DnsResolver(["127.0.0.1"], port=dns_port)
    first = resolver.lookup("mx.spf.test", "MX")
    asker = resolver._asker
    assert asker is not None
    asker.port, asker.nameservers = silent_port, ["127.0.0.1"]

    assert first is resolver.lookup("MX.SPF.test.", "MX")


def test_the_systems_resolvers_are_asked_by_default(dns_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without addresses of name servers the machine's own configuration counts."""

    def configured(asker: dns.resolver.Resolver, _file: object) -> None:
        asker.nameservers, asker.port = ["127.0.0.1"], dns_port

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", configured)

    assert DnsResolver().lookup("a.spf.test", "A").records == ("192.0.2.1",)


def test_a_machine_without_resolvers_has_no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said so, and no exception of the library comes through."""

    def unconfigured(_asker: dns.resolver.Resolver, _file: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", unconfigured)

    with pytest.raises(DnsUnavailable, match="no DNS resolver set up"):
        DnsResolver().lookup("a.spf.test", "A")


def test_importing_the_checks_imports_no_dns_library() -> None:
    """Dnspython and cryptography are imported by the first question only: start-up time counts."""
    code = (
        "import sys, declarative_mail.probe.alignment; "
        "sys.exit(bool({'dns', 'cryptography', 'idna'} & {name.split('.')[0] for name in sys.modules}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
