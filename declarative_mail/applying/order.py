"""In which order changes are made.

::

    what others refer to ──▶ what refers to it ──▶ … ──▶ deletes, in reverse: what refers first
    └──────── creates, updates, new halves of replacements ───┘      └── old halves of replacements too

A delete comes before a create only where both have the same natural key (the remote would refuse the second of
them). All operations of one document are one step, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any, Protocol

from msgspec import Struct, field

from declarative_mail.addresses import Address, parse_address
from declarative_mail.planning.change import Action, Change
from declarative_mail.planning.targets import block_of
from declarative_mail.remotes.base import Operation, WriteVerb


class Part(Struct, frozen=True):
    """One operation that a change needs: a replacement has two, everything else one."""

    change: Change
    verb: WriteVerb

    @property
    def remote(self) -> str:
        """The remote that it is sent to: a delete goes to where the object is, which may not be where it shall be."""
        if self.verb == "delete" and self.change.record is not None:
            return self.change.record.remote
        return self.change.remote

    @property
    def outline(self) -> Operation:
        """The operation as far as it is known beforehand: enough to say which document it belongs to."""
        change = self.change
        known_id = change.importing or (change.record.id if change.record is not None else None)
        after = None if self.verb == "delete" else change.after
        # The new half of a replacement is a create like any other: nothing of the old object is its own, no secret.
        id_, before = (None, None) if self.verb == "create" else (known_id, change.before)
        return Operation(self.verb, change.address, change.address.type, id_, before, after, {}, {})


class Step(Struct):
    """The parts that are written together, and the steps that must be done before."""

    remote: str
    document: str
    parts: list[Part] = field(default_factory=list)


def parts_of(change: Change) -> Iterator[Part]:
    """The operations of a change; none for one that only touches the state."""
    match change.action:
        case Action.CREATE:
            yield Part(change, "create")
        case Action.UPDATE:
            yield Part(change, "update")
        case Action.DELETE:
            yield Part(change, "delete")
        case Action.REPLACE:
            yield Part(change, "delete")
            yield Part(change, "create")


class Units(Protocol):
    """What remotes say of the things to be written."""

    def document(self, part: Part, /) -> str:
        """The unit of write that a part belongs to, on its remote."""
        ...

    def natural_key(self, remote: str, type_: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """What the remote keeps unique among the objects of a type."""
        ...


def order_steps(changes: Sequence[Change], units: Units) -> tuple[list[Step], TopologicalSorter[int]]:
    """The steps, and a prepared sorter over their indexes.

    Args:
        changes: of the plan.
        units: the documents and natural keys of the remotes.
    """
    steps: list[Step] = []
    by_key: dict[tuple[str, str], int] = {}
    of_part: dict[tuple[Address, WriteVerb], int] = {}
    for part in sorted(
        (part for change in changes for part in parts_of(change)), key=lambda part: part.verb != "delete"
    ):
        key = (part.remote, units.document(part))
        index = by_key.setdefault(key, len(steps))
        if index == len(steps):
            steps.append(Step(*key))
        steps[index].parts.append(part)
        of_part[part.change.address, part.verb] = index
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(steps)), ()))
    for index, needed in _edges(changes, of_part, units, first=len(steps)):
        if index != needed:
            sorter.add(index, needed)
    sorter.prepare()
    return steps, sorter


def _edges(
    changes: Sequence[Change], of_part: Mapping[tuple[Address, WriteVerb], int], units: Units, *, first: int
) -> Iterator[tuple[int, int]]:
    """Pairs (step, step that comes before). Numbers from `first` on are barriers.

    They stand for "all of this block is written".
    """
    blocks = sorted({block_of(change.address) for change in changes})
    written = {block: first + 2 * number for number, block in enumerate(blocks)}
    deleted = {block: first + 2 * number + 1 for number, block in enumerate(blocks)}
    all_written = first + 2 * len(blocks)
    users = _users(changes)
    clashes = dict(_clashes(changes, of_part, units))
    writes = {index for (_, verb), index in of_part.items() if verb != "delete"}
    own = _blocks_of_steps(of_part)
    early = set(clashes.values()) | (writes & {index for (_, verb), index in of_part.items() if verb == "delete"})
    yield from clashes.items()
    for change in changes:
        block = block_of(change.address)
        write = of_part.get((change.address, "create"), of_part.get((change.address, "update")))
        delete = of_part.get((change.address, "delete"))
        if write is not None:
            yield from ((written[block], write), (all_written, write))
            # What a document needs of itself is written with it.
            yield from ((write, written[one]) for one in _needs(change) if one in written and one not in own[write])
        if delete is None:
            continue
        yield deleted[block], delete
        if write is not None and _same_key(change, units):
            yield write, delete
        elif delete not in early:
            yield delete, all_written
            yield from ((delete, deleted[one]) for one in users.get(block, ()) if one in deleted and one != block)


def _users(changes: Sequence[Change]) -> dict[Address, set[Address]]:
    """For each block those whose objects, as they exist, refer to it: they are deleted first."""
    users: dict[Address, set[Address]] = {}
    for change in changes:
        if change.record is not None:
            for text in change.record.dependencies:
                users.setdefault(block_of(parse_address(text)), set()).add(block_of(change.address))
    return users


def _needs(change: Change) -> Iterable[Address]:
    return change.wanted.dependencies if change.wanted is not None else ()


def _blocks_of_steps(of_part: Mapping[tuple[Address, WriteVerb], int]) -> dict[int, set[Address]]:
    """The blocks of which each step writes something."""
    blocks: dict[int, set[Address]] = {}
    for (address, verb), index in of_part.items():
        if verb != "delete":
            blocks.setdefault(index, set()).add(block_of(address))
    return blocks


def _clashes(
    changes: Sequence[Change], of_part: Mapping[tuple[Address, WriteVerb], int], units: Units
) -> Iterator[tuple[int, int]]:
    """Creates that need the natural key of an object that is deleted, with that delete."""
    ending = {
        (change.remote, change.address.type, _record_key(change, units)): of_part[change.address, "delete"]
        for change in changes
        if change.action is Action.DELETE and _record_key(change, units)
    }
    for change in changes:
        if change.action is Action.CREATE and change.wanted is not None:
            delete = ending.get((change.remote, change.address.type, change.wanted.natural_key))
            if delete is not None:
                yield of_part[change.address, "create"], delete


def _record_key(change: Change, units: Units) -> tuple[str, ...]:
    remote = change.record.remote if change.record is not None else change.remote
    return units.natural_key(remote, change.address.type, change.before) if change.before is not None else ()


def _same_key(change: Change, units: Units) -> bool:
    """Whether old and new object of a replacement cannot stand side by side."""
    if change.action is not Action.REPLACE or change.record is None or change.wanted is None:
        return False
    return change.record.remote == change.wanted.remote and _record_key(change, units) == change.wanted.natural_key
