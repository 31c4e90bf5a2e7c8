"""One SMTP conversation: commands out, replies in, every word in the transcript and no credential in it.

It speaks and does not judge: what a reply means for a test is decided in `steps`, what it means for a delivery in
    `delivery`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from declarative_mail.probe.authentication import Exchange
from declarative_mail.probe.capabilities import Capabilities, parse_capabilities
from declarative_mail.probe.network import Dropped, NetworkFault, Stream, TlsOptions, TlsShown
from declarative_mail.probe.reply import Reply, ReplyReader
from declarative_mail.probe.transcript import Transcript
from declarative_mail.probe.wire_text import harmless, wire_bytes
from declarative_mail.records import replace

# The longest command line with its line end (RFC 5321 section 4.5.3.1.4); a longer initial response waits to be asked
# for.
MAX_COMMAND = 512

# A server without EHLO says so with one of these (RFC 5321 section 4.2.4, RFC 1869 section 4.5); other refusals are of
# the client.
_NO_EHLO = {500, 502, 504}


# Breaks a login off (RFC 4954 section 4).
_CANCEL = "*"


class InDoubt(Exception):  # noqa: N818 - the state of a message
    """A message was sent, its last byte included, and the answer never came: taken or not, nobody here knows."""

    def __init__(self, fault: NetworkFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Conversation:
    """SMTP over one stream; one thread at a time.

    Args:
        stream: the connection, which stays its owner's to close.
        now: the clock that every `until` is meant on.
        transcript: where it is written down.

    `alive` until something went wrong below SMTP or the server said that it closes (421); `greeted` once it has said
    anything.
    """

    def __init__(self, stream: Stream, now: Callable[[], float], *, transcript: Transcript) -> None:
        self.encrypted = False
        self.alive = True
        self.greeted = False
        self.transcript = transcript
        self._stream = stream
        self._now = now
        self._reader = ReplyReader(stream, now)

    def reply(self, *, until: float) -> Reply:
        """The next reply, which may be the greeting. Raises what `ReplyReader.read` does."""
        with self._watched():
            reply = self._reader.read(until=until)
        self.alive, self.greeted = reply.code != 421, True
        reply = replace(reply, lines=tuple(map(self.transcript.clean, reply.lines)))
        self.transcript.heard(reply.quoted)
        return reply

    def command(self, line: str, *, until: float, shown: str | None = None) -> Reply:
        """Send a command and wait for its reply.

        Args:
            line: without its line end.
            until: the deadline for both.
            shown: what to write down instead.

        Raises:
            ValueError: there is a line end or a NUL in it, which would make two commands of one.
            NetworkFault: see `reply`; also ``protocol`` where the server has spoken unasked.
        """
        if set("\r\n\0") & set(line):
            raise ValueError("a command is one line")
        if early := self._unasked(until):
            return early
        self.transcript.sent(shown if shown is not None else harmless(wire_bytes(line)))
        with suppress(Dropped), self._watched():  # what the server said before it went tells more
            self._stream.write(wire_bytes(line) + b"\r\n", until=until)
        return self.reply(until=until)

    def hello(self, name: str, *, until: float) -> tuple[Reply, Capabilities]:
        """EHLO, or HELO where the server does not know EHLO; what it can do, nothing if it refuses."""
        reply = self.command(f"EHLO {name}", until=until)
        if reply.code in _NO_EHLO:
            reply = self.command(f"HELO {name}", until=until)
            return reply, Capabilities(extended=False)
        return reply, parse_capabilities(reply.lines) if reply.positive else Capabilities()

    def ask_for_tls(self, *, until: float) -> Reply:
        """STARTTLS. Only after a positive reply, and nothing behind it, may `start_tls` follow.

        Raises:
            NetworkFault: ``starttls_injection``: there was more than the reply, which would be read as if it had come
                inside TLS (CVE-2011-0411 on the client's side).
        """
        reply = self.command("STARTTLS", until=until)
        if reply.positive and (more := self._reader.poll()):
            self.alive = False
            raise NetworkFault("starttls_injection", f"{len(more)} bytes in clear behind the reply to STARTTLS")
        return reply

    def start_tls(self, options: TlsOptions, *, until: float) -> TlsShown:
        """The handshake. Raises what `network.Stream.start_tls` does."""
        with self._watched():
            shown = self._stream.start_tls(options, until=until)
        self.encrypted = True
        self.transcript.remark(f"{shown.version} {shown.cipher}")
        return shown

    def log_in(self, exchange: Exchange, *, until: float) -> tuple[Reply, str]:
        """One login by one mechanism: the last reply, and the server's last question before it.

        Raises:
            authentication.Unsendable: a credential does not fit; nothing of it has been sent.
            NetworkFault: see `reply`.
        """
        initial = exchange.initial()
        opening = f"AUTH {exchange.mechanism}"
        whole = opening if initial is None else f"{opening} {initial}"
        at_once = len(whole) + 2 <= MAX_COMMAND
        shown = f"{opening} (credentials removed)" if at_once and initial else opening
        reply = self.command(whole if at_once else opening, until=until, shown=shown)
        question, answers, answer = "", exchange.answers(), ""
        while reply.code == 334 and answer != _CANCEL:
            question = reply.lines[0].strip()
            if initial is not None and not question:
                answer, initial = initial, None
            else:
                answer = next(answers, lambda _: _CANCEL)(question)
            shown = answer if answer in {"", _CANCEL} else "(credentials removed)"
            reply = self.command(answer, until=until, shown=shown)
        return reply, question

    def mail(self, sender: str, parameters: Sequence[str] = (), *, until: float) -> Reply:
        """MAIL FROM, with its parameters."""
        return self.command(" ".join([f"MAIL FROM:<{sender}>", *parameters]), until=until)

    def recipient(self, address: str, *, until: float) -> Reply:
        """RCPT TO."""
        return self.command(f"RCPT TO:<{address}>", until=until)

    def message(self, content: bytes, *, until: float) -> Reply:
        """DATA and the message: the reply that refuses either, or takes it.

        Args:
            content: with CRLF line ends; leading dots are doubled here.
            until: the deadline for all of it.

        Raises:
            InDoubt: all of it may have been sent, and no answer came.
            NetworkFault: before that; see `reply`.
        """
        reply = self.command("DATA", until=until)
        if reply.code != 354:
            return reply
        self.transcript.sent(f"(a message of {len(content)} bytes)")
        body = (content if content.endswith(b"\r\n") else content + b"\r\n").replace(b"\r\n.", b"\r\n..")
        whole = (b"." if body.startswith(b".") else b"") + body + b".\r\n"
        try:
            with self._watched():
                self._stream.write(whole, until=until)
        except Dropped:  # its end has not left this machine; what the server said before it went tells why
            return self.reply(until=until)
        try:
            return self.reply(until=until)
        except NetworkFault as fault:
            raise InDoubt(fault) from fault

    def reset(self, *, until: float) -> Reply:
        """RSET: forget the sender and recipients given so far."""
        return self.command("RSET", until=until)

    def quit(self, *, until: float) -> Reply:
        """QUIT."""
        return self.command("QUIT", until=until)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except NetworkFault:
            self.alive = False
            raise

    def _unasked(self, until: float) -> Reply | None:
        """A farewell (421) that came by itself: it answers whatever is asked next (RFC 5321 section 3.8)."""
        waiting = self._reader.poll()
        if not waiting.strip():
            return None
        reply = self.reply(until=until)
        if reply.code == 421:
            return reply
        self.alive = False
        raise NetworkFault("protocol", f"it answered before it was asked: {reply.quoted.splitlines()[0][:120]}")
