"""What EHLO says, however it is written."""

from __future__ import annotations

import pytest

from declarative_mail.probe.capabilities import Capabilities, parse_capabilities


def parsed(*lines: str) -> Capabilities:
    """The capabilities in these lines after the greeting."""
    return parse_capabilities(("mx.example Hello", *lines))


@pytest.mark.parametrize(
    ("lines", "mechanisms"),
    [
        (("AUTH PLAIN LOGIN",), ("PLAIN", "LOGIN")),
        (("auth plain login",), ("PLAIN", "LOGIN")),
        (("AUTH=PLAIN LOGIN",), ("PLAIN", "LOGIN")),
        (("AUTH=LOGIN", "AUTH PLAIN LOGIN"), ("LOGIN", "PLAIN")),
        (("  AUTH \t PLAIN   LOGIN ",), ("PLAIN", "LOGIN")),
        (("AUTH",), ()),
        (("SIZE 10",), ()),
    ],
)
def test_mechanisms_are_read_however_they_are_written(lines: tuple[str, ...], mechanisms: tuple[str, ...]) -> None:
    """Any case, any spacing, the form before RFC 4954, and several lines."""
    assert parsed(*lines).mechanisms == mechanisms


@pytest.mark.parametrize(
    ("line", "size"),
    [("SIZE 1000", 1000), ("SIZE", None), ("SIZE 0", None), ("size=77", 77), ("SIZE lots", None), ("SIZE ٣", None)],
)
def test_size_is_a_number_or_nothing(line: str, size: int | None) -> None:
    """No number and 0 both mean no fixed limit (RFC 1870 section 4)."""
    assert parsed(line).size == size


def test_keywords_are_found_in_any_case() -> None:
    """Keywords are compared in capitals."""
    assert "STARTTLS" in parsed("StartTLS")
    assert "STARTTLS" not in parsed("X-STARTTLS")


def test_greeting_is_no_keyword() -> None:
    """The first line names the server; a server called STARTTLS offers nothing."""
    assert "STARTTLS" not in parse_capabilities(("STARTTLS",))


@pytest.mark.parametrize(
    ("line", "there"), [("XXXXXXXA", True), ("XXXXXXXX", True), ("XCLIENT NAME", False), ("XX", False)]
)
def test_blotted_keyword_is_noticed(line: str, there: bool) -> None:  # noqa: FBT001 - a case
    """A firewall's inspection overwrites keywords with X."""
    assert parsed(line).overwritten is there


def test_names_are_for_people() -> None:
    """Keywords with their parameters; empty lines are nothing."""
    assert parsed("size 10", "", "AUTH PLAIN").names == ["SIZE 10", "AUTH PLAIN"]
