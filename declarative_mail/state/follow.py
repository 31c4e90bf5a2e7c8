"""Leaves of an object that are written otherwise than before and mean the same: its digests follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from declarative_mail.state.digest import short_digest
from declarative_mail.state.leaves import with_leaves
from declarative_mail.state.snapshot import ResourceRecord


def with_changed_leaves(record: ResourceRecord, kind: str, change: Callable[[Any], Any]) -> ResourceRecord:
    """The same object with the content of every leaf of one kind changed.

    What was as applied before is so afterwards, and what had drifted stays drifted: a digest is only replaced where it
    was that of the old value.

    Args:
        record: the object.
        kind: of the leaves, from `declarative_mail.state.leaves`.
        change: from the old content to the new one.
    """
    attributes = with_leaves(record.attributes, kind, change)
    changed = {name for name, value in attributes.items() if value != record.attributes[name]}
    if not changed:
        return record
    fitting = {name for name in changed if record.applied.get(name) == short_digest(record.attributes[name])}
    applied = record.applied | {name: short_digest(attributes[name]) for name in fitting}
    return record.model_copy(update={"attributes": attributes, "applied": applied})
