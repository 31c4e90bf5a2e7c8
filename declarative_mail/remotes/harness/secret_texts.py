"""Text secrets of an account, organisation or project.

The value of an inline secret is never told; a write without one leaves it as it is. The path of a reference is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from declarative_mail.remotes.base import Declaration, LiveObject, Operation, Stored
from declarative_mail.remotes.harness.context import with_kept, writes_secret
from declarative_mail.remotes.harness.scope import Place, Scope
from declarative_mail.remotes.harness.scoped import Raw, ScopedKind
from declarative_mail.resources.stored import UNKNOWN_SECRET

BUILT_IN_MANAGER = "harnessSecretManager"
_PATH = "/ng/api/v2/secrets"


class SecretKind(ScopedKind):
    """Text secrets of all scopes."""

    type: ClassVar = "secret"
    noun: ClassVar = "secret"
    path: ClassVar = _PATH
    write_path: ClassVar = _PATH

    def complete(self, declaration: Declaration, /) -> Stored:
        """The built-in manager needs no name, and the level follows the scope, unless it is written."""
        found = declaration.attributes if "scope" in declaration.written else super().complete(declaration)
        if found is not declaration.attributes:
            found = {**found, "scope": Scope.of(found).level}
        if found.get("secret_manager") == BUILT_IN_MANAGER:
            found = {**found, "secret_manager": None}
        return found

    def _listed(self, scope: Scope) -> Iterable[Raw]:
        pages = self._context.api.pages(_PATH, query={**scope.query, "types": "SecretText"})
        return (one["secret"] for one in pages)

    def _get(self, place: Place) -> Raw | None:
        found = self._context.api.read(f"{_PATH}/{place.identifier}", query=place.scope.query)
        return found["secret"] if found is not None else None

    def _live(self, raw: Raw, local: Mapping[str, Any] | None) -> LiveObject:
        attributes = from_wire(raw)
        if _is_inline(raw):
            known = local.get("value") if local is not None else None
            attributes["value"] = known if known is not None else UNKNOWN_SECRET
        return LiveObject(Place.of_raw(raw).id, with_kept(self.type, attributes, self._kept, local))

    def _body(self, operation: Operation, place: Place, _live: Raw | None) -> dict[str, Any]:
        return to_wire(operation, place)

    def _writes_unreadable(self, operation: Operation) -> bool:
        return writes_secret(operation, "value")

    def _put_path(self, place: Place) -> str:
        return f"{_PATH}/{place.identifier}"

    def _answered_with(self, answer: Any) -> Raw:
        found: Raw = answer["secret"]
        return found

    def all_in(self, scopes: Sequence[Scope], /) -> Sequence[LiveObject]:
        """A list for each scope."""
        lists = self._context.side_by_side(self._list, scopes)
        return [self._live(one, None) for found in lists for one in found.values()]


def _is_inline(raw: Raw) -> bool:
    return (raw.get("spec") or {}).get("valueType") == "Inline"


def to_wire(operation: Operation, place: Place) -> dict[str, Any]:
    """The body of a write. A value that did not change is left out: it stays as it is."""
    after = operation.after or {}
    spec: dict[str, Any] = {"secretManagerIdentifier": after.get("secret_manager") or BUILT_IN_MANAGER}
    if after.get("reference") is not None:
        spec |= {"valueType": "Reference", "value": after["reference"]}
    else:
        spec["valueType"] = "Inline"
        if writes_secret(operation, "value"):
            spec["value"] = operation.secrets["value"].reveal()
    secret = {
        "type": "SecretText",
        "name": after["name"],
        "identifier": after["identifier"],
        **{name: value for name, value in place.scope.query.items() if value is not None},
        "description": after.get("description") or "",
        "tags": after.get("tags") or {},
        "spec": spec,
    }
    return {"secret": secret}


def from_wire(raw: Raw) -> Stored:
    """The attributes of an answer, without the value of an inline secret."""
    spec, scope = raw.get("spec") or {}, Scope.of_raw(raw)
    manager = spec.get("secretManagerIdentifier")
    return {
        "name": raw.get("name") or "",
        "identifier": raw["identifier"],
        "description": raw.get("description") or "",
        "tags": dict(raw.get("tags") or {}),
        **scope.attributes,
        "scope": scope.level,
        "value": None,
        "reference": None if _is_inline(raw) else spec.get("value"),
        "secret_manager": None if manager == BUILT_IN_MANAGER else manager,
    }
