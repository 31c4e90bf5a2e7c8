"""What every model of a resource is: a frozen record of its attributes, and the rules that one field alone cannot state.

A model is the one place that says which attributes a type has: `schema` derives from it what the language sees, `decode` lets
it check what was written, and whoever needs the settings of an applied object reads them through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.model import Code
from declarative_mail.language.values import Unknown
from declarative_mail.resources.leaves import Path, Plain
from declarative_mail.resources.markers import ComputedMark

Values = dict[str, Plain]
"""The attributes of one body while it is decoded; what is faulty or known only after apply is an `Unknown`."""


@dataclass(frozen=True, slots=True)
class Fault:
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


class Body(BaseModel):
    """The attributes and nested blocks of a resource or of a block.

    Class attributes:
        other_names: what people call an attribute that has another name here, and what to write instead.
    """

    # Built when the type is first used: a run that declares two types does not pay for six.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, arbitrary_types_allowed=True)

    other_names: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def complete(cls, values: Values, address: Address) -> Iterable[Fault]:
        """Fill in what is worked out from other attributes; called with what was written, before the plain defaults.

        May: add to `values`. Must not: change what is there. An attribute that is absent or null is missing from `values`.
        """
        return ()

    @classmethod
    def examine(cls, values: Values) -> Iterable[Fault]:
        """What is wrong between the attributes; called with all of them, after `complete` and the defaults."""
        return ()


class Block(Body):
    """A nested block."""


class Resource(Body):
    """What a block of this type declares.

    Class attributes:
        type_name: the first word of its address.
        title: what it is, in a few words, for the reference.
        natural_key: the attributes by which a system tells two of them apart.
        immutable: the attributes that no system can change on an existing object.
        schema_version: of the attributes in a state; one more whenever `upgrade` has something new to do.
    """

    type_name: ClassVar[str]
    title: ClassVar[str]
    natural_key: ClassVar[tuple[str, ...]] = ("name",)
    immutable: ClassVar[frozenset[str]] = frozenset()
    schema_version: ClassVar[int] = 1

    id: Annotated[str | None, ComputedMark()] = Field(
        default=None, description="What the system that holds the object calls it."
    )

    @classmethod
    def upgrade(cls, attributes: dict[str, Any], version: int) -> dict[str, Any]:
        """Attributes as a state of an older `schema_version` holds them, in today's form."""
        return attributes


class DataSource(Body):
    """What a ``data`` block of this type asks for: which object to read. What it reads has the attributes of the resource."""

    type_name: ClassVar[str]
    title: ClassVar[str]


def known(values: Values, *names: str) -> bool:
    """Whether none of these attributes is known only after apply."""
    return not any(isinstance(values.get(name), Unknown) for name in names)


def label_of(address: Address) -> str:
    """The name that an instance has when it is given none: its label, with its key where it has one (``oncall-core``)."""
    return address.name if address.key is None else f"{address.name}-{address.key}"
