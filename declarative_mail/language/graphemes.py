"""How many characters a person sees in a text: extended grapheme clusters, by the rules of Unicode Standard Annex 29.

The standard library knows categories and no cluster properties; those that follow from a category are taken from it,
the rest are listed here.
"""

from __future__ import annotations

import re
from unicodedata import category

_ZWJ = "\u200d"
_EXTENDS = re.compile(
    "[\u200c\u0300-\u036f\u0e33\u0eb3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\uff9e\uff9f]"
)
_PREPENDED = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3]")
_PICTOGRAPH = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_HANGUL = re.compile(
    "([\u1100-\u115f\ua960-\ua97c])|([\u1160-\u11a7\ud7b0-\ud7c6])|([\u11a8-\u11ff\ud7cb-\ud7fb])|([\uac00-\ud7a3])"
)
_SYLLABLES = frozenset(("LL", "LV", "LS", "LR", "SV", "ST", "VV", "VT", "RT", "TT"))
"""Pairs inside one syllable: leading, vowel and trailing letters, whole syllables that are open (S) or not (R)."""


def count_graphemes(text: str) -> int:
    """The number of grapheme clusters."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    count = regional = 0
    pictograph = False
    before = ""
    for character in text:
        joined = before != "" and _joined(before, character, pictograph=pictograph, odd=regional % 2 == 1)
        count += not joined
        regional = regional + 1 if _REGIONAL.match(character) else 0
        pictograph = bool(_PICTOGRAPH.match(character)) or (pictograph and joined and _is_extending(character))
        before = character
    return count


def _joined(before: str, character: str, *, pictograph: bool, odd: bool) -> bool:
    """Whether there is no border between two neighbours.

    `pictograph` says that the cluster so far is a pictograph with what extends it, `odd` that an odd number of regional
    indicators stands before.
    """
    if before == "\r" and character == "\n":
        return True
    if _is_control(before) or _is_control(character):
        return False
    if _is_extending(character) or category(character) == "Mc" or _PREPENDED.match(before):
        return True
    if before == _ZWJ and pictograph and _PICTOGRAPH.match(character):
        return True
    if odd and _REGIONAL.match(character):
        return True
    return _syllable(before) + _syllable(character) in _SYLLABLES


def _is_control(character: str) -> bool:
    kind = category(character)
    format_ = kind == "Cf" and not _is_extending(character) and not _PREPENDED.match(character)
    return format_ or kind in ("Cc", "Zl", "Zp")


def _is_extending(character: str) -> bool:
    return character == _ZWJ or category(character) in ("Mn", "Me") or _EXTENDS.match(character) is not None


def _syllable(character: str) -> str:
    """The part of a Hangul syllable that a letter is; empty for all others."""
    match = _HANGUL.match(character)
    if match is None:
        return ""
    if match.lastindex == 4:
        return "S" if (ord(character) - 0xAC00) % 28 == 0 else "R"
    return "LVT"[(match.lastindex or 1) - 1]
