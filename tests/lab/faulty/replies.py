"""Replies out of bounds, out of form and out of order."""

from __future__ import annotations

import time

from tests.lab.registry import serves
from tests.lab.smtpd import Smtpd


@serves("line-of-100-kB", stage="greeting", code="reply_too_long")
class LongLine(Smtpd):
    """One line of 100 000 bytes, where the standard allows 512."""

    def greet(self) -> None:
        """At length."""
        self.wire.send(b"220 " + b"A" * 100_000 + b"\r\n")


@serves("line-of-1-MB", stage="recipient", code="reply_too_long")
class VeryLongLine(Smtpd):
    """A megabyte in one line, in the middle of the conversation."""

    def on_rcpt(self, text: str) -> None:
        """At great length."""
        self.wire.send(b"250 " + b"A" * 1_000_000 + b"\r\n")


@serves("endless-line", stage="greeting", code="reply_too_long")
class EndlessLine(Smtpd):
    """A line that never ends: memory and time have bounds."""

    def greet(self) -> None:
        """For ever."""
        self.wire.send(b"220 ")
        for _ in range(10_000):
            self.wire.send(b"A" * 65_536)


@serves("endless-lines", stage="ehlo", code="reply_too_long")
class EndlessLines(Smtpd):
    """Lines that announce another, without end."""

    def on_ehlo(self, text: str) -> None:
        """For ever."""
        for number in range(1_000_000):
            self.wire.send(f"250-X-FEATURE-{number}\r\n".encode() * 50)


@serves("endless-lines-slowly", stage="ehlo", code="timeout", silent="ehlo")
class SlowEndlessLines(Smtpd):
    """Lines that announce another, a few a second: the deadline ends it before the count does."""

    def on_ehlo(self, text: str) -> None:
        """For ever, at leisure."""
        for number in range(500):
            self.wire.send(f"250-X-FEATURE-{number}\r\n".encode())
            time.sleep(0.1)


@serves("one-byte-at-a-time", send=True)
class ByteByByte(Smtpd):
    """Every reply in packets of one byte, otherwise healthy."""

    def greet(self) -> None:
        """In small pieces."""
        whole = self.wire.send

        def in_pieces(data: bytes) -> None:
            for byte in data:
                whole(bytes([byte]))

        self.wire.send = in_pieces  # type: ignore[method-assign]
        super().greet()


@serves("reply-partial", stage="sender", code="timeout", silent="sender")
class PartialReply(Smtpd):
    """A reply that stops in the middle of a line."""

    def on_mail(self, text: str) -> None:
        """Half an answer."""
        self.wire.send(b"250 2.1.")
        self.wire.hold()


@serves("reply-partial-lines", stage="ehlo", code="dropped")
class PartialLines(Smtpd):
    """A reply whose last line never comes, because the server closes."""

    def on_ehlo(self, text: str) -> None:
        """All but the last line."""
        self.wire.send(b"250-scripted.lab.test\r\n250-SIZE 1000\r\n")
        self.wire.close()


@serves("nul-bytes", stage="recipient", code="550 5.7.1")
class NulBytes(Smtpd):
    """NUL bytes and terminal escapes in a refusal."""

    def on_rcpt(self, text: str) -> None:
        """A reply that would clear the screen."""
        self.wire.send(b"550 5.7.1 No\x00 \x1b[2J\x1b]0;owned\x07way\r\n")


@serves("not-utf-8", stage="recipient", code="550 5.7.1")
class Latin1(Smtpd):
    """A refusal in Latin-1."""

    def on_rcpt(self, text: str) -> None:
        """French."""
        self.wire.send("550 5.7.1 Accès refusé ÿþ\r\n".encode("latin-1"))


@serves("two-codes-in-one-reply", stage="ehlo", code="protocol")
class TwoCodes(Smtpd):
    """Lines of one reply with different codes."""

    def on_ehlo(self, text: str) -> None:
        """Undecided."""
        self.wire.send(b"250-scripted.lab.test\r\n550 no\r\n")


@serves("reply-without-code", stage="sender", code="protocol")
class NoCode(Smtpd):
    """Words in place of a reply."""

    def on_mail(self, text: str) -> None:
        """Chatty."""
        self.wire.send(b"Ok, fine\r\n")


@serves("reply-before-question", stage="sender", code="protocol")
class EarlyReply(Smtpd):
    """Two replies to one command: whoever takes them in turn is always one behind."""

    def on_ehlo(self, text: str) -> None:
        """The answer, and the answer to what was not asked."""
        self.wire.send(b"250 scripted.lab.test\r\n250 2.1.0 Ok\r\n")


@serves("wrong-kind-of-reply", stage="sender", code="protocol")
class WrongKind(Smtpd):
    """A go-ahead for a message in answer to MAIL."""

    def on_mail(self, text: str) -> None:
        """Hasty."""
        self.wire.reply(354, "go ahead")


@serves("farewell-unasked", stage="sender", code="421 4.4.2")
class Farewell(Smtpd):
    """The server says goodbye before the next command."""

    def on_ehlo(self, text: str) -> None:
        """The answer, and goodbye."""
        self.wire.send(b"250 scripted.lab.test\r\n421 4.4.2 scripted.lab.test closing\r\n")
        self.wire.close()
