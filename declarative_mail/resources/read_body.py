"""Reads a body against its schema: which attributes and blocks are there, which should not be, which are missing."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.language.evaluated import EvaluatedBlock, EvaluatedBody
from declarative_mail.resources.base import Values
from declarative_mail.resources.body_faults import (
    miss,
    refuse_attribute,
    refuse_block,
    refuse_label,
    refuse_repetition,
)
from declarative_mail.resources.draft import FAULTY, Draft
from declarative_mail.resources.leaves import Path, Plain
from declarative_mail.resources.read_value import read_value
from declarative_mail.resources.schema import BlockSchema, Schema


def read_body(draft: Draft, schema: Schema, body: EvaluatedBody, path: Path) -> Values:
    """What is written in a body, in plain form; a null is as good as nothing. Faults go to the draft."""
    values: Values = {}
    meant: list[str | None] = []
    known, quick = schema.attributes, schema.quick
    for name, attribute in body.attributes.items():
        value = attribute.value
        # Nearly every value already is what it should be.
        if quick.get(name) is type(value):
            values[name] = value
            continue
        one = known.get(name)
        if one is None or one.computed:
            meant.append(refuse_attribute(draft, schema, name, path))
            continue
        plain = read_value(draft, one, value, (*path, name))
        if plain is not None:
            values[name] = plain
    if body.blocks:
        meant += _read_blocks(draft, schema, body, path, values)
    for wanted in meant:
        # What was meant is there in a way, so nobody complains that it is missing.
        if wanted is not None:
            values.setdefault(wanted, FAULTY)
    for name in schema.required:
        if name not in values:
            miss(draft, schema, name, path)
    return values


def _read_blocks(draft: Draft, schema: Schema, body: EvaluatedBody, path: Path, values: Values) -> Iterator[str | None]:
    for block in body.blocks:
        one = schema.blocks.get(block.type)
        if one is None or one.computed:
            yield refuse_block(draft, schema, block, path)
            continue
        if block.labels:
            refuse_label(draft, block)
        _read_block(draft, one, block, path, values)


def _read_block(draft: Draft, one: BlockSchema, block: EvaluatedBlock, path: Path, values: Values) -> None:
    if one.repeated:
        found: list[Plain] = values.setdefault(one.name, [])
        found.append(read_body(draft, one.schema, block.body, (*path, one.name, len(found))))
    elif one.name in values:
        refuse_repetition(draft, block, path)
    else:
        values[one.name] = read_body(draft, one.schema, block.body, (*path, one.name))
