"""Faults of STARTTLS, of the handshake, and of certificates."""

from __future__ import annotations

import ssl
import time
from typing import ClassVar

from declarative_mail.probe.tls_alerts import ALERTS
from tests.lab.registry import serves
from tests.lab.smtpd import Smtpd
from tests.lab.wire import server_context

_OWN_CODE = {
    "protocol_version": "tls_version",
    "handshake_failure": "tls_no_shared_cipher",
    "insufficient_security": "tls_no_shared_cipher",
    "certificate_required": "client_certificate_demanded",
    "no_certificate": "client_certificate_demanded",
}


class Submission(Smtpd):
    """A submission server: STARTTLS, then AUTH."""

    starttls: ClassVar[bool] = True
    mechanisms: ClassVar[str | None] = "PLAIN LOGIN"


@serves("starttls", encryption="starttls", login=True)
class Healthy(Submission):
    """Nothing is wrong."""


@serves("implicit", encryption="tls", login=True)
class HealthyImplicit(Submission):
    """Nothing is wrong, TLS from the first byte."""

    implicit: ClassVar[bool] = True


@serves("starttls-injection", encryption="starttls", login=True, stage="tls", code="starttls_injection")
class Injection(Submission):
    """Forged replies in clear behind the 220, to be taken for those inside TLS (CVE-2011-0411 turned round)."""

    def on_starttls(self, text: str) -> None:
        """More than was asked."""
        forged = b"250-evil.lab.test\r\n250-AUTH PLAIN\r\n250 X-INJECTED\r\n"
        self.wire.send(b"220 2.0.0 Ready to start TLS\r\n" + forged)
        self.handshake()


@serves("starttls-stripped", encryption="starttls", login=True, stage="tls", code="starttls_stripped")
class Stripped(Smtpd):
    """A firewall has blotted out STARTTLS."""

    features: ClassVar = ("SIZE 10485760", "XXXXXXXA", "8BITMIME", "AUTH PLAIN LOGIN")


@serves("starttls-missing", encryption="starttls", login=True, stage="tls", code="starttls_not_offered")
class NoStarttls(Smtpd):
    """No STARTTLS at all."""

    mechanisms: ClassVar[str | None] = "PLAIN LOGIN"


@serves(
    "starttls-missing-tolerated",
    encryption="starttls_if_offered",
    remarks=(("tls", "not_encrypted"),),
)
class NoStarttlsTolerated(Smtpd):
    """No STARTTLS, and the settings go on without."""


@serves(
    "starttls-missing-with-login",
    encryption="starttls_if_offered",
    login=True,
    stage="auth",
    code="credentials_in_clear",
    server={"auth": "plain"},
    remarks=(("tls", "not_encrypted"),),
)
class NoStarttlsWithLogin(Smtpd):
    """No STARTTLS, and the settings go on without, but never with the password, named mechanism or not."""

    mechanisms: ClassVar[str | None] = "PLAIN LOGIN"


@serves("starttls-454", encryption="starttls", login=True, stage="tls", code="454 4.7.0")
class TlsNotAvailable(Submission):
    """TLS is not available."""

    def on_starttls(self, text: str) -> None:
        """Not now."""
        self.wire.reply(454, "4.7.0 TLS not available due to temporary reason")


@serves("starttls-454-tolerated", encryption="starttls_if_offered", remarks=(("tls", "not_encrypted"),))
class TlsNotAvailableTolerated(TlsNotAvailable):
    """TLS is not available, and the settings go on without."""


@serves("starttls-silence", encryption="starttls", login=True, stage="tls", code="timeout", silent="tls")
class SilentStarttls(Submission):
    """No answer to STARTTLS."""

    def on_starttls(self, text: str) -> None:
        """Nothing."""
        self.wire.hold()


@serves("handshake-close", encryption="starttls", login=True, stage="tls", code="dropped")
class CloseAtHandshake(Submission):
    """Closes in place of a handshake."""

    def handshake(self) -> None:
        """FIN, once there is nothing left to be read, which would make it RST."""
        self.wire.sock.recv(4096)
        self.wire.close()


@serves("handshake-garbage", encryption="starttls", login=True, stage="tls", code="tls_handshake")
class GarbageHandshake(Submission):
    """Goes on in clear in place of a handshake."""

    def handshake(self) -> None:
        """Words."""
        self.wire.sock.recv(4096)
        self.wire.send(b"250 this is not a ServerHello\r\n" * 4)
        self.wire.hold()


@serves("handshake-silence", encryption="starttls", login=True, stage="tls", code="tls_timeout", silent="tls")
class SilentHandshake(Submission):
    """Never answers the ClientHello."""

    def handshake(self) -> None:
        """Nothing."""
        self.wire.hold()


@serves("handshake-drip", encryption="starttls", login=True, stage="tls", code="tls_timeout", silent="tls")
class DrippingHandshake(Submission):
    """The beginning of a TLS record, a byte at a time."""

    def handshake(self) -> None:
        """Byte by byte."""
        self.wire.sock.recv(4096)
        for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 300:
            self.wire.send(bytes([byte]))
            time.sleep(0.1)


@serves("implicit-silence", encryption="tls", login=True, stage="tls", code="tls_timeout", silent="tls")
class SilentImplicit(SilentHandshake):
    """Never answers the ClientHello, with TLS from the first byte."""

    implicit: ClassVar[bool] = True


@serves("greeting-silence-in-tls", encryption="tls", stage="greeting", code="silence", silent="greeting")
class SilentInTls(Smtpd):
    """Makes the handshake, and greets nobody."""

    implicit: ClassVar[bool] = True

    def greet(self) -> None:
        """Nothing."""
        self.wire.hold()


@serves(
    "tls-1.2-demanded-1.3", encryption="starttls", stage="tls", code="tls_version", server={"tls_min_version": "1.3"}
)
class OldTls(Submission):
    """TLS 1.2 at most, where the settings want 1.3."""

    def handshake(self) -> None:
        """The old one."""
        context = server_context(self.certificates, self.certificate)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.wire.start_tls(context=context)


class ClientCertificate(Smtpd):
    """Demands a client certificate, which TLS 1.3 says only after the handshake."""

    implicit: ClassVar[bool] = True
    newest: ClassVar[ssl.TLSVersion] = ssl.TLSVersion.TLSv1_3

    def handshake(self) -> None:
        """Both sides show one."""
        context = server_context(self.certificates, self.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = self.newest
        context.load_verify_locations(self.certificates / "ca.crt")
        self.wire.start_tls(context=context)


@serves("client-certificate", encryption="tls", client="client")
class ClientCertificateGiven(ClientCertificate):
    """Demands a client certificate, and gets one."""


@serves("client-certificate-missing", encryption="tls", stage="tls", code="client_certificate_demanded")
class ClientCertificateMissing(ClientCertificate):
    """Demands a client certificate, and gets none."""


@serves("client-certificate-missing-1.2", encryption="tls", stage="tls", code="tls_no_shared_cipher")
class ClientCertificateMissingBefore(ClientCertificate):
    """Demands a client certificate in TLS 1.2, which has no alert of its own for that."""

    newest: ClassVar[ssl.TLSVersion] = ssl.TLSVersion.TLSv1_2


@serves(
    "client-certificate-untrusted",
    encryption="tls",
    client="client-untrusted",
    stage="tls",
    code="tls_alert_unknown_ca",
)
class ClientCertificateUntrusted(ClientCertificate):
    """Demands a client certificate, and does not know the issuer of the one it gets."""


class ByName(Submission):
    """Another certificate for each name that is asked for."""

    def handshake(self) -> None:
        """The one that fits."""
        context = server_context(self.certificates, "good")
        others = {
            "alpha.lab.test": server_context(self.certificates, "alpha"),
            "mx.beta.lab.test": server_context(self.certificates, "beta"),
        }

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
            if name not in others:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = others[name]
            return None

        context.sni_callback = choose
        self.wire.start_tls(context=context)


@serves("sni-first", encryption="starttls", login=True, server={"server_name": "alpha.lab.test"})
class FirstName(ByName):
    """Several certificates behind one port: the first."""


@serves("sni-wildcard", encryption="starttls", login=True, server={"server_name": "mx.beta.lab.test"})
class SecondName(ByName):
    """Several certificates behind one port: the second, with a wildcard."""


@serves(
    "sni-unknown",
    encryption="starttls",
    login=True,
    stage="tls",
    code="tls_alert_unrecognized_name",
    server={"server_name": "gamma.lab.test"},
)
class UnknownName(ByName):
    """Several certificates behind one port, none for the name that is asked for."""


@serves("certificate-ends-soon", encryption="starttls", remarks=(("tls", "certificate_ends_soon"),))
class EndsSoon(Submission):
    """The certificate has five days left."""

    certificate: ClassVar[str] = "ends-soon"


@serves(
    "certificate-ends-too-soon",
    encryption="starttls",
    stage="tls",
    code="certificate_ends_soon",
    test={"require": frozenset({"tls"}), "min_certificate_days": 7},
)
class EndsTooSoon(EndsSoon):
    """The certificate has five days left, where seven are required."""


@serves(
    "certificate-not-checked",
    encryption="starttls",
    remarks=(("tls", "certificate_not_checked"),),
    server={"verify_certificate": False},
)
class NotChecked(Submission):
    """A certificate for another name, which nobody looks at."""

    certificate: ClassVar[str] = "mismatch"


def _alerts() -> None:
    """A server for each TLS alert, sent in clear in place of a ServerHello."""
    for number, name in ALERTS.items():

        class Alert(Submission):
            alert: ClassVar = number

            def handshake(self) -> None:
                self.wire.sock.recv(4096)
                self.wire.send(bytes([21, 3, 3, 0, 2, 2, self.alert]))
                self.wire.close()

        Alert.__doc__ = f"Breaks off the handshake with the alert {name}."
        code = _OWN_CODE.get(name, f"tls_alert_{name}")
        serves(f"alert-{name}", encryption="starttls", stage="tls", code=code)(Alert)


_alerts()
