"""The state of one connection test while it runs."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct, field

from declarative_mail.probe.authentication import hide_password
from declarative_mail.probe.capabilities import Capabilities
from declarative_mail.probe.certificates import CertificateFacts
from declarative_mail.probe.conversation import Conversation
from declarative_mail.probe.message import TestMessage
from declarative_mail.probe.network import Endpoint, Network, Stream, TlsOptions
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.transcript import Transcript
from declarative_mail.probe.verdict import Stage

_FULL_NAME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Session(Struct):
    """What the steps of a test hand on to each other; one thread at a time.

    Args:
        settings: the server.
        test: how far to go.
        network: the seam.
        ends: the deadline of the whole, on the network's clock.
        wall: the time of day (UTC), for certificates and the date of the message.
        transcript: where everything said is written down.
        endpoints: what the name resolved to.
        endpoint: the one that is spoken to.
        chain: the certificates that were shown.
        message: the test message, once composed.
        transaction: whether MAIL has been accepted and neither RSET nor a message has followed.
        offered: the recipients that were accepted in this transaction.
    """

    settings: ServerSettings
    test: TestSettings
    network: Network
    ends: float
    wall: datetime
    transcript: Transcript
    endpoints: tuple[Endpoint, ...] = ()
    endpoint: Endpoint | None = None
    capabilities: Capabilities = field(default_factory=Capabilities)
    chain: tuple[CertificateFacts, ...] = ()
    message: TestMessage | None = None
    transaction: bool = False
    offered: list[str] = field(default_factory=list)
    _stream: Stream | None = None
    _talk: Conversation | None = None

    def __post_init__(self) -> None:
        hide_password(self.settings, self.transcript.hide)

    def until(self, stage: Stage) -> float:
        """The deadline of a stage that begins now."""
        return min(self.ends, self.network.now() + self.test.seconds_for(stage))

    def begin(self, stream: Stream, endpoint: Endpoint) -> None:
        """Speak over this stream from now on."""
        self._stream = stream
        self.endpoint = endpoint
        self._talk = Conversation(stream, self.network.now, transcript=self.transcript)

    @property
    def talk(self) -> Conversation:
        """The conversation; only after `begin`."""
        assert self._talk is not None, "connect comes first"  # noqa: S101 - the order of the steps is ours
        return self._talk

    @property
    def hello_name(self) -> str:
        """Our name for EHLO: the given one, this machine's if that is a full one, else its address in brackets."""
        if self.settings.hello:
            return self.settings.hello
        name = self.network.machine_name()
        if _FULL_NAME.fullmatch(name) and not name.startswith("localhost."):
            return name
        host = self._stream.local_host.partition("%")[0] if self._stream else "127.0.0.1"
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def tls_options(self, *, verify: bool) -> TlsOptions:
        """How to make the handshake."""
        given = self.settings
        return TlsOptions(
            server_name=given.server_name or given.host.strip("[]"),
            verify=verify,
            ca_certificate=given.ca_certificate,
            min_version=given.tls_min_version,
            client_certificate=given.client_certificate,
            client_key=given.client_key,
        )

    @property
    def on_speaking_terms(self) -> bool:
        """Whether there is a conversation to be ended politely."""
        return self._talk is not None and self._talk.greeted and self._talk.alive

    def fresh(self) -> Session:
        """The same test from the beginning, with the time and the transcript as they stand."""
        return Session(self.settings, self.test, self.network, self.ends, self.wall, self.transcript)

    def close(self) -> None:
        """Let go of the connection."""
        if self._stream:
            self._stream.close()
