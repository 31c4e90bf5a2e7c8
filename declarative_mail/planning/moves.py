"""``moved`` blocks: gives the objects of a state their new addresses before anything is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address, ModulePath, parse_target
from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.nodes import static_path
from declarative_mail.planning.targets import block_of
from declarative_mail.state.snapshot import ResourceRecord

Repetition: TypeAlias = Literal["once", "count", "for_each"]
"""How many instances a block has: one without a key, numbered ones, named ones."""


class Move(Struct, frozen=True):
    """One ``moved`` block, as written in the module that is called by the names `module` from the root on.

    It holds in every instance of that module; its addresses are relative to it.
    """

    source: str
    target: str
    module: tuple[str, ...]
    span: Span


def apply_moves(
    records: Iterable[ResourceRecord], moves: Sequence[Move], declared: Mapping[Address, Repetition]
) -> tuple[dict[Address, ResourceRecord], dict[Address, Address], list[Diagnostic]]:
    """The records under their new addresses.

    An object whose block got or lost ``count`` moves between no key and ``[0]`` by itself (Terraform's rule).

    Args:
        records: what the state knows.
        moves: all moved blocks; an object follows them one after the other, in whatever order they are written.
        declared: the blocks of the configuration, as addresses without any key.

    Returns:
        The records by new address, the previous address of each that moved, and the faults.
    """
    before = {record.address: record for record in records}
    targets, diagnostics = _targets(before, moves, declared)
    _follow_count(targets, before, declared)
    if not targets:
        return before, {}, diagnostics
    current: dict[Address, ResourceRecord] = {old: record for old, record in before.items() if old not in targets}
    previous: dict[Address, Address] = {}
    for old, new in targets.items():
        if new in current:
            diagnostics.append(_occupied(old, new, moves))
            continue
        current[new] = before[old]
        previous[new] = old
    return current, previous, diagnostics


def _targets(
    addresses: Iterable[Address], moves: Sequence[Move], declared: Mapping[Address, Repetition]
) -> tuple[dict[Address, Address], list[Diagnostic]]:
    """The new address of each object that a ``moved`` block concerns."""
    targets: dict[Address, Address] = {}
    diagnostics: list[Diagnostic] = []
    for address in addresses if moves else ():
        target, move = _follow(address, moves)
        if move is None or target == address:
            continue
        if block_of(address) in declared and block_of(address) != block_of(target):
            diagnostics.append(_still_declared(address, move))
        else:
            targets[address] = target
    return targets, diagnostics


def _follow_count(
    targets: dict[Address, Address], addresses: Iterable[Address], declared: Mapping[Address, Repetition]
) -> None:
    """Add the objects whose block got or lost ``count``, where their new address is free."""
    counted = {(block.type, block.name) for block, repetition in declared.items() if repetition == "count"}
    possible = [one for one in addresses if one.key == 0 or (one.key is None and (one.type, one.name) in counted)]
    if not possible:
        return
    taken = {targets.get(one, one) for one in addresses}
    for old in possible:
        new = targets.get(old, old)
        repetition = declared.get(block_of(new))
        key = 0 if repetition == "count" and new.key is None else None if repetition == "once" else new.key
        if key != new.key and new.instance(key) not in taken:
            targets[old] = new.instance(key)


def _follow(address: Address, moves: Sequence[Move]) -> tuple[Address, Move | None]:
    """Where all moves together take an address, and the first of them. Each is followed once, so a circle ends."""
    pending, first = list(moves), None
    while True:
        step = next(((move, new) for move in pending if (new := _renamed(address, move)) is not None), None)
        if step is None:
            return address, first
        move, address = step
        first = first or move
        pending.remove(move)


def _renamed(address: Address, move: Move) -> Address | None:
    """Where a move takes an address; None where it does not concern it."""
    source_path, source = parse_target(move.source)
    target_path, target = parse_target(move.target)
    depth = len(move.module)
    base, inner = address.module[:depth], address.module[depth:]
    if static_path(base) != move.module:
        return None
    if source is None or target is None:
        return _module_renamed(address, base, source_path, target_path)
    if inner != source_path or (address.type, address.name, address.mode) != (source.type, source.name, source.mode):
        return None
    if source.key is not None and address.key != source.key:
        return None
    key = target.key if source.key is not None or target.key is not None else address.key
    if source.key is None and target.key is not None and address.key is not None:
        return None
    return Address(target.type, target.name, key, (*base, *target_path), target.mode)


def _module_renamed(address: Address, base: ModulePath, source: ModulePath, target: ModulePath) -> Address | None:
    inner = address.module[len(base) :]
    if len(inner) < len(source) or not source or not target:
        return None
    for have, want in zip(inner, source, strict=False):
        if have.name != want.name or (want.key is not None and have.key != want.key):
            return None
    last = target[-1]
    if last.key is None and source[-1].key is None:
        last = type(last)(last.name, inner[len(source) - 1].key)
    path = (*base, *target[:-1], last, *inner[len(source) :])
    return Address(address.type, address.name, address.key, path, address.mode)


def _still_declared(address: Address, move: Move) -> Diagnostic:
    detail = (
        f"The moved block says that {move.source} is now {move.target}, but {address.resource} is still declared. "
        "Remove its block, or remove the moved block."
    )
    return Diagnostic(codes.MOVED_STILL_EXISTS, detail, Label(move.span), address=address)


def _occupied(address: Address, target: Address, moves: Sequence[Move]) -> Diagnostic:
    detail = (
        f"{address} cannot become {target}, since the state already has an object there. "
        f"Take one of the two out of the state with:\n    dmail state rm '{address}'"
    )
    _, move = _follow(address, moves)
    return Diagnostic(codes.MOVED_OCCUPIED, detail, Label(move.span) if move else None, address=address)
