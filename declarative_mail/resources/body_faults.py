"""Refuses what should not stand in a body, and names what is missing, each with the nearest thing that is right."""

from __future__ import annotations

import re

from declarative_mail.diagnostics import did_you_mean, suggestion
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.evaluated import EvaluatedBlock, EvaluatedBody
from declarative_mail.resources.draft import Draft
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.schema import Schema

_FIRST_WORD = re.compile(r"\W")
_SAYS_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|webhook", re.IGNORECASE)


def refuse_attribute(draft: Draft, schema: Schema, name: str, path: Path) -> str | None:
    """An attribute that the type does not have, or that is not for a person to set; gives the name that was meant."""
    attribute = _body_at(draft.body, path).attributes[name]
    span = attribute.name_span
    where = _where(draft, path)
    if name in schema.attributes:
        detail = f"{name} of {where} is known after apply: the system that holds the object makes it. Remove the line."
        draft.report(codes.COMPUTED_ATTRIBUTE, span, detail)
        return None
    if name in schema.blocks:
        detail = f"{name} of {where} is a block, not an attribute."
        draft.report(codes.UNSUPPORTED_ATTRIBUTE, span, detail, help=f"write {name} {{ … }} without =")
        return name
    meant, help_ = _meant(schema, name)
    detail = f'{where} has no attribute "{name}".'
    blank = attribute.span if _SAYS_SECRET.search(name) else None
    draft.report(codes.UNSUPPORTED_ATTRIBUTE, span, detail, help=help_, blank=blank)
    return meant


def refuse_block(draft: Draft, schema: Schema, block: EvaluatedBlock, path: Path) -> str | None:
    """A block that the type does not have; gives the name that was meant."""
    where = _where(draft, path)
    if block.type in schema.blocks:
        detail = f"{block.type} of {where} is read from the system, it cannot be written. Remove the block."
        draft.report(codes.UNSUPPORTED_BLOCK, block.header, detail)
        return None
    if block.type in schema.attributes:
        detail = f"{block.type} of {where} is an attribute, not a block."
        draft.report(codes.UNSUPPORTED_BLOCK, block.header, detail, help=f"write {block.type} = …")
        return block.type
    meant, help_ = _meant(schema, block.type)
    draft.report(codes.UNSUPPORTED_BLOCK, block.header, f'{where} has no block "{block.type}".', help=help_)
    return meant


def refuse_label(draft: Draft, block: EvaluatedBlock) -> None:
    """A label on a nested block."""
    detail = f'{block.type} takes no label, but "{block.labels[0]}" follows it. Remove the label.'
    draft.report(codes.LABELLED_BLOCK, block.header, detail, help=f"write {block.type} {{ … }}")


def refuse_repetition(draft: Draft, block: EvaluatedBlock, path: Path) -> None:
    """A second block of a kind of which there can be one."""
    detail = f"{block.type} is given more than once; {_where(draft, path)} takes one. Join them into one block."
    related = (((*path, block.type), "first given here"),)
    draft.report(codes.REPEATED_BLOCK, block.header, detail, related=related)


def miss(draft: Draft, schema: Schema, name: str, path: Path) -> None:
    """A required attribute or block is not there, or null."""
    where = _where(draft, path)
    if name in schema.blocks:
        detail = f"{where} needs a block {name} {{ … }}: {schema.blocks[name].description}"
        draft.report(codes.MISSING_BLOCK, path, detail)
        return
    about = schema.attributes[name].description
    if name in _body_at(draft.body, path).attributes:
        detail = f"{name} of {where} is null, but it must have a value: {about}"
        draft.report(codes.MISSING_ATTRIBUTE, (*path, name), detail)
    else:
        draft.report(codes.MISSING_ATTRIBUTE, path, f"{where} needs the attribute {name}: {about}")


def _where(draft: Draft, path: Path) -> str:
    """The body at a path in words: ``smtp_server``, ``the connection_test block``."""
    names = [step for step in path if isinstance(step, str)]
    if names:
        return f"the {names[-1]} block"
    return f"data {draft.address.type}" if draft.address.mode == "data" else draft.address.type


def _body_at(body: EvaluatedBody, path: Path) -> EvaluatedBody:
    for index, step in enumerate(path):
        if isinstance(step, str):
            number = path[index + 1] if index + 1 < len(path) else 0
            found = [block.body for block in body.blocks if block.type == step]
            body = found[number if isinstance(number, int) else 0]
    return body


def _meant(schema: Schema, name: str) -> tuple[str | None, str | None]:
    """What was probably meant by a name that is not there: the attribute or block, and how to say so."""
    other = schema.other_names.get(name)
    if other is not None:
        return _FIRST_WORD.split(other, maxsplit=1)[0], f"did you mean {other}?"
    for block in schema.blocks.values():
        if name in block.schema.names and not block.computed:
            return block.name, f"{name} stands inside {block.name} {{ … }}"
    settable = [one.name for one in schema.attributes.values() if not one.computed]
    names = (*settable, *schema.blocks)
    return did_you_mean(name, names), suggestion(name, names)
