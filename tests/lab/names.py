"""Names that only the laboratory knows."""

from __future__ import annotations

from collections.abc import Mapping

from declarative_mail.probe.network import Endpoint
from declarative_mail.probe.sockets import RealNetwork


class Named(RealNetwork):
    """The real network with names of its own, so that no name server is asked."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._names = names

    def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
        """The addresses of the test's own names."""
        return tuple(Endpoint(address, port) for address in self._names[host])
