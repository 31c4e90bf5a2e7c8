"""Characters as people see them: grapheme clusters, in which Terraform measures strings (Unicode Standard Annex 29)."""

from __future__ import annotations

import re
from functools import cache

from declarative_mail.language.functions import grapheme_table as table

ZERO_WIDTH_JOINER = "\u200d"
REPLACEMENT = "fffd"
LEADING, VOWEL, TRAILING = (
    "[\u1100-\u115f\ua960-\ua97c]",
    "[\u1160-\u11a7\ud7b0-\ud7c6]",
    "[\u11a8-\u11ff\ud7cb-\ud7fb]",
)
SYLLABLES = range(0xAC00, 0xD7A4)
TRAILING_CONSONANTS = 28
"""Every so many syllables one has no trailing consonant."""
REGIONAL = "[\U0001f1e6-\U0001f1ff]"


def clusters(text: str) -> list[str]:
    """The grapheme clusters of a text, in order."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    return _pattern().findall(text)


def cluster_count(text: str) -> int:
    """How many grapheme clusters a text has."""
    if text.isascii() and "\r\n" not in text:
        return len(text)
    return len(_pattern().findall(text))


def _characters(ranges: str) -> str:
    """The inside of a character class."""
    return "".join("-".join(rf"\U{bound:0>8}" for bound in one.split("-")) for one in ranges.split())


@cache
def _pattern() -> re.Pattern[str]:
    control = _characters(f"{table.CONTROL} a d {REPLACEMENT}")
    prepend = _characters(table.PREPEND)
    extend = f"[{_characters(table.EXTEND)}]"
    marks = f"{_characters(table.EXTEND)}{_characters(table.SPACING_MARK)}"
    picture = f"[{_characters(table.EXTENDED_PICTOGRAPHIC)}]"
    # A joiner glues a following picture only behind a picture, a flag or a syllable.
    glued = f"(?:[{marks}]|{ZERO_WIDTH_JOINER}(?:{picture}{extend}*)?)*"
    open_syllable = f"[{''.join(map(chr, SYLLABLES[::TRAILING_CONSONANTS]))}]"
    closed_syllable = f"(?!{open_syllable})[{chr(SYLLABLES[0])}-{chr(SYLLABLES[-1])}]"
    syllable = f"(?:{open_syllable}{VOWEL}*|{closed_syllable}|{VOWEL}+){TRAILING}*"
    hangul = f"{LEADING}*{syllable}|{LEADING}+|{TRAILING}+"
    plain = f"[^{control}{prepend}][{marks}{ZERO_WIDTH_JOINER}]*"
    core = f"(?:(?:{hangul}|{picture}|{REGIONAL}{REGIONAL}?){glued}|{plain})"
    return re.compile(f"\r\n|[{control}]|[{prepend}]+{core}?|{core}", re.DOTALL)
