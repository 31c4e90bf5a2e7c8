"""What remotes have against a configuration and its changes, as diagnostics at the place where it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from declarative_mail.addresses import Address
from declarative_mail.applying.order import parts_of
from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.remotes import Remotes, orphaned
from declarative_mail.planning.change import Change, Wanted
from declarative_mail.remotes.base import Declared, Objection, Operation, Remote
from declarative_mail.remotes.capabilities import Capabilities, Verb, inexpressible
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.leaves import format_path
from declarative_mail.resources.schema import resource_schema
from declarative_mail.resources.stored import references_in
from declarative_mail.state.snapshot import ResourceRecord


def declared_faults(evaluated: Evaluated, wanted: Mapping[Address, Wanted], remotes: Remotes) -> list[Diagnostic]:
    """What cannot be on the remote that it is meant for. Nothing is asked.

    Args:
        evaluated: the configuration, for the places.
        wanted: every declared object in stored form.
        remotes: of the run.
    """
    desired = evaluated.desired
    homes = {str(address): one.remote for address, one in wanted.items()}
    homes |= {str(address): one.remote or remotes.default for address, one in evaluated.program.data.items()}
    by_remote: dict[str, list[Wanted]] = {}
    for one in wanted.values():
        by_remote.setdefault(one.remote, []).append(one)
    faults: list[Diagnostic] = []
    for name, objects in by_remote.items():
        remote = remotes.by_name.get(name)
        if name == "local":
            faults += [_no_remote_test(desired[one.address], name) for one in objects if _wants_remote_test(one)]
        elif remote is not None:
            faults += (fault for one in objects for fault in _capability_faults(desired[one.address], one, remote))
            examined = remote.examine([Declared(one.address, one.attributes) for one in objects])
            faults += as_diagnostics(examined, desired)
            places = {fault.primary for fault in faults}
            crossing = (fault for one in objects for fault in _cross_references(desired[one.address], one, homes))
            faults += (fault for fault in crossing if fault.primary not in places)  # the remote says more of them
            faults += _clashes(objects, desired, name, told={one.address for one in faults})
    return faults


def _clashes(
    objects: Iterable[Wanted], desired: Mapping[Address, Desired], remote: str, *, told: Collection[Address | None]
) -> list[Diagnostic]:
    """Objects that are one and the same to their remote: it would refuse the second when the first is there already."""
    faults = []
    known: dict[tuple[str, tuple[str, ...]], Wanted] = {}
    for one in objects:
        names = resource_schema(one.address.type).natural_key
        is_known = not any(isinstance(one.attributes.get(name), Mapping) for name in names)
        if not any(one.natural_key) or not is_known:
            continue
        first = known.setdefault((one.address.type, one.natural_key), one)
        if first is one or one.address in told:
            continue
        key = "/".join(filter(None, one.natural_key))
        detail = (
            f'To remote.{remote}, {one.address} and {first.address} are one and the same {one.address.type}, "{key}". '
            "Give one of them another identifier."
        )
        place = (names[-1],)
        label, related = Label(desired[one.address].span(place)), Label(desired[first.address].span(place), "the first")
        faults.append(Diagnostic(codes.REMOTE_RULE, detail, label, (related,), one.address))
    return faults


def _capability_faults(desired: Desired, wanted: Wanted, remote: Remote) -> Iterator[Diagnostic]:
    capabilities = remote.capabilities(desired.type)
    if capabilities is None:
        detail = f"remote.{remote.name} holds nothing like {desired.type}. Put it on another remote, or remove it."
        yield Diagnostic(codes.TYPE_NOT_HELD, detail, Label(desired.span()), address=desired.address)
        return
    if _wants_remote_test(wanted) and not remote.tests_mail:
        yield _no_remote_test(desired, f"remote.{remote.name}")
    for path in inexpressible(desired.type, wanted.attributes, capabilities):
        name = format_path(path)
        instead = _instead(name, capabilities)
        detail = f"remote.{remote.name} has no place for {name} in its {desired.type}, so it would be lost. {instead}"
        yield Diagnostic(codes.NOT_EXPRESSIBLE, detail, Label(desired.span(path)), address=desired.address)


def _cross_references(desired: Desired, wanted: Wanted, homes: Mapping[str, str]) -> Iterator[Diagnostic]:
    """References to what is on other remotes: no system knows the objects of another one."""
    if not desired.references:
        return
    for path, address in references_in(wanted.attributes):
        home = homes.get(address, wanted.remote)
        if home != wanted.remote:
            there = "in the state alone (remote = local)" if home == "local" else f"on remote.{home}"
            detail = (
                f"{desired.address} is on remote.{wanted.remote}, and {address} is {there}: no system knows the "
                "objects of another one. Put both on the same remote, or declare what is referred to on this one too."
            )
            yield Diagnostic(codes.CROSS_REFERENCE, detail, Label(desired.span(path)), address=desired.address)


def _wants_remote_test(wanted: Wanted) -> bool:
    return (wanted.attributes.get("connection_test") or {}).get("via") == "remote"


def _no_remote_test(desired: Desired, name: str) -> Diagnostic:
    detail = (
        f'{name} cannot send a test message itself, so via = "remote" proves nothing. Set via = "local": this machine '
        "then talks to the server."
    )
    label = Label(desired.span(("connection_test", "via")))
    return Diagnostic(codes.NOT_EXPRESSIBLE, detail, label, address=desired.address)


def _instead(name: str, capabilities: Capabilities) -> str:
    plain = "".join(part.partition("]")[2] if "]" in part else part for part in name.split("["))
    while plain:
        if plain in capabilities.instead:
            return capabilities.instead[plain]
        plain = plain.rpartition(".")[0]
    return "Remove it here, or put the object on another remote."


def change_faults(
    changes: Iterable[Change],
    desired: Mapping[Address, Desired],
    remotes: Mapping[str, Remote],
    *,
    leaving: Iterable[ResourceRecord] = (),
    ask: bool,
) -> list[Diagnostic]:
    """What stands against the changes of a plan: verbs that a remote does not have, and what it says itself.

    Args:
        changes: of the plan.
        desired: every declared object, for the places.
        remotes: by name.
        leaving: old halves of interrupted replacements, which are deleted beside the changes.
        ask: whether remotes may be asked how things are.

    Raises:
        DiagnosticError: a remote cannot be asked.
    """
    faults: list[Diagnostic] = []
    left: list[ResourceRecord] = []
    by_remote: dict[str, list[Operation]] = {}
    for change in changes:
        for part in parts_of(change):
            remote = remotes.get(part.remote)
            if remote is None and change.record is not None:
                left.append(change.record)
            if remote is None or part.remote == "local":
                continue
            faults += _verb_faults(change, part.verb, remote, desired)
            by_remote.setdefault(part.remote, []).append(part.outline)
    for record in leaving:
        attributes = dict(record.attributes)
        ended = Operation("delete", record.address, record.type, record.id, attributes, None, {}, {})
        by_remote.setdefault(record.remote, []).append(ended)
    faults += orphaned(left, remotes)
    if ask and not faults:
        for name, operations in by_remote.items():
            if name in remotes:
                faults += as_diagnostics(remotes[name].review(operations), desired)
    return faults


def _verb_faults(
    change: Change, verb: Verb, remote: Remote, desired: Mapping[Address, Desired]
) -> Iterator[Diagnostic]:
    capabilities = remote.capabilities(change.address.type)
    if capabilities is not None and verb not in capabilities.verbs:
        detail = (
            f"remote.{remote.name} offers no way to {verb} objects of type {change.address.type}. Do it there by hand; "
            f"what exists already can be taken over with:\n    dmail import '{change.address}' ID"
        )
        found = desired.get(change.address)
        label = Label(found.span()) if found is not None else None
        yield Diagnostic(codes.VERB_MISSING, detail, label, address=change.address)


def as_diagnostics(objections: Iterable[Objection], desired: Mapping[Address, Desired]) -> list[Diagnostic]:
    """Objections at the places of which they speak."""
    return [_as_diagnostic(one, desired) for one in objections]


def _as_diagnostic(one: Objection, desired: Mapping[Address, Desired]) -> Diagnostic:
    here = desired.get(one.address)
    related = tuple(
        Label(desired[address].span(path), text) for address, path, text in one.related if address in desired
    )
    label = Label(here.span(one.path)) if here is not None else None
    return Diagnostic(one.code, one.detail, label, related, one.address, one.help)
