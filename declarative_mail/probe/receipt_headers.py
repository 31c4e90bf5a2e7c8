"""What a delivered message tells of its journey.

Authentication-Results (RFC 8601) and Received (RFC 5321, section 4.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct, field

# What a comment may hold, and what else a structured header is made of (RFC 5322, section 3.2).
_PIECE = re.compile(r'[()]|"(?:[^"\\]|\\.)*"|\\.|[^()"\\]+|.', re.DOTALL)
_SECTION = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"|")*')
_WORD = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_PAIR = re.compile(
    rf'(?<![A-Za-z0-9_-])({_WORD})(?:\s*([./])\s*({_WORD}))?\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]+)', re.DOTALL
)

# Of a longer header only the beginning is read; searching for the ends of thousands of open quotes takes time.
_LONGEST_HEADER = 8_000

_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)


class MethodResult(Struct, frozen=True):
    """What the receiving server found by one method.

    Args:
        method: ``spf``, ``dkim``, ``dmarc``, ``arc``, ``iprev``, …
        result: ``pass``, ``fail``, ``none``, ``softfail``, …, in lower case.
        reason: the server's words, empty where it has none.
        properties: what was looked at, e.g. ``{"smtp.mailfrom": "a@example.com", "header.d": "example.com"}``.
    """

    method: str
    result: str
    reason: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "method": self.method,
            "result": self.result,
            "reason": self.reason,
            "properties": dict(self.properties),
        }


class AuthenticationResults(Struct, frozen=True):
    """One Authentication-Results header.

    Args:
        server: the authserv-id of the server that wrote it; anybody on the way can have written one, so only that of
            the receiving server is to be believed (RFC 8601, section 7.1).
        results: what it found, in its order; empty for ``none``.
    """

    server: str
    results: tuple[MethodResult, ...]


class Hop(Struct, frozen=True):
    """One Received header: the server that took the message, and when (None where the date cannot be read)."""

    by: str
    at: datetime | None


def parse_authentication_results(header: str) -> AuthenticationResults:
    """Read the value of an Authentication-Results header; parts that break its grammar are left out.

    Exchange Online leaves out the authserv-id and begins with a result; its server is then empty.
    """
    plain = _without_comments(header[:_LONGEST_HEADER])
    sections = [section.strip() for section in _SECTION.findall(plain) if section.strip()]
    server = "" if not sections or "=" in sections[0] else sections.pop(0).split()[0]
    found = [result for section in sections if (result := _method_result(section))]
    return AuthenticationResults(server.strip('"').casefold(), tuple(found))


def parse_received(headers: Sequence[str]) -> tuple[Hop, ...]:
    """The hops of a message, the last one (the receiving server's) first, as the headers stand."""
    return tuple(_hop(header) for header in headers)


def _hop(header: str) -> Hop:
    by = _BY.search(header)
    try:
        at = parsedate_to_datetime(header.rpartition(";")[2].strip())
    except ValueError:
        at = None
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)  # "-0000": UTC with nothing said of the local zone (RFC 5322, section 3.3)
    return Hop(by[1] if by else "", at)


def _without_comments(header: str) -> str:
    """The header with a space for each comment; comments may be nested."""
    depth, kept = 0, []
    for piece in _PIECE.findall(header):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
        if piece in "()":
            kept.append(" ")
        elif not depth:
            kept.append(piece)
    return "".join(kept)


def _method_result(section: str) -> MethodResult | None:
    first = _PAIR.match(section)
    if first is None or first[2] == ".":
        return None
    pairs = [(match[1], match[2], match[3], _unquoted(match[4])) for match in _PAIR.finditer(section, first.end())]
    reason = next((value for name, mark, _, value in pairs if not mark and name.casefold() == "reason"), "")
    properties = {f"{name}.{part}".casefold(): value for name, mark, part, value in pairs if mark == "."}
    return MethodResult(first[1].casefold(), _unquoted(first[4]).casefold(), reason, properties)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
