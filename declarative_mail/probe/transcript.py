"""The record of a conversation, without the credentials in it.

A password can come back: servers quote the command that they did not understand. So whatever is sent as a credential
    is remembered
here, in every form in which it went out, and removed from everything that is written down or returned afterwards.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REMOVED = "(credentials removed)"
MAX_LINES = 400

# The shortest piece of an encoded credential that is recognised by itself: a server may quote only the beginning of a
# line.
_PIECE = 8

# A shorter password stands in any text by chance; to remove it there would say what it is.
_SHORTEST = 4


@dataclass(slots=True)
class Transcript:
    """Lines of a conversation; one thread at a time."""

    lines: list[str] = field(default_factory=list)
    _hidden: dict[str, int] = field(default_factory=dict, repr=False)

    def sent(self, text: str) -> None:
        """What the client said."""
        self._add("C", text)

    def heard(self, text: str) -> None:
        """What the server said; a line for each of its lines."""
        for line in text.split("\n"):
            self._add("S", line)

    def remark(self, text: str) -> None:
        """What happened beside the words."""
        self._add("*", text)

    def hide(self, credential: str) -> None:
        """Remember a credential, and the form in base64 in which it goes over the wire."""
        encoded = base64.b64encode(credential.encode("utf-8", "surrogateescape")).decode("ascii").rstrip("=")
        if len(credential) >= _SHORTEST:
            self._hidden[credential] = len(credential)
        if encoded:
            self._hidden[encoded] = min(_PIECE, len(encoded))

    def clean(self, text: str) -> str:
        """The text without any credential, whatever its case, and without the beginning of an encoded one."""
        for form in sorted(self._hidden, key=len, reverse=True):
            text = _without(text, form, piece=self._hidden[form])
        return text

    def clean_all(self, value: Any) -> Any:
        """A JSON value with every text in it cleaned."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {key: self.clean_all(one) for key, one in value.items()}
        return [self.clean_all(one) for one in value] if isinstance(value, list | tuple) else value

    def _add(self, who: str, text: str) -> None:
        if len(self.lines) < MAX_LINES:
            self.lines.append(f"{who}: {self.clean(text)}")
        elif len(self.lines) == MAX_LINES:
            self.lines.append("*: … the rest is left out")


def _without(text: str, form: str, *, piece: int) -> str:
    """The text with `form`, or what there is of its beginning from `piece` characters on, replaced."""
    kept, at = [], 0
    for match in re.finditer(re.escape(form[:piece]), text, re.IGNORECASE):
        if match.start() < at:
            continue
        kept.append(text[at : match.start()])
        at = match.end() + _agreement(text[match.end() :], form[piece:])
    return REMOVED.join([*kept, text[at:]])


def _agreement(text: str, form: str) -> int:
    """How many characters both begin with, whatever their case."""
    pairs = enumerate(zip(text, form, strict=False))
    return next(
        (number for number, (ours, theirs) in pairs if ours.casefold() != theirs.casefold()), min(len(text), len(form))
    )
