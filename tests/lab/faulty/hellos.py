"""Faults in the answer to EHLO."""

from __future__ import annotations

from typing import ClassVar

from tests.lab.registry import serves
from tests.lab.smtpd import Smtpd


@serves("ehlo-421", stage="ehlo", code="421 4.3.2")
class ShuttingDown(Smtpd):
    """Closes for maintenance."""

    def on_ehlo(self, text: str) -> None:
        """Not now."""
        self.wire.reply(421, "4.3.2 Service shutting down, closing transmission channel")
        self.wire.close()


@serves("ehlo-unknown", remarks=(("ehlo", "helo_only"),))
class HeloOnly(Smtpd):
    """A server of RFC 821: it does not know EHLO."""

    def on_ehlo(self, text: str) -> None:
        """What?"""
        self.wire.reply(502, "5.5.1 Command not implemented")


@serves("ehlo-silence", stage="ehlo", code="timeout", silent="ehlo")
class SilentHello(Smtpd):
    """Greets, then says nothing more."""

    def on_ehlo(self, text: str) -> None:
        """Nothing."""
        self.wire.hold()


@serves("ehlo-close", stage="ehlo", code="dropped")
class CloseAtHello(Smtpd):
    """Closes at EHLO."""

    def on_ehlo(self, text: str) -> None:
        """FIN."""
        self.wire.close()


@serves("ehlo-550", stage="ehlo", code="550 5.7.1")
class NameRefused(Smtpd):
    """Does not like the client's name."""

    def on_ehlo(self, text: str) -> None:
        """No."""
        self.wire.reply(550, "5.7.1 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)")

    on_helo = on_ehlo


@serves("ehlo-odd", encryption="starttls", login=True, send=True)
class OddCapabilities(Smtpd):
    """Any case, any spacing, and AUTH as it was written before its standard."""

    starttls: ClassVar[bool] = True

    def on_ehlo(self, text: str) -> None:
        """Untidy."""
        lines = [b"250-scripted.lab.test  hello ", b"250-size=10485760", b"250- 8bitmime "]
        lines.append(b"250-AUTH=LOGIN\tplain" if self.wire.encrypted else b"250-  StartTLS  ")
        self.wire.send(b"\r\n".join([*lines, b"250 \t help"]) + b"\r\n")

    mechanisms: ClassVar[str | None] = "PLAIN LOGIN"
