"""``connection_test``: what must be proved of a server before it is relied upon, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.types import NUMBER
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Block, Fault, Values
from declarative_mail.resources.fields import (
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
from declarative_mail.resources.markers import DerivedMark

Stage = Literal[
    "resolve", "connect", "greeting", "ehlo", "tls", "auth", "sender", "recipient", "message", "quit"
]  # fmt: skip


def _complete_port(values: Values, _address: Address) -> Iterable[Fault]:
    """The ports of RFC 8314 section 7.2 and RFC 9051 section 2."""
    encryption = values.get("encryption", "tls")
    if not isinstance(encryption, Unknown):
        values.setdefault("port", 993 if encryption == "tls" else 143)
    else:
        values.setdefault("port", Unknown(NUMBER))
    return ()


class ImapMailbox(Block):
    """The mailbox in which the test message is looked for."""

    host: Host = Field(description="The IMAP server.")
    port: Annotated[Port, DerivedMark("993 for tls, otherwise 143")] = Field(default=993, description="Its port.")
    encryption: Encryption = Field(default="tls", description="How the connection is encrypted.")
    username: str = Field(description="Who logs in.")
    password: SecretValue = Field(description="With what.")
    mailbox: str = Field(default="INBOX", min_length=1, description="The folder to look in.")

    completions: ClassVar = (_complete_port,)

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


def _needs_recipient(values: Values) -> Iterable[Fault]:
    required, to = values.get("require"), values.get("to")
    wanted = [stage for stage in ("recipient", "message") if isinstance(required, list) and stage in required]
    if wanted and to is None:
        detail = f'require names "{wanted[0]}", but there is no recipient to try. Set to = "…".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("require",), detail)
    if values.get("receipt") is not None and to is None:
        detail = 'receipt looks for a message, but to is not set, so none is sent. Set to = "…" as well.'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("receipt",), detail)


def _examine_remote(values: Values) -> Iterable[Fault]:
    """A remote that tests tells one thing: whether its message was taken."""
    if values.get("via") != "remote":
        return
    if values.get("to") is None:
        detail = 'via = "remote" lets the remote send a message, but it is not said to whom. Set to = "…".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("via",), detail)
    required = values.get("require")
    others = [stage for stage in required if stage != "message"] if isinstance(required, list) else []
    if others:
        detail = (
            f'A remote tells only whether its message was taken, so nothing can prove "{others[0]}". '
            'Set require = ["message"], or via = "local".'
        )
        related = ((("via",), "tested by the remote"),)
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("require",), detail, related=related)
    if values.get("receipt") is not None:
        detail = (
            "The message that a remote sends has a Message-ID that nobody here knows, so it cannot be looked for. "
            'Remove receipt, or set via = "local".'
        )
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("receipt",), detail, related=((("via",), "sent by the remote"),))


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
    rules: ClassVar = (_needs_recipient, _examine_remote)
