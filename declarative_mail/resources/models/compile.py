"""From the model of a type to its table: what `schema` reads, and what pydantic-core checks values with.

The core schema that pydantic makes of a model is kept as far as it says what a value may be: each body is a dictionary
all of whose keys may be absent, for what is missing or should not be there is said where the body is read, and what is
worked out is not there yet. Instances are never made of it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from inspect import getdoc
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from pydantic.fields import FieldInfo

from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.models.base import Block, Body, DataSource, Resource
from declarative_mail.resources.models.markers import (
    ChoiceMark,
    ComputedMark,
    LocalMark,
    ReferenceMark,
    SecretMark,
    SetMark,
)
from declarative_mail.resources.registry import data_types, resource_types
from declarative_mail.resources.schema import AttributeSchema, BlockSchema, Derived, Leaf, Schema, Shape, TypeTable

_PACKAGE = "declarative_mail.resources."
_RULES = f"{_PACKAGE}rules."


def resource_models() -> dict[str, type[Resource]]:
    """The model of each type of resource."""
    return {type_: _model(type_, Resource) for type_ in resource_types()}


def data_models() -> dict[str, type[DataSource]]:
    """The model of what a ``data`` block takes, for each type that one can read."""
    return {type_: _model(type_, DataSource) for type_ in data_types()}


_B = TypeVar("_B", bound=Body)


def _model(type_: str, kind: type[_B]) -> type[_B]:
    module = import_module(f"{__package__}.{type_}")
    (found,) = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, kind) and one != kind]
    return found


def compiled(type_: str) -> bytes:
    """The table of a type as it stands in its file."""
    table = TypeTable(_whole(resource_models()[type_]), _whole(data_models()[type_]) if type_ in data_types() else None)
    document = msgspec.to_builtins(table, enc_hook=name_of)
    for one in document.values():
        one.get("immutable", []).sort()
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def name_of(function: Any) -> str:
    """How a table names a function: by its module below `resources`, and the name that it has there.

    Raises:
        TypeError: it is no function of a module in `resources`, or has no name in it.
    """
    module = sys.modules[function.__module__]
    # One that is made by another, such as at_most_50("to"), has its name where it is kept.
    for place in (module, *[one for name, one in sorted(sys.modules.items()) if name.startswith(_RULES)]):
        for name, value in vars(place).items():
            if value is function and place.__name__.startswith(_PACKAGE):
                return f"{place.__name__.removeprefix(_PACKAGE)}.{name}"
    raise TypeError(f"{function} has no name in a module of {_PACKAGE}")


def _whole(model: type[Resource | DataSource]) -> Schema:
    model.model_rebuild(force=True)
    kept = {name: getattr(model, name) for name in _OF_TYPES if hasattr(model, name)}
    return _schema(model.type_name, model, core=_core(model.__pydantic_core_schema__, {}), **kept)


_OF_TYPES = ("title", "natural_key", "immutable", "schema_version", "upgrades")


def _schema(name: str, model: type[Body], **further: Any) -> Schema:
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
    return Schema(
        name=name,
        description=getdoc(model) or "",
        attributes=attributes,
        blocks=blocks,
        other_names=dict(model.other_names),
        completions=model.completions,
        rules=model.rules,
        **further,
    )


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
    derived: Derived | None = reading.mark(Derived)
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
        choice_code=choice.code.id if choice else None,
        description=info.description or "",
    )


def _default(info: FieldInfo, reading: _Reading) -> Plain:
    if info.is_required() or reading.mark(Derived) is not None:
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


# -- what pydantic-core checks with ----------------------------------------------------------------


_CONFIG = {"strict": True, "hide_input_in_errors": True}
"""Of the models. A body does not take it over from the body around it."""


def _core(node: Any, definitions: Mapping[str, Any]) -> Any:
    """A core schema without what makes instances of it, functions and classes by their names."""
    match node:
        case {"type": "definitions", "schema": inner, "definitions": named}:
            return _core(inner, {one["ref"]: one for one in named})
        case {"type": "definition-ref", "schema_ref": name}:
            return _core(definitions[name], definitions)
        case {"type": "model" | "default", "schema": inner}:
            return _core(inner, definitions)
        case {"type": "model-fields", "fields": fields}:
            inside = {name: _core(one["schema"], definitions) for name, one in fields.items()}
            optional = {"type": "typed-dict-field", "required": False}
            keys = {name: optional | {"schema": one} for name, one in inside.items()}
            return {"type": "typed-dict", "config": dict(_CONFIG), "fields": keys}
        case {"type": "is-instance", "cls": classes}:
            return {"type": "is-instance", "cls": [one.__name__ for one in classes]}
        case {"type": "no-info", "function": function}:
            return {"type": "no-info", "function": name_of(function)}
        case dict():
            return {name: _core(one, definitions) for name, one in node.items() if name not in ("metadata", "ref")}
        case list() | tuple():
            return [_core(one, definitions) for one in node]
    return node
