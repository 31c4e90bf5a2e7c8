"""What a failed handshake means: OpenSSL's error and the bytes that were heard, as one of our symptoms."""

from __future__ import annotations

import re
import ssl

from declarative_mail.probe.foreign import first_words, foreign_protocol
from declarative_mail.probe.network import Dropped, NetworkFault, TlsFault
from declarative_mail.probe.tls_alerts import alert_in, alert_of_reason

# X509_V_ERR_* of OpenSSL (x509_vfy.h).
_VERIFY = {
    2: "certificate_unknown_issuer",
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    18: "certificate_self_signed",
    19: "certificate_unknown_issuer",
    20: "certificate_unknown_issuer",
    21: "certificate_unknown_issuer",
    23: "certificate_revoked",
    62: "certificate_wrong_name",
    64: "certificate_wrong_name",
}
_VERSION_REASONS = {"UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "VERSION_TOO_LOW"}
_SYMPTOM_OF_ALERT = {
    "protocol_version": "tls_version",
    "handshake_failure": "tls_no_shared_cipher",
    "insufficient_security": "tls_no_shared_cipher",
    "certificate_required": "client_certificate_demanded",
    "no_certificate": "client_certificate_demanded",
}


def fault_of(error: ssl.SSLError, *, heard: bytes) -> NetworkFault:
    """The fault behind an OpenSSL error.

    Args:
        error: what the handshake, or a read after it, raised.
        heard: the first bytes that the server sent on the wire.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsFault(_VERIFY.get(error.verify_code, "certificate_invalid"), error.verify_message or "")
    if protocol := foreign_protocol(heard):
        return TlsFault("tls_on_plain_port" if protocol == "smtp" else protocol, first_words(heard))
    if alert := alert_in(heard) or alert_of_reason(error.reason or ""):
        return TlsFault(_SYMPTOM_OF_ALERT.get(alert, f"tls_alert_{alert}"), f"alert {alert}", alert=alert)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Dropped("in the TLS handshake")
    symptom = "tls_version" if error.reason in _VERSION_REASONS else "tls_handshake"
    return TlsFault(symptom, _words(error.reason or str(error)))


def _words(reason: str) -> str:
    return re.sub(r"[\s_]+", " ", reason).strip().casefold()
