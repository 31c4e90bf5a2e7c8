"""Builds the changes of a plan from what is wanted, what the state remembers and what exists.

Order of the result, which is also the order in which it is shown::

    delete ─▶ replace ─▶ update ─▶ create ─▶ import/move/forget/refresh/read ─▶ no-op      within each: by address
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.planning.change import Action, Change, Reason, Stored, Wanted
from declarative_mail.planning.diff import changed_paths
from declarative_mail.planning.normalise import (
    SameSecret,
    Writing,
    align_secrets,
    keep_ignored,
    respelled,
    secrets_told_to_write,
    why_written,
    with_sources,
    without_left_alone,
)
from declarative_mail.planning.targets import Selection
from declarative_mail.records import replace
from declarative_mail.state.snapshot import ResourceRecord

_ORDER = {
    Action.DELETE: 0,
    Action.REPLACE: 1,
    Action.UPDATE: 2,
    Action.CREATE: 3,
    Action.IMPORT: 4,
    Action.MOVE: 5,
    Action.FORGET: 6,
    Action.REFRESH: 7,
    Action.READ: 8,
    Action.NO_OP: 9,
}


class Imported(Struct, frozen=True):
    """An existing object to take over.

    Args:
        id: how its remote names it.
        attributes: as read.
        span: the place of the block that asks for it.
        private: what its remote wants to find in its record.
    """

    id: str
    attributes: Stored
    span: Span
    private: Mapping[str, Any] = field(default_factory=dict)


class Sources(Struct, frozen=True, kw_only=True):
    """What a plan is made from.

    Args:
        wanted: the instances of the configuration.
        records: the objects of the state by address, after moves.
        previous: the former address of each record that moved.
        live: what exists, by address, where it differs from the record: None means gone.
        removed: addresses of ``removed`` blocks: whether their objects are destroyed (else forgotten).
        imports: the existing objects to take over, by address.
        same_secret: whether a new and an old fingerprint stand for the same secret.
    """

    wanted: Mapping[Address, Wanted]
    records: Mapping[Address, ResourceRecord]
    previous: Mapping[Address, Address] = field(default_factory=dict)
    live: Mapping[Address, Stored | None] = field(default_factory=dict)
    removed: Mapping[Address, bool] = field(default_factory=dict)
    imports: Mapping[Address, Imported] = field(default_factory=dict)
    same_secret: SameSecret = operator.eq


class Options(Struct, frozen=True, kw_only=True):
    """How a plan is made.

    Args:
        selection: which addresses it covers.
        replace: addresses that are replaced whatever they are.
        destroy: everything goes.
        allow_destroy: addresses whose prevent_destroy is overruled.
        write_secrets: imported secrets are written although nobody can tell whether they differ.
    """

    selection: Selection = field(default_factory=Selection)
    replace: frozenset[Address] = frozenset()
    destroy: bool = False
    allow_destroy: frozenset[Address] = frozenset()
    write_secrets: bool = False


def build_changes(sources: Sources, options: Options) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """One change for each address, in the order shown, and what stands against them."""
    diagnostics: list[Diagnostic] = []
    covers = options.selection.covers
    wanted = {} if options.destroy else sources.wanted
    changes = [_change(sources, options, one) for one in wanted.values() if covers(one.address)]
    changes = [_written_anew(one, sources) for one in _repointed(_follow_triggers(changes))]
    for address, record in sources.records.items():
        if address not in wanted and covers(address) and record.mode == "managed":
            changes.append(_ending(sources, options, address, record))
    diagnostics.extend(fault for change in changes for fault in _protected(change, sources, options))
    diagnostics.extend(_import_faults(sources))
    return in_order(changes), diagnostics


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """As they are shown: what is deleted first."""
    return tuple(sorted(changes, key=lambda change: (_ORDER[change.action], change.address.order)))


def _change(sources: Sources, options: Options, wanted: Wanted) -> Change:
    address = wanted.address
    record = sources.records.get(address)
    if record is None:
        return _import(sources, options, wanted) if address in sources.imports else _create(wanted)
    before = sources.live.get(address, record.attributes)
    if before is None:
        return replace(_create(wanted), reason=Reason.GONE, record=record)
    before = without_left_alone(before, wanted)
    writing = Writing(unread=options.write_secrets)
    after = _aligned(before, wanted, same=sources.same_secret, writing=writing)
    changed = () if before == after else changed_paths(before, after)
    change = Change(
        address,
        Action.UPDATE if changed else Action.NO_OP,
        wanted.remote,
        before,
        after,
        reason=why_written(before, after, changed),
        changed=changed,
        previous_address=sources.previous.get(address),
        record=record,
        wanted=wanted,
    )
    return _replaced(change, options)


def _aligned(before: Stored, wanted: Wanted, *, same: SameSecret, writing: Writing) -> Stored:
    after = wanted.attributes
    if wanted.has_secrets:
        told = secrets_told_to_write(before, after)
        after = {
            name: align_secrets(before.get(name), value, writing=_WRITE_ALL if name in told else writing, same=same)
            for name, value in after.items()
        }
    if wanted.folded and before != after:
        after = respelled(before, after, wanted.folded)
    if wanted.ignore_changes != ():
        after = keep_ignored(before, after, wanted.ignore_changes)
    return after


_WRITE_ALL = Writing(all=True)


def _written_anew(change: Change, sources: Sources) -> Change:
    """A replacement writes every secret, those too of which nobody knows what they were."""
    wanted = change.wanted
    if change.action is not Action.REPLACE or wanted is None or not wanted.has_secrets:
        return change
    after = _aligned(change.before or {}, wanted, same=sources.same_secret, writing=Writing(unread=True))
    return replace(change, after=after)


def _create(wanted: Wanted) -> Change:
    after = align_secrets(None, wanted.attributes) if wanted.has_secrets else wanted.attributes
    return Change(wanted.address, Action.CREATE, wanted.remote, None, after, wanted=wanted)


def _import(sources: Sources, options: Options, wanted: Wanted) -> Change:
    one = sources.imports[wanted.address]
    kept = {name: wanted.attributes[name] for name in wanted.kept if name in wanted.attributes}
    before = without_left_alone({**one.attributes, **kept}, wanted)
    after = _aligned(before, wanted, same=sources.same_secret, writing=Writing(unread=options.write_secrets))
    before = with_sources(before, after)
    changed = changed_paths(before, after)
    action = Action.UPDATE if changed else Action.IMPORT
    return Change(
        wanted.address,
        action,
        wanted.remote,
        before,
        after,
        reason=why_written(before, after, changed),
        changed=changed,
        importing=one.id,
        wanted=wanted,
        private=one.private,
    )


def _replaced(change: Change, options: Options) -> Change:
    """The change as a replacement, where an update cannot do it."""
    wanted, record = cast("Wanted", change.wanted), cast("ResourceRecord", change.record)
    reason: Reason | None = None
    paths: tuple[str, ...] = ()
    immutable = wanted.immutable
    if immutable:
        paths = tuple(path for path in change.changed if path.split(".")[0].split("[")[0] in immutable)
    if record.remote != wanted.remote:
        reason, paths = Reason.REMOTE_CHANGED, ("remote",)
    elif paths:
        reason = Reason.IMMUTABLE
    elif change.address in options.replace or change.address.resource in options.replace:
        reason = Reason.REQUESTED
    elif record.status == "tainted":
        reason = Reason.TAINTED
    if reason is None:
        return change
    return replace(change, action=Action.REPLACE, reason=reason, replace_paths=paths)


def _follow_triggers(changes: list[Change]) -> list[Change]:
    """Replace what names a changed object in ``replace_triggered_by``; a replacement may trigger the next."""
    if not any(change.wanted is not None and change.wanted.triggers for change in changes):
        return changes
    by_address = {change.address: index for index, change in enumerate(changes)}
    result = list(changes)
    for _ in range(len(changes)):
        fired = [index for index in by_address.values() if _fires(result[index], result)]
        if not fired:
            break
        for index in fired:
            result[index] = replace(result[index], action=Action.REPLACE, reason=Reason.TRIGGERED)
    return result


def _repointed(changes: list[Change]) -> list[Change]:
    """Update what names an object that gets another id: its remote knows the old one (semantics 30).

    On the local remote a reference is the address, so nothing changes there.
    """
    renewed = {str(one.address) for one in changes if one.action in (Action.CREATE, Action.REPLACE) and one.record}
    if not renewed:
        return changes
    return [_repoint(one, renewed) if one.action is Action.NO_OP and one.remote != "local" else one for one in changes]


def _repoint(change: Change, renewed: set[str]) -> Change:
    names = tuple(name for name, value in (change.after or {}).items() if _refers(value, renewed))
    return replace(change, action=Action.UPDATE, reason=Reason.EXPANDED, changed=names) if names else change


def _refers(value: object, addresses: set[str]) -> bool:
    if isinstance(value, Mapping):
        return value.get("$ref") in addresses or any(_refers(one, addresses) for one in value.values())
    return isinstance(value, list | tuple) and any(_refers(one, addresses) for one in value)


def _fires(change: Change, changes: Iterable[Change]) -> bool:
    wanted = change.wanted
    if wanted is None or not wanted.triggers or change.record is None or change.action is Action.REPLACE:
        return False
    return any(_triggered(trigger, other) for trigger in wanted.triggers for other in changes)


def _triggered(trigger: str, change: Change) -> bool:
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return False
    for name in (str(change.address), str(change.address.resource)):
        if trigger == name:
            return True
        if trigger.startswith(f"{name}."):
            path = trigger.removeprefix(f"{name}.")
            return any(one == path or one.startswith((f"{path}.", f"{path}[")) for one in change.changed)
    return False


def _ending(sources: Sources, options: Options, address: Address, record: ResourceRecord) -> Change:
    """What becomes of an object that the configuration no longer wants."""
    before = sources.live.get(address, record.attributes)
    destroy = _removed(sources.removed, address)
    previous = sources.previous.get(address)
    if before is None or destroy is False:
        reason = Reason.GONE_THERE if before is None else None
        return Change(address, Action.FORGET, record.remote, record.attributes, None, reason=reason, record=record)
    if options.destroy:
        reason = Reason.DESTROY
    elif destroy:
        reason = Reason.REMOVED_BLOCK
    else:
        reason = _why_gone(sources, address)
    return Change(
        address, Action.DELETE, record.remote, before, None, reason=reason, previous_address=previous, record=record
    )


def _removed(removed: Mapping[Address, bool], address: Address) -> bool | None:
    return removed.get(address, removed.get(address.resource)) if removed else None


def _why_gone(sources: Sources, address: Address) -> Reason:
    if any(one.resource == address.resource for one in sources.wanted):
        return Reason.WRONG_KEY
    if address.module and not any(one.module == address.module for one in sources.wanted):
        return Reason.NO_MODULE
    return Reason.NO_BLOCK


def _protected(change: Change, sources: Sources, options: Options) -> list[Diagnostic]:
    """The fault of destroying what is protected, by its block or, where that is gone, by the state."""
    if not change.deletes:
        return []
    wanted, record = change.wanted or sources.wanted.get(change.address), change.record
    kept = wanted.prevent_destroy if wanted is not None else record is not None and record.lifecycle.prevent_destroy
    if not kept or change.address in options.allow_destroy or change.address.resource in options.allow_destroy:
        return []
    verb = "replaced" if change.action is Action.REPLACE else "destroyed"
    because = f" ({', '.join(change.replace_paths)} cannot be changed in place)" if change.replace_paths else ""
    detail = (
        f"{change.address} would be {verb}{because}, but its lifecycle sets prevent_destroy. "
        "To let go of the object without destroying it, add a removed block with destroy = false. To "
        "destroy it, run again with:\n"
        f"    --allow-destroy '{change.address}'"
    )
    label = Label(wanted.span) if wanted is not None else None
    return [Diagnostic(codes.PREVENT_DESTROY, detail, label, address=change.address)]


def _import_faults(sources: Sources) -> list[Diagnostic]:
    faults = []
    for address, one in sources.imports.items():
        if address not in sources.wanted:
            detail = (
                f"The import block names {address}, but the configuration does not declare it. Write its block first."
            )
            faults.append(Diagnostic(codes.IMPORT_FAILED, detail, Label(one.span), address=address))
    return faults
