"""The records of a state, as they stand in the file. ``schemas/state.schema.json`` is generated from them.

A snapshot never changes: `Snapshot.with_resources` and `Record.model_copy` make a new one. Two kinds of leaf in
``attributes`` are not plain values: ``{"$secret": {"source", "version", "fingerprint"}}`` stands for a secret that is
kept nowhere, ``{"$ref": "<address>"}`` for a reference to another resource (`declarative_mail.resources.stored`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema, core_schema

from declarative_mail.addresses import Address, ModuleStep

VERSION: Literal[1] = 1
"""The version of the format that this program writes. Every version ever written stays readable."""

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class _AnyJson:
    """Values that come from JSON text need no second look; those that the program puts in are checked to be JSON."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(core_schema.any_schema(), handler(source))


StoredValue: TypeAlias = Annotated[JsonValue, _AnyJson]


Place: TypeAlias = tuple[str, str, str]
"""Remote, type and id: which object it is, whatever it is called here. Ids of some systems are unique within a type."""


class Record(BaseModel):
    """What all records of a state share: frozen, no unknown fields, built once for the whole snapshot.

    What a reader must not guess is required; fields with a default are left out of the file where they have it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, validated as a new record is.

        Pydantic's own would carry over values derived from the old fields (`cached_property`) and would take anything:
        a `Secret` that is put in by mistake must fail here and not be written.

        Raises:
            pydantic.ValidationError: a field that does not exist, or a value that the field does not take.
        """
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        made = type(self).model_validate({**kept, **(update or {})})
        return deepcopy(made) if deep else made


class ModuleCall(Record):
    """One call on the way to a module instance."""

    name: str
    key: str | int | None = None


class Lifecycle(Record):
    """What must hold even when the block that declared it is gone."""

    prevent_destroy: bool = Field(
        default=False, description="Deleting the object is refused (semantics of `lifecycle`)."
    )
    create_before_destroy: bool = Field(
        default=False, description="A replacement is created before this object is deleted."
    )


class ResourceRecord(Record):
    """One object that exists, or a data source as it was last read."""

    module: tuple[ModuleCall, ...] = Field(
        default=(), description="The module instance that declares it; empty at the root."
    )
    mode: Literal["managed", "data"]
    type: str
    name: str = Field(description="The label of its block.")
    key: str | int | None = Field(default=None, description="The instance key under `count` or `for_each`.")
    deposed: str | None = Field(
        default=None,
        description="Set on an object that was replaced and still has to be deleted; tells several of them apart.",
    )
    remote: str = Field(description="Where it exists: `local`, or type and label of a remote block.")
    id: str = Field(description="How the remote names it.")
    schema_version: int = Field(ge=1, description="The version of the attributes of this type.")
    attributes: dict[str, StoredValue] = Field(
        description='Values as last written or read. A secret is `{"$secret": {source, version, fingerprint}}`, '
        'a reference `{"$ref": address}`.'
    )
    applied: dict[str, str] = Field(
        default_factory=dict, description="One digest per attribute of what was last applied; only apply writes it."
    )
    secrets_changed: dict[str, str] = Field(
        default_factory=dict, description="When each secret attribute of it last changed; RFC 3339, UTC."
    )
    dependencies: tuple[str, ...] = Field(default=(), description="Addresses that must outlive it, in address order.")
    references: tuple[str, ...] = Field(default=(), description="Addresses whose values its attributes use.")
    lifecycle: Lifecycle = Lifecycle()
    private: dict[str, StoredValue] = Field(
        default_factory=dict, description="What its remote wants to find again at the next refresh; no secret."
    )
    status: Literal["awaiting_confirmation", "tainted"] | None = Field(
        default=None,
        description="`awaiting_confirmation`: a person must do the last step; `tainted`: replaced at the next apply.",
    )

    @cached_property
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
        steps = tuple(ModuleCall(name=step.name, key=step.key) for step in address.module)
        return self.model_copy(
            update={
                "module": steps,
                "mode": address.mode,
                "type": address.type,
                "name": address.name,
                "key": address.key,
            }
        )


class Fingerprints(Record):
    """How the fingerprints of secrets in this state were made."""

    algorithm: Literal["hmac-sha256", "scrypt"]
    salt: str | None = Field(default=None, description="Base64; for scrypt, one for the whole state.")
    key_check: str | None = Field(
        default=None,
        description="The fingerprint of a fixed text: tells a key that was exchanged from secrets that changed.",
    )


class Output(Record):
    """An output value of the root module."""

    value: StoredValue = None
    sensitive: bool = False
    type: StoredValue = Field(
        default=None, description="The type constraint in JSON form; absent where it follows from the value."
    )


class Stage(Record):
    """The verdict of one stage of a connection test."""

    stage: str
    verdict: Literal["pass", "warn", "fail", "skipped", "unknown"]
    code: str | None = None
    reply: str | None = Field(default=None, description="The server's own words.")
    cause: str | None = None
    remedy: str | None = None
    ms: int = Field(default=0, description="How long it took, in milliseconds.")
    details: dict[str, StoredValue] = Field(default_factory=dict, description="Facts of the stage.")


class CheckResult(Record):
    """The last result of a connection test or of a `check` block."""

    kind: Literal["connection_test", "check"] = "connection_test"
    address: str
    ok: bool
    at: str = Field(description="RFC 3339, UTC.")
    subject: str | None = Field(
        default=None, description="Digest of what was tested: a result counts for nothing else."
    )
    certificate_expires: str | None = Field(default=None, description="RFC 3339, UTC.")
    require: tuple[str, ...] = Field(default=(), description="The stages that had to pass.")
    stages: tuple[Stage, ...] = ()
    messages: tuple[str, ...] = Field(
        default=(), description="Of a `check` block: the messages of the assertions that failed."
    )


class Skip(Record):
    """A connection test that somebody chose to leave out."""

    reason: str
    at: str = Field(description="RFC 3339, UTC.")
    addresses: tuple[str, ...] = ()


class Outcome(Record):
    """How a call ended. Without one, nobody knows whether the remote did it."""

    status: Literal["done", "failed"]
    at: str = Field(description="RFC 3339, UTC.")
    record: ResourceRecord | None = Field(default=None, description="The object after the call; absent after a delete.")
    error: str | None = None


class Intent(Record):
    """A call that is about to be made, noted before it is made. Intents with one document key are one write."""

    id: str
    address: str
    verb: Literal["create", "read", "update", "replace", "delete", "import", "move", "forget"]
    remote: str
    object_id: str | None = Field(default=None, description="How the remote names the object, where it exists already.")
    deposed: str | None = Field(
        default=None, description="Of a create that replaces an object which still stands: what marks the old one."
    )
    document_key: str | None = Field(default=None, description="The unit of write that it is part of.")
    natural_key: str | None = Field(default=None, description="How the object is found again when the answer is lost.")
    before: str | None = Field(default=None, description="Digest of the object before the call.")
    after: str | None = Field(default=None, description="Digest of the object that the call makes.")
    record: ResourceRecord | None = Field(
        default=None, description="What the call makes, as far as it is known beforehand."
    )
    at: str = Field(description="RFC 3339, UTC.")
    outcome: Outcome | None = None


class Snapshot(Record):
    """A whole state at one moment."""

    version: Literal[1] = Field(description="The version of this format.")
    serial: int = Field(ge=0, description="Grows by one with every write.")
    lineage: str = Field(pattern=_UUID, description="Made once: states with different lineages are different things.")
    tool_version: str = Field(description="The version of dmail that wrote it.")
    fingerprint: Fingerprints | None = None
    outputs: dict[str, Output] = Field(default_factory=dict)
    resources: tuple[ResourceRecord, ...] = ()
    check_results: tuple[CheckResult, ...] = ()
    skips: tuple[Skip, ...] = ()
    pending: tuple[Intent, ...] = Field(
        default=(), description="Calls of a run that has not ended, in stores without a disk."
    )

    @classmethod
    def empty(cls, *, lineage: str, tool_version: str) -> Snapshot:
        """The state before anything exists.

        Args:
            lineage: a fresh UUID in its canonical text form.
            tool_version: the version of the program that makes it.
        """
        return cls(version=VERSION, serial=0, lineage=lineage, tool_version=tool_version)

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
        return self.model_copy(update={"resources": tuple(sorted(records, key=record_order))})


def record_order(record: ResourceRecord) -> tuple[object, ...]:
    """A sort key: by address, the current object before deposed ones."""
    return (record.address.order, record.deposed or "")
