"""The client of our own API: lists read once, one call for each change, every answer compared with what was meant.

::

    create   POST with an Idempotency-Key     answer lost: look up by natural key, adopt what equals the intent
    update   PUT with If-Match                412: somebody else was faster, or our own call whose answer was lost
    delete   DELETE with If-Match             404: gone already, which is what was wanted
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import Answer, NotAnApi, TransportError
from declarative_mail.remotes.base import LiveObject, Operation, Remote, Written
from declarative_mail.remotes.capabilities import local_names
from declarative_mail.remotes.faults import changed_since_plan, not_kept, problem_text, refusal, transport_fault
from declarative_mail.remotes.rest.wire import (
    API_VERSION,
    PREFIX,
    from_wire,
    natural_key,
    to_wire,
    unread,
    unseen,
    with_ids,
    without_values,
)
from declarative_mail.remotes.side_by_side import side_by_side
from declarative_mail.remotes.transport import Transport, TransportSettings
from declarative_mail.resources.normal_form import same_form
from declarative_mail.resources.registry import resource_types
from declarative_mail.resources.schema import resource_schema
from declarative_mail.secrets import Secret
from declarative_mail.state.snapshot import ResourceRecord

PAGE = 500
"""Objects in one page of a list."""
LISTED_FROM = 20
"""So many objects of a type are looked for in its list; for fewer, each is asked for."""
OBJECT = ("id", "etag", "attributes")
"""What every object of an answer has; its type is that of the path."""
_NEEDED = frozenset(OBJECT)


class RestSettings(Struct, frozen=True, kw_only=True):
    """The settings of ``remote "rest" "x" { … }``; times in seconds.

    Args:
        endpoint: the URL of the server, without ``/v1``.
        token: sent as a bearer token (RFC 6750).
        allow_plain_http: clear text to another machine than this one.
        parallelism: calls at once.
        timeout: for one call with all its repetitions.
    """

    endpoint: str
    token: Secret | None = None
    allow_plain_http: bool = False
    parallelism: int = 10
    timeout: float = 60.0


class RestRemote(Remote):
    """One server of our own API. See `declarative_mail.remotes.base.Remote` for the contract."""

    def __init__(self, name: str, settings: RestSettings) -> None:
        """Nothing is sent yet.

        Args:
            name: ``rest.LABEL``.
            settings: where it is.

        Raises:
            Insecure: the token would go out in clear.
        """
        self.name = name
        self.identity = settings.endpoint.rstrip("/")
        self.parallelism = settings.parallelism
        headers: dict[str, str | Secret] = {}
        if settings.token is not None:
            headers["Authorization"] = Secret(f"Bearer {settings.token.reveal()}", settings.token.source)
        self._transport = Transport(
            TransportSettings(
                endpoint=self.identity,
                headers=headers,
                timeout=settings.timeout,
                allow_plain_http=settings.allow_plain_http,
                parallelism=settings.parallelism,
            )
        )
        self._seen: dict[str, tuple[str, Mapping[str, Any]]] = {}
        """By id: the ETag and the attributes on the wire, as this run saw them last."""
        self._addresses: dict[str, str] = {}
        self._guard = threading.Lock()

    # -- reading -------------------------------------------------------------------------------------

    def check(self) -> list[Diagnostic]:
        """Token and version."""
        try:
            document = self._read(PREFIX)
        except DiagnosticError as error:
            return list(error.diagnostics)
        version = document.get("api_version")
        if version == API_VERSION:
            return []
        detail = (
            f"remote.{self.name} speaks version {version} of the API, and this dmail speaks {API_VERSION}. Update the "
            "older of the two."
        )
        return [Diagnostic(codes.OTHER_VERSION, detail)]

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """One list for each type, page by page, the types side by side."""
        types = sorted({record.type for record in records})
        with self._guard:
            self._addresses.update({record.id: str(record.address) for record in records})
        found = side_by_side(
            lambda type_: {one["id"]: one for one in self._list(type_)}, types, at_once=self.parallelism
        )
        lists = dict(zip(types, found, strict=True))
        return {record.address: self._live_of(record, lists[record.type].get(record.id)) for record in records}

    def _live_of(self, record: ResourceRecord, found: Mapping[str, Any] | None) -> LiveObject | None:
        if found is None:
            return None
        attributes = self._stored(record.type, found, local=record.attributes)
        return LiveObject(record.id, unread(attributes, record.attributes), found["etag"])

    def _stored(self, type_: str, found: Mapping[str, Any], *, local: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes of an answer, beside those that never leave as they are in `local`."""
        with self._guard:
            self._seen[found["id"]] = (found["etag"], found["attributes"])
            attributes = from_wire(found["attributes"], self._addresses)
        return {**{name: local[name] for name in local_names(type_) if name in local}, **attributes}

    def find(
        self, type_: str, /, *, id_: str | None = None, like: Mapping[str, Any] | None = None
    ) -> LiveObject | None:
        """One call: by id, or a list filtered by natural key."""
        if id_ is not None:
            found = self._get(type_, id_)
        else:
            pages = self._list(type_, natural_key=natural_key(type_, like or {}))
            found = next(pages, None)
        if found is None:
            return None
        if like is not None:
            return LiveObject(found["id"], self._stored(type_, found, local=like), found["etag"])
        return self._taken_over(type_, found)

    def find_listed(self, type_: str, ids: Sequence[str], /) -> Mapping[str, LiveObject] | None:
        """One list, page by page."""
        if len(ids) < LISTED_FROM:
            return None
        wanted = set(ids)
        return {one["id"]: self._taken_over(type_, one) for one in self._list(type_) if one["id"] in wanted}

    def _taken_over(self, type_: str, found: Mapping[str, Any]) -> LiveObject:
        attributes = self._stored(type_, found, local=resource_schema(type_).defaults)
        return LiveObject(found["id"], unseen(attributes), found["etag"])

    def look_up(self, type_: str, asked: Mapping[str, str], /) -> Sequence[LiveObject]:
        """The whole list, compared here."""
        found = ((one, {"id": one["id"], **one["attributes"]}) for one in self._list(type_))
        same = [one for one, have in found if all(have.get(name) == value for name, value in asked.items())]
        defaults = resource_schema(type_).defaults
        return [LiveObject(one["id"], self._stored(type_, one, local=defaults), one["etag"]) for one in same]

    def know(self, addresses: Mapping[str, str], /) -> None:
        """Remembered for as long as this client lives."""
        with self._guard:
            self._addresses.update({id_.partition("/")[2]: address for id_, address in addresses.items()})

    def everything(self) -> Mapping[str, Sequence[LiveObject]]:
        """Every list. References name type and id."""
        result = {}
        for type_ in resource_types():
            objects = list(self._list(type_))
            result[type_] = [LiveObject(one["id"], with_ids(one["attributes"]), one["etag"]) for one in objects]
        return result

    def _get(self, type_: str, id_: str) -> dict[str, Any] | None:
        try:
            answer = self._transport.request("GET", _path(type_, id_))
        except TransportError as error:
            raise DiagnosticError(transport_fault(error, self.name)) from None
        if answer.status == 404:
            self._object(answer)  # a page of a gateway does not say that an object is gone
            return None
        return self._object(self._sound(answer), *OBJECT)

    def _list(self, type_: str, **query: str) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            document = self._read(_path(type_), "items", "next", limit=PAGE, cursor=cursor, **query)
            if not all(isinstance(one, dict) and one.keys() >= _NEEDED for one in document["items"]):
                error = NotAnApi(f"{self.identity}{_path(type_)} lists what are no objects of the API")
                raise DiagnosticError(transport_fault(error, self.name))
            yield from document["items"]
            following = document["next"]
            if following is None or following == cursor:
                return
            cursor = following

    def _read(self, path: str, *needed: str, **query: Any) -> dict[str, Any]:
        try:
            answer = self._transport.request("GET", path, query=query)
            return self._object(self._sound(answer), *needed)
        except TransportError as error:
            raise DiagnosticError(transport_fault(error, self.name)) from None

    def _sound(self, answer: Answer) -> Answer:
        if not answer.ok:
            raise DiagnosticError(refusal(answer, self.name))
        return answer

    def _object(self, answer: Answer, *needed: str) -> dict[str, Any]:
        try:
            return answer.json_object(*needed)
        except NotAnApi as error:
            raise DiagnosticError(transport_fault(error, self.name)) from None

    # -- writing -------------------------------------------------------------------------------------

    def document(self, operation: Operation, /) -> str:
        """Each object is one of its own, and so is each half of a replacement."""
        return f"{operation.address} {operation.verb}"

    def write(self, _document: str, operations: Sequence[Operation], /) -> list[Written]:
        """One call for each."""
        return [self._write(operation) for operation in operations]

    def _write(self, operation: Operation) -> Written:
        call = {"create": self._create, "update": self._update, "delete": self._delete}[operation.verb]
        try:
            return call(operation)
        except TransportError as error:
            return Written(operation, fault=transport_fault(error, self.name), in_doubt=True)
        except DiagnosticError as error:
            return Written(operation, fault=error.diagnostics[0])

    def _payload(self, operation: Operation) -> dict[str, Any]:
        with self._guard:
            self._addresses.update({id_: address for address, id_ in operation.ids.items()})
        return to_wire(
            operation.type,
            operation.after or {},
            before=operation.before,
            secrets=operation.secrets,
            ids=operation.ids,
        )

    def _create(self, operation: Operation) -> Written:
        payload = self._payload(operation)
        try:
            answer = self._transport.request(
                "POST",
                _path(operation.type),
                body={"attributes": payload},
                headers={"Idempotency-Key": uuid4().hex},
                secrets=operation.secrets.values(),
            )
            if answer.status != 409:
                return self._confirmed(operation, payload, answer)
        except TransportError as error:
            return self._look_up(operation, payload, error)
        found = self._under_key(operation, payload) if operation.repeated else None
        if found is None or found["attributes"] != without_values(payload):
            return Written(operation, fault=self._taken(operation, answer))
        return self._made(operation, found)

    def _under_key(self, operation: Operation, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        return next(self._list(operation.type, natural_key=natural_key(operation.type, payload)), None)

    def _look_up(self, operation: Operation, payload: Mapping[str, Any], error: TransportError) -> Written:
        """No answer to a create: what stands under its natural key says whether it was done (semantics 31)."""
        try:
            found = self._under_key(operation, payload)
        except DiagnosticError:
            raise error from None
        if found is None:
            return Written(operation, fault=transport_fault(error, self.name), in_doubt=True)
        if found["attributes"] != without_values(payload):
            return Written(operation, fault=self._taken(operation, None, found["id"]))
        return self._made(operation, found)

    def _taken(self, operation: Operation, answer: Answer | None, id_: str | None = None) -> Diagnostic:
        if id_ is None and answer is not None:
            id_ = cast("str | None", self._object(answer).get("id"))
        if id_ is None and answer is not None:
            return refusal(answer, self.name)
        key = natural_key(operation.type, operation.after or {}).lstrip("/")  # without organisation and project
        detail = (
            f'remote.{self.name} has another {operation.type} with the natural key "{key}". Rename one of them, or '
            f"take it over with:\n    dmail import '{operation.address}' {id_}"
        )
        cause = problem_text(answer) if answer is not None else None
        return Diagnostic(codes.EXISTS_ALREADY, detail, address=operation.address, cause=cause)

    def _update(self, operation: Operation) -> Written:
        payload, id_ = self._payload(operation), cast("str", operation.id)
        before = operation.before or {}
        if id_ not in self._seen:
            live = self.find(operation.type, id_=id_, like=before)
            if live is None or not same_form(operation.address, live.attributes, before):
                what = "is gone" if live is None else "was changed"
                return Written(operation, fault=changed_since_plan(operation.address, self.name, what))
        etag, seen = self._seen[id_]
        if payload == seen:
            return Written(operation, LiveObject(id_, dict(operation.after or {}), etag))
        answer = self._transport.request(
            "PUT",
            _path(operation.type, id_),
            body={"attributes": payload},
            headers={"If-Match": etag},
            secrets=operation.secrets.values(),
        )
        if answer.status in (404, 412):
            return self._overtaken(operation, payload)
        if answer.status == 409:
            return Written(operation, fault=self._taken(operation, answer))
        return self._confirmed(operation, payload, answer)

    def _overtaken(self, operation: Operation, payload: Mapping[str, Any]) -> Written:
        """The object is not as it was read: by somebody else, or by our own call whose answer was lost."""
        found = self._get(operation.type, cast("str", operation.id))
        if found is not None and found["attributes"] == without_values(payload):
            return self._made(operation, found)
        what = "is gone" if found is None else "was changed"
        return Written(operation, fault=changed_since_plan(operation.address, self.name, what))

    def _delete(self, operation: Operation) -> Written:
        id_ = cast("str", operation.id)
        if id_ not in self._seen:
            live = self.find(operation.type, id_=id_, like=operation.before)
            if live is None:
                return Written(operation)
            if not same_form(operation.address, live.attributes, operation.before):
                return Written(operation, fault=changed_since_plan(operation.address, self.name, "was changed"))
        etag, _ = self._seen[id_]
        answer = self._transport.request("DELETE", _path(operation.type, id_), headers={"If-Match": etag})
        if answer.status == 412:
            return Written(operation, fault=changed_since_plan(operation.address, self.name, "was changed"))
        if answer.ok or answer.status == 404:
            if answer.content:
                answer.json()  # the same
            return Written(operation)
        return Written(operation, fault=refusal(answer, self.name), in_doubt=answer.status >= 500)

    def _confirmed(self, operation: Operation, payload: Mapping[str, Any], answer: Answer) -> Written:
        """The answer holds the object as it is now: what was dropped silently is a fault (semantics 32)."""
        if not answer.ok:
            return Written(operation, fault=refusal(answer, self.name), in_doubt=answer.status >= 500)
        # An answer that is none of this API may come from a gateway, before or after the server did it: in doubt.
        found = answer.json_object(*OBJECT)
        meant, kept = without_values(payload), found["attributes"]
        if kept == meant:
            return self._made(operation, found)
        names = sorted(name for name in meant.keys() | kept.keys() if meant.get(name) != kept.get(name))
        fault = not_kept(operation, self.name, names)
        attributes = self._stored(operation.type, found, local=operation.after or {})
        return Written(operation, LiveObject(found["id"], attributes, found["etag"]), fault)

    def _made(self, operation: Operation, found: Mapping[str, Any]) -> Written:
        with self._guard:
            self._seen[found["id"]] = (found["etag"], found["attributes"])
        return Written(operation, LiveObject(found["id"], dict(operation.after or {}), found["etag"]))


def _path(type_: str, id_: str | None = None) -> str:
    from urllib.parse import quote

    return f"{PREFIX}/{type_}" if id_ is None else f"{PREFIX}/{type_}/{quote(id_, safe='')}"
