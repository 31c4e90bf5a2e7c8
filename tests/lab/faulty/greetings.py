"""Faults before and in the greeting."""

from __future__ import annotations

import time

from tests.lab.registry import serves
from tests.lab.smtpd import Smtpd


@serves("closed-port", stage="connect", code="refused")
class ClosedPort(Smtpd):
    """The port is bound and not listened on, so that a connection is always refused."""


@serves("connect-blackhole", stage="connect", code="connect_timeout", silent="connect")
class ConnectBlackhole(Smtpd):
    """The queue of connections is full, so that packets are dropped as by a firewall."""


@serves("silence", stage="greeting", code="silence", silent="greeting")
class Silence(Smtpd):
    """Accepts, and never sends a byte."""

    def run(self) -> None:
        """Nothing."""
        self.wire.hold()


@serves("greeting-partial", stage="greeting", code="timeout", silent="greeting")
class PartialGreeting(Smtpd):
    """A greeting without its line end, then silence."""

    def run(self) -> None:
        """Half a greeting."""
        self.wire.send(b"220 mx.lab.te")
        self.wire.hold()


@serves("greeting-drip", stage="greeting", code="timeout", silent="greeting")
class DrippingGreeting(Smtpd):
    """A byte now and then: a time limit for each read would never strike, only a deadline does."""

    def run(self) -> None:
        """Byte by byte."""
        for byte in b"220-" + b"x" * 400 + b"\r\n220 slow.lab.test\r\n":
            self.wire.send(bytes([byte]))
            time.sleep(0.1)


@serves("greeting-slow", least=0.6)
class SlowGreeting(Smtpd):
    """The greeting takes its time, then all is well."""

    def greet(self) -> None:
        """Late."""
        time.sleep(0.6)
        super().greet()


@serves("every-reply-slow", least=0.8)
class SlowReplies(Smtpd):
    """Each reply takes a while."""

    def greet(self) -> None:
        """Late."""
        time.sleep(0.2)
        super().greet()

    def on_ehlo(self, text: str) -> None:
        """Late."""
        time.sleep(0.2)
        super().on_ehlo(text)

    def on_mail(self, text: str) -> None:
        """Late."""
        time.sleep(0.2)
        super().on_mail(text)

    def on_rcpt(self, text: str) -> None:
        """Late."""
        time.sleep(0.2)
        super().on_rcpt(text)


@serves("greeting-close", stage="greeting", code="dropped")
class CloseAtGreeting(Smtpd):
    """Accepts and closes."""

    def greet(self) -> None:
        """FIN."""
        self.wire.close()


@serves("greeting-554", stage="greeting", code="554")
class Refusal(Smtpd):
    """Refuses in its greeting, then waits for QUIT."""

    def greet(self) -> None:
        """No."""
        self.wire.reply(554, "scripted.lab.test No SMTP service here")


@serves("greeting-421", stage="greeting", code="421 4.7.0")
class TooManyConnections(Smtpd):
    """Too many connections from this address."""

    def greet(self) -> None:
        """Not now."""
        self.wire.reply(421, "4.7.0 scripted.lab.test Too many connections from your address")
        self.wire.close()


@serves("http", stage="greeting", code="http", silent="greeting")
class HttpServer(Smtpd):
    """A web server, which waits for a request and says what it thinks of ours."""

    def run(self) -> None:
        """Wait to be asked, then complain."""
        self.wire.sock.recv(1024)
        self.wire.send(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.wire.hold()


@serves("http-by-itself", stage="greeting", code="http")
class ImpatientHttpServer(Smtpd):
    """A web server that gives up waiting for a request."""

    def run(self) -> None:
        """Complain."""
        self.wire.send(b"HTTP/1.0 408 Request Timeout\r\n\r\n")
        self.wire.close()


@serves("ssh", stage="greeting", code="ssh")
class SshServer(Smtpd):
    """An SSH server."""

    def run(self) -> None:
        """Its banner."""
        self.wire.send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
        self.wire.hold()


@serves("imap", stage="greeting", code="imap")
class ImapServer(Smtpd):
    """An IMAP server."""

    def run(self) -> None:
        """Its banner."""
        self.wire.send(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready.\r\n")
        self.wire.hold()


@serves("pop3", stage="greeting", code="pop3")
class Pop3Server(Smtpd):
    """A POP3 server."""

    def run(self) -> None:
        """Its banner."""
        self.wire.send(b"+OK ready.\r\n")
        self.wire.hold()


@serves("binary", stage="greeting", code="not_smtp")
class BinaryServer(Smtpd):
    """All 256 bytes, NUL among them."""

    def run(self) -> None:
        """Noise."""
        self.wire.send(bytes(range(256)) + b"\r\n")
        self.wire.hold()


@serves("binary-without-end", stage="greeting", code="not_smtp")
class EndlessBinaryServer(Smtpd):
    """Three bytes of something else, no line end, then silence: nobody has to wait for more."""

    def run(self) -> None:
        """Very little noise."""
        self.wire.send(b"\xff\xfd\x18")
        self.wire.hold()


@serves("greeting-multiline")
class GreetingOfManyLines(Smtpd):
    """A greeting of three lines, which is legal."""

    def greet(self) -> None:
        """At length."""
        self.wire.reply(220, "scripted.lab.test ESMTP", "We do not authorize", "unsolicited mail")


@serves("greeting-bare")
class BareGreeting(Smtpd):
    """The code alone, which is legal since RFC 2821."""

    def greet(self) -> None:
        """Brief."""
        self.wire.send(b"220\r\n")


@serves("implicit-in-clear", encryption="tls", stage="tls", code="tls_on_plain_port")
class PlainPort(Smtpd):
    """The client begins with TLS, the server begins in clear."""


@serves("http-in-tls", encryption="tls", stage="tls", code="http")
class HttpPort(Smtpd):
    """The client begins with TLS at a web server's port."""

    def run(self) -> None:
        """What a web server says to that."""
        self.wire.sock.recv(4096)
        self.wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.wire.close()
