"""What a type takes, as the language sees it: derived once from the model of the type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from msgspec import Struct
from pydantic.fields import FieldInfo

from declarative_mail.diagnostics import Code
from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type
from declarative_mail.records import replace
from declarative_mail.resources.base import Block, Body, Resource
from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.markers import (
    ChoiceMark,
    ComputedMark,
    DerivedMark,
    LocalMark,
    ReferenceMark,
    SecretMark,
    SetMark,
)
from declarative_mail.resources.registry import data_class, resource_class

Leaf: TypeAlias = Literal["text", "number", "flag", "secret", "reference"]
Shape: TypeAlias = Literal["one", "list", "set", "map"]

_LEAF_TYPES: dict[str, Type] = {"text": STRING, "number": NUMBER, "flag": BOOL, "secret": STRING, "reference": DYNAMIC}
_QUICK: dict[str, type] = {"text": str, "number": int, "flag": bool}


class AttributeSchema(Struct, frozen=True):
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
        choice_code: the kind of fault where it is none of them, if it has one of its own.
    """

    name: str
    leaf: Leaf
    shape: Shape
    required: bool = False
    default: Plain = None
    computed: bool = False
    reference: str | None = None
    fold: bool = False
    derived: DerivedMark | None = None
    local: bool = False
    choices: tuple[str, ...] = ()
    choice_code: Code | None = None
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


class BlockSchema(Struct, frozen=True):
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


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """What one body takes: a resource, a data source or a nested block.

    Args:
        name: the type of the resource or block.
        model: the pydantic model that it is derived from.
        defaults: every settable attribute and block as it is when the body is empty. Not to be changed.
        quick: the Python type of a value that needs no conversion, for attributes of one plain value.
        required: the attributes and blocks that must be written.
        fixed: the attributes that, when left out, stay what they were made at creation.
        sets: the names of the attributes that are sets, and whether the case of letters matters not.
        completes: whether anything in it, at any depth, is worked out from other attributes.
        names: every name that an expression may ask the object for, in lexical order.
    """

    name: str
    model: type[Body]
    attributes: dict[str, AttributeSchema]
    blocks: dict[str, BlockSchema]
    defaults: dict[str, Plain] = field(repr=False)
    quick: dict[str, type] = field(init=False, repr=False)
    required: tuple[str, ...] = field(init=False)
    fixed: frozenset[str] = field(init=False)
    sets: tuple[tuple[str, bool], ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)
    completes: bool = field(init=False)

    def __post_init__(self) -> None:
        settable = [one for one in self.attributes.values() if not one.computed]
        quick = {one.name: _QUICK[one.leaf] for one in settable if one.shape == "one" and one.leaf in _QUICK}
        required = [one.name for one in settable if one.required]
        required += [one.name for one in self.blocks.values() if one.required]
        object.__setattr__(self, "quick", quick)
        object.__setattr__(self, "required", tuple(required))
        fixed = frozenset(one.name for one in settable if one.derived and one.derived.fixed)
        object.__setattr__(self, "fixed", fixed)
        sets = tuple((one.name, one.fold) for one in settable if one.shape == "set")
        object.__setattr__(self, "sets", sets)
        completes = bool(self.model.completions) or any(one.schema.completes for one in self.blocks.values())
        object.__setattr__(self, "completes", completes)
        object.__setattr__(self, "names", tuple(sorted((*self.attributes, *self.blocks))))


@cache
def resource_schema(type_: str) -> Schema:
    """What a resource of this type takes.

    Raises:
        KeyError: there is no such type.
    """
    return _schema(type_, resource_class(type_))


@cache
def data_schema(type_: str) -> Schema:
    """What a data source of this type takes; all else that the resource has is computed.

    Raises:
        KeyError: there is no such type.
    """
    asked, whole = _schema(type_, data_class(type_)), resource_schema(type_)
    read = {name: replace(one, computed=True, required=False) for name, one in whole.attributes.items()}
    blocks = {name: replace(one, computed=True, required=False) for name, one in whole.blocks.items()}
    return Schema(type_, asked.model, {**read, **asked.attributes}, blocks, asked.defaults)


def schema_of(type_: str, mode: str = "managed") -> Schema:
    """The schema of what an address of this type and mode stands for."""
    return data_schema(type_) if mode == "data" else resource_schema(type_)


def _schema(name: str, model: type[Body]) -> Schema:
    attributes: dict[str, AttributeSchema] = {}
    blocks: dict[str, BlockSchema] = {}
    for field_name, info in model.model_fields.items():
        shape = _read(info)
        if shape.block is None:
            attributes[field_name] = _attribute(field_name, info, shape)
        else:
            blocks[field_name] = _block(field_name, info, shape)
    if issubclass(model, Resource):
        attributes["id"] = attributes.pop("id")
    return Schema(name, model, attributes, blocks, _defaults(attributes, blocks))


def _defaults(attributes: dict[str, AttributeSchema], blocks: dict[str, BlockSchema]) -> dict[str, Plain]:
    plain = {name: one.default for name, one in attributes.items() if not one.computed}
    nested: dict[str, Plain] = {
        name: [] if one.repeated else one.schema.defaults if one.filled else None for name, one in blocks.items()
    }
    return plain | nested


_M = TypeVar("_M")


class _Reading(Struct):
    """What the annotation of a field says, gathered from the outside in."""

    marks: list[Any]
    shape: Shape = "one"
    leaf: Leaf = "text"
    block: type[Block] | None = None
    choices: tuple[str, ...] = ()

    def mark(self, kind: type[_M]) -> _M | None:
        """The mark of this kind, where there is one."""
        return next((one for one in self.marks if isinstance(one, kind)), None)


def _read(info: FieldInfo) -> _Reading:
    reading = _Reading(list(info.metadata))
    _gather(info.annotation, reading)
    return reading


def _gather(annotation: Any, reading: _Reading) -> None:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        reading.marks.extend(arguments[1:])
        _gather(arguments[0], reading)
    elif origin is tuple:
        reading.shape = "set" if reading.mark(SetMark) else "list"
        _gather(arguments[0], reading)
    elif origin is dict:
        reading.shape = "map"
        _gather(arguments[1], reading)
    elif reading.mark(SecretMark):
        reading.leaf = "secret"
    elif reading.mark(ReferenceMark):
        reading.leaf = "reference"
    elif origin in (Union, UnionType):
        for one in arguments:
            _gather(one, reading)
    elif origin is Literal:
        reading.choices = arguments
    else:
        _name_leaf(annotation, reading)


def _name_leaf(annotation: Any, reading: _Reading) -> None:
    if isinstance(annotation, type) and issubclass(annotation, Block):
        reading.block = annotation
    elif annotation in (int, float):
        reading.leaf = "number"
    elif annotation is bool:
        reading.leaf = "flag"


def _attribute(name: str, info: FieldInfo, reading: _Reading) -> AttributeSchema:
    set_mark, reference, choice = reading.mark(SetMark), reading.mark(ReferenceMark), reading.mark(ChoiceMark)
    derived: DerivedMark | None = reading.mark(DerivedMark)
    return AttributeSchema(
        name=name,
        leaf=reading.leaf,
        shape=reading.shape,
        required=info.is_required(),
        default=_default(info, reading),
        computed=reading.mark(ComputedMark) is not None,
        reference=reference.type if reference else "secret" if reading.leaf == "secret" else None,
        fold=bool(set_mark and set_mark.fold),
        derived=derived,
        local=reading.mark(LocalMark) is not None,
        choices=reading.choices,
        choice_code=choice.code if choice else None,
        description=info.description or "",
    )


def _default(info: FieldInfo, reading: _Reading) -> Plain:
    if info.is_required() or reading.mark(DerivedMark) is not None:
        return None
    default = info.get_default(call_default_factory=True)
    return list(default) if isinstance(default, tuple) else default


def _block(name: str, info: FieldInfo, reading: _Reading) -> BlockSchema:
    return BlockSchema(
        name=name,
        schema=_schema(name, cast("type[Block]", reading.block)),
        repeated=reading.shape == "list",
        required=info.is_required(),
        filled=info.default_factory is not None,
        local=reading.mark(LocalMark) is not None,
        description=info.description or "",
    )
