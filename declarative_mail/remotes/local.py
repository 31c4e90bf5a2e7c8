"""The local remote: the state file is the system. Writing is remembering, so it needs no journal and no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.remotes.base import LiveObject, Operation, Written
from declarative_mail.state.snapshot import ResourceRecord


class LocalRemote:
    """Objects that exist by being in the state.

    Args:
        make_id: makes an id that no other object has.
    """

    name = "local"
    identity = "local"
    parallelism = 1

    def __init__(self, make_id: Callable[[], str]) -> None:
        self._make_id = make_id

    def check(self) -> list[Diagnostic]:
        """Nothing can be wrong with it."""
        return []

    def refresh(self, records: Sequence[ResourceRecord]) -> Mapping[Address, LiveObject | None]:
        """The records themselves: what the state says is what exists."""
        return {record.address: LiveObject(record.id, record.attributes) for record in records}

    def immutable(self, _type: str, /) -> frozenset[str]:
        """Everything can be updated."""
        return frozenset()

    def document(self, operation: Operation) -> str:
        """Each object is one of its own."""
        return str(operation.address)

    def write(self, _document: str, operations: Sequence[Operation], /) -> list[Written]:
        """Take each object as it is given."""
        return [self._written(operation) for operation in operations]

    def _written(self, operation: Operation) -> Written:
        if operation.after is None:
            return Written(operation)
        return Written(operation, LiveObject(operation.id or self._make_id(), operation.after))
