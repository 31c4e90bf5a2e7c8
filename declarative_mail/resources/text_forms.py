"""Small texts with a form: durations, rates, host names, SMTP URIs. Read here, once, for every layer."""

from __future__ import annotations

import re

from msgspec import Struct

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h|d|w))+")
_DURATION_PART = re.compile(r"([0-9.]+)([a-z]+)")
_RATE = re.compile(r"([0-9]{1,9})\s*/\s*(s|sec|second|m|min|minute|h|hour|d|day)")
_RATE_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# RFC 1123 section 2.1, and the underscore and the letters of internationalised names that resolvers take.
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W])?|_[\w-]{0,62})(?:\.(?:[\w](?:[\w-]{0,61}[\w])?))*\.?")
_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:;/?#@]+)(?:[:;](?P<port>[0-9]{0,9}))?/?")


class FormError(ValueError):
    """A text has another form; the message is a whole sentence that says which it should have."""


class Rate(Struct, frozen=True):
    """At most `count` in any `seconds`."""

    count: int
    seconds: int


class SmtpUri(Struct, frozen=True):
    """``smtp://host:port`` or ``smtps://…``; the port is that of the scheme (25, 465) where none is written."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{bracketed(self.host)}:{self.port}"


def parse_duration(text: str) -> float:
    """Seconds: ``10s``, ``1m30s``, ``12h``, ``90d``; units ms, s, m, h, d, w.

    Raises:
        FormError: it is something else.
    """
    if not _DURATION.fullmatch(text):
        hint = f' Did you mean "{text}s"?' if text.isdecimal() else ""
        raise FormError(f'A duration is a number with a unit: "10s", "1m30s", "12h", "90d" (ms, s, m, h, d, w).{hint}')
    return sum(float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(text))


def parse_rate(text: str) -> Rate:
    """``100/h``: how many in a second, minute, hour or day.

    Raises:
        FormError: it is something else, or zero.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise FormError('A rate is a number above 0, a slash and a unit of time: "5/s", "30/m", "100/h", "500/d".')
    return Rate(int(match[1]), _RATE_SECONDS[match[2][0]])


def is_host(text: str) -> bool:
    """Whether this is a host name, an IPv4 address, or an IPv6 address with or without brackets."""
    return bool(_HOST.fullmatch(text)) or is_ipv6(text)


def is_ipv6(text: str) -> bool:
    """Whether this is an IPv6 address, with or without brackets."""
    if ":" not in text:
        return False
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except AddressValueError:
        return False
    return True


def bracketed(host: str) -> str:
    """The host as it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def parse_smtp_uri(text: str) -> SmtpUri:
    """Read ``smtp://host``, ``smtp://host:port``, ``smtps://…``, and the older spelling ``smtp://host;port``.

    Raises:
        FormError: it is something else.
    """
    match = _URI.fullmatch(text.strip())
    scheme = match["scheme"].lower() if match else ""
    if match is None or scheme not in ("smtp", "smtps"):
        raise FormError("It is smtp://host:port, or smtps://host:port for TLS from the first byte.")
    rest = match["rest"]
    if "@" in rest:
        raise FormError("It holds a user name. Set username and password instead: this text is stored and shown.")
    parts = _AUTHORITY.fullmatch(rest)
    host = parts["host"].strip("[]") if parts else ""
    if parts is None or not is_host(host):
        raise FormError("After :// stand a host and a port, nothing else: smtp://mail.example.com:587.")
    port = int(parts["port"]) if parts["port"] else 465 if scheme == "smtps" else 25
    if not 1 <= port <= 65535:
        raise FormError(f"{port} is no port: ports are 1 to 65535.")
    return SmtpUri(scheme, host, port)
