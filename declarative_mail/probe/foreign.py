"""What else may listen on a port: the first bytes of other protocols."""

from __future__ import annotations

import re

from declarative_mail.probe.wire_text import harmless

_BEGINNINGS = {
    "smtp": re.compile(rb"[2-5]\d\d(?:[ -]|\r?\n)"),
    "http": re.compile(rb"HTTP/\d|<(?:!doctype )?html", re.IGNORECASE),
    "ssh": re.compile(rb"SSH-\d"),
    "imap": re.compile(rb"\* (?:OK|BYE|PREAUTH)\b"),
    "pop3": re.compile(rb"[+]OK\b|-ERR\b"),
}
OTHER_PROTOCOLS = frozenset(_BEGINNINGS) - {"smtp"}
_TLS_RECORD = re.compile(rb"[\x15\x16]\x03[\x00-\x04]")  # an alert (21) or a handshake (22), major version 3
_QUOTED = 120


def foreign_protocol(heard: bytes) -> str | None:
    """The protocol that these first bytes are of: smtp, http, ssh, imap or pop3; None if of no known one."""
    return next((name for name, begins in _BEGINNINGS.items() if begins.match(heard)), None)


def speaks_tls(heard: bytes) -> bool:
    """Whether these are the first bytes of a TLS record: a TLS server that was spoken to in clear sends an alert so."""
    return bool(_TLS_RECORD.match(heard))


def first_words(heard: bytes) -> str:
    """The first line, short enough to be quoted, harmless."""
    return harmless(heard.split(b"\n", 1)[0].rstrip(b"\r")[:_QUOTED])
