"""Opens the remotes of a configuration.

One client for each ``remote`` block, and the local one that is always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import uuid4

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.diagnostics.codes.planning import UNKNOWN_REMOTE
from declarative_mail.language.instances import ImportTarget, RemoteInstance, ResourceInstance
from declarative_mail.planning.change import Wanted
from declarative_mail.remotes.base import Recognise, Remote, recognise_nothing
from declarative_mail.remotes.local import LocalRemote
from declarative_mail.remotes.settings import Block, is_default, read_settings
from declarative_mail.state.snapshot import ResourceRecord

Opened = tuple[Remote | None, list[Diagnostic]]


def _open_rest(block: Block, _recognise: Recognise) -> Opened:
    from declarative_mail.remotes.answers import Insecure
    from declarative_mail.remotes.rest.client import RestRemote, RestSettings

    settings, faults = read_settings(block, RestSettings)
    if settings is None:
        return None, faults
    try:
        return RestRemote(block.name, settings), faults
    except Insecure as error:
        endpoint = block.body.attributes["endpoint"]
        return None, [Diagnostic(codes.REMOTE_SETTING, f"{error}", Label(endpoint.span))]


def _open_harness(block: Block, recognise: Recognise) -> Opened:
    from declarative_mail.remotes.answers import Insecure
    from declarative_mail.remotes.harness.client import HarnessRemote
    from declarative_mail.remotes.harness.settings import HarnessSettings

    settings, faults = read_settings(block, HarnessSettings)
    if settings is None:
        return None, faults
    for name, words in settings.faults():
        place = block.body.attributes[name].span
        faults.append(Diagnostic(codes.REMOTE_SETTING, f"{name} of remote.{block.name} {words}.", Label(place)))
    if faults:
        return None, faults
    try:
        return HarnessRemote(block.name, settings, recognise), faults
    except Insecure as error:
        endpoint = block.body.attributes["endpoint"]
        return None, [Diagnostic(codes.REMOTE_SETTING, f"{error}", Label(endpoint.span))]


_OPENERS: Mapping[str, Callable[[Block, Recognise], Opened]] = {"rest": _open_rest, "harness": _open_harness}
REMOTE_TYPES = tuple(_OPENERS)
"""The types that a ``remote`` block may have; ``local`` needs no block."""
NAMED = 5
"""How many objects a message names; of the others it gives the number."""


class Remotes(Struct, frozen=True):
    """All remotes of a run.

    Args:
        by_name: ``local`` and ``TYPE.LABEL``.
        default: the name of the one that resources without ``remote`` go to.
    """

    by_name: dict[str, Remote]
    default: str = "local"


def open_remotes(
    declared: Iterable[RemoteInstance], recognise: Recognise = recognise_nothing, *, parallelism: int | None = None
) -> tuple[Remotes, list[Diagnostic]]:
    """A client for each remote, not yet connected.

    Args:
        declared: the remote blocks.
        recognise: tells whether a secret that a remote shows is the one that is known.
        parallelism: calls at once on each of them at the most; None: what it takes itself.
    """
    diagnostics: list[Diagnostic] = []
    by_name: dict[str, Remote] = {"local": LocalRemote(lambda: uuid4().hex)}
    defaults: list[Block] = []
    for one in declared:
        opener = _OPENERS.get(one.type)
        if opener is None:
            diagnostics.append(_unknown_type(one))
            continue
        block = Block(f"{one.type}.{one.name}", one.body, one.header, parallelism)
        remote, faults = opener(block, recognise)
        chosen, default_faults = is_default(block)
        diagnostics += [*faults, *default_faults]
        if chosen:
            defaults.append(block)
        if remote is not None:
            by_name[block.name] = remote
    diagnostics += _several(defaults)
    return Remotes(by_name, defaults[0].name if defaults else "local"), diagnostics


def introduce(
    remotes: Remotes,
    targets: Iterable[ImportTarget],
    wanted: Mapping[Address, Wanted],
    *,
    data: Mapping[Address, str],
    records: Iterable[ResourceRecord],
) -> None:
    """Tell the remotes what the objects that are managed, taken over or read as data are called here.

    Args:
        remotes: of the run.
        targets: the objects that are taken over.
        wanted: the declared objects.
        data: how its remote names what a data source found, by its address.
        records: the objects of the state.
    """
    by_remote: dict[str, dict[str, str]] = {}
    for address, id_ in data.items():
        # An id that means something on another remote harms nobody here.
        for name in remotes.by_name:
            by_remote.setdefault(name, {})[f"{address.type}/{id_}"] = str(address)
    for record in records:
        by_remote.setdefault(record.remote, {})[f"{record.type}/{record.id}"] = str(record.address)
    for target in targets:
        if target.address in wanted and isinstance(target.id, str):
            key = f"{target.address.type}/{target.id}"
            by_remote.setdefault(wanted[target.address].remote, {})[key] = str(target.address)
    for name, addresses in by_remote.items():
        if name in remotes.by_name:
            remotes.by_name[name].know(addresses)


def _unknown_type(one: RemoteInstance) -> Diagnostic:
    known = ", ".join(REMOTE_TYPES)
    detail = (
        f'There is no remote of type "{one.type}". This version of dmail knows {known}, and local, '
        "which needs no block."
    )
    return Diagnostic(codes.UNKNOWN_REMOTE_TYPE, detail, Label(one.header), help=suggestion(one.type, REMOTE_TYPES))


def _several(defaults: list[Block]) -> list[Diagnostic]:
    first = defaults[:1]
    return [
        Diagnostic(
            codes.SEVERAL_DEFAULTS,
            f"remote.{other.name} sets default = true, and so does remote.{one.name}. Keep it at one of them.",
            Label(other.header),
            (Label(one.header, "and here"),),
        )
        for one in first
        for other in defaults[1:]
    ]


def undeclared_remote(instance: ResourceInstance, name: str) -> Diagnostic:
    """A block whose remote nobody declared."""
    detail = f"{instance.address} names the remote {name}, which is not declared in the root module."
    return Diagnostic(UNKNOWN_REMOTE, detail, Label(instance.block.header), address=instance.address)


def orphaned(records: Iterable[ResourceRecord], remotes: Mapping[str, Remote]) -> list[Diagnostic]:
    """That the block of a remote is gone while objects are left on it: nobody can ask for them or delete them."""
    left: dict[str, list[str]] = {}
    for record in records:
        if record.mode == "managed" and record.remote not in remotes:
            left.setdefault(record.remote, []).append(str(record.address))
    return [_orphaned(name, addresses) for name, addresses in left.items()]


def _orphaned(name: str, addresses: Sequence[str]) -> Diagnostic:
    more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
    named = f"{', '.join(addresses[:NAMED])}{more}"
    detail = (
        f"remote.{name} is not declared any more, and the state has objects on it: {named}. Without its block nobody "
        "can ask for them or delete them. Put the block back until they are gone; to leave them where they are and "
        f"forget them, remove them from the state:\n    dmail state rm '{addresses[0]}'"
    )
    return Diagnostic(UNKNOWN_REMOTE, detail)
