"""What every model of a resource is: a frozen record of its attributes, and the rules between them.

A model is the one place that says which attributes a type has: `schema` derives from it what the language sees,
`decode` lets it check what was written, and whoever needs the settings of an applied object reads them through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.model import Code
from declarative_mail.resources.leaves import Path, Plain
from declarative_mail.resources.markers import ComputedMark

Values: TypeAlias = dict[str, Plain]
"""The attributes of one body while it is decoded; what is faulty or known only after apply is an `Unknown`."""


class Fault(Struct, frozen=True):
    """What a rule finds wrong, relative to the body that it looked at.

    Args:
        path: the attribute or block at fault; the body itself where it is empty.
        related: further places and what is to be said of each.
    """

    code: Code
    path: Path
    detail: str
    help: str | None = None
    related: tuple[tuple[Path, str], ...] = ()


Completion: TypeAlias = Callable[[Values, Address], Iterable[Fault]]
"""Fills in what is worked out from other attributes; is given what was written, before the plain defaults.

It may add to the values, and must not change the meaning of what is there. What is absent or null is missing.
"""

Rule: TypeAlias = Callable[[Values], Iterable[Fault]]
"""Says what is wrong between the attributes; is given all of them, after completions and defaults."""


class Body(BaseModel):
    """The attributes and nested blocks of a resource or of a block.

    Class attributes:
        other_names: what people call an attribute that has another name here, and what to write instead.
        completions: what is worked out from other attributes, in order.
        rules: what must hold between the attributes.
    """

    # Built when the type is first used: a run that declares two types does not pay for six.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        defer_build=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    other_names: ClassVar[Mapping[str, str]] = {}
    completions: ClassVar[tuple[Completion, ...]] = ()
    rules: ClassVar[tuple[Rule, ...]] = ()


class Block(Body):
    """A nested block."""


class Resource(Body):
    """What a block of this type declares.

    Class attributes:
        type_name: the first word of its address.
        title: what it is, in a few words, for the reference.
        natural_key: the attributes by which a system tells two of them apart.
        immutable: the attributes that no system can change on an existing object.
        schema_version: of the attributes that a state written today holds: one more than there are upgrades.
        upgrades: the first brings the attributes that a state of schema version 1 holds to version 2, and so on.
    """

    type_name: ClassVar[str]
    title: ClassVar[str]
    natural_key: ClassVar[tuple[str, ...]] = ("name",)
    immutable: ClassVar[frozenset[str]] = frozenset()
    schema_version: ClassVar[int] = 1
    upgrades: ClassVar[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = ()

    id: Annotated[str | None, ComputedMark()] = Field(
        default=None, description="What the system that holds the object calls it."
    )


class DataSource(Body):
    """What a ``data`` block of this type asks for: which object to read.

    What it reads has the attributes of the resource.
    """

    type_name: ClassVar[str]
    title: ClassVar[str]


def label_of(address: Address) -> str:
    """The name that an instance has when it is given none: its label, with its key (``oncall-core``)."""
    return address.name if address.key is None else f"{address.name}-{address.key}"
