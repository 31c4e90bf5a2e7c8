"""Drift: what changed behind the configuration's back, told apart from what the configuration itself wants changed.

Three states are compared attribute by attribute. *prior* is what was last applied, as a digest that only apply writes::

                       live = prior      live moved
    desired = prior    nothing           theirs
    desired moved      ours              both (nothing, if they moved to the same value)
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.planning.change import SecretNumbers, Stored, Wanted
from declarative_mail.planning.diff import at_path, changed_paths
from declarative_mail.planning.normalise import SameSecret, align_secrets, respelled
from declarative_mail.state.digest import short_digest
from declarative_mail.state.snapshot import ResourceRecord

Side: TypeAlias = Literal["theirs", "ours", "both", "unknown"]


class Accepted(Struct, frozen=True):
    """One ``accept_drift`` block: attributes (none: all) of an address, up to and including a day."""

    address: Address
    attributes: tuple[str, ...]
    until: date
    reason: str = ""

    def covers(self, address: Address, path: str, today: date) -> bool:
        """Whether drift at this place is accepted today."""
        if self.address not in (address, address.resource) or today > self.until:
            return False
        return not self.attributes or any(
            path == one or path.startswith((f"{one}.", f"{one}[")) for one in self.attributes
        )


class FieldDrift(Struct, frozen=True):
    """One attribute that is not as it was applied, or not as it is wanted.

    Args:
        path: of the attribute.
        side: who moved it.
        live: what exists.
        desired: what the configuration says.
        accepted: what accepts it, where something does.
    """

    path: str
    side: Side
    live: Any
    desired: Any
    accepted: Accepted | None = None


class ObjectDrift(Struct, frozen=True):
    """What is to be said of one object; `gone` means that it no longer exists."""

    address: Address
    gone: bool = False
    fields: tuple[FieldDrift, ...] = ()
    sets: tuple[str, ...] = ()

    @property
    def is_drift(self) -> bool:
        """Whether somebody else changed it and nobody accepted that."""
        return self.gone or any(one.side in ("theirs", "both") and one.accepted is None for one in self.fields)

    def data(self, secrets: SecretNumbers) -> dict[str, Any]:
        """The JSON form: a published contract."""
        return {
            "type": "drift",
            "address": str(self.address),
            "gone": self.gone,
            "drift": self.is_drift,
            "fields": [_field_data(one, secrets) for one in self.fields],
            "sets": list(self.sets),
        }


def _field_data(field: FieldDrift, secrets: SecretNumbers) -> dict[str, Any]:
    accepted = field.accepted
    return {
        "path": field.path,
        "class": field.side,
        "desired": secrets.shown(field.desired),
        "live": secrets.shown(field.live),
        "accepted_until": accepted.until.isoformat() if accepted else None,
        "accepted_reason": accepted.reason if accepted else None,
    }


def find_drift(
    records: Mapping[Address, ResourceRecord],
    wanted: Mapping[Address, Wanted],
    live: Mapping[Address, Stored | None],
    *,
    accepted: Sequence[Accepted],
    today: date,
    same: SameSecret = operator.eq,
) -> list[ObjectDrift]:
    """What is to be said of every object of the state, in address order; nothing of those that are as they should be.

    Args:
        records: the state.
        wanted: the configuration.
        live: what exists where it is not what the state says; None means gone.
        accepted: what is known and let be.
        today: the day that ends what is accepted.
        same: whether a new and an old fingerprint stand for the same secret.
    """
    found = []
    for address in sorted(records):
        record = records[address]
        if record.mode != "managed":
            continue
        exists = live.get(address, record.attributes)
        if exists is None:
            found.append(ObjectDrift(address, gone=True))
            continue
        desired = _desired(exists, wanted.get(address), same)
        fields = tuple(_fields(record, desired, exists, accepted=accepted, today=today))
        fields += tuple(_unreadable(wanted.get(address), desired, exists, known={one.path for one in fields}))
        if fields:
            sets = wanted[address].sets if address in wanted else ()
            found.append(ObjectDrift(address, fields=fields, sets=sets))
    return found


def _fields(
    record: ResourceRecord, desired: Stored, live: Stored, *, accepted: Iterable[Accepted], today: date
) -> Iterator[FieldDrift]:
    for name in sorted(live.keys() | desired.keys()):
        side = _side(record.applied.get(name), live.get(name), desired.get(name))
        if side is None:
            continue
        before, after = live.get(name), desired.get(name)
        if before == after:
            yield FieldDrift(name, side, before, after, _accepted(record.address, name, accepted, today=today))
            continue
        for path in changed_paths({name: before}, {name: after}):
            until = _accepted(record.address, path, accepted, today=today)
            yield FieldDrift(path, side, at_path(live, path), at_path(desired, path), until)


def _unreadable(wanted: Wanted | None, desired: Stored, live: Stored, *, known: set[str]) -> Iterator[FieldDrift]:
    """What nobody can compare: the remote does not tell it."""
    for path in sorted(wanted.unreadable - known) if wanted is not None else ():
        if at_path(live, path) is not None:
            yield FieldDrift(path, "unknown", at_path(live, path), at_path(desired, path))


def _desired(live: Stored, wanted: Wanted | None, same: SameSecret) -> Stored:
    """What the configuration says; of an object that it does not declare (any more) it says nothing."""
    if wanted is None:
        return live
    aligned: Stored = respelled(live, align_secrets(live, wanted.attributes, same=same), wanted.folded)
    return aligned


def _side(applied: str | None, live: Any, desired: Any) -> Side | None:
    """Who moved an attribute away from what was applied; None where nobody did, or both went the same way."""
    if applied is None:
        return None if live == desired else "ours"
    theirs, ours = short_digest(live) != applied, short_digest(desired) != applied
    if live == desired:
        return "theirs" if theirs and not ours else None
    if theirs and ours:
        return "both"
    return "theirs" if theirs else "ours" if ours else None


def _accepted(address: Address, path: str, accepted: Iterable[Accepted], *, today: date) -> Accepted | None:
    found = [one for one in accepted if one.covers(address, path, today)]
    return max(found, key=lambda one: one.until, default=None)
