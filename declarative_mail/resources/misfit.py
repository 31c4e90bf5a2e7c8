"""Attributes that a type does not have, or in another form: what a remote answers is checked before it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.resources.leaves import Path, format_path
from declarative_mail.resources.schema import AttributeSchema, BlockSchema, Schema
from declarative_mail.resources.stored import REFERENCE, is_stored_leaf
from declarative_mail.resources.type_faults import wanted

_LEAVES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "flag": (bool,),
    "secret": (str,),
    "reference": (str,),
}


def misfits(schema: Schema, values: Mapping[str, Any], path: Path = ()) -> Iterator[str]:
    """Whole sentences about what does not fit, at any depth; none where everything can be declared as far as form goes.

    Args:
        schema: of the body.
        values: its attributes and blocks in stored form; null fits everywhere.
        path: of the body.
    """
    for name, value in values.items():
        here = (*path, name)
        block, one = schema.blocks.get(name), schema.attributes.get(name)
        if block is not None:
            yield from _block_misfits(block, value, here)
        elif one is None:
            yield f"This version of dmail knows no attribute {format_path(here)}."
        elif value is not None and not _fits(one, value):
            yield f"{format_path(here)} takes {wanted(one)}; the remote has something else there."


def _block_misfits(block: BlockSchema, value: Any, path: Path) -> Iterator[str]:
    if value is None:
        return
    if block.repeated:
        items = (
            [((*path, index), one) for index, one in enumerate(value)] if isinstance(value, list) else [(path, None)]
        )
    else:
        items = [(path, value)]
    for place, one in items:
        if isinstance(one, Mapping):
            yield from misfits(block.schema, one, place)
        else:
            yield f"{format_path(place)} takes attributes by name; the remote has something else there."


def _fits(one: AttributeSchema, value: Any) -> bool:
    if one.shape == "one":
        return _is_leaf(one, value)
    if one.shape == "map":
        return isinstance(value, dict) and not is_stored_leaf(value) and all(_is_leaf(one, v) for v in value.values())
    return isinstance(value, list) and all(_is_leaf(one, item) for item in value)


def _is_leaf(one: AttributeSchema, value: Any) -> bool:
    if is_stored_leaf(value):
        return one.sensitive or (one.reference is not None and REFERENCE in value)
    return isinstance(value, _LEAVES[one.leaf]) and (isinstance(value, bool) is (one.leaf == "flag"))
