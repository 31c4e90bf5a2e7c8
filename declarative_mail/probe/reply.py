"""Replies on the wire: lines in, one `Reply` out, with a limit on everything that a server could make endless.

RFC 5321 section 4.2 has the form; section 4.5.3.1.5 allows 512 octets a line, which real servers exceed, so that the
limits here are those of patience, not of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from declarative_mail.probe.foreign import first_words, foreign_protocol, speaks_tls
from declarative_mail.probe.network import Dropped, NetworkFault, Stream, TimedOut
from declarative_mail.probe.wire_text import harmless

MAX_LINE = 4096
MAX_LINES = 256
MAX_REPLY = 65_536

_LINE = re.compile(rb"([2-5]\d\d)(?:([ \t-])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
_FIRST_DIGITS = (b"", b"2", b"3", b"4", b"5")
_FIRST_WORDS = 64
_MOMENT = 0.3


class Reply(Struct, frozen=True):
    """One reply: its code and the text of each of its lines, harmless."""

    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code (RFC 3463) at the head of the text, where it is of the code's class: ``5.7.8``."""
        match = _ENHANCED.match(self.lines[0].lstrip())
        return match[1] if match and match[1][0] == str(self.code)[0] else None

    @property
    def status(self) -> str:
        """The code with the enhanced one: ``535 5.7.8``."""
        return f"{self.code} {self.enhanced}" if self.enhanced else str(self.code)

    @property
    def text(self) -> str:
        """The words without the codes, one line of the reply a line."""
        return "\n".join(_ENHANCED.sub("", line.lstrip(), count=1).strip() for line in self.lines)

    @property
    def quoted(self) -> str:
        """The reply as the server sent it, codes included."""
        last = len(self.lines) - 1
        marks = ("-" if number < last else " " for number in range(len(self.lines)))
        return "\n".join(f"{self.code}{mark}{line}".rstrip() for mark, line in zip(marks, self.lines, strict=True))

    @property
    def temporary(self) -> bool:
        """Whether it says: not now, later perhaps."""
        return self.code // 100 == 4

    @property
    def positive(self) -> bool:
        """Whether it says yes, or go on."""
        return self.code < 400


class ReplyReader:
    """Reads replies from a stream, however the bytes come in pieces.

    Args:
        stream: where they come from.
        now: its clock.
    """

    def __init__(self, stream: Stream, now: Callable[[], float]) -> None:
        self._stream = stream
        self._now = now
        self._buffer = b""
        self._begun = False

    def poll(self) -> bytes:
        """What came after the last reply, without waiting; it stays where it is."""
        with suppress(NetworkFault):  # nothing there, or gone: the next command will find out
            self._buffer += self._stream.read(until=self._now())
        return self._buffer

    def read(self, *, until: float) -> Reply:
        """The next reply.

        Raises:
            NetworkFault: ``not_smtp``, ``http``, ``ssh``, ``plain_on_tls_port`` (only for the first reply),
                ``protocol``, ``reply_too_long``; TimedOut, Dropped, TlsFault.
        """
        found = [self._line(until)]
        while found[-1][1] == b"-":
            if len(found) >= MAX_LINES or sum(len(text) for _, _, text in found) > MAX_REPLY:
                raise NetworkFault("reply_too_long", f"still no end after {len(found)} lines")
            found.append(self._line(until))
            if found[-1][0] != found[0][0]:
                raise NetworkFault("protocol", f"{found[0][0].decode()} and {found[-1][0].decode()} in one reply")
        self._begun = True
        return Reply(int(found[0][0]), tuple(harmless(text) for _, _, text in found))

    def _line(self, until: float) -> tuple[bytes, bytes, bytes]:
        """Code, separator and text of one line."""
        while b"\n" not in self._buffer:
            if len(self._buffer) > MAX_LINE:
                raise NetworkFault("reply_too_long", f"a line of more than {MAX_LINE} bytes")
            self._more(until)
        line, self._buffer = self._buffer.split(b"\n", 1)
        raw = line.rstrip(b"\r")
        if len(raw) > MAX_LINE:
            raise NetworkFault("reply_too_long", f"a line of {len(raw)} bytes")
        match = _LINE.fullmatch(raw)
        if not match:
            raise self._malformed(raw)
        return match[1], match[2] or b"", match[3] or b""

    def _more(self, until: float) -> None:
        odd = not self._begun and self._buffer[:1] not in _FIRST_DIGITS
        if odd and len(self._buffer) >= _FIRST_WORDS:
            raise self._malformed(self._buffer)
        try:
            # Another protocol may never end its line, but has said enough; the rest of its first words gets a moment
            # to come.
            data = self._stream.read(until=min(until, self._now() + _MOMENT) if odd else until)
        except TimedOut:
            raise self._malformed(self._buffer) if odd else TimedOut(self._cut_off()) from None
        if not data:
            raise self._malformed(self._buffer) if odd else Dropped(self._cut_off())
        self._buffer += data

    def _malformed(self, raw: bytes) -> NetworkFault:
        if self._begun:
            return NetworkFault("protocol", f"no reply has this form: {first_words(raw)}")
        if speaks_tls(raw):
            return NetworkFault("plain_on_tls_port", "it answered with a TLS record")
        protocol = foreign_protocol(raw)
        return NetworkFault(protocol if protocol and protocol != "smtp" else "not_smtp", f"it sent: {first_words(raw)}")

    def _cut_off(self) -> str:
        return f"in the middle of a line: {first_words(self._buffer)}" if self._buffer else ""
