"""What a server says that it can do: the keywords of its answer to EHLO (RFC 5321 section 4.1.1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field

_SPLIT = re.compile(r"[\s=]+")

# A firewall that inspects SMTP (Cisco: fixup, inspect esmtp) overwrites keywords it does not like, letter by letter.
_OVERWRITTEN = re.compile(r"X{6,}[A-Z]?")


class Capabilities(Struct, frozen=True):
    """The extensions of a server.

    Args:
        keywords: each keyword in capitals with its parameters as written.
        extended: whether it answered EHLO at all, or only HELO.
    """

    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extended: bool = True

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The mechanisms of AUTH, in capitals, in the server's order."""
        return tuple(dict.fromkeys(name.upper() for name in self.keywords.get("AUTH", ())))

    @property
    def size(self) -> int | None:
        """The greatest message in bytes (RFC 1870); None where none is given, or 0, which means no fixed limit."""
        given = self.keywords.get("SIZE", ())
        return int(given[0]) or None if given and given[0].isdecimal() and given[0].isascii() else None

    @property
    def overwritten(self) -> bool:
        """Whether a firewall on the way has blotted out a keyword."""
        return any(_OVERWRITTEN.fullmatch(keyword) for keyword in self.keywords)

    @property
    def names(self) -> list[str]:
        """The keywords with their parameters, for people."""
        return [" ".join([keyword, *given]) for keyword, given in self.keywords.items()]


def parse_capabilities(lines: tuple[str, ...]) -> Capabilities:
    """Read the lines of an answer to EHLO; the first is the greeting.

    Any case and any spacing is taken, also ``AUTH=LOGIN`` of servers before RFC 4954; a keyword given twice has the
    parameters of both lines.
    """
    keywords: dict[str, tuple[str, ...]] = {}
    for line in lines[1:]:
        name, *given = _SPLIT.split(line.strip())
        if name:
            keywords[name.upper()] = (*keywords.get(name.upper(), ()), *(one for one in given if one))
    return Capabilities(keywords)
