from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.resources.text_forms import (
    FormError,
    Rate,
    SmtpUri,
    bracketed,
    is_host,
    parse_duration,
    parse_rate,
    parse_smtp_uri,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10),
        ("1m30s", 90),
        ("12h", 43_200),
        ("90d", 7_776_000),
        ("2w", 1_209_600),
        ("1.5h", 5_400),
        ("500ms", 0.5),
        ("0s", 0),
    ],
)
def test_duration(text: str, seconds: float) -> None:
    """A duration is one or more numbers with units."""
    assert seconds == parse_duration(text)


@pytest.mark.parametrize("text", ["", "10", "s", "10 s", "-1s", "1m 30s", "1e3s", "10S", "٣s", "1y", "1" * 30 + "s"])
def test_no_duration(text: str) -> None:
    """Anything else is refused; a bare number is asked for its unit."""
    with pytest.raises(FormError, match="unit"):
        parse_duration(text)


def test_bare_number_gets_a_suggestion() -> None:
    """A number alone is most probably meant as seconds."""
    with pytest.raises(FormError, match='Did you mean "10s"'):
        parse_duration("10")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100/h", Rate(100, 3600)),
        ("5/s", Rate(5, 1)),
        ("30 / minute", Rate(30, 60)),
        ("500/day", Rate(500, 86_400)),
    ],
)
def test_rate(text: str, expected: Rate) -> None:
    """A rate is a number in a unit of time."""
    assert expected == parse_rate(text)


@pytest.mark.parametrize("text", ["100", "0/h", "/h", "100/", "100/week", "1.5/h", "-1/h", "100 per hour"])
def test_no_rate(text: str) -> None:
    """Anything else is refused, and so is nothing at all."""
    with pytest.raises(FormError, match="above 0"):
        parse_rate(text)


@pytest.mark.parametrize(
    "text",
    ["smtp.example.com", "localhost", "mx_1.example.com", "192.0.2.1", "::1", "[2001:db8::1]", "exämple.de", "a.b."],
)
def test_host(text: str) -> None:
    """Names, bare names and IP addresses are hosts."""
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    ["", "a b", "-a.example", "a-.example", "a..b", "smtp://a", "a:25", "a@b", "x" * 64, ".".join(["abcdefghi"] * 26)],
)
def test_no_host(text: str) -> None:
    """URLs, ports, addresses of people and names that DNS cannot hold are not."""
    assert not is_host(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smtp://mail.example.com:587", SmtpUri("smtp", "mail.example.com", 587)),
        ("smtp://mail.example.com;25", SmtpUri("smtp", "mail.example.com", 25)),
        ("smtp://mail.example.com", SmtpUri("smtp", "mail.example.com", 25)),
        ("smtps://mail.example.com/", SmtpUri("smtps", "mail.example.com", 465)),
        ("SMTP://mail.example.com:", SmtpUri("smtp", "mail.example.com", 25)),
        ("smtp://[2001:db8::1]:25", SmtpUri("smtp", "2001:db8::1", 25)),
    ],
)
def test_smtp_uri(text: str, expected: SmtpUri) -> None:
    """Both spellings of the port are read, and the scheme has a port of its own."""
    assert expected == parse_smtp_uri(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("http://mail.example.com", "smtp://"),
        ("mail.example.com:25", "smtp://"),
        ("smtp://", "host and a port"),
        ("smtp://u:p@mail.example.com", "user name"),
        ("smtp://mail.example.com:0", "0 is no port"),
        ("smtp://mail.example.com:65536", "65536 is no port"),
        ("smtp://mail.example.com:25/path", "host and a port"),
        ("smtp://mail.example.com:" + "9" * 5000, "host and a port"),
        ("smtp://[::1:25", "host and a port"),
    ],
)
def test_no_smtp_uri(text: str, word: str) -> None:
    """Anything else is refused with what it should be."""
    with pytest.raises(FormError, match=word):
        parse_smtp_uri(text)


@settings(deadline=None)
@given(
    st.sampled_from(["smtp", "smtps"]),
    st.sampled_from(["mail.example.com", "192.0.2.1", "2001:db8::1", "::1"]),
    st.integers(1, 65535),
)
def test_smtp_uri_round_trip(scheme: str, host: str, port: int) -> None:
    """What is written is read back as the same."""
    uri = SmtpUri(scheme, host, port)

    assert uri == parse_smtp_uri(str(uri))


def test_only_ipv6_gets_brackets() -> None:
    """Before a port an IPv6 address stands in brackets, once."""
    assert [bracketed("::1"), bracketed("[::1]"), bracketed("a.example")] == ["[::1]", "[::1]", "a.example"]
