"""What the conformance suite needs of a system: one harness for each remote that must pass it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from declarative_mail.remotes.capabilities import Capabilities, all_capabilities
from declarative_mail.remotes.harness.tables import capabilities_of
from tests.remotes.conformance.harness_ng import next_gen_harness
from tests.remotes.conformance.rest import rest_harness
from tests.remotes.fault_proxy import Fault, FaultProxy


class Harness(Protocol):
    """One running system behind a proxy that can spoil its answers."""

    remote: str
    """The type of the remote."""
    proxy: FaultProxy
    block: str
    """The remote block, ``default = true``."""
    environment: dict[str, str]
    token: str
    """The environment variable that holds the token."""
    calls: Mapping[str, tuple[str, str]]
    """For ``create``, ``update`` and ``delete`` of a user group: the method, and a part of the path."""
    reads_secrets: bool
    """The system tells secrets of groups in clear: that one changed is seen."""

    def objects(self, type_: str) -> dict[str, dict[str, Any]]:
        """The attributes of what exists in stored form, as far as the system has them, by id."""
        ...

    def change(self, type_: str, id_: str, **attributes: Any) -> None:
        """What somebody else does to an object."""
        ...

    def remove(self, type_: str, id_: str) -> None:
        """What somebody else deletes."""
        ...

    def writes(self) -> int:
        """How many requests came that change something."""
        ...

    def groups_of_rule(self, rule: Mapping[str, Any]) -> list[str]:
        """The ids of the groups that a rule of `objects` names."""
        ...

    def overtaken(self, change: Callable[[], None]) -> Fault:
        """Lets somebody else be faster: `change` is made after the plan, before an update of a group is written."""
        ...

    def violations(self) -> list[str]:
        """Requests that the system's published interface does not allow."""
        ...


Maker = Callable[[Path], AbstractContextManager[Any]]

HARNESSES: dict[str, tuple[Maker, Callable[[str], Capabilities | None]]] = {
    "rest": (rest_harness, all_capabilities),
    "harness": (next_gen_harness, capabilities_of),
}
"""By type of remote: how to start a system, and the table of what its remote can do."""
