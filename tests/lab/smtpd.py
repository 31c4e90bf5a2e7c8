"""A small, well-behaved SMTP server; each faulty one overrides one step of it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import ClassVar

from tests.lab.scenario import PASSWORD, USER
from tests.lab.wire import Gone, Wire


class Smtpd:
    """One connection to the server.

    The class attributes are its features: what EHLO lists, the mechanisms of AUTH, whether TLS is there and when.
    """

    name: ClassVar = "scripted.lab.test"
    features: ClassVar[tuple[str, ...]] = ("PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES")
    mechanisms: ClassVar[str | None] = None
    starttls: ClassVar[bool] = False
    implicit: ClassVar[bool] = False
    certificate: ClassVar[str] = "good"

    def __init__(self, wire: Wire, certificates: Path) -> None:
        self.wire = wire
        self.certificates = certificates

    def run(self) -> None:
        """The whole session."""
        if self.implicit:
            self.handshake()
        self.greet()
        while True:
            text = self.wire.line().decode("latin-1")
            verb = text.partition(" ")[0].casefold()
            getattr(self, f"on_{verb}", self.on_unknown)(text)

    def handshake(self) -> None:
        """TLS."""
        self.wire.start_tls(self.certificate)

    def greet(self) -> None:
        """The first word."""
        self.wire.reply(220, f"{self.name} ESMTP")

    def offers(self) -> list[str]:
        """The lines of the answer to EHLO."""
        lines = [self.name, *self.features]
        if self.starttls and not self.wire.encrypted:
            lines.append("STARTTLS")
        if self.mechanisms and (self.wire.encrypted or not self.starttls):
            lines.append(f"AUTH {self.mechanisms}")
        return lines

    def on_unknown(self, text: str) -> None:
        """Any other command."""
        self.wire.reply(502, "5.5.2 Error: command not recognized")

    def on_ehlo(self, text: str) -> None:
        """EHLO."""
        self.wire.reply(250, *self.offers())

    def on_helo(self, text: str) -> None:
        """HELO."""
        self.wire.reply(250, self.name)

    def on_starttls(self, text: str) -> None:
        """STARTTLS."""
        self.wire.reply(220, "2.0.0 Ready to start TLS")
        self.handshake()

    def on_auth(self, text: str) -> None:
        """AUTH, with PLAIN and LOGIN."""
        _, mechanism, *initial = text.split(" ")
        if mechanism not in (self.mechanisms or "").split():
            self.wire.reply(504, "5.5.4 Unrecognized authentication type")
            return
        self.check(*(self.plain(*initial) if mechanism == "PLAIN" else self.login()))

    def plain(self, initial: str = "") -> tuple[str, str]:
        """User name and password by PLAIN."""
        _, user, password = base64.b64decode(initial or self.ask("")).decode().split("\0")
        return user, password

    def login(self) -> tuple[str, str]:
        """User name and password by LOGIN."""
        user, password = (base64.b64decode(self.ask(one)).decode() for one in ("Username:", "Password:"))
        return user, password

    def ask(self, question: str) -> str:
        """One challenge, and the client's answer."""
        self.wire.reply(334, base64.b64encode(question.encode()).decode())
        return self.wire.line().decode("latin-1")

    def check(self, user: str, password: str) -> None:
        """Let them in, or not."""
        if (user, password) == (USER, PASSWORD):
            self.wire.reply(235, "2.7.0 Authentication successful")
        else:
            self.wire.reply(535, "5.7.8 Error: authentication failed: bad credentials")

    def on_mail(self, text: str) -> None:
        """MAIL."""
        self.wire.reply(250, "2.1.0 Ok")

    def on_rcpt(self, text: str) -> None:
        """RCPT."""
        self.wire.reply(250, "2.1.5 Ok")

    def on_data(self, text: str) -> None:
        """DATA and the message."""
        self.wire.reply(354, "End data with <CR><LF>.<CR><LF>")
        while self.wire.line() != b".":
            pass
        self.after_message()

    def after_message(self) -> None:
        """The last word on the message."""
        self.wire.reply(250, "2.0.0 Ok: queued as 4XyZ1")

    def on_rset(self, text: str) -> None:
        """RSET."""
        self.wire.reply(250, "2.0.0 Ok")

    def on_quit(self, text: str) -> None:
        """QUIT."""
        self.wire.reply(221, "2.0.0 Bye")
        raise Gone
