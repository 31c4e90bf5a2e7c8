"""SPF macros: the ``%{…}`` of a domain-spec (RFC 7208, section 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias
from urllib.parse import quote

from msgspec import Struct

IpAddress: TypeAlias = IPv4Address | IPv6Address

_MACRO = re.compile(r"%(?:([%_-])|\{([A-Za-z])(\d*)([rR]?)([.+,/_=-]*)\})")
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}

LONGEST_NAME = 253
"""Octets of the longest domain name in its printed form, without the final dot."""


class MacroValues(Struct, frozen=True):
    """What the letters stand for.

    Args:
        address: the client's.
        sender: the envelope sender, with a local part.
        domain: the one whose record is being evaluated.
        helo: the client's HELO name.
        validated_name: looks up the client's name, costly and so only when ``p`` is met.
    """

    address: IpAddress
    sender: str
    domain: str
    helo: str
    validated_name: Callable[[], str]

    def of(self, letter: str) -> str:
        """The value of a macro letter, before its transformers."""
        if letter == "p":
            return self.validated_name()
        local, _, origin = self.sender.rpartition("@")
        return {
            "s": self.sender,
            "l": local,
            "o": origin,
            "d": self.domain,
            "h": self.helo,
            "i": _dotted(self.address),
            "v": "in-addr" if self.address.version == 4 else "ip6",
        }[letter]


def expand(spec: str, values: MacroValues) -> str:
    """A domain-spec with its macros replaced; left labels are dropped until the name fits into DNS (section 7.3)."""
    name = _MACRO.sub(lambda match: _replacement(match, values), spec).rstrip(".")
    while len(name) > LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _replacement(match: re.Match[str], values: MacroValues) -> str:
    escape, letter, digits, reverse, delimiters = match.groups()
    if escape:
        return _ESCAPES[escape]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values.of(letter.lower()))
    if reverse:
        parts.reverse()
    text = ".".join(parts[-int(digits) :] if digits else parts)
    return quote(text, safe="-._~") if letter.isupper() else text


def _dotted(address: IpAddress) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return ".".join(address.exploded.replace(":", ""))
