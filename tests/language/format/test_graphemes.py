"""Characters as people count them."""

from __future__ import annotations

import pytest

from declarative_mail.language.graphemes import count_graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("a\n\rb", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("e\u0301\u0323", 1),
        ("\u0301", 1),
        ("日本語", 3),
        ("한국", 2),
        ("\u1112\u1161\u11ab", 1),
        ("\u1100\u1100\uac00\u11a8", 1),
        ("\uac00\u1161\u11a8", 1),
        ("\uac01\u11a8", 1),
        ("\uac01\u1161", 2),
        ("\u11a8\u1161", 2),
        ("🇩🇪", 1),
        ("🇩🇪🇫🇷", 2),
        ("🇩🇪🇫", 2),
        ("👍🏽", 1),
        ("👩‍👩‍👧", 1),
        ("❤️", 1),
        ("1️⃣", 1),
        ("a\u200db", 2),
        ("\u200b", 1),
        ("a\u200bb", 3),
        ("न\u0947", 1),
        ("क\u093e", 1),
        ("ก\u0e33", 1),
        ("\u0600a", 1),
        ("a\u00adb", 3),
    ],
)
def test_count(text: str, count: int) -> None:
    """By the rules of Unicode's Annex 29."""
    assert count == count_graphemes(text)
