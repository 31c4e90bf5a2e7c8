"""Names for what has no name here yet: labels and variables as a person would call them, the same in every run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TypeVar
from unicodedata import normalize

Key = TypeVar("Key", bound=Hashable)

_LABEL = re.compile(r"[a-z_][a-z0-9_-]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[a-z0-9]+")
_KEYWORDS = frozenset(("else", "endfor", "endif", "false", "for", "if", "in", "null", "true"))
_LONGEST = 64
"""Characters of a text that go into a name: more than anybody reads."""
_LETTERS = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ł": "l", "œ": "oe"})
"""Letters that have no base letter in Unicode, by the Latin letters that stand for them."""


def folded(text: str) -> str:
    """The ASCII letters and digits of a text in lower case, words joined by ``_``; empty where none are left.

    ``ProdFailed`` has two words.
    """
    lower = _HUMP.sub("_", text).casefold().translate(_LETTERS)
    plain = normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return "_".join(_WORDS.findall(plain))[:_LONGEST].strip("_")


def label_for(texts: Iterable[str], otherwise: str) -> str:
    """A label from the first of some texts that has anything to make one of.

    A text that is a label already stays as it is: then the name of the object need not be written.
    """
    for text in texts:
        name = text if _LABEL.fullmatch(text) and len(text) <= _LONGEST else folded(text)
        if name:
            return f"{name}_" if name in _KEYWORDS else name if _LABEL.fullmatch(name) else f"_{name}"
    return otherwise


def joined(*parts: str) -> str:
    """The parts that are not empty, with ``_`` between them."""
    return "_".join(part for part in parts if part)


def mark_of(text: str) -> str:
    """A short name that no other text has."""
    return sha256(text.encode()).hexdigest()[:8]


def distinct(candidates: Mapping[Key, Sequence[str]], taken: Collection[str] = ()) -> dict[Key, str]:
    """One of its candidates for each key, so that no two have the same name.

    All that would share a name go on to their next candidate: who comes first does not matter, so that the names depend
    on what there is and not on the order in which it was found.

    Args:
        candidates: by key, from the shortest to one that nobody else has.
        taken: names that somebody else has.
    """
    levels = dict.fromkeys(candidates, 0)
    while True:
        names = {key: candidates[key][level] for key, level in levels.items()}
        counts = Counter(names.values())
        clashing = [
            key
            for key, name in names.items()
            if (counts[name] > 1 or name in taken) and levels[key] + 1 < len(candidates[key])
        ]
        if not clashing:
            return names
        for key in clashing:
            levels[key] += 1
