"""What an expression evaluates to: cty's values (Terraform's type system) on plain Python objects where possible.

==================  ==========================================================================================
cty                 here
==================  ==========================================================================================
null                `None` (of any type); `Null` where the type is known and matters
bool, string        `bool`, `str` (NFC)
number              `int`, or `Decimal` with a fraction (arithmetic in `NUMBER_CONTEXT`)
tuple, object       `tuple`, `dict` (never changed after it is made; keys in lexical order)
list, set, map      `ListValue`, `SetValue`, `MapValue`: they know their element type
unknown             `Unknown`, with its type and the reference path it stands for
marked              `Marked`: a value that is sensitive, or that is the object of a resource (its address)
==================  ==========================================================================================

A mark sits on the value it was given to, at any depth. An operator or function that looks into a sensitive value gives a
sensitive result; an address mark is read by attributes of type reference and is lost by every operation that makes a new value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import TYPE_CHECKING, TypeAlias

from declarative_mail.addresses import Address

if TYPE_CHECKING:
    from declarative_mail.language.types import Type

NUMBER_CONTEXT = Context(prec=155)
"""cty computes with 512 bits of mantissa, which is 154 decimal digits."""


@dataclass(frozen=True, slots=True)
class Null:
    """``null`` of a known type."""

    type: Type


@dataclass(frozen=True, slots=True)
class ListValue:
    """``list(T)``"""

    items: tuple[Value, ...]
    element: Type


@dataclass(frozen=True, slots=True)
class SetValue:
    """``set(T)``: elements without duplicates, in the order in which Terraform iterates over them."""

    items: tuple[Value, ...]
    element: Type


@dataclass(frozen=True, slots=True)
class MapValue:
    """``map(T)``: keys in lexical order."""

    items: dict[str, Value]
    element: Type

    __hash__ = None  # type: ignore[assignment]  # holds a dict


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value known only after apply. `path` says which: ``smtp_server.primary.id``; empty where it is composed."""

    type: Type
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Marked:
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
    None | bool | int | Decimal | str | tuple["Value", ...] | dict[str, "Value"]
    | Null | ListValue | SetValue | MapValue | Unknown | Marked
)
