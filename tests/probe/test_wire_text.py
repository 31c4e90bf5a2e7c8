"""Strangers' bytes as text, and our text as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.probe.wire_text import harmless, wire_bytes, wire_host


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("Zürich".encode(), "Zürich"),
        ("Zürich".encode("latin-1"), "Zürich"),
        (b"a\x00b", r"a\x00b"),
        (b"\x1b[2J", r"\x1b[2J"),
        (b"a\rb\nc", r"a\rb\nc"),
        (b"a\tb", "a b"),
        ("\u202egnp.exe".encode(), r"\u202egnp.exe"),
        ("a\u2028b".encode(), r"a\u2028b"),
        ("zero\u200bwidth".encode(), r"zero\u200bwidth"),
        (b"\x9b2J", r"\x9b2J"),
    ],
)
def test_harmless_shows_what_it_does_not_do(raw: bytes, text: str) -> None:
    """Escapes stand for everything that could move a cursor, hide or reverse words, or end a line."""
    assert harmless(raw) == text


@given(st.binary())
def test_harmless_is_always_printable(raw: bytes) -> None:
    """Whatever comes, one line of printable text comes out."""
    assert harmless(raw).isprintable() or any(one.isspace() for one in harmless(raw))
    assert "\n" not in harmless(raw)


def test_undecoded_bytes_go_out_as_they_came() -> None:
    """A password from the environment that is not UTF-8 reaches the server unchanged."""
    given_by_environment = b"p\xe4ss".decode("utf-8", "surrogateescape")

    assert wire_bytes(given_by_environment) == b"p\xe4ss"


@pytest.mark.parametrize(
    ("host", "wire"), [("mx.example", "mx.example"), ("bücher.example", "xn--bcher-kva.example"), ("::1", "::1")]
)
def test_host_goes_out_in_a_labels(host: str, wire: str) -> None:
    """Internationalised names are written as DNS knows them."""
    assert wire_host(host) == wire
