"""What a receipt is asked for, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from declarative_mail.probe.receipt_headers import AuthenticationResults, Hop
from declarative_mail.probe.verdict import Verdict
from declarative_mail.secrets import Secret

ImapEncryption: TypeAlias = Literal["none", "starttls", "starttls_if_offered", "tls"]

DEFAULT_TIMEOUT = 60.0


class ReceiptSettings(Struct, frozen=True, kw_only=True):
    """Where a test message must arrive.

    Args:
        host: of the IMAP server.
        username: who to log in as.
        password: of the mailbox.
        port: by default 993 with ``tls``, else 143 (RFC 8314, section 7.2).
        encryption: ``tls`` from the first byte; ``starttls`` must be offered; the other two may send the password in
            clear.
        verify_certificate: whether the certificate is checked.
        ca_certificate: PEM of the authorities to trust instead of the system's.
        mailbox: where to look; the mailbox that the server marks as junk is looked at, too.
        timeout: seconds from the first look until the message counts as not arrived.
        delete: whether to remove the message once it was seen.
        authserv_id: whose Authentication-Results to believe; None for those of the topmost header, which the receiving
            server has added last.

    Raises:
        ValueError: a timeout that is not positive, or a name with a control character.
    """

    host: str
    username: str
    password: Secret
    port: int | None = None
    encryption: ImapEncryption = "tls"
    verify_certificate: bool = True
    ca_certificate: str | None = None
    mailbox: str = "INBOX"
    timeout: float = DEFAULT_TIMEOUT
    delete: bool = False
    authserv_id: str | None = None

    def __post_init__(self) -> None:
        if self.timeout <= 0:
            raise ValueError("a timeout must be more than 0 seconds")
        if any(not character.isprintable() for character in self.username + self.mailbox):
            raise ValueError("a user name or a mailbox has no control characters")

    @property
    def effective_port(self) -> int:
        """The port that is used."""
        return self.port or (993 if self.encryption == "tls" else 143)


class Receipt(Struct, frozen=True):
    """Whether a message arrived.

    Args:
        verdict: ``pass``: it arrived; ``warn``: it arrived, but among the junk or with a failed check; ``fail``: it did
            not in time; ``unknown``: the mailbox could not be looked at.
        code: ``receipt_arrived``, ``receipt_in_junk``, ``receipt_failed_checks``, ``receipt_not_arrived``, or why the
            mailbox could not be looked at.
        message_id: which message.
        cause: what was seen, in whole sentences.
        remedy: what to do, empty where nothing is amiss.
        waited: seconds from the first look until it was seen, or until the time was up.
        mailbox: where it was found, as the server spells it.
        arrived_at: when the receiving server took it, by its own clock.
        travelled: seconds from the first server's Received header to the last one's; None where there are not two.
        hops: the servers on its way, the last one first.
        authentication: what the receiving server found; None where it says nothing.
        copies: how many messages of that id there are.
        deleted: whether it was removed again.
    """

    verdict: Verdict
    code: str
    message_id: str
    cause: str
    remedy: str = ""
    waited: float = 0.0
    mailbox: str | None = None
    arrived_at: datetime | None = None
    travelled: float | None = None
    hops: tuple[Hop, ...] = ()
    authentication: AuthenticationResults | None = None
    copies: int = 0
    deleted: bool = False

    @property
    def data(self) -> dict[str, object]:
        """The JSON form."""
        found = self.authentication
        return {
            "type": "receipt",
            "verdict": self.verdict,
            "code": self.code,
            "message_id": self.message_id,
            "cause": self.cause,
            "remedy": self.remedy,
            "waited": round(self.waited, 3),
            "mailbox": self.mailbox,
            "arrived_at": self.arrived_at.isoformat() if self.arrived_at else None,
            "travelled": self.travelled,
            "hops": [{"by": hop.by, "at": hop.at.isoformat() if hop.at else None} for hop in self.hops],
            "authentication": {"server": found.server, "results": [one.data for one in found.results]}
            if found
            else None,
            "copies": self.copies,
            "deleted": self.deleted,
        }
