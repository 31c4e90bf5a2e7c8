"""The protocol of a remote, and the records that pass over it.

::

    wanted ── complete, examine ──▶ planning ── Change ──▶ applying ── Operation(s) of one document ──▶ write ──▶ wire
                                     ▲   │ review                                                         │
                                     │   ▼                                                                │
                               LiveObject(s) ◀────────── refresh, find, look_up, everything ◀─────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Code, Diagnostic
from declarative_mail.remotes.capabilities import Capabilities, all_capabilities
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.schema import resource_schema
from declarative_mail.resources.stored import SECRET, UNKNOWN_SECRET
from declarative_mail.secrets import Secret
from declarative_mail.state.snapshot import ResourceRecord

Stored: TypeAlias = dict[str, Any]
"""Attributes in the form of the state: JSON values, ``{"$secret": {…}}`` and ``{"$ref": address}``."""

WriteVerb: TypeAlias = Literal["create", "update", "delete"]

Recognise: TypeAlias = Callable[[Secret, Mapping[str, Any] | None], Stored]
"""Gives what stands in the stored form for a secret that a remote told in clear.

It is given the content of the leaf that is known for this place, if any, and answers with that very leaf where the
secret is the one that it stands for.
"""


def recognise_nothing(_secret: Secret, known: Mapping[str, Any] | None) -> Stored:
    """For whoever compares no secrets: each counts as what is known, or as one of which nothing is known."""
    return {SECRET: dict(known)} if known else UNKNOWN_SECRET


class LiveObject(Struct, frozen=True):
    """What a remote has, in canonical attributes.

    Args:
        id: how the remote names it.
        attributes: in stored form; a secret that cannot be read back is as it was known.
        version: the remote's own mark of this version (an ETag), where it has one.
        private: what the remote wants to find in the record of this object the next time, as JSON; no secret.
    """

    id: str
    attributes: Mapping[str, Any]
    version: str | None = None
    private: Mapping[str, Any] = field(default_factory=dict)


class Operation(Struct, frozen=True):
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
        repeated: an interrupted run was about to make the same create, and the remote knew nothing of it when it was
            asked. It may have arrived since: an object that is in the way and equals `after` is that one, and ours.
    """

    verb: WriteVerb
    address: Address
    type: str
    id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    secrets: Mapping[str, Secret]
    ids: Mapping[str, str]
    repeated: bool = False


class Written(Struct, frozen=True):
    """How one operation ended: the object as the remote now has it, or the fault.

    Both, where the object stands but is not what was meant: it is remembered as it is, and the change has failed.
    """

    operation: Operation
    object: LiveObject | None = None
    fault: Diagnostic | None = None
    in_doubt: bool = False
    """The fault is that no answer came: the remote may have done it. The next run asks."""


class MailTest(Struct, frozen=True):
    """A message that a remote shall send through one of its servers: the recipient, the subject, the text."""

    to: str
    subject: str
    body: str


class MailTested(Struct, frozen=True):
    """Whether a remote's server took the message, and what the remote says of it."""

    ok: bool
    said: str | None = None


class Objection(Struct, frozen=True):
    """What a remote has against a declared object or a change of it.

    Args:
        address: of the object.
        code: the kind of fault.
        detail: what is wrong, why, and how to mend it.
        path: the attribute at fault; the block where it is empty.
        help: a suggestion that stands apart.
        related: further places, and what is to be said of each.
    """

    address: Address
    code: Code
    detail: str
    path: Path = ()
    help: str | None = None
    related: tuple[tuple[Address, Path, str], ...] = ()


class Declared(Struct, frozen=True):
    """One object of the configuration that is meant for a remote: its attributes in stored form."""

    address: Address
    attributes: Mapping[str, Any]


class Declaration(Struct, frozen=True):
    """One declared object before its remote has had a say.

    Args:
        type: of the resource.
        attributes: as declared, defaults filled in, in stored form. Not to be changed.
        written: the names of the attributes that were written, not filled in.
        declared: the attributes of another declared object, by address; None where there is none.
    """

    type: str
    attributes: Stored
    written: frozenset[str] = frozenset()
    declared: Callable[[str], Stored | None] = lambda _: None


class Remote(Protocol):
    """One system that holds objects.

    All methods may be called from several threads at once, but never two writes of one document. They do not raise for
    what the system answers: a refusal is the `fault` of the `Written`, or a diagnostic of `check`. An answer that was
    lost is looked up by natural key before anything is repeated; an implementation must not create an object twice.
    """

    name: str
    """``local``, or ``TYPE.LABEL`` of the remote block."""
    identity: str
    """Which system it really is (endpoint, account): part of the digest of a plan."""
    parallelism: int
    """How many calls are made at once at the most, to read and to write; 1 for a remote without latency."""
    tests_mail: bool = False
    """Whether the system sends a test message through a server that it has saved (``via = "remote"``)."""

    # -- what it can do: nothing is asked for these ------------------------------------------------------

    def capabilities(self, type_: str, /) -> Capabilities | None:
        """What can be done with a type; None where the remote has nothing of the kind."""
        return all_capabilities(type_)

    def natural_key(self, type_: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """What the remote keeps unique among the objects of a type: two of them cannot stand side by side."""
        return tuple(str(attributes.get(name) or "") for name in resource_schema(type_).natural_key)

    def complete(self, declaration: Declaration, /) -> Stored:
        """What a declared object means on this remote, before it is compared with what exists: its attributes."""
        return declaration.attributes

    def examine(self, _objects: Sequence[Declared], /) -> Iterable[Objection]:
        """What cannot be on this remote, seen from the declarations alone."""
        return ()

    def document(self, operation: Operation, /) -> str:
        """The unit of write that an operation belongs to: operations of one document are handed over together."""
        ...

    # -- reading -----------------------------------------------------------------------------------------

    def check(self) -> list[Diagnostic]:
        """The preflight: token valid, permissions, version. Reads only."""
        ...

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
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

    def find_listed(self, _type: str, _ids: Sequence[str], /) -> Mapping[str, LiveObject] | None:
        """Many objects by id, where a list costs less than asking for each; None where it does not.

        One that the list does not name may be there all the same: `find` tells.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        return None

    def look_up(self, type_: str, asked: Mapping[str, str], /) -> Sequence[LiveObject]:
        """The objects of a type with these attributes, for a data source; all of them where nothing is asked for.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        ...

    def know(self, addresses: Mapping[str, str], /) -> None:
        """Told what objects are called here, ``TYPE/ID`` to address: references to them are read as addresses."""
        ...

    def everything(self) -> Mapping[str, Sequence[LiveObject]]:
        """All that the remote has, by type. A reference in it is ``{"$ref": "TYPE/ID"}``.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        ...

    def review(self, _operations: Sequence[Operation], /) -> Iterable[Objection]:
        """What stands against the changes of a plan on the remote as it is now. Reads only.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        return ()

    def send_test(self, id_: str, _test: MailTest, /) -> MailTested:
        """Let the system send a message through a saved server; only where it `tests_mail`.

        Raises:
            DiagnosticError: the remote cannot be asked.
        """
        return MailTested(ok=False, said=f"{self.name} cannot test {id_}")

    # -- writing -----------------------------------------------------------------------------------------

    def write(self, document: str, operations: Sequence[Operation], /) -> list[Written]:
        """Write all operations of one document, in order. Read it again just before; refuse if it moved."""
        ...
