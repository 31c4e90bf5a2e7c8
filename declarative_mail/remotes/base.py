"""The protocol of a remote, and the records that pass over it.

::

    planning ── Change ──▶ applying ── Operation(s) of one document ──▶ Remote.write ──▶ wire
                   ▲                                                        │
                   └──────── LiveObject ◀── Remote.refresh ◀────────────────┘
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.secrets import Secret
from declarative_mail.state.snapshot import ResourceRecord


@dataclass(frozen=True, slots=True)
class LiveObject:
    """What a remote has, in canonical attributes.

    Args:
        id: how the remote names it.
        attributes: in stored form; a secret that cannot be read back is left out and counts as unchanged.
        version: the remote's own mark of this version (an ETag), where it has one.
        unreadable: attributes that this remote never tells.
    """

    id: str
    attributes: Mapping[str, Any]
    version: str | None = None
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """One object to write.

    Args:
        verb: what is done.
        address: of which instance.
        type: of the resource.
        id: how the remote names the object; None for a create.
        before: what exists, in stored form; None for a create.
        after: what shall be, in stored form; None for a delete.
        secrets: the values of the secrets in `after`, by attribute path.
        ids: for each address that `after` refers to, how the remote names that object.
    """

    verb: Literal["create", "update", "delete"]
    address: Address
    type: str
    id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    secrets: Mapping[str, Secret]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """How one operation ended: the object as the remote now has it, or the fault."""

    operation: Operation
    object: LiveObject | None = None
    fault: Diagnostic | None = None
    in_doubt: bool = False
    """The fault is that no answer came: the remote may have done it. The next run asks."""


class Remote(Protocol):
    """One system that holds objects.

    All methods may be called from several threads at once, but never two writes of one document. They do not raise
    for what the
    system answers: a refusal is the `fault` of the `Written`, or a diagnostic of `check`. An answer that was lost is
    looked up by
    natural key before anything is repeated; an implementation must not create an object twice.
    """

    name: str
    """``local``, or ``TYPE.LABEL`` of the remote block."""
    identity: str
    """Which system it really is (endpoint, account): part of the digest of a plan."""
    parallelism: int
    """How many documents may be written at once; 1 for a remote without latency."""

    def check(self) -> list[Diagnostic]:
        """The preflight: token valid, permissions, version. Reads only."""
        ...

    def refresh(self, records: Sequence[ResourceRecord]) -> Mapping[Address, LiveObject | None]:
        """What exists of the objects that the state knows; None for one that is gone.

        Lists are read once for each type.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        ...

    def find(
        self, type_: str, /, *, id_: str | None = None, like: Mapping[str, Any] | None = None
    ) -> LiveObject | None:
        """The object with this id or, without one, with the natural key of these attributes; None where there is none.

        Asks the remote each time: it settles what became of a call whose answer was lost.

        Raises:
            DiagnosticError: the remote cannot be asked, or objects of it are not found by id (`local`).
        """
        ...

    def know(self, addresses: Mapping[str, str], /) -> None:
        """Told what objects are called here that are about to be taken over, by id: references to them are read so."""
        ...

    def everything(self) -> Mapping[str, Sequence[LiveObject]]:
        """All that the remote has, by type. A reference in it is ``{"$ref": "TYPE/ID"}``.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        ...

    def immutable(self, type_: str, /) -> frozenset[str]:
        """The attributes of a type that cannot be updated."""
        ...

    def document(self, operation: Operation) -> str:
        """The unit of write that an operation belongs to: operations of one document are handed over together."""
        ...

    def write(self, document: str, operations: Sequence[Operation], /) -> list[Written]:
        """Write all operations of one document, in order. Read it again just before; refuse if it moved."""
        ...
