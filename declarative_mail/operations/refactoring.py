"""The ``moved`` and ``removed`` blocks of all modules: what objects are called now, and which of them are let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from declarative_mail.addresses import Address, ModuleStep, parse_target
from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.configuration import Configuration, Module, RemovedBlock, ResourceBlock
from declarative_mail.planning.moves import Move, Repetition, apply_moves
from declarative_mail.state.follow import renamed_texts, with_renamed_addresses
from declarative_mail.state.snapshot import ResourceRecord

Names = tuple[str, ...]
"""Names of module calls from the root on, without keys."""


def moved_records(
    records: Iterable[ResourceRecord], configuration: Configuration
) -> tuple[dict[Address, ResourceRecord], dict[Address, Address], list[Diagnostic]]:
    """The records as they are called now, where each that moved was before, and the faults.

    What refers to an object that moved refers to it under its new address: that is no change of either.
    """
    moves = [
        Move(one.source, one.target, path, one.span) for path, module in _modules(configuration) for one in module.moved
    ]
    known = list(records)
    current, previous, faults = apply_moves(known, moves, _blocks(configuration))
    if not previous:
        return current, previous, faults
    renamed = {old: new for new, old in previous.items()}
    follow = with_renamed_addresses(renamed_texts(renamed, (one.address for one in known)))
    followed = {
        address: follow(record.at(address) if address in previous else record) for address, record in current.items()
    }
    return followed, previous, faults


def removed_records(
    records: Iterable[Address], configuration: Configuration
) -> tuple[dict[Address, bool], list[Diagnostic]]:
    """For each object that a ``removed`` block names, whether it is destroyed; a block that still exists is a fault."""
    removed: dict[Address, bool] = {}
    diagnostics = []
    known, blocks = list(records), list(_blocks(configuration))
    for path, module in _modules(configuration):
        for one in module.removed:
            removed.update({address: one.destroy for address in known if _names(one, path, address)})
            declared = next((block for block in blocks if _names(one, path, block)), None)
            if declared is not None and not _is_instance(one):
                detail = (
                    f"A removed block says that {one.source} is gone, but {declared} is still declared. Remove one of "
                    "the two blocks."
                )
                diagnostics.append(Diagnostic(codes.REMOVED_STILL_EXISTS, detail, Label(one.span)))
    return removed, diagnostics


def _is_instance(removed: RemovedBlock) -> bool:
    """Whether a single instance is named, whose block may well go on."""
    path, address = parse_target(removed.source)
    return any(step.key is not None for step in path) or (address is not None and address.key is not None)


def _names(removed: RemovedBlock, module: Names, address: Address) -> bool:
    """Whether a ``removed`` block of a module names an address. Keys that it does not give may be any."""
    path, resource = parse_target(removed.source)
    steps = (*(ModuleStep(name) for name in module), *path)
    if len(address.module) < len(steps) or (resource is not None and len(address.module) != len(steps)):
        return False
    if any(
        have.name != want.name or want.key not in (None, have.key)
        for have, want in zip(address.module, steps, strict=False)
    ):
        return False
    if resource is None:
        return True
    same = (address.mode, address.type, address.name) == (resource.mode, resource.type, resource.name)
    return same and resource.key in (None, address.key)


def _modules(configuration: Configuration, path: Names = ()) -> Iterator[tuple[Names, Module]]:
    """Every module of a configuration with the calls that lead to it, callers first."""
    yield path, configuration.module
    for name, child in configuration.children.items():
        yield from _modules(child, (*path, name))


def _blocks(configuration: Configuration) -> Mapping[Address, Repetition]:
    """Every resource block, as an address without keys."""
    return {
        Address(type_, name, None, tuple(map(ModuleStep, path)), mode): _repetition(block)
        for path, module in _modules(configuration)
        for (mode, type_, name), block in module.resources.items()
    }


def _repetition(block: ResourceBlock) -> Repetition:
    return "for_each" if block.for_each is not None else "count" if block.count is not None else "once"
