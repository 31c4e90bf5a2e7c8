"""Brings what a remote answers into the form in which a configuration is compared with it, so that equality says all.

A system leaves out what is not set, sorts sets as it likes, and writes letters as it got them. A configuration cannot
say any of this, so it must not look like a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from declarative_mail.addresses import Address
from declarative_mail.language.values import Unknown
from declarative_mail.resources.canonical import stored_set
from declarative_mail.resources.schema import BlockSchema, Schema, resource_schema
from declarative_mail.resources.stored import is_stored_leaf


def normal_form(address: Address, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an object with all defaults, sets sorted and texts in NFC.

    Args:
        address: what it is called here: a missing name is the label.
        attributes: in stored form, as a remote has them. One that is missing or null counts as its default, or as what
            follows from the others. What the type does not have stays as it is.
    """
    return _body(resource_schema(address.type), attributes, address)


def same_form(address: Address, one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """Whether two answers say the same of an object."""
    return one == other or normal_form(address, one) == normal_form(address, other or {})


def _body(schema: Schema, given: Mapping[str, Any], address: Address) -> dict[str, Any]:
    values = {name: _value(schema, name, one, address) for name, one in given.items() if one is not None}
    for completion in schema.completions:
        # The faults that it finds are those of somebody who writes, and here nobody wrote.
        list(completion(values, address))
    values = {name: one for name, one in values.items() if not isinstance(one, Unknown)}
    for name, fold in schema.sets:
        if isinstance(values.get(name), list):
            values[name] = stored_set(values[name], fold=fold)
    return schema.defaults | values


def _value(schema: Schema, name: str, value: Any, address: Address) -> Any:
    block = schema.blocks.get(name)
    return _composed(value) if block is None else _block(block, value, address)


def _block(block: BlockSchema, value: Any, address: Address) -> Any:
    if isinstance(value, Mapping):
        return _body(block.schema, value, address)
    if isinstance(value, list | tuple):
        return [_block(block, one, address) for one in value]
    return value


def _composed(value: Any) -> Any:
    """The value with its texts as the language has them (NFC); what stands for something else is left alone."""
    if isinstance(value, str):
        return value if value.isascii() else normalize("NFC", value)
    if isinstance(value, Mapping):
        return (
            dict(value) if is_stored_leaf(value) else {_composed(name): _composed(one) for name, one in value.items()}
        )
    if isinstance(value, list | tuple):
        return [_composed(one) for one in value]
    return value
