"""What an expression evaluates to: cty's values (Terraform's type system) on plain Python objects where possible.

==================  ==========================================================================================
cty                 here
==================  ==========================================================================================
null                `None` (of any type); `Null` where the type is known and matters
bool, string        `bool`, `str` (NFC)
number              `int`, or a normalised `Decimal` with a fraction (also minus zero and infinity); see `numeric`
tuple, object       `tuple`, `dict` (never changed after it is made; keys in lexical order)
list, set, map      `ListValue`, `SetValue`, `MapValue`: they know their element type
unknown             `Unknown`, with its type and the reference path it stands for
marked              `Marked`: a value that is sensitive, or that is the object of a resource (its address)
==================  ==========================================================================================

A mark sits on the value it was given to, at any depth. An operator or function that looks into a sensitive value
gives a
sensitive result; an address mark is read by attributes of type reference and is lost by every operation that makes a
new value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.language.memory import LARGE, remembered

if TYPE_CHECKING:
    from declarative_mail.language.types import Type


class Null(Struct, frozen=True):
    """``null`` of a known type."""

    type: Type


class ListValue(Struct, frozen=True):
    """``list(T)``"""

    items: tuple[Value, ...]
    element: Type


class SetValue(Struct, frozen=True):
    """``set(T)``: elements without duplicates, in the order in which Terraform iterates over them."""

    items: tuple[Value, ...]
    element: Type


class MapValue(Struct, frozen=True):
    """``map(T)``: keys in lexical order."""

    items: dict[str, Value]
    element: Type

    __hash__ = None  # type: ignore[assignment]  # holds a dict


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value known only after apply.

    Args:
        type: what it will be; `DYNAMIC` where even that is open.
        path: which value it is: ``smtp_server.primary.id``; empty where it is composed.
        not_null: it will certainly not be null, so that comparing it with null has a known answer.
        prefix: what the string will certainly begin with.
    """

    type: Type
    path: str = field(default="", compare=False)
    not_null: bool = field(default=False, compare=False)
    prefix: str = field(default="", compare=False)


class Marked(Struct, frozen=True):
    """A value with marks. Never nested directly: marks of one value are joined.

    Args:
        value: the value itself, not a `Marked`.
        sensitive: it must not be shown or stored.
        source: where a sensitive value came from, e.g. ``env:SMTP_PASSWORD`` or ``var.password``; empty when composed.
        address: it is the object of this resource instance.
    """

    value: Value
    sensitive: bool = False
    source: str = ""
    address: Address | None = None


Value: TypeAlias = (
    None
    | bool
    | int
    | Decimal
    | str
    | tuple["Value", ...]
    | dict[str, "Value"]
    | Null
    | ListValue
    | SetValue
    | MapValue
    | Unknown
    | Marked
)


def make_object(attributes: Mapping[str, Value]) -> dict[str, Value]:
    """An object: its attributes in lexical order of their names."""
    return {name: attributes[name] for name in sorted(attributes)}


def is_null(value: Value) -> bool:
    """Whether it is null, typed or not, marked or not."""
    bare = value.value if isinstance(value, Marked) else value
    return bare is None or isinstance(bare, Null)


def is_known(value: Value) -> bool:
    """Whether the value itself is known; parts of a known collection may not be."""
    return not isinstance(value.value if isinstance(value, Marked) else value, Unknown)


def is_wholly_known(value: Value) -> bool:
    """Whether no unknown stands in it at any depth."""
    if isinstance(value, Marked):
        value = value.value
    if isinstance(value, Unknown):
        return False
    items = value.items if isinstance(value, ListValue | SetValue | MapValue) else value
    if isinstance(items, dict):
        parts: Iterable[Value] = items.values()
    elif isinstance(items, tuple):
        parts = items
    else:
        return True
    if len(items) < LARGE:
        return all(map(is_wholly_known, parts))
    return remembered("known", items, lambda: all(map(is_wholly_known, parts)))
