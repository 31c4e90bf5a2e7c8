"""What the client asks of each kind of object: the same questions for a server, a group, a secret and a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from declarative_mail.addresses import Address
from declarative_mail.remotes.base import Declaration, Declared, LiveObject, Objection, Operation, Stored, Written
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.state.snapshot import ResourceRecord


class Kind(Protocol):
    """One type of resource on Harness. What is read in a run is remembered as what the plan was made from."""

    type: ClassVar[str]

    def complete(self, declaration: Declaration, /) -> Stored:
        """See `declarative_mail.remotes.base.Remote.complete`."""
        ...

    def examine(self, objects: Sequence[Declared], /) -> Iterable[Objection]:
        """What cannot be, seen from the declarations alone."""
        ...

    def document(self, operation: Operation, /) -> str:
        """The unit of write."""
        ...

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """What exists of what the state knows. May raise what `Context.asking` maps."""
        ...

    def find(self, id_: str | None, like: Mapping[str, Any] | None, /) -> LiveObject | None:
        """One object, asked for now, by id or by natural key. May raise what `Context.asking` maps."""
        ...

    def all_in(self, scopes: Sequence[Scope], /) -> Sequence[LiveObject]:
        """Everything of the kind in some scopes. May raise what `Context.asking` maps."""
        ...

    def review(self, operations: Sequence[Operation], /) -> Iterable[Objection]:
        """What stands against changes, as things are now. May raise what `Context.asking` maps."""
        ...

    def write(self, operations: Sequence[Operation], /) -> list[Written]:
        """Write the operations of one document."""
        ...
