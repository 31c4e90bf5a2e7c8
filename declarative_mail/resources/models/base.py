"""What every model of a resource is: a frozen record of its attributes, and the rules between them.

A model is the one place that says which attributes a type has. No run reads it: `compile` makes tables of it that are
kept beside the program, since to make the models takes longer than to plan a small configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from declarative_mail.resources.base import Completion, Rule
from declarative_mail.resources.models.markers import ComputedMark


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
