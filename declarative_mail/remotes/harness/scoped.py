"""What user groups and secrets have in common: objects of a scope, known by an identifier, written one by one.

::

    create   POST     answer lost: again, a duplicate that equals the intent is ours     another: offer the import
    update   read it, refuse if it moved since the plan, PUT a full replacement
    delete   read it, refuse if it moved since the plan, DELETE                 gone already: what was wanted
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.base import Declaration, Declared, LiveObject, Objection, Operation, Stored, Written
from declarative_mail.remotes.faults import changed_since_plan, not_kept
from declarative_mail.remotes.harness.api import HarnessError
from declarative_mail.remotes.harness.context import Context, differing, same
from declarative_mail.remotes.harness.faults import exists_already, policy_denial, taken
from declarative_mail.remotes.harness.names import examine_identity, in_default_scope
from declarative_mail.remotes.harness.scope import Place, Scope
from declarative_mail.remotes.harness.tables import kept_names
from declarative_mail.state.snapshot import ResourceRecord

Raw = Mapping[str, Any]
"""An object as Harness answers with it."""


class ScopedKind(ABC):
    """Objects of all scopes. See `declarative_mail.remotes.harness.kind.Kind`."""

    type: ClassVar[str]
    noun: ClassVar[str]
    path: ClassVar[str]
    """Of the collection, to delete from."""
    write_path: ClassVar[str]
    """Of the collection, to create in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lists: dict[Scope, dict[str, Raw]] = {}
        self._kept = kept_names(self.type)

    # -- what a kind says for itself ---------------------------------------------------------------------

    @abstractmethod
    def _listed(self, scope: Scope) -> Iterable[Raw]:
        """All objects of a scope."""

    @abstractmethod
    def _get(self, place: Place) -> Raw | None:
        """One object as it is now."""

    @abstractmethod
    def _live(self, raw: Raw, local: Mapping[str, Any] | None) -> LiveObject:
        """What an answer says, beside what only `local` knows."""

    @abstractmethod
    def _body(self, operation: Operation, place: Place, live: Raw | None) -> dict[str, Any]:
        """The body of a write over what there is."""

    @abstractmethod
    def _put_path(self, place: Place) -> str:
        """Where an update goes."""

    def _answered_with(self, answer: Any) -> Raw:
        """The object in the answer to a write."""
        found: Raw = answer
        return found

    def _missing(self, _operation: Operation, _made: Mapping[str, Any]) -> str | None:
        """Why something of a write was not kept, where the kind knows."""
        return None

    def _writes_unreadable(self, _operation: Operation) -> bool:
        """Whether an update writes something that no answer tells."""
        return False

    # -- the declaration ---------------------------------------------------------------------------------

    def complete(self, declaration: Declaration, /) -> Stored:
        """An object that names no scope lives where the remote block says."""
        return in_default_scope(declaration.attributes, self._context.default)

    def examine(self, objects: Sequence[Declared], /) -> Iterable[Objection]:
        """Names that Harness takes."""
        for one in objects:
            yield from examine_identity(one)

    def document(self, operation: Operation, /) -> str:
        """Each object is one of its own, and so is each half of a replacement."""
        return f"{operation.address} {operation.verb}"

    # -- reading -----------------------------------------------------------------------------------------

    def _list(self, scope: Scope) -> dict[str, Raw]:
        """The objects of a scope by identifier, as this run saw them first."""
        if scope not in self._lists:
            self._lists[scope] = {one["identifier"]: one for one in self._listed(scope)}
        return self._lists[scope]

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """A list for each scope, and a read for each object that it does not name."""
        places = {one.address: Place.parse(one.id) for one in records}
        self._context.side_by_side(self._list, {place.scope for place in places.values() if place is not None})
        found = self._context.side_by_side(lambda one: self._refreshed(one, places[one.address]), records)
        return dict(zip(places, found, strict=True))

    def _refreshed(self, record: ResourceRecord, place: Place | None) -> LiveObject | None:
        if place is None:
            return None
        raw = self._lists[place.scope].get(place.identifier)
        # To a token that may not see them a list is empty; the read says what is the matter.
        return self._relive(record, place, raw) if raw is not None else self.find(record.id, record.attributes)

    def _relive(self, record: ResourceRecord, _place: Place, raw: Raw) -> LiveObject | None:
        """The object of a record, as its list shows it."""
        return self._live(raw, record.attributes)

    def find(self, id_: str | None, like: Mapping[str, Any] | None, /) -> LiveObject | None:
        """One read."""
        place = Place.parse(id_) if id_ is not None else Place(Scope.of(like or {}), (like or {})["identifier"])
        raw = self._get(place) if place is not None else None
        return self._live(raw, like) if raw is not None else None

    def review(self, operations: Sequence[Operation], /) -> Iterable[Objection]:
        """Unmanaged objects in the way of new ones."""
        places = [(one, place_of_operation(one)) for one in operations]
        ending = {place for one, place in places if one.verb == "delete"}
        self._context.side_by_side(self._list, {place.scope for _, place in places})
        for operation, place in places:
            raw = self._lists[place.scope].get(place.identifier)
            if raw is None:
                continue
            if operation.verb == "create" and place not in ending:
                detail = taken(operation.address, self._context.name, self._words(place), place.id)
                yield Objection(operation.address, codes.EXISTS_ALREADY, detail)
            elif operation.verb != "create":
                yield from self._protected(operation, raw)

    def _protected(self, _operation: Operation, _raw: Raw) -> Iterator[Objection]:
        """What must not be changed in an object that somebody else rules."""
        return iter(())

    def _words(self, place: Place) -> str:
        return f'a {self.noun} "{place.identifier}" in the {place.scope.words}'

    # -- writing -----------------------------------------------------------------------------------------

    def write(self, operations: Sequence[Operation], /) -> list[Written]:
        """One after the other."""
        return [self._context.writing(one, self._write) for one in operations]

    def _write(self, operation: Operation) -> Written:
        return {"create": self._create, "update": self._update, "delete": self._delete}[operation.verb](operation)

    def _create(self, operation: Operation) -> Written:
        place = place_of_operation(operation)
        body = self._body(operation, place, None)
        try:
            # Sent again where no answer came: an identifier is given once, the second time it is a duplicate.
            answer = self._context.api.call(
                "POST", self.write_path, query=place.scope.query, body=body, repeatable=True
            )
        except (TransportError, HarnessError) as error:
            if isinstance(error, HarnessError) and not (error.is_duplicate or error.is_in_doubt):
                raise
            # What stands there now says whether it was done (semantics 31).
            raw = self._get(place)
            if raw is None:
                raise
            made = self._live(raw, operation.after)
            return Written(operation, made) if same(made.attributes, operation.after) else self._taken(operation, place)
        return self._confirmed(operation, answer)

    def _taken(self, operation: Operation, place: Place) -> Written:
        fault = exists_already(operation.address, self._context.name, self._words(place), place.id)
        return Written(operation, fault=fault)

    def _update(self, operation: Operation) -> Written:
        place, before, after = place_of_operation(operation), operation.before or {}, operation.after or {}
        raw = self._get(place)
        if raw is None:
            return self._moved(operation, "is gone")
        live = self._live(raw, before)
        if not same(live.attributes, before):
            made = self._live(raw, after)
            if not same(made.attributes, after):
                return self._moved(operation, "was changed")
            if not self._writes_unreadable(operation):
                # Our own call, whose answer was lost; or another who wants the same.
                return Written(operation, made)
        elif same(before, after, ignoring=self._kept) and not operation.ids:
            return Written(operation, LiveObject(place.id, dict(after), private=live.private))
        body = self._body(operation, place, raw)
        answer = self._context.api.call("PUT", self._put_path(place), query=place.scope.query, body=body)
        return self._confirmed(operation, answer)

    def _delete(self, operation: Operation) -> Written:
        place, before = place_of_operation(operation), operation.before or {}
        raw = self._get(place)
        if raw is None:
            return Written(operation)
        if not same(self._live(raw, before).attributes, before):
            return self._moved(operation, "was changed")
        try:
            self._context.api.call("DELETE", f"{self.path}/{place.identifier}", query=place.scope.query)
        except HarnessError as error:
            # A group that is gone is refused with a code of its own: what stands there now says it (semantics 31).
            if not error.is_gone and self._get(place) is not None:
                raise
        return Written(operation)

    def _moved(self, operation: Operation, what: str) -> Written:
        return Written(operation, fault=changed_since_plan(operation.address, self._context.name, what))

    def _confirmed(self, operation: Operation, answer: Any) -> Written:
        """The answer holds the object as it is now: what was dropped silently is a fault (semantics 32)."""
        denied = (answer or {}).get("governanceMetadata") or {}
        if denied.get("deny"):
            what = f"the {self.noun} {operation.address}"
            fault = policy_denial(denied, self._context.name, what, address=operation.address)
            return Written(operation, fault=fault)
        after = operation.after or {}
        made = self._live(self._answered_with(answer), after)
        if same(made.attributes, after):
            return Written(operation, made)
        names, why = differing(made.attributes, after), self._missing(operation, made.attributes)
        return Written(operation, made, not_kept(operation, self._context.name, names, why=why))


def place_of_operation(operation: Operation) -> Place:
    """Where the object of an operation is, or will be."""
    known = Place.parse(operation.id) if operation.id is not None else None
    attributes = operation.after or operation.before or {}
    return known or Place(Scope.of(attributes), attributes["identifier"])
