"""The wire form: what stands for a secret, a reference and a natural key in the API.

==========================================  ===========================================================================
``{"$secret": {source, version,             a secret; ``value`` only in a request that sets it. The server forgets it
fingerprint, value?}}``                     and answers with the rest
``{"$ref": {"type", "id"}}``                another object by its id: an address means nothing to a server
``org/project/identifier``                  the natural key: each part percent-encoded, empty where it is not set
==========================================  ===========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from declarative_mail.addresses import parse_address
from declarative_mail.remotes.capabilities import local_names
from declarative_mail.resources.schema import resource_schema
from declarative_mail.resources.stored import REFERENCE, SECRET, is_stored_leaf, leaf_content, with_leaves
from declarative_mail.secrets import Secret

API_VERSION = "1"
PREFIX = "/v1"


def natural_key(type_: str, attributes: Mapping[str, Any]) -> str:
    """What the server keeps unique among the objects of a type."""
    return "/".join(quote(str(attributes.get(name) or ""), safe="") for name in resource_schema(type_).natural_key)


def to_wire(
    type_: str,
    attributes: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None,
    secrets: Mapping[str, Secret],
    ids: Mapping[str, str],
) -> dict[str, Any]:
    """The attributes of a write.

    Args:
        type_: of the resource.
        attributes: in stored form.
        before: what exists: a secret that stands there unchanged is not sent again.
        secrets: the values by path.
        ids: how the remote names what the attributes refer to, by address.
    """
    kept = {_identity(leaf) for leaf in secret_leaves(before)}

    def leaf(path: str, value: Mapping[str, Any]) -> Any:
        if SECRET in value:
            known = value[SECRET]
            if _identity(known) in kept or path not in secrets:
                return {SECRET: dict(known)}
            return {SECRET: {**known, "value": secrets[path].reveal()}}
        address = value[REFERENCE]
        return {REFERENCE: {"type": parse_address(address).type, "id": ids[address]}} if address in ids else address

    return _without_local(type_, _walk(attributes, leaf))


def from_wire(attributes: Mapping[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of an answer in stored form.

    Args:
        attributes: as the server gave them.
        addresses: of the objects that are managed here, by id; any other reference becomes ``TYPE/ID``, a plain text.
    """

    def leaf(_path: str, value: Mapping[str, Any]) -> Any:
        if SECRET in value:
            return dict(value)
        named = value[REFERENCE]
        address = addresses.get(named["id"])
        return {REFERENCE: address} if address else f"{named['type']}/{named['id']}"

    found: dict[str, Any] = _walk(attributes, leaf)
    return found


def without_values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a write as the server keeps and returns them: no value of a secret."""

    def leaf(_path: str, value: Mapping[str, Any]) -> Any:
        if SECRET in value and isinstance(value[SECRET], Mapping):
            return {SECRET: {name: one for name, one in value[SECRET].items() if name != "value"}}
        return dict(value)

    found: dict[str, Any] = _walk(attributes, leaf)
    return found


def unread(live: Any, known: Any) -> Any:
    """The live attributes, but a secret that was imported as it was then: nobody can tell whether it changed."""
    if isinstance(live, Mapping):
        leaf = leaf_content(known, SECRET)
        if SECRET in live and leaf is not None and leaf.get("fingerprint") is None:
            return dict(known)
        old = known if isinstance(known, Mapping) else {}
        return {name: unread(item, old.get(name)) for name, item in live.items()}
    if isinstance(live, list):
        olds = known if isinstance(known, list) else []
        return [unread(item, olds[index] if index < len(olds) else None) for index, item in enumerate(live)]
    return live


def unseen(value: Any) -> Any:
    """Attributes that are taken over: somebody else's fingerprint says nothing here (semantics 34)."""
    return with_leaves(value, SECRET, lambda leaf: {**leaf, "fingerprint": None})


def with_ids(value: Any) -> Any:
    """References as ``TYPE/ID``, still told apart from plain texts."""
    return with_leaves(value, REFERENCE, lambda named: f"{named['type']}/{named['id']}")


def secret_leaves(value: Any) -> Iterator[Mapping[str, Any]]:
    """What stands for each secret in some attributes, with its value where it has one."""
    if isinstance(value, Mapping):
        if SECRET in value and isinstance(value[SECRET], Mapping):
            yield value[SECRET]
            return
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for item in value:
        yield from secret_leaves(item)


def _identity(leaf: Mapping[str, Any]) -> tuple[Any, ...]:
    return leaf.get("source"), leaf.get("version"), leaf.get("fingerprint")


def is_covered(leaf: Mapping[str, Any], stored: Any) -> bool:
    """Whether a secret of a write brings its value, or stands in what is stored already."""
    return isinstance(leaf.get("value"), str) or _identity(leaf) in {_identity(one) for one in secret_leaves(stored)}


def _without_local(type_: str, attributes: dict[str, Any]) -> dict[str, Any]:
    local = local_names(type_)
    return {name: value for name, value in attributes.items() if name not in local}


def _walk(value: Any, leaf: Callable[[str, Mapping[str, Any]], Any], path: str = "") -> Any:
    if isinstance(value, Mapping):
        if is_stored_leaf(value):
            return leaf(path, value)
        return {name: _walk(item, leaf, f"{path}.{name}" if path else name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, leaf, f"{path}[{index}]") for index, item in enumerate(value)]
    return value
