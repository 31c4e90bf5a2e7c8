"""The transcript and what is removed from it."""

from __future__ import annotations

import base64

import pytest

from declarative_mail.probe.transcript import MAX_LINES, REMOVED, Transcript
from tests.support.canary import secret_value, shows_canary

SECRET = secret_value("transcript")


def encoded(text: str) -> str:
    """In base64."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "said",
    [
        f"535 bad password {SECRET}",
        f"535 bad password {SECRET.upper()}",
        f"500 AUTH PLAIN {encoded(SECRET)}",
        f"500 {encoded(SECRET)[:12]}",
        f"500 {encoded(SECRET)[:20]} and {encoded(SECRET)[:9]}",
        f"500 {encoded(SECRET).rstrip('=')}",
        f"500 {SECRET}{SECRET}",
    ],
)
def test_credential_is_removed_in_every_form(said: str) -> None:
    """A password that a server quotes is removed, plain or encoded, whole or cut off."""
    transcript = Transcript()
    transcript.hide(SECRET)

    cleaned = transcript.clean(said)

    assert REMOVED in cleaned
    assert not shows_canary(cleaned)
    assert SECRET.casefold() not in cleaned.casefold()
    assert encoded(SECRET)[:8] not in cleaned


def test_the_rest_of_a_line_stays() -> None:
    """Only the credential goes."""
    transcript = Transcript()
    transcript.hide("open sesame")

    assert transcript.clean("535 no such password: open sesame, sorry") == f"535 no such password: {REMOVED}, sorry"


def test_values_are_cleaned_to_their_depth() -> None:
    """Texts in lists and objects; numbers and nothing stay what they are."""
    transcript = Transcript()
    transcript.hide("open sesame")
    value = {"a": ["open sesame", 1, None], "b": {"c": "say open sesame"}, "d": ("x",)}

    assert transcript.clean_all(value) == {"a": [REMOVED, 1, None], "b": {"c": f"say {REMOVED}"}, "d": ["x"]}


def test_long_token_is_removed() -> None:
    """A token of many thousand characters is no trouble."""
    transcript = Transcript()
    token = SECRET * 500
    transcript.hide(token)

    assert transcript.clean(f"500 {encoded(token)} 500 {token[:4000]}").startswith(f"500 {REMOVED} 500 ")


def test_very_short_password_is_left_where_it_stands_by_chance() -> None:
    """A password of three letters is in any text; removing it there would say what it is."""
    transcript = Transcript()
    transcript.hide("the")

    assert transcript.clean("550 the mailbox") == "550 the mailbox"


def test_nothing_is_removed_where_nothing_is_hidden() -> None:
    """An empty credential hides nothing."""
    transcript = Transcript()
    transcript.hide("")

    assert transcript.clean("550 as it was") == "550 as it was"


def test_lines_say_who_spoke() -> None:
    """Client, server, remarks; a reply of several lines is several lines."""
    transcript = Transcript()
    transcript.sent("EHLO me")
    transcript.heard("250-one\n250 two")
    transcript.remark("TLSv1.3")

    assert transcript.lines == ["C: EHLO me", "S: 250-one", "S: 250 two", "*: TLSv1.3"]


def test_transcript_has_an_end() -> None:
    """It is cut off after so many lines, and says so once."""
    transcript = Transcript()
    for number in range(MAX_LINES + 5):
        transcript.sent(str(number))

    assert len(transcript.lines) == MAX_LINES + 1
    assert transcript.lines[-1] == "*: … the rest is left out"
