from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.probe.receipt_headers import (
    AuthenticationResults,
    Hop,
    MethodResult,
    parse_authentication_results,
    parse_received,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # The examples of RFC 8601, appendix B.
        ("example.org 1; none", AuthenticationResults("example.org", ())),
        (
            "example.com;\r\n spf=pass smtp.mailfrom=example.net",
            AuthenticationResults("example.com", (MethodResult("spf", "pass", "", {"smtp.mailfrom": "example.net"}),)),
        ),
        (
            'example.com; auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n  spf=fail smtp.mailfrom="a; b@c.d"',
            AuthenticationResults(
                "example.com",
                (
                    MethodResult("auth", "pass", "", {"smtp.auth": "sender@example.net"}),
                    MethodResult("spf", "fail", "", {"smtp.mailfrom": "a; b@c.d"}),
                ),
            ),
        ),
        (
            (
                "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
                " policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wanted) 1362471462"
            ),
            AuthenticationResults(
                "foo.example.net", (MethodResult("dkim", "fail", "", {"policy.expired": "1362471462"}),)
            ),
        ),
        # Large receivers as they are.
        (
            (
                "mx.google.com;\r\n dkim=pass header.i=@example.com header.s=s1 header.b=abc/+=;\r\n"
                " spf=pass (google.com: domain of a@b.com designates 192.0.2.1 as permitted sender)\r\n"
                " smtp.mailfrom=a@b.com;\r\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=b.com"
            ),
            AuthenticationResults(
                "mx.google.com",
                (
                    MethodResult(
                        "dkim", "pass", "", {"header.i": "@example.com", "header.s": "s1", "header.b": "abc/+="}
                    ),
                    MethodResult("spf", "pass", "", {"smtp.mailfrom": "a@b.com"}),
                    MethodResult("dmarc", "pass", "", {"header.from": "b.com"}),
                ),
            ),
        ),
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.com; dkim=none; compauth=fail reason=001",
            AuthenticationResults(
                "",
                (
                    MethodResult("spf", "pass", "", {"smtp.mailfrom": "x.com"}),
                    MethodResult("dkim", "none"),
                    MethodResult("compauth", "fail", "001"),
                ),
            ),
        ),
        # What is quoted, nested, in another case, or broken.
        (
            r'MX.Example; DKIM=Fail reason="bad \"sig\"" Header.D=x.com',
            AuthenticationResults("mx.example", (MethodResult("dkim", "fail", 'bad "sig"', {"header.d": "x.com"}),)),
        ),
        ("a (one (two) \\) three); spf=none", AuthenticationResults("a", (MethodResult("spf", "none"),))),
        ("a; =pass; spf=; policy.x=y; dmarc=pass", AuthenticationResults("a", (MethodResult("dmarc", "pass"),))),
        ("", AuthenticationResults("", ())),
        ("(((", AuthenticationResults("", ())),
        ('a; spf=pass x.y="open', AuthenticationResults("a", (MethodResult("spf", "pass"),))),
    ],
)
def test_authentication_results(header: str, expected: AuthenticationResults) -> None:
    """Comments, quotes and folding are no part of the words; what is no result is left out."""
    assert expected == parse_authentication_results(header)


@given(st.text(alphabet='abc=.;/() "\\\r\n1', max_size=300))
def test_no_header_makes_the_parser_stumble(header: str) -> None:
    """Anybody on the way can have written a header."""
    for result in parse_authentication_results(header).results:
        assert result.method


@pytest.mark.parametrize(
    "piece", ["(", ")", '"', '"\\', "a=", "a;", "a", " ", "a. ", "\\", 'a="'], ids=lambda piece: piece.encode().hex()
)
def test_a_huge_header_is_read_in_bounded_time(piece: str) -> None:
    """Headers of a hundred thousand open quotes or comments cost no more than a blink."""
    begun = process_time()
    parse_authentication_results("a; spf=pass " + piece * 100_000)

    assert process_time() - begun < 2


def test_received() -> None:
    """The server and its time; the zone -0000 is UTC; a date that is none is None."""
    headers = [
        (
            "from a.example (a.example [192.0.2.1])\r\n\tby mx.example (Postfix) with ESMTPS id 4X\r\n"
            "\tfor <ops@example.com>; Sat, 21 Nov 2026 02:00:05 +0100 (CET)"
        ),
        "by relay.example; 21 Nov 2026 01:00:00 -0000",
        "from nowhere; yesterday",
        "",
    ]

    assert (
        Hop("mx.example", datetime(2026, 11, 21, 1, 0, 5, tzinfo=UTC)),
        Hop("relay.example", datetime(2026, 11, 21, 1, 0, 0, tzinfo=UTC)),
        Hop("", None),
        Hop("", None),
    ) == parse_received(headers)
