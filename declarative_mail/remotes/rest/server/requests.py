"""What a request may say: read, checked, and refused with a problem (RFC 9457) that says why."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Never

from declarative_mail.remotes.capabilities import local_names
from declarative_mail.remotes.rest.wire import (
    is_covered,
    natural_key,
    secret_leaves,
)
from declarative_mail.resources.registry import resource_types
from declarative_mail.resources.schema import resource_schema
from declarative_mail.resources.stored import REFERENCE, SECRET

LARGEST = 1_000_000
"""Bytes of a request."""
DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
LARGEST_NUMBER = 2**63 - 1


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it that
    """A request that is refused.

    Args:
        status: the HTTP status.
        kind: names the problem, the last part of its type.
        title: the same for people.
        detail: what is wrong with this request.
        more: further members of the document.
    """

    def __init__(self, status: int, kind: str, title: str, *, detail: str = "", **more: Any) -> None:
        super().__init__(title)
        self.status = status
        self.data = {"type": f"urn:dmail:problem:{kind}", "title": title, "status": status, **more}
        if detail:
            self.data["detail"] = detail


def _invalid(detail: str) -> Never:
    raise Problem(422, "invalid", "The object is not valid", detail=detail)


def check_type(type_: str) -> str:
    """The type of a path.

    Raises:
        Problem: there is no such type.
    """
    if type_ not in resource_types():
        known = ", ".join(resource_types())
        raise Problem(404, "unknown-type", "There is no such type", detail=f"It is one of {known}.")
    return type_


def read_page(query: Mapping[str, str]) -> tuple[int, int]:
    """The number after which a page begins, and how many objects it has at the most.

    Raises:
        Problem: a parameter is wrong.
    """
    text = query.get("limit", str(DEFAULT_PAGE))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= LARGEST_PAGE:
        raise Problem(400, "bad-query", "Bad query", detail=f"limit is a number from 1 to {LARGEST_PAGE}.")
    return read_cursor(query.get("cursor")), int(text)


def write_cursor(number: int) -> str:
    """An opaque text for "after this one"."""
    return urlsafe_b64encode(str(number).encode()).decode()


def read_cursor(text: str | None) -> int:
    """The number in a cursor; 0 without one.

    Raises:
        Problem: it is none of ours.
    """
    if text is None:
        return 0
    try:
        number = int(urlsafe_b64decode(text.encode("ascii")).decode("ascii"))
    except ValueError:
        number = -1
    if not 0 <= number <= LARGEST_NUMBER or write_cursor(number) != text:
        raise Problem(400, "bad-query", "Bad query", detail="cursor is the `next` of an earlier page, unchanged.")
    return number


def read_body(content: bytes, content_type: str) -> dict[str, Any]:
    """The ``attributes`` of a request.

    Raises:
        Problem: too large, not JSON, or of another form.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "not-json", "The body must be application/json")
    if len(content) > LARGEST:
        raise Problem(413, "too-large", "The body is too large", detail=f"At most {LARGEST} bytes.")
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Problem(400, "not-json", "The body is not JSON") from None
    if not isinstance(document, dict) or document.keys() != {"attributes"}:
        _invalid("The body is an object with the one member attributes.")
    attributes = document["attributes"]
    if not isinstance(attributes, dict):
        _invalid("attributes is an object.")
    return attributes


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)


def check_attributes(type_: str, attributes: Mapping[str, Any], *, stored: Mapping[str, Any] | None) -> str:
    """Check what a write says of an object, and give its natural key.

    Args:
        type_: of the object.
        attributes: as they came.
        stored: those of the object as it is; None for a new one.

    Raises:
        Problem: something is wrong with them.
    """
    schema = resource_schema(type_)
    known = {*schema.attributes, *schema.blocks} - local_names(type_)
    unknown = attributes.keys() - known
    if unknown:
        _invalid(f"A {type_} has no attribute {min(unknown)!r}.")
    for name in resource_schema(type_).natural_key:
        if not isinstance(attributes.get(name), str | None):
            _invalid(f"{name} is a text.")
    last = resource_schema(type_).natural_key[-1]
    if not attributes.get(last):
        _invalid(f"{last} is missing: it tells the objects of this type apart.")
    _check_leaves(attributes)
    for leaf in secret_leaves(attributes):
        if not is_covered(leaf, stored):
            _invalid("A secret that is new or changed needs its value.")
    changed = [name for name in resource_schema(type_).immutable if stored and stored.get(name) != attributes.get(name)]
    if changed:
        _invalid(f"{min(changed)} of a {type_} cannot be changed. Delete the object and create it anew.")
    return natural_key(type_, attributes)


_LEAF_MEMBERS = {"source": str, "version": int, "fingerprint": str | None, "value": str}


def _check_leaves(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _check_leaves(item)
    if not isinstance(value, Mapping):
        return
    if SECRET in value:
        _check_secret(value)
        return
    if REFERENCE in value:
        _check_reference(value)
        return
    for item in value.values():
        _check_leaves(item)


def _check_secret(value: Mapping[str, Any]) -> None:
    leaf = value[SECRET]
    whole = (
        len(value) == 1
        and isinstance(leaf, Mapping)
        and {"source", "version", "fingerprint"} <= leaf.keys() <= _LEAF_MEMBERS.keys()
        and all(isinstance(one, _LEAF_MEMBERS[name]) for name, one in leaf.items())
    )
    if not whole:
        _invalid(f"{SECRET} holds source, version, fingerprint and, in a write, value.")


def _check_reference(value: Mapping[str, Any]) -> None:
    leaf = value[REFERENCE]
    whole = len(value) == 1 and isinstance(leaf, Mapping) and leaf.keys() == {"type", "id"}
    if not whole or not all(isinstance(one, str) for one in leaf.values()):
        _invalid(f"{REFERENCE} holds type and id.")
