"""The seam between the conversation and the world: names, streams, TLS and time.

`sockets.RealNetwork` is the real one, `scripted.ScriptedNetwork` the public fake that is fed with the bytes of a
conversation. Whatever goes wrong below the seam arrives as one of these, with a symptom as its word:

    NetworkFault              symptom: see `probe.knowledge.symptoms`
    ├── TimedOut              timeout
    ├── Dropped               dropped or reset: the other side closed the connection, or tore it down
    └── TlsFault              certificate_expired, tls_version, tls_on_plain_port, …; carries the alert, if there was
    one
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from declarative_mail.probe.settings import TlsVersion
from declarative_mail.secrets import Secret


class NetworkFault(Exception):  # noqa: N818 - a fault is what it is called in verdicts
    """Something below SMTP went wrong.

    Args:
        symptom: its stable word.
        detail: what was seen, in few words; the server's bytes in it are already harmless.
    """

    def __init__(self, symptom: str, detail: str = "") -> None:
        super().__init__(f"{symptom}: {detail}" if detail else symptom)
        self.symptom = symptom
        self.detail = detail


class TimedOut(NetworkFault):
    """Nothing, or not enough, came before the deadline."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("timeout", detail)


class Dropped(NetworkFault):
    """The other side closed the connection where an answer was due, or reset it."""

    def __init__(self, detail: str = "", *, reset: bool = False) -> None:
        super().__init__("reset" if reset else "dropped", detail)


class TlsFault(NetworkFault):
    """The handshake failed, or what it showed was not good enough.

    Args:
        symptom: its stable word.
        detail: what was seen, in few words.
        alert: the name of the TLS alert that the other side sent, e.g. ``handshake_failure``.
    """

    def __init__(self, symptom: str, detail: str = "", *, alert: str | None = None) -> None:
        super().__init__(symptom, detail)
        self.alert = alert


class Endpoint(Struct, frozen=True):
    """One address of a server: an IPv4 or IPv6 address (with its zone, if any) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class TlsOptions(Struct, frozen=True, kw_only=True):
    """How a handshake is to be made.

    Args:
        server_name: for SNI and the check of the certificate's names.
        verify: whether a certificate that does not stand the checks is a fault.
        ca_certificate: PEM of the authorities to trust; None for the system's.
        min_version: the oldest version to accept.
        client_certificate: PEM of our own chain.
        client_key: PEM of its key.
    """

    server_name: str
    verify: bool = True
    ca_certificate: str | None = None
    min_version: TlsVersion = "1.2"
    client_certificate: str | None = None
    client_key: Secret | None = None


@dataclass(frozen=True, slots=True)
class TlsShown:
    """What a finished handshake has shown.

    Args:
        version: e.g. ``TLSv1.3``.
        cipher: OpenSSL's name of the cipher suite.
        chain: the certificates as the server sent them, leaf first, DER.
    """

    version: str
    cipher: str
    chain: tuple[bytes, ...] = field(repr=False)


class Stream(Protocol):
    """One connection.

    Every `until` is a point on the clock of `Network.now`: the call ends by then, however many small pieces arrive,
    and one in the past only takes what is already there. After a fault only `close` may be called. Used by one thread
    at a time.
    """

    @property
    def local_host(self) -> str:
        """Our own address on this connection."""

    def read(self, *, until: float) -> bytes:
        """At least one byte, as it arrives; ``b""`` once the other side has closed.

        Raises:
            TimedOut, Dropped, TlsFault: an alert in place of data.
        """

    def write(self, data: bytes, *, until: float) -> None:
        """Send all of it.

        Raises:
            TimedOut, Dropped
        """

    def start_tls(self, options: TlsOptions, *, until: float) -> TlsShown:
        """Make the handshake; from then on `read` and `write` are encrypted.

        Raises:
            TimedOut, Dropped, TlsFault
        """

    def close(self) -> None:
        """Let go at once; never raises, may be called twice."""


class Network(Protocol):
    """Names, connections and the clock. Used by many threads at once."""

    def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
        """All addresses of a name, IPv4 and IPv6, in the order in which the system would try them.

        Raises:
            NetworkFault: ``name_not_found``, ``no_address``, ``name_lookup_failed``; TimedOut.
        """

    def open(self, endpoint: Endpoint, *, until: float) -> Stream:
        """Connect.

        Raises:
            NetworkFault: ``refused``, ``unreachable``, ``forbidden``; TimedOut, Dropped.
        """

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def pause(self, seconds: float) -> None:
        """Let that much time pass."""

    def machine_name(self) -> str:
        """This machine's own name, for EHLO; it may be a short one."""
