"""Envelope addresses in their wire form."""

from __future__ import annotations

import re

from msgspec import Struct

from declarative_mail.probe.wire_text import wire_host

_UNSENDABLE = re.compile(r"[\x00-\x20\x7f<>]")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"')


class WireAddress(Struct, frozen=True):
    """An address as MAIL and RCPT carry it.

    Args:
        text: without angle brackets; the domain as A-labels.
        international: whether its local part needs SMTPUTF8 (RFC 6531).
    """

    text: str
    international: bool


def wire_address(address: str) -> WireAddress:
    """The wire form of an address; ``""`` is the null sender.

    Raises:
        ValueError: it is no address, or holds what would end the command early.
    """
    if not address:
        return WireAddress("", international=False)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("it has no local part, no @ or no domain")
    if _UNSENDABLE.search(domain) or (_UNSENDABLE.search(local) and not _QUOTED.fullmatch(local)):
        raise ValueError("it holds a space, an angle bracket or a control character")
    return WireAddress(f"{local}@{wire_host(domain)}", international=not local.isascii())
