"""TLS alerts: their names by number (RFC 8446 section 6 and the IANA registry), and what they mean for mail."""

from __future__ import annotations

import re
from typing import NamedTuple

# Type 21, major version 3, a length, the level, and the number that tells (RFC 8446 sections 5.1 and 6).
_ALERT_RECORD = re.compile(rb"\x15\x03.{4}(.)", re.DOTALL)


class Alert(NamedTuple):
    """What an alert of the server's means and what helps."""

    cause: str
    remedy: str


ALERTS: dict[int, str] = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}

_OUR_CERTIFICATE = "Give the certificate and key that the server's owner issued: client_certificate and client_key."
_TELL = "Nothing in these settings helps; the server's owner finds the reason in its TLS log for this time."

_MEANINGS: dict[str, Alert] = {
    "unrecognized_name": Alert(
        "The server has no certificate for the name that was asked for (SNI).",
        "Use the name that the server's certificate is for: in host, or in server_name where host is an alias.",
    ),
    "bad_certificate": Alert("The server could not read or check our client certificate.", _OUR_CERTIFICATE),
    "unsupported_certificate": Alert("Our client certificate is of a kind that is not taken there.", _OUR_CERTIFICATE),
    "certificate_revoked": Alert("Our client certificate was revoked by its issuer.", _OUR_CERTIFICATE),
    "certificate_expired": Alert("Our client certificate is out of date.", _OUR_CERTIFICATE),
    "certificate_unknown": Alert("The server does not accept our client certificate.", _OUR_CERTIFICATE),
    "unknown_ca": Alert("The server does not know the issuer of our client certificate.", _OUR_CERTIFICATE),
    "access_denied": Alert("The server knows our client certificate and does not let it in.", _OUR_CERTIFICATE),
    "internal_error": Alert("The server failed in the handshake: its certificate or key may not be readable.", _TELL),
    "no_application_protocol": Alert(
        "What listens there wants another protocol than SMTP (ALPN).", "Check host and port."
    ),
}


def meaning_of(alert: str) -> Alert:
    """What an alert means for the user."""
    plain = alert.replace("_", " ")
    return _MEANINGS.get(alert) or Alert(f"The server broke off the TLS handshake ({plain}).", _TELL)


def alert_in(heard: bytes) -> str | None:
    """The name of the alert, where the first record on the wire is one in clear."""
    record = _ALERT_RECORD.match(heard)
    if record is None:
        return None
    number = record[1][0]
    return ALERTS.get(number, str(number))


def alert_of_reason(reason: str) -> str | None:
    """The alert behind OpenSSL's word for it, e.g. ``TLSV13_ALERT_CERTIFICATE_REQUIRED``, ``TLSV1_UNRECOGNIZED_NAME``.

    OpenSSL leaves out the ``ALERT`` of those that came with the extensions; the version in front says when an alert was
    new, not which version is spoken.
    """
    version, _, rest = reason.partition("_")
    name = rest.removeprefix("ALERT_").casefold()
    return name if version in {"SSLV3", "TLSV1", "TLSV13"} and name in ALERTS.values() else None
