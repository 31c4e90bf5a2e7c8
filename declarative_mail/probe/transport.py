"""A connection that is ready to take messages, for whoever delivers: the same steps as in a test, up to the login.

    with open_transport(settings) as transport:
        sent = transport.send("deploys@example.com", ["ops@example.com"], content)

One connection takes many messages, one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from msgspec import Struct, field

from declarative_mail.probe.capabilities import Capabilities
from declarative_mail.probe.conversation import InDoubt
from declarative_mail.probe.envelope import wire_address
from declarative_mail.probe.message import queue_id
from declarative_mail.probe.network import Network, NetworkFault
from declarative_mail.probe.reply import Reply
from declarative_mail.probe.run import perform, walk_of
from declarative_mail.probe.session import Session
from declarative_mail.probe.settings import DEFAULT_STAGE_TIMEOUT, ServerSettings, TestSettings
from declarative_mail.probe.sockets import RealNetwork
from declarative_mail.probe.steps.envelope import leave
from declarative_mail.probe.transcript import Transcript
from declarative_mail.probe.verdict import StageResult

__all__ = ["NetworkFault", "Reply", "Sent", "ServerSettings", "Transport", "TransportRefused", "open_transport"]


class TransportRefused(Exception):  # noqa: N818 - it names what happened
    """The server could not be reached, or does not let us in; `result` says at which stage and why."""

    def __init__(self, result: StageResult, transcript: Sequence[str]) -> None:
        super().__init__(f"{result.stage}: {result.code}")
        self.result = result
        self.transcript = tuple(transcript)


class Sent(Struct, frozen=True):
    """What became of one message.

    Args:
        accepted: the recipients for whom the server took it, as given.
        refused: the others, each with the reply that refused it.
        reply: the last word on the message; None where nobody was accepted, or in doubt.
        queue_id: the server's own id for it.
        in_doubt: whether it was sent whole and the answer never came: then `accepted` may have it or not.
    """

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, Reply] = field(default_factory=dict)
    reply: Reply | None = None
    queue_id: str | None = None
    in_doubt: bool = False


class Transport:
    """An open connection; one thread at a time, one message after another."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """Whether another message may be sent over it; if not, open a new one."""
        return self._session.talk.alive

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do."""
        return self._session.capabilities

    @property
    def transcript(self) -> tuple[str, ...]:
        """The conversation so far, without credentials."""
        return tuple(self._session.transcript.lines)

    def send(self, sender: str, recipients: Sequence[str], content: bytes, *, eight_bit: bool = False) -> Sent:
        """Send one message to those of the recipients whom the server takes.

        Args:
            sender: the envelope sender, bare; ``""`` for the null sender.
            recipients: bare addresses.
            content: the message, CRLF line ends.
            eight_bit: ask for 8BITMIME, where offered, because the content is not ASCII.

        Raises:
            ValueError: an address that cannot be sent, or needs SMTPUTF8 where that is not offered.
            NetworkFault: the connection failed before the message was sent whole.
        """
        addresses = {one: wire_address(one) for one in [sender, *recipients]}
        international = any(one.international for one in addresses.values())
        if international and "SMTPUTF8" not in self.capabilities:
            raise ValueError("an address needs SMTPUTF8, which the server does not offer")
        extensions = [("SIZE", f"SIZE={len(content)}", True), ("8BITMIME", "BODY=8BITMIME", eight_bit)]
        parameters = [text for keyword, text, wanted in extensions if wanted and keyword in self.capabilities]
        talk = self._session.talk
        begun = talk.mail(
            addresses[sender].text, [*parameters, *(["SMTPUTF8"] if international else [])], until=self._until()
        )
        if begun.code != 250:
            return self._forget(Sent(refused=dict.fromkeys(recipients, begun), reply=begun))
        replies = {one: talk.recipient(addresses[one].text, until=self._until()) for one in dict.fromkeys(recipients)}
        refused = {one: reply for one, reply in replies.items() if not reply.positive}
        accepted = tuple(one for one in replies if one not in refused)
        if not accepted:
            return self._forget(Sent(refused=refused))
        return self._content(content, accepted, refused)

    def close(self) -> None:
        """Say QUIT where that is still possible, and let go."""
        if self._session.on_speaking_terms:
            leave(self._session)
        self._session.close()

    def _content(self, content: bytes, accepted: tuple[str, ...], refused: Mapping[str, Reply]) -> Sent:
        try:
            reply = self._session.talk.message(content, until=self._until())
        except InDoubt:
            return Sent(accepted, refused, in_doubt=True)
        if reply.code == 250:
            return Sent(accepted, refused, reply, queue_id(reply.text))
        return self._forget(Sent((), {**refused, **dict.fromkeys(accepted, reply)}, reply))

    def _forget(self, sent: Sent) -> Sent:
        """Leave the connection ready for the next message."""
        if self._session.talk.alive:
            self._session.talk.reset(until=self._until())
        return sent

    def _until(self) -> float:
        return self._session.network.now() + self._seconds


def open_transport(
    settings: ServerSettings, *, seconds: float = DEFAULT_STAGE_TIMEOUT, network: Network | None = None
) -> Transport:
    """Connect, encrypt and log in.

    Args:
        settings: the server.
        seconds: how long each step and each command may take.
        network: the seam; by default the real one.

    Raises:
        TransportRefused: a stage failed.
    """
    network = network or RealNetwork()
    test = TestSettings(until="auth", stage_timeout=seconds)
    session = Session(settings, test, network, float("inf"), datetime.now(UTC), Transcript())
    for stage in walk_of(session):
        result = perform(stage, session)
        if result.verdict == "fail":
            session.close()
            raise TransportRefused(result, session.transcript.lines)
    return Transport(session, seconds)
