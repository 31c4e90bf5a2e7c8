r"""Conversations written down as the bytes of each side and played at once, on a clock of their own.

    script = Script(b"220 mx.example ESMTP\r\n", Hear(b"EHLO "), b"250 mx.example\r\n", Close())
    network = ScriptedNetwork({"mx.example:25": script})

Public, like the real network: whoever builds on the probe can test without sockets. Time passes only where a script, or
a reader who waits in vain, lets it pass. For one test at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from declarative_mail.probe.network import Dropped, Endpoint, NetworkFault, Stream, TimedOut, TlsOptions, TlsShown


class Hear(Struct, frozen=True):
    """The client has to send a line that begins so (in any case); with `skip`, others may come before it."""

    begins: bytes = b""
    skip: bool = False


class Wait(Struct, frozen=True):
    """Seconds pass before the server goes on."""

    seconds: float


class Close(Struct, frozen=True):
    """The server closes the connection; `reset` tears it down."""

    reset: bool = False


class Handshake(Struct, frozen=True):
    """The client begins TLS; it sees this, or fails so."""

    outcome: TlsShown | NetworkFault = field(default_factory=lambda: TlsShown("TLSv1.3", "TLS_AES_256_GCM_SHA384", ()))


Step: TypeAlias = "bytes | Hear | Wait | Close | Handshake"


class Script:
    """What one connection will see; bytes are what the server sends. After the last step it is silent.

    `heard` is what the client has sent, a line each, `options` the TLS options that it began with.
    """

    def __init__(self, *steps: Step) -> None:
        self.steps = deque(steps)
        self.heard: list[bytes] = []
        self.options: list[TlsOptions] = []
        self.closed = False


class ScriptedNetwork:
    """Plays scripts.

    Args:
        servers: for each ``host:port`` (or ``[address]:port``) the scripts of its connections, one after another, or
            the fault of
            connecting to it.
        names: the addresses of names, or the fault of looking them up; a name that is not given stands for itself.
        name: this machine's own.
    """

    def __init__(
        self,
        servers: Mapping[str, Script | Sequence[Script] | NetworkFault],
        *,
        names: Mapping[str, Sequence[str] | NetworkFault] | None = None,
        name: str = "client.example",
    ) -> None:
        self._faults = {key: one for key, one in servers.items() if isinstance(one, NetworkFault)}
        self._scripts = {
            key: deque([one] if isinstance(one, Script) else one)
            for key, one in servers.items()
            if not isinstance(one, NetworkFault)
        }
        self._names = names or {}
        self._name = name
        self._clock = 0.0
        self.opened: list[Endpoint] = []

    def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
        """See `network.Network`."""
        found = self._names.get(host, [host])
        if isinstance(found, NetworkFault):
            raise self._late(found, until)
        return tuple(Endpoint(address, port) for address in found)

    def open(self, endpoint: Endpoint, *, until: float) -> Stream:
        """See `network.Network`."""
        self.opened.append(endpoint)
        if fault := self._faults.get(str(endpoint)):
            raise self._late(fault, until)
        scripts = self._scripts.get(str(endpoint))
        if not scripts:
            raise NetworkFault("refused", str(endpoint))
        return _ScriptedStream(scripts.popleft(), self)

    def now(self) -> float:
        """See `network.Network`."""
        return self._clock

    def pause(self, seconds: float) -> None:
        """See `network.Network`."""
        self._clock += seconds

    def machine_name(self) -> str:
        """See `network.Network`."""
        return self._name

    def _late(self, fault: NetworkFault, until: float) -> NetworkFault:
        """A fault as it is raised: a timeout is only known at the deadline."""
        if isinstance(fault, TimedOut):
            self._clock = max(self._clock, until)
        return fault


class _ScriptedStream:
    def __init__(self, script: Script, network: ScriptedNetwork) -> None:
        self._script = script
        self._network = network
        self._line = b""

    @property
    def local_host(self) -> str:
        return "192.0.2.1"

    def read(self, *, until: float) -> bytes:
        match self._next(until):
            case bytes() as said:
                self._script.steps.popleft()
                return said
            case Close(reset=True):
                raise Dropped("Connection reset by peer", reset=True)
            case Close():
                return b""
            case _:
                raise self._silence(until)

    def write(self, data: bytes, *, until: float) -> None:
        self._next(until)
        *lines, self._line = (self._line + data).split(b"\r\n")
        for line in lines:
            self._hear(line)

    def start_tls(self, options: TlsOptions, *, until: float) -> TlsShown:
        step = self._next(until)
        if not isinstance(step, Handshake):
            raise self._silence(until)
        self._script.options.append(options)
        self._script.steps.popleft()
        if isinstance(step.outcome, TimedOut):
            raise self._silence(until)
        if isinstance(step.outcome, NetworkFault):
            raise step.outcome
        return step.outcome

    def close(self) -> None:
        self._script.closed = True

    def _hear(self, line: bytes) -> None:
        self._script.heard.append(line)
        step = self._script.steps[0] if self._script.steps else None
        if not isinstance(step, Hear):
            return
        if line.upper().startswith(step.begins.upper()):
            self._script.steps.popleft()
        elif not step.skip:
            raise AssertionError(f"the script waits for {step.begins!r}, the client sent {line!r}")

    def _next(self, until: float) -> Step | None:
        """The step that is due, after the waiting in front of it as far as the deadline allows."""
        steps = self._script.steps
        while steps and isinstance(step := steps[0], Wait):
            left = max(until - self._network.now(), 0)
            if step.seconds > left:
                self._network.pause(left)
                steps[0] = Wait(step.seconds - left)
                return steps[0]
            self._network.pause(step.seconds)
            steps.popleft()
        return steps[0] if steps else None

    def _silence(self, until: float) -> TimedOut:
        self._network.pause(max(until - self._network.now(), 0))
        return TimedOut()
