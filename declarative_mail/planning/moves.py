"""``moved`` blocks: gives the objects of a state their new addresses before anything is compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from declarative_mail.addresses import Address, ModulePath, parse_target
from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.state.snapshot import ResourceRecord


@dataclass(frozen=True, slots=True)
class Move:
    """One ``moved`` block of the module instance `module`; the addresses are relative to it, as written."""

    source: str
    target: str
    module: ModulePath
    span: Span


def apply_moves(
    records: Iterable[ResourceRecord], moves: Sequence[Move], declared: Iterable[Address]
) -> tuple[dict[Address, ResourceRecord], dict[Address, Address], list[Diagnostic]]:
    """The records under their new addresses.

    Args:
        records: what the state knows.
        moves: all moved blocks, in source order; chains are followed.
        declared: the addresses of the configuration, to refuse a move away from a block that is still there.

    Returns:
        The records by new address, the previous address of each that moved, and the faults.
    """
    current = {record.address: record for record in records}
    previous: dict[Address, Address] = {}
    diagnostics: list[Diagnostic] = []
    blocks = {address.resource for address in declared}
    for move in _in_chain_order(moves):
        renamed = [(one, target) for one in current if (target := _renamed(one, move)) is not None]
        for address, target in renamed:
            if address.resource in blocks and address.resource != target.resource:
                diagnostics.append(_still_declared(address, move))
                continue
            if target in current:
                diagnostics.append(_occupied(address, target, move))
                continue
            current[target] = current.pop(address)
            previous[target] = previous.pop(address, address)
    return current, {new: old for new, old in previous.items() if new != old}, diagnostics


def _in_chain_order(moves: Sequence[Move]) -> list[Move]:
    """Moves in an order in which ``a -> b`` comes before ``b -> c``, whatever order they were written in."""
    pending, ordered = list(moves), []
    while pending:
        targets = {(move.module, move.target) for move in pending}
        ready = [move for move in pending if (move.module, move.source) not in targets] or pending[:1]
        ordered.extend(ready)
        pending = [move for move in pending if move not in ready]
    return ordered


def _renamed(address: Address, move: Move) -> Address | None:
    """Where a move takes an address; None where it does not concern it."""
    source_path, source = parse_target(move.source)
    target_path, target = parse_target(move.target)
    depth = len(move.module)
    if address.module[:depth] != move.module:
        return None
    inner = address.module[depth:]
    if source is None or target is None:
        return _module_renamed(address, move.module, source_path, target_path)
    if inner != source_path or (address.type, address.name, address.mode) != (source.type, source.name, source.mode):
        return None
    if source.key is not None and address.key != source.key:
        return None
    key = target.key if source.key is not None or target.key is not None else address.key
    if source.key is None and target.key is not None and address.key is not None:
        return None
    return Address(target.type, target.name, key, (*move.module, *target_path), target.mode)


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


def _occupied(address: Address, target: Address, move: Move) -> Diagnostic:
    detail = (
        f"{address} cannot become {target}, since the state already has an object there. "
        f"Take one of the two out of the state with:\n    dmail state rm '{address}'"
    )
    return Diagnostic(codes.MOVED_OCCUPIED, detail, Label(move.span), address=address)
