"""The message of a connection test, and the id under which a server has taken it."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from declarative_mail.probe.envelope import wire_address
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.resources.mailbox import parse_mailbox

_SUBJECT = "Connection test"
_BODY = """This message proves that the server takes mail with the settings under test.
Nobody needs to act on it.
"""

# What servers call the message in their last reply; the id is all that finds it in their log. Tried in this order.
_QUEUE_IDS = (
    r"queued(?: mail)? (?:as|for delivery as)[: ]+<?([\w.@-]+)",  # Postfix, SendGrid, Haraka
    r"\bInternalId=(\d+)",  # Exchange and Microsoft 365
    r"\bid=([\w-]+)",  # Exim
    r"^([0-9A-Za-z]{8,}) Message accepted for delivery",  # Sendmail, OpenSMTPD
    r"\bok (\d{9,} qp \d+)",  # qmail
    r"^OK +(\d+ [\w.-]+) - gsmtp",  # Google
    r"^Ok:? ([0-9a-f]{16}-[\w-]+)",  # Amazon SES
    r"^<([^<> ]+)>",
)


class TestMessage(Struct, frozen=True):
    """A message ready for DATA.

    Args:
        content: its bytes with CRLF line ends.
        message_id: with angle brackets.
    """

    __test__ = False  # a record, not a test class: keeps pytest from collecting it

    content: bytes
    message_id: str

    @property
    def eight_bit(self) -> bool:
        """Whether it needs 8BITMIME."""
        return not self.content.isascii()


def compose(settings: ServerSettings, test: TestSettings, *, to: str, written: datetime) -> TestMessage:
    """The message of a connection test.

    Args:
        settings: From and the domain of the Message-ID.
        test: subject and body.
        to: the recipient, bare.
        written: its date.

    Raises:
        ValueError: From or To is no mailbox.
    """
    # Heavy, and most tests send nothing.
    from email.message import EmailMessage
    from email.policy import SMTP, SMTPUTF8
    from email.utils import format_datetime
    from uuid import uuid4

    sender = wire_address(settings.sender)
    international = sender.international or wire_address(to).international
    # 7bit: what a body has beyond ASCII is encoded, so that only addresses ever ask for an extension.
    message = EmailMessage(policy=(SMTPUTF8 if international else SMTP).clone(cte_type="7bit"))
    domain = sender.text.rpartition("@")[2] or "localhost"
    author = parse_mailbox(settings.from_address)
    message["From"] = _mailbox(author.name, wire_address(author.address).text)
    message["To"] = wire_address(to).text
    message["Subject"] = " ".join((test.subject or _SUBJECT).split())
    message["Date"] = format_datetime(written)
    message["Message-ID"] = f"<{uuid4()}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies to a test
    message.set_content(test.body or _BODY)
    return TestMessage(message.as_bytes(), str(message["Message-ID"]))


def _mailbox(name: str, address: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name else address


def queue_id(text: str) -> str | None:
    """The id under which a server has taken a message, from the words of its last reply; None where it names none."""
    line = text.strip()
    return next((match[1] for pattern in _QUEUE_IDS if (match := re.search(pattern, line, re.IGNORECASE))), None)
