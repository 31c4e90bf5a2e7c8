"""Faults of the envelope, of the message and of leaving."""

from __future__ import annotations

from tests.lab.registry import serves
from tests.lab.smtpd import Smtpd


@serves("mail-421", stage="sender", code="421 4.4.2")
class TimeoutAtMail(Smtpd):
    """Says goodbye in the middle of the session."""

    def on_mail(self, text: str) -> None:
        """Not now."""
        self.wire.reply(421, "4.4.2 scripted.lab.test Error: timeout exceeded")
        self.wire.close()


@serves("rcpt-close", stage="recipient", code="dropped")
class CloseAtRcpt(Smtpd):
    """Closes at RCPT."""

    def on_rcpt(self, text: str) -> None:
        """FIN."""
        self.wire.close()


@serves("data-silence-after-message", send=True, stage="message", code="timeout", silent="message")
class SilentAfterMessage(Smtpd):
    """Takes the whole message, and the last answer never comes."""

    def after_message(self) -> None:
        """Nothing."""
        self.wire.hold()


@serves("data-reset-in-message", send=True, stage="message", code="reset")
class ResetInMessage(Smtpd):
    """Tears the connection down after the first line of the message."""

    def on_data(self, text: str) -> None:
        """RST in the middle."""
        self.wire.reply(354, "go ahead")
        self.wire.line()
        self.wire.reset()


@serves("data-554", send=True, stage="message", code="554 5.7.1")
class ContentRefused(Smtpd):
    """Refuses the message for what it says."""

    def after_message(self) -> None:
        """No."""
        self.wire.reply(554, "5.7.1 Message refused: looks like spam")


@serves("data-451", send=True, stage="message", code="451 4.3.0")
class LocalError(Smtpd):
    """Cannot take the message now."""

    def after_message(self) -> None:
        """Not now."""
        self.wire.reply(451, "4.3.0 Requested action aborted: local error in processing")


@serves("quit-close", send=True, remarks=(("quit", "dropped"),))
class CloseAtQuit(Smtpd):
    """Closes at QUIT without a word; what was taken stays taken."""

    def on_quit(self, text: str) -> None:
        """FIN."""
        self.wire.close()


@serves("quit-silence", remarks=(("quit", "timeout"),))
class SilentQuit(Smtpd):
    """Never answers QUIT."""

    def on_quit(self, text: str) -> None:
        """Nothing."""
        self.wire.hold()
