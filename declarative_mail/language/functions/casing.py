"""Upper, lower and title case one character at a time: no character becomes two, none looks at its neighbours."""

from __future__ import annotations

from unicodedata import category

from declarative_mail.language.lexical import SPACES


def upper_case(text: str) -> str:
    """All letters in upper case; one without a single upper-case character stays (``ß``)."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def lower_case(text: str) -> str:
    """All letters in lower case; a sigma at the end of a word is no exception."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def title_case(text: str) -> str:
    """The first letter of each word in title case; a word begins after a blank or an ASCII mark other than ``_``."""
    before = " "
    changed = []
    for character in text:
        changed.append(_title(character) if _separates(before) else character)
        before = character
    return "".join(changed)


def _upper(character: str) -> str:
    changed = character.upper()
    return changed if len(changed) == 1 else _title(character)


def _lower(character: str) -> str:
    return character.lower()[:1]


def _title(character: str) -> str:
    changed = character.title()
    return changed if len(changed) == 1 else character


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    kind = category(character)
    return kind[0] != "L" and kind != "Nd" and character in SPACES
