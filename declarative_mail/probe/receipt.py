"""The receipt: a test message is only known to arrive once it is seen in a mailbox.

`await_receipt` looks for a Message-ID over IMAP until it is there or the time is up, and reads from the message's
headers when it came and what the receiving server thinks of it. "The server takes it" is what SMTP tells; "it arrives"
is told here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from declarative_mail.probe.network import TimedOut
from declarative_mail.probe.receipt_mailbox import Found, Mailbox, MailboxFault
from declarative_mail.probe.receipt_records import ImapEncryption, Receipt, ReceiptSettings
from declarative_mail.probe.receipt_verdict import arrived, not_arrived, not_looked
from declarative_mail.probe.sockets import within

__all__ = ["ImapEncryption", "Receipt", "ReceiptSettings", "await_receipt"]

# What a command may take beyond the time, and what a session may take beyond its commands.
_GRACE = 5.0

# The first looks come quickly, since mail inside one system takes less than a second; later ones spare the server.
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.25, 5.0, 1.6


def await_receipt(
    settings: ReceiptSettings,
    message_id: str,
    *,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Receipt:
    """Wait until a message is in the mailbox, or until the time of `settings` is up.

    Args:
        settings: where to look, and for how long.
        message_id: of the message, with or without its angle brackets.
        pause: waits that many seconds.
        clock: seconds that only grow.

    Raises:
        ValueError: `message_id` is empty or has characters that no Message-ID has.
    """
    wanted = _bracketed(message_id)
    wait = _Wait(begun=clock(), seconds=settings.timeout, pause=pause, clock=clock)
    try:
        return within(lambda: _looked(settings, wanted, wait), seconds=settings.timeout + 2 * _GRACE)
    except MailboxFault as fault:
        return not_looked(settings, wanted, fault, wait.so_far)
    except TimedOut:
        endless = MailboxFault("receipt_protocol", "it goes on answering without coming to an end")
        return not_looked(settings, wanted, endless, wait.so_far)


class _Wait(Struct, frozen=True):
    """How long to wait, on whose clock."""

    begun: float
    seconds: float
    pause: Callable[[float], None]
    clock: Callable[[], float]

    @property
    def so_far(self) -> float:
        return self.clock() - self.begun

    @property
    def left(self) -> float:
        return self.seconds - self.so_far


def _looked(settings: ReceiptSettings, message_id: str, wait: _Wait) -> Receipt:
    # A look that began in time may end, so that the last one is as good as the first.
    session = _Session(settings, wait)
    try:
        found = _awaited(session, message_id, wait)
        waited = wait.so_far
        deleted = found is not None and settings.delete and session.mailbox.delete(found)
    finally:
        session.mailbox.close()
    if found is None:
        return not_arrived(settings, message_id, waited)
    return arrived(settings, message_id, found, waited, deleted=deleted)


class _Session:
    """A mailbox that is opened again where its server ends the session: servers do so to whoever waits for long."""

    def __init__(self, settings: ReceiptSettings, wait: _Wait) -> None:
        self._settings, self._wait = settings, wait
        self._is_lost = False
        self.mailbox = self._opened()

    def _opened(self) -> Mailbox:
        return Mailbox(self._settings, lambda: self._wait.left + _GRACE)

    def find(self, message_id: str) -> Found | None:
        """The message; None where it is not there, or the session was lost while there is time for another."""
        try:
            if self._is_lost:
                self.mailbox, self._is_lost = self._opened(), False
            return self.mailbox.find(message_id)
        except MailboxFault as fault:
            if not (fault.is_lost or self._is_lost) or self._wait.left <= 0:
                raise
        self.mailbox.close()
        self._is_lost = True
        return None


def _awaited(session: _Session, message_id: str, wait: _Wait) -> Found | None:
    seconds = _FIRST_PAUSE
    while (found := session.find(message_id)) is None and (left := wait.left) > 0:
        wait.pause(min(seconds, left))
        seconds = min(seconds * _GROWTH, _LONGEST_PAUSE)
    return found


def _bracketed(message_id: str) -> str:
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    if not bare or not bare.isprintable() or " " in bare:
        raise ValueError(f"{message_id!r} is not a Message-ID")
    return f"<{bare}>"
