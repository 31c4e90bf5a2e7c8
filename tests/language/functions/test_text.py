"""Characters as people see them, case, and text encodings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.functions.casing import lower_case, title_case, upper_case
from declarative_mail.language.functions.graphemes import cluster_count, clusters
from declarative_mail.language.functions.text_encodings import find_codec

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("abc", ["a", "b", "c"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
        ("\n\r", ["\n", "\r"]),
        ("e\u0301x", ["e\u0301", "x"]),
        (f"{FAMILY}!", [FAMILY, "!"]),
        ("\U0001f1e9\U0001f1ea\U0001f1eb", ["\U0001f1e9\U0001f1ea", "\U0001f1eb"]),
        ("\u1112\u1161\u11ab\uae00", ["\u1112\u1161\u11ab", "\uae00"]),
        ("\uac00\u11a8\uac01\u1160", ["\uac00\u11a8", "\uac01", "\u1160"]),
        ("\u0600a", ["\u0600a"]),
        ("\u0600", ["\u0600"]),
        ("a\u0903b", ["a\u0903", "b"]),
        ("\u200da", ["\u200d", "a"]),
        ("a\u200d\U0001f468", ["a\u200d", "\U0001f468"]),
        ("\ufffd\u0301", ["\ufffd", "\u0301"]),
        ("\U0001f44d\U0001f3fd", ["\U0001f44d\U0001f3fd"]),
    ],
)
def test_clusters(text: str, expected: list[str]) -> None:
    """The rules of Unicode Standard Annex 29, one by one."""
    assert clusters(text) == expected


@given(st.text())
def test_clusters_are_the_whole_text(text: str) -> None:
    """Nothing is lost, nothing is empty, and the count agrees."""
    found = clusters(text)

    assert "".join(found) == text
    assert all(found)
    assert cluster_count(text) == len(found)


@given(st.text())
def test_no_character_becomes_two(text: str) -> None:
    """Case mapping keeps the number of code points."""
    assert {len(upper_case(text)), len(lower_case(text)), len(title_case(text))} == {len(text)}


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_mapped_as_everybody_maps_it(text: str) -> None:
    """The shortcut for plain text is no other rule."""
    assert (upper_case(text), lower_case(text)) == (text.upper(), text.lower())


ENCODING_NAMES = [
    "US-ASCII",
    "UTF-8",
    "UTF-16",
    "UTF-16LE",
    "UTF-16BE",
    "IBM037",
    "IBM1047",
    "ISO-8859-1",
    "ISO-8859-15",
]
ENCODING_NAMES += [
    "windows-1252",
    "KOI8-R",
    "macintosh",
    "Shift_JIS",
    "EUC-JP",
    "ISO-2022-JP",
    "EUC-KR",
    "GBK",
    "GB18030",
]


@pytest.mark.parametrize("name", ENCODING_NAMES)
def test_what_is_encoded_can_be_decoded(name: str) -> None:
    """Every encoding has at least the printable ASCII characters, there and back."""
    codec = find_codec(name)
    text = "".join(map(chr, range(32, 127)))

    assert codec is not None
    encoded = codec.encode(text)
    assert encoded is not None
    if name not in {"Shift_JIS", "GBK"}:
        assert codec.decode(encoded) == text


def test_names_of_encodings_are_found_in_any_case() -> None:
    """With blanks around them, and by their aliases."""
    names = ["utf-8", " UTF-8 ", "csUTF8"]

    assert {codec.name for name in names if (codec := find_codec(name))} == {"UTF-8"}


@pytest.mark.parametrize("name", ["", "utf8", "cp1252", "UTF-32", "rot13", "base64", "unicode_escape", "idna"])
def test_names_that_only_python_knows_are_unknown(name: str) -> None:
    """The codecs of Python are no encodings of text by themselves."""
    assert find_codec(name) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_utf_16_round_trips(text: str) -> None:
    """With a mark of the byte order, big end first."""
    codec = find_codec("UTF-16")

    assert codec is not None
    encoded = codec.encode(text)
    assert encoded is not None
    assert encoded[:2] == b"\xfe\xff"
    assert codec.decode(encoded) == (None if "\ufffd" in text else text)


def test_recorded_texts_cover_the_rules() -> None:
    """The records of Terraform hold clusters of more than one code point, so that its own count is compared."""
    records = Path(__file__).parents[1] / "data" / "expressions" / "functions_string.json"

    assert any(FAMILY in expression for expression in json.loads(records.read_text(encoding="utf-8")))
