"""The records of a plan: one change for each address, the outputs, and the plan itself with its JSON form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Span
from declarative_mail.resources.leaves import SIMPLE
from declarative_mail.state.snapshot import ResourceRecord, Snapshot

FORMAT_VERSION = "1.0"
"""Of the JSON form of a plan. A new minor version adds fields, a new major one changes them."""

Stored: TypeAlias = dict[str, Any]
"""Attributes in the form of the state: JSON values with the leaves of `declarative_mail.resources.stored`."""


class Action(StrEnum):
    """What happens to one object. The words are Terraform's; ``refresh`` changes what the state says, nothing else."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"
    NO_OP = "no-op"
    IMPORT = "import"
    MOVE = "move"
    FORGET = "forget"
    REFRESH = "refresh"


class Reason(StrEnum):
    """Why an action was chosen, where the action alone does not say it."""

    NO_BLOCK = "delete_because_no_resource_config"
    WRONG_KEY = "delete_because_wrong_instance_key"
    NO_MODULE = "delete_because_no_module"
    DESTROY = "delete_because_destroy_requested"
    REMOVED_BLOCK = "delete_because_removed_block"
    GONE = "create_because_missing_in_remote"
    IMMUTABLE = "replace_because_cannot_update"
    REMOTE_CHANGED = "replace_because_remote_changed"
    REQUESTED = "replace_because_requested"
    TRIGGERED = "replace_because_triggered"
    TAINTED = "replace_because_tainted"
    CONFIG_UNKNOWN = "read_because_config_unknown"
    DEPENDENCY_PENDING = "read_because_dependency_pending"
    EXPANDED = "expanded_dependency_changed"
    SECRET_FORCED = "update_because_secret_write_requested"  # noqa: S105
    SECRET_VERSION = "update_because_secret_version_changed"  # noqa: S105
    CHANGED_THERE = "refresh_because_changed_in_remote"
    GONE_THERE = "forget_because_missing_in_remote"


class Wanted(Struct, frozen=True):
    """What the configuration says of one resource instance.

    Args:
        address: which one.
        attributes: canonical, defaults filled, in stored form; ``{"$unknown": path}`` where known only after apply.
        remote: ``local`` or ``TYPE.LABEL``.
        identity: how the remote itself is known (endpoint and account), for the digest.
        schema_version: of the attributes.
        dependencies: the blocks it needs, without keys.
        references: the instances its attributes name.
        prevent_destroy: deleting it is refused.
        create_before_destroy: a replacement comes before the delete.
        ignore_changes: attribute paths whose prior value stays; None for all.
        triggers: addresses or attribute paths whose change replaces it.
        sets: attributes whose order means nothing.
        folded: those of them in which the case of letters means nothing either.
        immutable: attributes that its remote cannot update.
        left_alone: attributes that stay as they are on its remote where they are null.
        unreadable: attributes that its remote never tells.
        kept: attributes that the remote has no use for: an object that is taken over has them as they are declared.
        has_secrets: some leaf is a secret.
        span: the header of its block.
        natural_key: what the remote keeps unique; a replacement with the same key deletes first.
    """

    address: Address
    attributes: Stored
    remote: str
    schema_version: int
    span: Span
    identity: str = "local"
    dependencies: tuple[Address, ...] = ()
    references: tuple[Address, ...] = ()
    prevent_destroy: bool = False
    create_before_destroy: bool | None = None
    ignore_changes: tuple[str, ...] | None = ()
    triggers: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    immutable: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    has_secrets: bool = False
    natural_key: tuple[str, ...] = ()


class Change(Struct, frozen=True):
    """What happens to one address.

    Args:
        address: which one.
        action: what happens.
        reason: why, where that is not plain.
        remote: where: ``local`` or ``TYPE.LABEL``.
        before: what exists, as the remote answered; None where nothing does.
        after: what will be; None after a delete.
        changed: paths of attributes that differ, in the order of their names.
        replace_paths: the paths that forced a replacement.
        importing: the id under which an existing object is taken over.
        previous_address: where the state had it, if it moved.
        record: what the state knows of it.
        wanted: what the configuration says of it.
        private: what the remote wants to find in the record of an object that is taken over.
    """

    address: Address
    action: Action
    remote: str
    before: Stored | None
    after: Stored | None
    reason: Reason | None = None
    changed: tuple[str, ...] = ()
    replace_paths: tuple[str, ...] = ()
    importing: str | None = None
    previous_address: Address | None = None
    record: ResourceRecord | None = None
    wanted: Wanted | None = None
    private: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_effective(self) -> bool:
        """Whether applying it does anything, to a remote or to the state."""
        return self.action is not Action.NO_OP or self.importing is not None or self.previous_address is not None

    @property
    def deletes(self) -> bool:
        """Whether an object ends."""
        return self.action in (Action.DELETE, Action.REPLACE)

    def data(self, secrets: SecretNumbers, *, details: bool = True) -> dict[str, Any]:
        """The JSON form: a published contract. Without details it is not whole: for those who do not show them."""
        return {
            "type": "change",
            "address": str(self.address),
            "action": self.action.value,
            "reason": self.reason.value if self.reason else None,
            "before": secrets.shown(self.before) if details else None,
            "after": secrets.shown(self.after) if details else None,
            "changed": list(self.changed),
            "replace_paths": list(self.replace_paths),
            "importing": self.importing,
            "previous_address": str(self.previous_address) if self.previous_address else None,
            "remote": self.remote,
            "sets": list(self.wanted.sets) if self.wanted else [],
        }


class SecretNumbers:
    """Numbers for secrets in one plan.

    Equal secrets share one, so that a change shows without the value (``secret #2``).
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def shown(self, value: Any) -> Any:
        """The same value with each stored secret as ``{"$secret": "#2"}``."""
        if isinstance(value, dict):
            leaf = value.get("$secret")
            if leaf is not None and len(value) == 1:
                return {"$secret": self._number(leaf)}
            return {name: item if type(item) in SIMPLE else self.shown(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [item if type(item) in SIMPLE else self.shown(item) for item in value]
        return value

    def _number(self, leaf: Mapping[str, Any]) -> str:
        known_by = leaf.get("fingerprint") or f"{leaf.get('source')} {leaf.get('version')}"
        return f"#{self._numbers.setdefault(known_by, len(self._numbers) + 1)}"


class OutputChange(Struct, frozen=True):
    """An output before and after."""

    action: Action
    before: Any
    after: Any
    sensitive: bool

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form; a sensitive value is hidden."""
        hidden = {"$secret": "#0"}
        return {
            "action": self.action.value,
            "before": hidden if self.sensitive and self.before is not None else self.before,
            "after": hidden if self.sensitive and self.after is not None else self.after,
            "sensitive": self.sensitive,
        }


class Brake(Struct, frozen=True):
    """A reason not to apply without being told so: the flag that lets it pass, and what is wrong."""

    name: str
    flag: str
    message: str

    @property
    def data(self) -> dict[str, str]:
        """The JSON form."""
        return {"name": self.name, "flag": self.flag, "message": self.message}


class Plan(Struct, frozen=True):
    """All changes, deletes first, and what they are bound to.

    Args:
        changes: one for each address, in the order in which they are shown.
        outputs: outputs that change, by name.
        snapshot: the state that it was made from; None where there was none.
        configuration_digest: of the configuration and the files it read.
        digest: of the changes and outputs: what ``apply --expect`` names.
        brakes: what must be allowed by a flag.
        destroy: it was made to destroy everything.
        mode: ``normal``, ``destroy`` or ``refresh-only``.
        connection_tests: their verdicts in JSON form, where they ran.
        reads: data sources that wait for apply. They are shown and change nothing.
    """

    changes: tuple[Change, ...]
    outputs: Mapping[str, OutputChange]
    snapshot: Snapshot | None
    configuration_digest: str
    digest: str
    brakes: tuple[Brake, ...] = ()
    mode: str = "normal"
    connection_tests: tuple[Mapping[str, Any], ...] = ()
    reads: tuple[Change, ...] = ()

    @property
    def lineage(self) -> str | None:
        """Of the state that it was made from."""
        return None if self.snapshot is None else self.snapshot.lineage

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes that do something."""
        return tuple(change for change in self.changes if change.is_effective)

    @property
    def is_empty(self) -> bool:
        """Whether applying it would do nothing."""
        return not self.effective and not self.outputs

    @property
    def summary(self) -> dict[str, Any]:
        """The last line of ``plan --json``. A replacement counts as one to add and one to destroy."""
        counts = _count(self.changes)
        return {"type": "summary", **counts, "digest": self.digest}

    @property
    def data(self) -> dict[str, Any]:
        """The whole plan in its JSON form."""
        return self.shown(details=True)

    def shown(self, *, details: bool, of_unchanged: bool = True) -> dict[str, Any]:
        """The plan in its JSON form, as far as it is shown.

        Args:
            details: what is in each object before and after.
            of_unchanged: the same of objects that stay as they are: no text has it.
        """
        secrets = SecretNumbers()
        shown = sorted((*self.changes, *self.reads), key=lambda change: change.action is Action.NO_OP)
        return {
            "format_version": FORMAT_VERSION,
            "digest": self.digest,
            "mode": self.mode,
            "changes": [
                change.data(secrets, details=details and (of_unchanged or change.action is not Action.NO_OP))
                for change in shown
            ],
            "outputs": {name: output.data for name, output in self.outputs.items()},
            "summary": self.summary,
            "connection_tests": list(self.connection_tests),
            "brakes": [brake.data for brake in self.brakes],
        }


def _count(changes: Iterable[Change]) -> dict[str, int]:
    counts = {"add": 0, "change": 0, "destroy": 0, "import": 0, "move": 0, "forget": 0, "refresh": 0}
    for change in changes:
        match change.action:
            case Action.CREATE:
                counts["add"] += 1
            case Action.UPDATE:
                counts["change"] += 1
            case Action.DELETE:
                counts["destroy"] += 1
            case Action.REPLACE:
                counts["add"] += 1
                counts["destroy"] += 1
            case Action.FORGET:
                counts["forget"] += 1
            case Action.REFRESH:
                counts["refresh"] += 1
        counts["import"] += change.importing is not None
        counts["move"] += change.previous_address is not None
    return counts
