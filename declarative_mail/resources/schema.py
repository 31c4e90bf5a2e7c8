"""What a type takes, as the language sees it: read from tables that are compiled from the models of the types.

``data/types/TYPE.json`` is written by ``make generate`` (`models.compile`), so that a run need not make the models. A
function stands there by its name below this package, ``rules.user_group.examine_email``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type
from declarative_mail.records import replace
from declarative_mail.resources.base import Completion, Rule
from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.registry import data_types, resource_types

TABLES = Path(__file__).with_name("data") / "types"
"""Where the tables stand, one for each type."""

Leaf: TypeAlias = Literal["text", "number", "flag", "secret", "reference"]
Shape: TypeAlias = Literal["one", "list", "set", "map"]

_LEAF_TYPES: dict[str, Type] = {"text": STRING, "number": NUMBER, "flag": BOOL, "secret": STRING, "reference": DYNAMIC}
_QUICK: dict[str, type] = {"text": str, "number": int, "flag": bool}


class Derived(Struct, frozen=True, omit_defaults=True):
    """The default is worked out from other attributes; `text` says how, for the reference.

    With `fixed`, a value so made stays as it was at creation, whatever it was made from becomes later.
    """

    text: str
    fixed: bool = False


class AttributeSchema(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One attribute.

    Args:
        name: as it is written.
        leaf: what a single value of it is.
        shape: one value, or a list, set or map of them.
        required: it must be written. `default` is what it is when it may be left out.
        computed: known after apply, not settable.
        reference: the type of resource that a leaf of it refers to.
        fold: a set in which the case of letters does not matter.
        derived: how its default is worked out from other attributes, where it is.
        local: means something to `dmail` alone, never written to a remote.
        choices: all that a text may be, where that is a short list.
        choice_code: the code of the fault where it is none of them, if it has one of its own.
    """

    name: str
    leaf: Leaf
    shape: Shape
    required: bool = False
    default: Any = None
    computed: bool = False
    reference: str | None = None
    fold: bool = False
    derived: Derived | None = None
    local: bool = False
    choices: tuple[str, ...] = ()
    choice_code: str | None = None
    description: str = ""

    @property
    def sensitive(self) -> bool:
        """Whether it holds secrets."""
        return self.leaf == "secret"

    @property
    def plain(self) -> bool:
        """Whether its leaves are texts, numbers or flags."""
        return self.leaf in _QUICK

    @property
    def type(self) -> Type:
        """The type of the language that its value is converted to."""
        leaf = _LEAF_TYPES[self.leaf]
        if self.shape == "one":
            return leaf
        if self.shape == "map":
            return MapType(leaf)
        return SetType(leaf) if self.shape == "set" else ListType(leaf)


class BlockSchema(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One kind of nested block.

    Args:
        repeated: it may occur any number of times and is a list, otherwise at most once and an object or None.
        filled: where it is left out, its defaults stand there as if it were written empty.
    """

    name: str
    schema: Schema
    repeated: bool = False
    required: bool = False
    filled: bool = False
    local: bool = False
    computed: bool = False
    description: str = ""


class Schema(Struct, frozen=True, omit_defaults=True, kw_only=True, eq=False, dict=True):
    """What one body takes: a resource, a data source or a nested block.

    Args:
        name: the type of the resource or block.
        title: what it is, in a few words, for the reference.
        description: what it is, in a sentence.
        other_names: what people call an attribute that has another name here, and what to write instead.
        completions: what is worked out from other attributes, in order.
        rules: what must hold between the attributes.
        natural_key: the attributes by which a system tells two resources of this type apart.
        immutable: the attributes that no system can change on an existing object.
        schema_version: of the attributes that a state written today holds: one more than there are upgrades.
        upgrades: the first brings the attributes that a state of schema version 1 holds to version 2, and so on.
        core: the schema of pydantic-core with which values are checked; empty for a nested block, which is part of
            that of the resource.
    """

    name: str
    title: str = ""
    description: str = ""
    attributes: dict[str, AttributeSchema]
    blocks: dict[str, BlockSchema] = {}
    other_names: dict[str, str] = {}
    completions: tuple[Completion, ...] = ()
    rules: tuple[Rule, ...] = ()
    natural_key: tuple[str, ...] = ()
    immutable: frozenset[str] = frozenset()
    schema_version: int = 1
    upgrades: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
    core: dict[str, Any] = {}

    @cached_property
    def settable(self) -> tuple[AttributeSchema, ...]:
        """The attributes that may be written."""
        return tuple([one for one in self.attributes.values() if not one.computed])

    @cached_property
    def defaults(self) -> dict[str, Plain]:
        """Every settable attribute and block as it is when the body is empty. Not to be changed."""
        plain = {one.name: one.default for one in self.settable}
        nested: dict[str, Plain] = {
            name: [] if one.repeated else one.schema.defaults if one.filled else None
            for name, one in self.blocks.items()
            if not one.computed
        }
        return plain | nested

    @cached_property
    def quick(self) -> dict[str, type]:
        """The Python type of a value that needs no conversion, for attributes of one plain value."""
        return {one.name: _QUICK[one.leaf] for one in self.settable if one.shape == "one" and one.leaf in _QUICK}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The attributes and blocks that must be written."""
        attributes = [one.name for one in self.settable if one.required]
        return (*attributes, *[one.name for one in self.blocks.values() if one.required])

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The attributes that, when left out, stay what they were made at creation."""
        return frozenset(one.name for one in self.settable if one.derived and one.derived.fixed)

    @cached_property
    def sets(self) -> tuple[tuple[str, bool], ...]:
        """The names of the attributes that are sets, and whether the case of letters matters not."""
        return tuple((one.name, one.fold) for one in self.settable if one.shape == "set")

    @cached_property
    def completes(self) -> bool:
        """Whether anything in it, at any depth, is worked out from other attributes."""
        return bool(self.completions) or any(one.schema.completes for one in self.blocks.values())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an expression may ask the object for, in lexical order."""
        return tuple(sorted((*self.attributes, *self.blocks)))

    def upgraded(self, attributes: dict[str, Any], version: int) -> dict[str, Any]:
        """Attributes as a state of an older schema version holds them, in today's form.

        Raises:
            ValueError: the version is newer than this program knows.
        """
        if not 1 <= version <= self.schema_version:
            raise ValueError(f"{self.name} has schema versions 1 to {self.schema_version}, not {version}")
        for step in self.upgrades[version - 1 :]:
            attributes = step(attributes)
        return attributes


class TypeTable(Struct, frozen=True, omit_defaults=True):
    """The file of one type: what its resources take, and what its data sources do where there are any."""

    resource: Schema
    data: Schema | None = None


@cache
def resource_schema(type_: str) -> Schema:
    """What a resource of this type takes.

    Raises:
        KeyError: there is no such type.
    """
    if type_ not in resource_types():
        raise KeyError(type_)
    return _table(type_).resource


@cache
def data_schema(type_: str) -> Schema:
    """What a data source of this type takes; all else that the resource has is computed.

    Raises:
        KeyError: there is no such type.
    """
    if type_ not in data_types():
        raise KeyError(type_)
    whole, asked = _table(type_).resource, _table(type_).data
    if asked is None:
        raise KeyError(type_)
    read = {name: replace(one, computed=True, required=False) for name, one in whole.attributes.items()}
    blocks = {name: replace(one, computed=True, required=False) for name, one in whole.blocks.items()}
    return replace(asked, attributes={**read, **asked.attributes}, blocks=blocks)


def schema_of(type_: str, mode: str = "managed") -> Schema:
    """The schema of what an address of this type and mode stands for."""
    return data_schema(type_) if mode == "data" else resource_schema(type_)


@cache
def _table(type_: str) -> TypeTable:
    content = (TABLES / f"{type_}.json").read_bytes()
    return msgspec.json.decode(content, type=TypeTable, dec_hook=lambda _, name: function_named(name))


def function_named(name: str) -> Callable[..., Any]:
    """A function of this package by its module and name: ``checks.check_host``."""
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(f"{__package__}.{module}"), function)
    return found
