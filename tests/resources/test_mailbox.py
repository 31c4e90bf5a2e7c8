from __future__ import annotations

import time

import pytest

from declarative_mail.resources.mailbox import Mailbox, MailboxError, address_fault, parse_mailbox


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com",
        "a@b",
        "root@localhost",
        "o'brien+tag@example.co.uk",
        "first.last@sub.example.com",
        "ops@mail.internal.test",
        "jürgen@exämple.de",
        '"two words"@example.com',
        f"{'a' * 64}@example.com",
    ],
)
def test_address(text: str) -> None:
    """What RFC 5321 and RFC 6531 allow is an address, with a dot in its domain or without."""
    assert address_fault(text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ops", "no @"),
        ("", "no @"),
        ("@example.com", "before the @"),
        ("ops@", "after the @"),
        ("a..b@example.com", "two periods"),
        (".a@example.com", "period"),
        ("a b@example.com", "SPACE"),
        ("a@b@example.com", "@"),
        ("a@-example.com", "hyphen"),
        ("a@example..com", "period"),
        (f"{'a' * 65}@example.com", "too many"),
        (f"a@{'x' * 64}.com", "too many"),
        ("a@exa_mple.com", "'_'"),
        ("a@example.com\n", "U+000A"),
        ("Ann <ann@example.com>", "display name"),
        ("a@[127.0.0.1]", "IP address"),
    ],
)
def test_no_address(text: str, word: str) -> None:
    """What is no address is refused with a sentence that says what is wrong with it."""
    fault = address_fault(text)

    assert fault is not None
    assert word in fault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann@example.com", Mailbox("", "ann@example.com")),
        ("  ann@example.com ", Mailbox("", "ann@example.com")),
        ("<ann@example.com>", Mailbox("", "ann@example.com")),
        ("Ann <ann@example.com>", Mailbox("Ann", "ann@example.com")),
        ("Ann B. <ann@example.com>", Mailbox("Ann B.", "ann@example.com")),
        ("Jürgen  M <j@example.com>", Mailbox("Jürgen M", "j@example.com")),
        ('"Deploys, Inc." <d@example.com>', Mailbox("Deploys, Inc.", "d@example.com")),
        (r'"say \"hi\"" <d@example.com>', Mailbox('say "hi"', "d@example.com")),
        ('"A" B "C" <d@example.com>', Mailbox("A B C", "d@example.com")),
        ("Ann<ann@example.com>", Mailbox("Ann", "ann@example.com")),
    ],
)
def test_mailbox(text: str, expected: Mailbox) -> None:
    """A mailbox is an address, alone or behind a display name (RFC 5322 section 3.4)."""
    assert expected == parse_mailbox(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Deploys, Inc. <d@example.com>", "quotes"),
        ("a@b.c <d@example.com>", "more than one"),
        ("A <a@b.c>, B <d@e.f>", "more than one"),
        ("Ann ann@example.com", "SPACE"),
        ("Ann <ann>", 'In "ann": It has no @'),
        ("Ann <ann@example.com", "angle brackets"),
        ("Ann <ann@example.com> x", "angle brackets"),
        ("", "no @"),
    ],
)
def test_no_mailbox(text: str, word: str) -> None:
    """What is no mailbox is refused with a sentence that says how to write it."""
    with pytest.raises(MailboxError) as caught:
        parse_mailbox(text)

    assert word in str(caught.value)


def test_domain_is_folded() -> None:
    """The domain is compared without case, so it is given in lower case."""
    assert parse_mailbox("Ann <Ann@EXAMPLE.Com>").domain == "example.com"


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "a " * 50_000, '"a"' * 20_000, '"' + "\\a" * 30_000, "a" + " " * 50_000 + "b", "<" * 50_000]
)
def test_hostile_text_is_refused_at_once(text: str) -> None:
    """A long text that is nearly a mailbox takes no more time than its length."""
    start = time.process_time()
    with pytest.raises(MailboxError):
        parse_mailbox(text)

    assert time.process_time() - start < 1.0
