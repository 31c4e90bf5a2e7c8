"""``connection_test``: what must be proved of a server before it is relied upon, and how."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.resources.models.base import Block
from declarative_mail.resources.models.fields import (
    Duration,
    DurationOrZero,
    EmailAddress,
    Encryption,
    Host,
    Network,
    Port,
    SecretValue,
    SetOf,
)
from declarative_mail.resources.rules.connection_test import complete_port, examine_remote, needs_recipient
from declarative_mail.resources.schema import Derived

Stage = Literal[
    "resolve", "connect", "greeting", "ehlo", "tls", "auth", "sender", "recipient", "message", "quit"
]  # fmt: skip


class ImapMailbox(Block):
    """The mailbox in which the test message is looked for."""

    host: Host = Field(description="The IMAP server.")
    port: Annotated[Port, Derived("993 for tls, otherwise 143")] = Field(default=993, description="Its port.")
    encryption: Encryption = Field(default="tls", description="How the connection is encrypted.")
    username: str = Field(description="Who logs in.")
    password: SecretValue = Field(description="With what.")
    mailbox: str = Field(default="INBOX", min_length=1, description="The folder to look in.")

    completions: ClassVar = (complete_port,)

    other_names: ClassVar = {
        "user": "username",
        "pass": "password",
        "server": "host",
        "folder": "mailbox",
    }


class Receipt(Block):
    """Proof that the message arrived: it is looked for by its Message-ID."""

    imap: ImapMailbox = Field(description="Where to look for the message.")
    timeout: Duration = Field(default="60s", description="How long to wait for it.")


class ConnectionTest(Block):
    """The settings of the test. Left out: connect to sender must not fail, and nothing is sent."""

    require: SetOf[Stage] = Field(default=(), description="Stages that must pass; `message` sends a real message.")
    on_failure: Literal["block", "warn"] = Field(
        default="block", description="Whether a failure stops apply before any change."
    )
    max_age: DurationOrZero = Field(default="1h", description="Older verdicts of a saved plan are repeated at apply.")
    via: Literal["local", "remote"] = Field(
        default="local", description="Who connects: this machine, or the remote system where it can."
    )
    to: EmailAddress | None = Field(default=None, description="The recipient that is tried.")
    subject: str | None = Field(default=None, description="Of the message that is sent.")
    body: str | None = Field(default=None, description="Of the message that is sent.")
    timeout: Duration = Field(default="10s", description="For each stage.")
    min_certificate_days: int = Field(
        default=14, ge=0, le=3650, description="Fewer days left on the certificate are a warning."
    )
    dkim_selectors: SetOf[str] = Field(default=(), description="Selectors whose keys must be published in DNS.")
    egress: SetOf[Network] = Field(
        default=(), description="Addresses from which the server sends on; SPF is judged for them."
    )
    receipt: Receipt | None = Field(default=None, description="Look for the message where it should arrive.")

    other_names: ClassVar = {
        "stages": "require",
        "recipient": "to",
        "recipients": "to",
        "message": "body",
        "policy": "on_failure",
        "mode": "on_failure",
    }
    rules: ClassVar = (needs_recipient, examine_remote)
