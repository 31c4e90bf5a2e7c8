"""Reads the blocks that speak about addresses: import, moved, removed, accept_drift."""

from __future__ import annotations

import re

from declarative_mail.addresses import AddressError, parse_target
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import BlockReader, address_text, labels_of
from declarative_mail.language.configuration import AcceptDrift, ImportBlock, MovedBlock, RemovedBlock
from declarative_mail.language.syntax import Block

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?\Z")


def _reader(block: Block, diagnostics: list[Diagnostic]) -> BlockReader:
    labels_of(block, (), diagnostics)
    return BlockReader(block.body, f"the {block.type} block", place=block.header, diagnostics=diagnostics)


def _address(reader: BlockReader, name: str) -> str | None:
    expression = reader.required(name)
    if expression is None:
        return None
    text = address_text(expression)
    if text is None:
        detail = f"{name} must be the address of a resource, e.g. user_group.ops, without functions or operators."
        reader.fault(codes.INVALID_ADDRESS, detail, expression.span)
    return text


def read_import(block: Block, diagnostics: list[Diagnostic]) -> ImportBlock | None:
    """``import { to = …, id = … }``; None where an argument is missing."""
    reader = _reader(block, diagnostics)
    to, id_, for_each = reader.required("to"), reader.required("id"), reader.expression("for_each")
    reader.finish()
    return ImportBlock(to, id_, for_each, block.header) if to is not None and id_ is not None else None


def read_moved(block: Block, diagnostics: list[Diagnostic]) -> MovedBlock | None:
    """``moved { from = …, to = … }``; None where one is missing."""
    reader = _reader(block, diagnostics)
    source, target = _address(reader, "from"), _address(reader, "to")
    reader.finish()
    if source is None or target is None:
        return None
    detail = _move_fault(source, target)
    if detail is not None:
        reader.fault(codes.INVALID_ADDRESS, detail, block.header)
        return None
    return MovedBlock(source, target, block.header)


def _move_fault(source: str, target: str) -> str | None:
    """Why an object cannot move from one address to the other, or None (the rules are Terraform's)."""
    try:
        (_, old), (_, new) = parse_target(source), parse_target(target)
    except AddressError as error:
        return f"{error}."
    if source == target:
        return f"The moved block says that {source} is now at the very same address."
    if (old is None) != (new is None):
        return f"A module and a resource cannot become one another: {source} is now {target}."
    if old is not None and new is not None and (old.mode, old.type) != (new.mode, new.type):
        return f"An object keeps its type when it moves, but {source} is said to be now {target}."
    return None


def read_removed(block: Block, diagnostics: list[Diagnostic]) -> RemovedBlock | None:
    """``removed { from = …, lifecycle { destroy = false } }``; None where the address is missing."""
    reader = _reader(block, diagnostics)
    source = _address(reader, "from")
    destroy = True
    lifecycle = reader.block("lifecycle")
    if lifecycle is not None:
        nested = _reader(lifecycle, diagnostics)
        destroy = nested.flag("destroy", default=True)
        nested.finish()
    reader.finish()
    if source is None:
        return None
    try:
        parse_target(source)
    except AddressError as error:
        reader.fault(codes.INVALID_ADDRESS, f"{error}.", block.header)
        return None
    return RemovedBlock(source, destroy, block.header)


def read_accept_drift(block: Block, diagnostics: list[Diagnostic]) -> AcceptDrift | None:
    """``accept_drift { address = …, attributes = […], until = "2026-12-31", reason = "…" }``"""
    reader = _reader(block, diagnostics)
    address = _address(reader, "address")
    attributes = tuple(text for item in reader.items("attributes") if (text := address_text(item)) is not None)
    reader.required("until")
    until, reason = reader.text("until"), reader.text("reason")
    reader.finish()
    if until and not _DATE.match(until):
        place = block.body.attributes["until"].expression.span
        detail = f'"{until}" is not a date. Give the last day on which the drift is accepted, e.g. "2026-12-31".'
        reader.fault(codes.NOT_CONSTANT, detail, place)
    return AcceptDrift(address, attributes, until, reason, block.header) if address is not None and until else None
