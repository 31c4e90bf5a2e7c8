"""What an object says in other words than before and means the same: leaves and addresses. Its digests follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from declarative_mail.addresses import Address
from declarative_mail.records import replace
from declarative_mail.resources.stored import REFERENCE, with_leaves
from declarative_mail.state.digest import short_digest
from declarative_mail.state.snapshot import ResourceRecord


def with_changed_leaves(record: ResourceRecord, kind: str, change: Callable[[Any], Any]) -> ResourceRecord:
    """The same object with the content of every leaf of one kind changed.

    What was as applied before is so afterwards, and what had drifted stays drifted: a digest is only replaced where it
    was that of the old value.

    Args:
        record: the object.
        kind: of the leaves, from `declarative_mail.resources.stored`.
        change: from the old content to the new one.
    """
    attributes = with_leaves(record.attributes, kind, change)
    return record if attributes == record.attributes else with_attributes(record, attributes)


def with_attributes(record: ResourceRecord, attributes: dict[str, Any]) -> ResourceRecord:
    """The same object in other words: what is as applied is so afterwards, what has drifted stays drifted.

    Args:
        record: the object. One that was never applied, such as an import, has no digests afterwards either.
        attributes: they mean what those of the record do, and may have other names.
    """
    before = record.attributes
    gone = before.keys() - attributes.keys()
    applied = {name: one for name, one in record.applied.items() if name not in gone}
    for name, value in attributes.items() if record.applied else ():
        if name not in before:
            applied.setdefault(name, short_digest(value))
        elif value != before[name] and applied.get(name) == short_digest(before[name]):
            applied[name] = short_digest(value)
    return replace(record, attributes=attributes, applied=applied)


def renamed_texts(renamed: Mapping[Address, Address], known: Iterable[Address]) -> dict[str, str]:
    """The new text of each address that is renamed.

    Resources all of whose instances move together are renamed too: a reference may name the resource as a whole.

    Args:
        renamed: the new address of each object that gets one.
        known: the addresses of all objects before.
    """
    staying = {address.resource for address in known if address not in renamed}
    moved: dict[Address, set[Address]] = {}
    for old, new in renamed.items():
        moved.setdefault(old.resource, set()).add(new.resource)
    whole = {str(old): str(*new) for old, new in moved.items() if old not in staying and len(new) == 1}
    return whole | {str(old): str(new) for old, new in renamed.items()}


def with_renamed_addresses(texts: Mapping[str, str]) -> Callable[[ResourceRecord], ResourceRecord]:
    """What gives an object with all that it refers to under its new address."""

    def rename(text: str) -> str:
        return texts.get(text, text)

    def follow(record: ResourceRecord) -> ResourceRecord:
        followed = with_changed_leaves(record, REFERENCE, rename)
        dependencies = tuple(map(rename, record.dependencies))
        references = tuple(map(rename, record.references))
        if (dependencies, references) == (record.dependencies, record.references):
            return followed
        return replace(followed, dependencies=dependencies, references=references)

    return follow
