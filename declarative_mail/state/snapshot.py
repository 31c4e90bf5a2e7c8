"""The records of a state, as they stand in the file. ``schemas/state.schema.json`` is generated from them.

A snapshot never changes: `Snapshot.with_resources` and `records.replace` make a new one. Two kinds of leaf in
``attributes`` are not plain values: ``{"$secret": {"source", "version", "fingerprint"}}`` stands for a secret that is
kept nowhere, ``{"$ref": "<address>"}`` for a reference to another resource (`declarative_mail.resources.stored`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias, cast

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import asdict, force_setattr

from declarative_mail.addresses import Address, ModuleStep
from declarative_mail.records import replace

VERSION: Literal[1] = 1
"""The version of the format that this program writes. Every version ever written stays readable."""

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

# Python's $ also matches before a line end: the length keeps that out.
Lineage: TypeAlias = Annotated[
    str,
    Meta(
        pattern=_UUID,
        max_length=36,
        description="Made once: states with different lineages are different things.",
    ),
]

StoredValue: TypeAlias = Any
"""A value of JSON: `declarative_mail.state.json_text` refuses to write any other."""

Mode: TypeAlias = Literal["managed", "data"]

Place: TypeAlias = tuple[str, str, str]
"""Remote, type and id: which object it is, whatever it is called here. Ids of some systems are unique within a type."""


class Record(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all records of a file share: frozen, no unknown fields.

    What a reader must not guess is required; fields with a default are left out of the file where they have it. Their
    types are checked when a file is read and when one is written.
    """

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form with all fields, those with their default too. Values are shared with the record."""
        return {name: _data(value) for name, value in asdict(self).items()}


def _data(value: Any) -> Any:
    if isinstance(value, Record):
        return value.data
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    if isinstance(value, dict):
        return {name: item.data if isinstance(item, Record) else item for name, item in value.items()}
    return value


class ModuleCall(Record, frozen=True):
    """One call on the way to a module instance."""

    name: str
    key: str | int | None = None


class Lifecycle(Record, frozen=True):
    """What must hold even when the block that declared it is gone."""

    prevent_destroy: Annotated[bool, Meta(description="Deleting the object is refused (semantics of `lifecycle`).")] = (
        False
    )
    create_before_destroy: Annotated[
        bool, Meta(description="A replacement is created before this object is deleted.")
    ] = False


_NO_LIFECYCLE = Lifecycle()


class ResourceRecord(Record, frozen=True, kw_only=True, dict=True):
    """One object that exists, or a data source as it was last read."""

    module: Annotated[
        tuple[ModuleCall, ...], Meta(description="The module instance that declares it; empty at the root.")
    ] = ()
    mode: Mode
    type: str
    name: Annotated[str, Meta(description="The label of its block.")]
    key: Annotated[str | int | None, Meta(description="The instance key under `count` or `for_each`.")] = None
    deposed: Annotated[
        str | None,
        Meta(
            description="Set on an object that was replaced and still has to be deleted; tells several of them apart."
        ),
    ] = None
    remote: Annotated[str, Meta(description="Where it exists: `local`, or type and label of a remote block.")]
    id: Annotated[str, Meta(description="How the remote names it.")]
    schema_version: Annotated[int, Meta(ge=1, description="The version of the attributes of this type.")]
    attributes: Annotated[
        dict[str, StoredValue],
        Meta(
            description='Values as last written or read. A secret is `{"$secret": {source, version, fingerprint}}`, '
            'a reference `{"$ref": address}`.'
        ),
    ]
    applied: Annotated[
        dict[str, str],
        Meta(description="One digest per attribute of what was last applied; only apply writes it."),
    ] = field(default_factory=dict)
    secrets_changed: Annotated[
        dict[str, str], Meta(description="When each secret attribute of it last changed; RFC 3339, UTC.")
    ] = field(default_factory=dict)
    dependencies: Annotated[tuple[str, ...], Meta(description="Addresses that must outlive it, in address order.")] = ()
    references: Annotated[tuple[str, ...], Meta(description="Addresses whose values its attributes use.")] = ()
    lifecycle: Lifecycle = _NO_LIFECYCLE
    private: Annotated[
        dict[str, StoredValue],
        Meta(description="What its remote wants to find again at the next refresh; no secret."),
    ] = field(default_factory=dict)
    status: Annotated[
        Literal["awaiting_confirmation", "tainted"] | None,
        Meta(
            description="`awaiting_confirmation`: a person must do the last step; "
            "`tainted`: replaced at the next apply."
        ),
    ] = None

    def __post_init__(self) -> None:
        # A default is left out of the file only where it is that very object.
        if self.lifecycle is not _NO_LIFECYCLE and self.lifecycle == _NO_LIFECYCLE:
            force_setattr(self, "lifecycle", _NO_LIFECYCLE)

    @property
    def module_path(self) -> tuple[ModuleStep, ...]:
        """The module instance as part of an address."""
        return tuple(ModuleStep(step.name, step.key) for step in self.module)

    @cached_property
    def address(self) -> Address:
        """The address of the resource instance. A deposed object has the address of what replaced it."""
        return Address(self.type, self.name, self.key, self.module_path, self.mode)

    @property
    def place(self) -> Place:
        """Which object it is."""
        return (self.remote, self.type, self.id)

    def at(self, address: Address) -> ResourceRecord:
        """The same object under another address."""
        return replace(
            self,
            module=tuple(ModuleCall(name=step.name, key=step.key) for step in address.module),
            mode=cast(Mode, address.mode),
            type=address.type,
            name=address.name,
            key=address.key,
        )


class Fingerprints(Record, frozen=True):
    """How the fingerprints of secrets in this state were made."""

    algorithm: Literal["hmac-sha256", "scrypt"]
    salt: Annotated[str | None, Meta(description="Base64; for scrypt, one for the whole state.")] = None
    key_check: Annotated[
        str | None,
        Meta(description="The fingerprint of a fixed text: tells a key that was exchanged from secrets that changed."),
    ] = None


class Output(Record, frozen=True):
    """An output value of the root module."""

    value: StoredValue = None
    sensitive: bool = False
    type: Annotated[
        StoredValue, Meta(description="The type constraint in JSON form; absent where it follows from the value.")
    ] = None


class Stage(Record, frozen=True):
    """The verdict of one stage of a connection test."""

    stage: str
    verdict: Literal["pass", "warn", "fail", "skipped", "unknown"]
    code: str | None = None
    reply: Annotated[str | None, Meta(description="The server's own words.")] = None
    cause: str | None = None
    remedy: str | None = None
    ms: Annotated[int, Meta(description="How long it took, in milliseconds.")] = 0
    details: Annotated[dict[str, StoredValue], Meta(description="Facts of the stage.")] = field(default_factory=dict)


class CheckResult(Record, frozen=True, kw_only=True):
    """The last result of a connection test or of a `check` block."""

    kind: Literal["connection_test", "check"] = "connection_test"
    address: str
    ok: bool
    at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    subject: Annotated[str | None, Meta(description="Digest of what was tested: a result counts for nothing else.")] = (
        None
    )
    certificate_expires: Annotated[str | None, Meta(description="RFC 3339, UTC.")] = None
    require: Annotated[tuple[str, ...], Meta(description="The stages that had to pass.")] = ()
    stages: tuple[Stage, ...] = ()
    messages: Annotated[
        tuple[str, ...], Meta(description="Of a `check` block: the messages of the assertions that failed.")
    ] = ()


class Skip(Record, frozen=True):
    """A connection test that somebody chose to leave out."""

    reason: str
    at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    addresses: tuple[str, ...] = ()


class Outcome(Record, frozen=True):
    """How a call ended. Without one, nobody knows whether the remote did it."""

    status: Literal["done", "failed"]
    at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    record: Annotated[ResourceRecord | None, Meta(description="The object after the call; absent after a delete.")] = (
        None
    )
    error: str | None = None


class Intent(Record, frozen=True, kw_only=True):
    """A call that is about to be made, noted before it is made. Intents with one document key are one write."""

    id: str
    address: str
    verb: Literal["create", "read", "update", "replace", "delete", "import", "move", "forget"]
    remote: str
    object_id: Annotated[str | None, Meta(description="How the remote names the object, where it exists already.")] = (
        None
    )
    deposed: Annotated[
        str | None,
        Meta(description="Of a create that replaces an object which still stands: what marks the old one."),
    ] = None
    document_key: Annotated[str | None, Meta(description="The unit of write that it is part of.")] = None
    natural_key: Annotated[str | None, Meta(description="How the object is found again when the answer is lost.")] = (
        None
    )
    before: Annotated[str | None, Meta(description="Digest of the object before the call.")] = None
    after: Annotated[str | None, Meta(description="Digest of the object that the call makes.")] = None
    record: Annotated[
        ResourceRecord | None, Meta(description="What the call makes, as far as it is known beforehand.")
    ] = None
    at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    outcome: Outcome | None = None


class Snapshot(Record, frozen=True, kw_only=True, dict=True):
    """A whole state at one moment."""

    version: Annotated[Literal[1], Meta(description="The version of this format.")]
    serial: Annotated[int, Meta(ge=0, description="Grows by one with every write.")]
    lineage: Lineage
    tool_version: Annotated[str, Meta(description="The version of dmail that wrote it.")]
    fingerprint: Fingerprints | None = None
    outputs: dict[str, Output] = field(default_factory=dict)
    resources: tuple[ResourceRecord, ...] = ()
    check_results: tuple[CheckResult, ...] = ()
    skips: tuple[Skip, ...] = ()
    pending: Annotated[
        tuple[Intent, ...], Meta(description="Calls of a run that has not ended, in stores without a disk.")
    ] = ()

    @classmethod
    def empty(cls, *, lineage: str, tool_version: str) -> Snapshot:
        """The state before anything exists.

        Args:
            lineage: a fresh UUID in its canonical text form.
            tool_version: the version of the program that makes it.

        Raises:
            msgspec.ValidationError: the lineage is no UUID.
        """
        checked = msgspec.convert(lineage, Lineage)
        return cls(version=VERSION, serial=0, lineage=checked, tool_version=tool_version)

    @cached_property
    def by_address(self) -> dict[Address, ResourceRecord]:
        """The objects by address, without the deposed ones."""
        return {record.address: record for record in self.resources if record.deposed is None}

    @cached_property
    def deposed(self) -> tuple[ResourceRecord, ...]:
        """Objects that were replaced and still have to be deleted.

        Some systems let us choose ids: one that was used again since, e.g. by an import, names an object that stays.
        """
        left = [record for record in self.resources if record.deposed is not None]
        current = {record.place for record in self.by_address.values()} if left else set()
        return tuple(record for record in left if record.place not in current)

    def with_resources(self, records: Iterable[ResourceRecord]) -> Snapshot:
        """The same state with these objects, sorted by address."""
        return replace(self, resources=tuple(sorted(records, key=record_order)))


def record_order(record: ResourceRecord) -> tuple[object, ...]:
    """A sort key: by address, the current object before deposed ones."""
    return (record.address.order, record.deposed or "")
