"""Changes of a state by hand: ``state mv``, ``state rm``, ``state replace-remote``. Pure functions on snapshots.

Nothing here touches an object: only what the state says of it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address, ModulePath, module_prefix
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.follow import renamed_texts, with_renamed_addresses
from declarative_mail.state.snapshot import ResourceRecord, Snapshot

Target: TypeAlias = Address | ModulePath
"""One instance, all instances of a resource, or everything in a module instance."""


class Edit(Struct, frozen=True):
    """A changed state and what became of which address: the new one, or None for an object that is forgotten."""

    snapshot: Snapshot
    addresses: Mapping[Address, Address | None]


def move(snapshot: Snapshot, source: Target, target: Target) -> Edit:
    """Give objects another address; everything that refers to them follows.

    Args:
        snapshot: the state.
        source: an instance, a resource with all its instances, or a module instance.
        target: the same kind of thing; the type stays.

    Raises:
        DiagnosticError: nothing is there, the new address is taken, or the type would change.
    """
    _check_ended(snapshot)
    renamed = {record.address: _target_of(record.address, source, target) for record in _matching(snapshot, source)}
    _check_free(snapshot, renamed)
    texts = renamed_texts(renamed, (record.address for record in snapshot.resources))
    follow = with_renamed_addresses(texts)
    records = [
        follow(record.at(renamed[record.address]) if record.address in renamed else record)
        for record in snapshot.resources
    ]
    return Edit(_with_addresses(snapshot.with_resources(records), texts), renamed)


def remove(snapshot: Snapshot, target: Target) -> Edit:
    """Forget objects; they go on to exist. Values that refer to them stay as they are.

    Raises:
        DiagnosticError: nothing is there.
    """
    _check_ended(snapshot)
    gone = {record.address for record in _matching(snapshot, target)}
    texts = {str(address) for address in gone}
    kept = [_without_dependencies(record, texts) for record in snapshot.resources if record.address not in gone]
    results = tuple(result for result in snapshot.check_results if result.address not in texts)
    left = replace(snapshot.with_resources(kept), check_results=results)
    return Edit(left, dict.fromkeys(sorted(gone)))


def replace_remote(snapshot: Snapshot, source: str, target: str) -> Edit:
    """Say that the objects of one remote are on another one, as after its block was renamed. Nothing is moved there.

    Args:
        snapshot: the state.
        source: the name of a remote as it stands in the state: ``harness.prod``.
        target: the new name.

    Raises:
        DiagnosticError: the state has no object of this remote.
    """
    _check_ended(snapshot)
    found = {record.address: record.address for record in snapshot.resources if record.remote == source}
    if not found:
        known = {record.remote for record in snapshot.resources}
        detail = f"No object in the state is on the remote {source}. `dmail state list` shows what is where."
        raise DiagnosticError(Diagnostic(codes.NO_SUCH_OBJECT, detail, help=suggestion(source, known)))
    records = [replace(record, remote=target) if record.remote == source else record for record in snapshot.resources]
    return Edit(snapshot.with_resources(records), found)


def _check_ended(snapshot: Snapshot) -> None:
    if snapshot.pending:
        detail = (
            "The last run did not end, and the state holds calls whose result is open. Changing addresses now would "
            "separate them from their objects. Let the next run settle them first:\n  dmail apply --refresh-only"
        )
        raise DiagnosticError(Diagnostic(codes.RUN_NOT_ENDED, detail))


def _matching(snapshot: Snapshot, target: Target) -> list[ResourceRecord]:
    if isinstance(target, Address):
        found = [record for record in snapshot.resources if record.address == target]
        if not found and target.key is None:
            found = [record for record in snapshot.resources if record.address.resource == target]
    else:
        found = [record for record in snapshot.resources if record.module_path[: len(target)] == target]
    if not found:
        name = str(target) if isinstance(target, Address) else module_prefix(target).rstrip(".")
        detail = f"The state has no {name}. `dmail state list` shows what it has."
        known = map(str, snapshot.by_address)
        raise DiagnosticError(Diagnostic(codes.NO_SUCH_OBJECT, detail, help=suggestion(name, known)))
    return found


def _target_of(address: Address, source: Target, target: Target) -> Address:
    if isinstance(source, Address) and isinstance(target, Address):
        if (source.type, source.mode) != (target.type, target.mode):
            raise _other_kind(f"{source} cannot become {target}: the type of an object stays what it is.")
        if address != source and target.key is not None:
            raise _other_kind(f"{source} has several instances, which cannot all become {target}.")
        return target if address == source else target.instance(address.key)
    if isinstance(source, Address) or isinstance(target, Address):
        raise _other_kind("An object cannot become a module, nor a module an object.")
    module = target + address.module[len(source) :]
    return Address(address.type, address.name, address.key, module, address.mode)


def _other_kind(detail: str) -> DiagnosticError:
    return DiagnosticError(Diagnostic(codes.OTHER_KIND, f"{detail} Name two addresses of the same kind."))


def _check_free(snapshot: Snapshot, renamed: Mapping[Address, Address]) -> None:
    staying = {record.address for record in snapshot.resources} - renamed.keys()
    taken = sorted(new for new, times in Counter(renamed.values()).items() if times > 1 or new in staying)
    if taken:
        raise DiagnosticError(
            Diagnostic(
                codes.ADDRESS_TAKEN,
                f"{address} is the address of another object, and two cannot share one. Move or remove that one first.",
                address=address,
            )
            for address in taken
        )


def _with_addresses(snapshot: Snapshot, texts: Mapping[str, str]) -> Snapshot:
    results = tuple(
        replace(result, address=texts.get(result.address, result.address)) for result in snapshot.check_results
    )
    return replace(snapshot, check_results=results)


def _without_dependencies(record: ResourceRecord, gone: set[str]) -> ResourceRecord:
    """Nothing waits for an object that the state does not know."""
    kept = tuple(address for address in record.dependencies if address not in gone)
    return record if kept == record.dependencies else replace(record, dependencies=kept)
