"""User groups: a list for each scope, members by e-mail address, a full replacement for each change.

::

    refresh ── list of the scope (members as ids) ──▶ ids as last time? ── yes ──▶ the addresses of last time
                                                                       └── no ───▶ one read of that group

The ids and addresses of last time stand in the record of the group: a refresh costs pages, and one read for each group
whose members changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from declarative_mail.remotes.base import LiveObject, Objection, Operation
from declarative_mail.remotes.harness import groups_wire as wire
from declarative_mail.remotes.harness.context import Context, with_kept
from declarative_mail.remotes.harness.members import Members
from declarative_mail.remotes.harness.protection import protected
from declarative_mail.remotes.harness.scope import Place, Scope
from declarative_mail.remotes.harness.scoped import Raw, ScopedKind
from declarative_mail.state.snapshot import ResourceRecord

_PATH_V2 = "/ng/api/v2/user-groups"


class GroupKind(ScopedKind):
    """User groups of all scopes."""

    type: ClassVar = wire.TYPE
    noun: ClassVar = "user group"
    path: ClassVar = "/ng/api/user-groups"
    write_path: ClassVar = _PATH_V2

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._members = Members(context)

    def _listed(self, scope: Scope) -> Iterable[Raw]:
        return self._context.api.pages(self.path, query={**scope.query, "filterType": "EXCLUDE_INHERITED_GROUPS"})

    def _get(self, place: Place) -> Raw | None:
        return self._members.read(place)

    def _live(self, raw: Raw, local: Mapping[str, Any] | None) -> LiveObject:
        return self._with_members(raw, local, wire.members_of(raw))

    def _with_members(self, raw: Raw, local: Mapping[str, Any] | None, members: Mapping[str, str]) -> LiveObject:
        """The object of a group. Where `local` manages no members, none are told."""
        managed = local is None or local.get("members") is not None
        attributes = wire.from_wire(raw, list(members.values()) if managed else None, self._context, local)
        private = {"members": dict(members)} if managed else {}
        whole = with_kept(self.type, attributes, self._kept, local)
        return LiveObject(Place.of_raw(raw).id, whole, private=private)

    def _body(self, operation: Operation, _place: Place, live: Raw | None) -> dict[str, Any]:
        members = (operation.after or {}).get("members")
        users = list(wire.members_of(live or {}).values()) if members is None else list(members)
        return wire.to_wire(operation, live, users)

    def _put_path(self, _place: Place) -> str:
        return _PATH_V2

    def _protected(self, operation: Operation, raw: Raw) -> Iterator[Objection]:
        return protected(operation, raw)

    def _missing(self, operation: Operation, made: Mapping[str, Any]) -> str | None:
        after = operation.after or {}
        has = {one.casefold() for one in made.get("members") or ()}
        lost = [one for one in after.get("members") or () if one.casefold() not in has]
        if not lost:
            return None
        return (
            f"{operation.address} was written, but Harness left out {', '.join(lost)}: it knows no such user in the "
            f"{Scope.of(after).words}. Invite them there first, or take them out of members."
        )

    def _relive(self, record: ResourceRecord, place: Place, raw: Raw) -> LiveObject | None:
        """A read where the members changed. Where nobody here manages them, who they are is not asked."""
        known = cast("Mapping[str, str]", record.private.get("members") or {})
        if record.attributes.get("members") is None or set(raw.get("users") or ()) == set(known):
            return self._with_members(raw, record.attributes, known)
        read = self._get(place)
        return self._live(read, record.attributes) if read is not None else None

    def all_in(self, scopes: Sequence[Scope], /) -> Sequence[LiveObject]:
        """A list for each scope, and a read for each group."""
        lists = self._context.side_by_side(self._list, scopes)
        places = [Place.of_raw(one) for groups in lists for one in groups.values()]
        found = self._context.side_by_side(self._get, places)
        return [self._live(one, None) for one in found if one is not None]
