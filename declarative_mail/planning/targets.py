"""``--target`` and ``--exclude``: which addresses a plan covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from declarative_mail.addresses import Address, AddressError, ModulePath, ModuleStep, parse_target
from declarative_mail.diagnostics import Diagnostic, suggestion
from declarative_mail.diagnostics.codes import planning as codes


class Selection(Struct, frozen=True):
    """A choice of addresses; None covers all."""

    chosen: frozenset[Address] | None = None

    def covers(self, address: Address) -> bool:
        """Whether the plan is about this address."""
        return self.chosen is None or address in self.chosen

    @property
    def is_partial(self) -> bool:
        """Whether something was left out on request."""
        return self.chosen is not None


def select(
    targets: Iterable[str],
    excludes: Iterable[str],
    *,
    addresses: Iterable[Address],
    dependencies: Mapping[Address, Iterable[Address]],
) -> tuple[Selection, list[Diagnostic]]:
    """Work out a selection.

    Args:
        targets: what to cover, together with all that it needs; nothing covers everything.
        excludes: what to leave out, together with all that needs it.
        addresses: every address of the configuration and of the state.
        dependencies: for each address the blocks it needs, as addresses without keys at all.
    """
    targets, excludes = list(targets), list(excludes)
    if not targets and not excludes:
        return Selection(), []
    known = set(addresses)
    diagnostics: list[Diagnostic] = []
    wanted = {one for text in targets for one in _matching(text, known, diagnostics)} if targets else set(known)
    unwanted = {one for text in excludes for one in _matching(text, known, diagnostics)}
    by_block = _by_block(known)
    needs = {one: [two for block in dependencies.get(one, ()) for two in by_block.get(block, ())] for one in known}
    users: dict[Address, list[Address]] = {}
    for one, needed in needs.items():
        for two in needed:
            users.setdefault(two, []).append(one)
    chosen = _closure(wanted, needs) - _closure(unwanted, users)
    return Selection(frozenset(chosen)), diagnostics


def block_of(address: Address) -> Address:
    """The address without any key, of the instance or of its modules: the form in which dependencies are kept."""
    path = tuple(ModuleStep(step.name) for step in address.module)
    return Address(address.type, address.name, None, path, address.mode)


def _by_block(addresses: Iterable[Address]) -> dict[Address, list[Address]]:
    found: dict[Address, list[Address]] = {}
    for one in addresses:
        found.setdefault(block_of(one), []).append(one)
    return found


def _closure(start: set[Address], edges: Mapping[Address, list[Address]]) -> set[Address]:
    found, pending = set(start), list(start)
    while pending:
        for one in edges.get(pending.pop(), ()):
            if one not in found:
                found.add(one)
                pending.append(one)
    return found


def _matching(text: str, known: set[Address], diagnostics: list[Diagnostic]) -> list[Address]:
    try:
        path, address = parse_target(text)
    except AddressError as error:
        diagnostics.append(Diagnostic(codes.UNKNOWN_TARGET, f"{error}."))
        return []
    found = [one for one in known if _matches(one, path, address)]
    if not found:
        help_ = suggestion(text, {str(one) for one in known} | {str(one.resource) for one in known})
        detail = f"{text} names nothing in the configuration or the state."
        diagnostics.append(Diagnostic(codes.UNKNOWN_TARGET, detail, help=help_))
    return found


def _matches(one: Address, path: ModulePath, address: Address | None) -> bool:
    if address is None:
        inside = one.module[: len(path)]
        return len(inside) == len(path) and all(
            have.name == want.name and want.key in (None, have.key) for have, want in zip(inside, path, strict=True)
        )
    return address in (one, one.resource)
