"""TLS through memory, so that the bytes that a server sent in place of a handshake can be seen.

`ssl.SSLSocket` hides what came before the failure: a server that answers a ClientHello with ``220 mx ESMTP`` or
``HTTP/1.1 400`` looks the same as a broken one, and here it is the verdict.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from declarative_mail.probe.network import Dropped, TimedOut, TlsFault, TlsOptions, TlsShown
from declarative_mail.probe.tls_context import client_context
from declarative_mail.probe.tls_faults import fault_of
from declarative_mail.probe.wire_text import wire_host

_READ = 16_384
_HEARD = 512
_ENCODING_DER = 2


class TlsLayer:
    """The client's side of TLS over two functions that move bytes.

    Args:
        options: how the handshake is to be made.
        receive: gives bytes from the wire, ``b""`` at the end.
        send: puts bytes onto it.
    """

    def __init__(
        self, options: TlsOptions, *, receive: Callable[[float], bytes], send: Callable[[bytes, float], None]
    ) -> None:
        self._receive = receive
        self._send = send
        self._options = options
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        try:
            name = wire_host(options.server_name.rstrip("."))
            self._tls = client_context(options).wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        except ValueError as error:  # also UnicodeError: a label that is too long, an empty one
            raise TlsFault("certificate_wrong_name", f"no certificate can be for {options.server_name!r}") from error
        self._heard = b""

    def handshake(self, until: float) -> TlsShown:
        """Make it; see `network.Stream.start_tls`."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush(until)
                self._feed(until)
            except ssl.SSLError as error:
                self._refuse(error, until)
            else:
                self._flush(until)
                return self._shown()

    def read(self, until: float) -> bytes:
        """Decrypted bytes; ``b""`` at the end, with or without the other side's farewell."""
        while True:
            try:
                return self._tls.read(_READ)
            except ssl.SSLWantReadError:
                self._flush(until)
                self._feed(until)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                self._refuse(error, until)

    def write(self, data: bytes, until: float) -> None:
        """Encrypt and send all of it."""
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            self._refuse(error, until)
        self._flush(until)

    def _feed(self, until: float) -> None:
        data = self._receive(until)
        if len(self._heard) < _HEARD:
            self._heard = (self._heard + data)[:_HEARD]
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _flush(self, until: float) -> None:
        if data := self._outgoing.read():
            self._send(data, until)

    def _refuse(self, error: ssl.SSLError, until: float) -> NoReturn:
        """Say goodbye with the alert that TLS has prepared, then raise what it means."""
        with suppress(Dropped, TimedOut):  # the reason for the failure matters, not whether it could be told
            self._flush(until)
        raise fault_of(error, heard=self._heard) from error

    def _shown(self) -> TlsShown:
        version, cipher = self._tls.version() or "", (self._tls.cipher() or ("",))[0]
        if self._options.min_version == "1.1" and version == "TLSv1":  # the context cannot tell these apart
            raise TlsFault("tls_version", f"the server chose {version}")
        return TlsShown(version, cipher, self._chain())

    def _chain(self) -> tuple[bytes, ...]:
        """What the server sent, leaf first.

        The whole chain is public in Python 3.13 (`ssl.SSLObject.get_unverified_chain`); the object below has had it
        since 3.10. Where neither is there, the leaf alone must do.
        """
        public = getattr(self._tls, "get_unverified_chain", None)
        if public is not None:
            return tuple(public())
        below = getattr(getattr(self._tls, "_sslobj", None), "get_unverified_chain", None)
        if below is not None:
            return tuple(one.public_bytes(_ENCODING_DER) for one in below() or ())
        leaf = self._tls.getpeercert(binary_form=True)
        return (leaf,) if leaf else ()
