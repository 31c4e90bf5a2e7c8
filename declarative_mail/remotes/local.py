"""The local remote: the state file is the system. Writing is remembering, so it needs no journal and no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.base import LiveObject, Operation, Remote, Written
from declarative_mail.remotes.capabilities import Capabilities
from declarative_mail.state.snapshot import ResourceRecord

_ALL = Capabilities()


class LocalRemote(Remote):
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

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """The records themselves: what the state says is what exists."""
        return {record.address: LiveObject(record.id, record.attributes) for record in records}

    def find(
        self,
        _type: str,
        /,
        *,
        id_: str | None = None,  # noqa: ARG002
        like: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> LiveObject | None:
        """Refused: nothing exists beside the state, so there is nothing to take over (semantics 33)."""
        detail = (
            "On the remote local the state is all that exists, so there is nothing to import. Write the block and "
            "apply it, or move an entry with:\n    dmail state mv SOURCE TARGET"
        )
        raise DiagnosticError(Diagnostic(codes.IMPORT_REFUSED, detail))

    def know(self, _addresses: Mapping[str, str], /) -> None:
        """Its references are addresses already."""

    def everything(self) -> Mapping[str, Sequence[LiveObject]]:
        """Refused likewise."""
        detail = "On the remote local the state is all that exists: there is nothing to pull. `dmail show` shows it."
        raise DiagnosticError(Diagnostic(codes.IMPORT_REFUSED, detail))

    def look_up(self, _type: str, _asked: Mapping[str, str], /) -> Sequence[LiveObject]:
        """Nothing: data sources on it read the state, which this remote does not see."""
        return ()

    def capabilities(self, _type: str, /) -> Capabilities:
        """Everything can be written, and updated."""
        return _ALL

    def document(self, operation: Operation, /) -> str:
        """Each object is one of its own."""
        return str(operation.address)

    def write(self, _document: str, operations: Sequence[Operation], /) -> list[Written]:
        """Take each object as it is given."""
        return [self._written(operation) for operation in operations]

    def _written(self, operation: Operation) -> Written:
        if operation.after is None:
            return Written(operation)
        return Written(operation, LiveObject(operation.id or self._make_id(), operation.after))
