"""What holds for every file that is formatted."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from declarative_mail.language.format import format_text, quote
from declarative_mail.language.format_tokens import scan
from tests.language.syntax.strategies import FILES, FRAGMENTS
from tests.language.syntax.trees import body, plain, value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_formatting_twice_is_formatting_once_and_keeps_the_tree(text: str) -> None:
    """Idempotent, and without a change of meaning."""
    once, faults = format_text(text)
    twice, _ = format_text(once)

    assert faults == []
    assert once == twice
    assert plain(body(text)) == plain(body(once))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_tokens_and_the_spaces_between_them_are_the_text(text: str) -> None:
    """Nothing is lost but what stands at the very end: tokens with their spaces make up the text again."""
    tokens = scan(text)
    joined = "".join(" " * token.spaces + token.text for token in tokens)

    assert text.replace("\t", " ").rstrip(" ") == joined.replace("\t", " ").rstrip(" ")


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS)
@example("")
def test_text_with_a_fault_is_left_alone(text: str) -> None:
    """Never an exception, never half a change."""
    result, faults = format_text(text)

    assert not faults or result == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
@example("$${")
@example("%%%{")
@example('\\"\n\x00\u200b')
def test_quoted_text_is_the_text(text: str) -> None:
    """A quoted literal stands for what was quoted, in normalisation form C."""
    from unicodedata import normalize

    if any(0xD800 <= ord(one) < 0xE000 for one in text):
        return

    assert normalize("NFC", text) == value(quote(text))
