"""Settles what an interrupted run left open: the remotes are asked about each call whose answer nobody saw.

::

    delete   is it still there?          no: done      yes: not done, the plan deletes it again
    update   is it as it was meant?      yes: done **  no: not done, the plan shows what there is to do
    create   is there one with its natural key?
                 as it was meant: done, it is ours · different: not ours, a warning · none: not done *

    *  The call may still be on its way. Created once more, it may meet its own older self: see `Operation.repeated`.
    ** Unless it changed what the remote never tells, e.g. a password: it looks the same before and after, so it counts
       as not done and is written again.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from declarative_mail.addresses import Address, parse_address
from declarative_mail.applying.folding import fold
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning, remotes
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject, Remote, Stored
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.snapshot import Intent, Outcome, Place, ResourceRecord, Snapshot


class Settled(Struct):
    """What became of the calls that were open.

    Args:
        snapshot: the state with nothing pending.
        known: the addresses and attributes of our objects, by remote, type and id.
        unseen: the addresses of creates of which the remotes know nothing, yet.
        warnings: what there is to say.
    """

    snapshot: Snapshot
    known: Mapping[Place, tuple[str, Stored]]
    unseen: set[Address] = field(default_factory=set)
    warnings: list[Diagnostic] = field(default_factory=list)

    def is_anothers(self, intent: Intent, found: LiveObject) -> bool:
        """Whether what a create seems to have made is an object that we have under another address."""
        type_ = parse_address(intent.address).type
        owner, _ = self.known.get((intent.remote, type_, found.id), (intent.address, {}))
        return owner != intent.address

    def is_unseeable(self, intent: Intent, remote: Remote) -> bool:
        """Whether an update changes what its remote never tells."""
        type_ = parse_address(intent.address).type
        capabilities = remote.capabilities(type_)
        _, before = self.known.get((intent.remote, type_, intent.object_id or ""), ("", {}))
        after = intent.record.attributes if intent.record is not None else {}
        names = {path.partition(".")[0] for path in capabilities.named("unreadable")} if capabilities else set()
        return any(before.get(name) != after.get(name) for name in names)


def settle(snapshot: Snapshot, records: Mapping[Address, ResourceRecord], by_name: Mapping[str, Remote]) -> Settled:
    """Ask the remotes about each call whose outcome is open.

    Args:
        snapshot: with something pending.
        records: its objects by the addresses that they have after all moves, as the interrupted run saw them.
        by_name: the remotes.

    Raises:
        DiagnosticError: a remote is not declared any more, or cannot be asked.
    """
    settled = Settled(snapshot, {one.place: (str(at), one.attributes) for at, one in records.items()})
    for (name, type_, id_), (address, _) in settled.known.items():
        if name in by_name:
            # References to our objects are read as such only by a remote that knows what they are called here.
            by_name[name].know({f"{type_}/{id_}": address})
    intents = [replace(intent, outcome=_ask(intent, by_name, settled)) for intent in snapshot.pending]
    settled.snapshot = fold(snapshot, intents)
    return settled


def _ask(intent: Intent, by_name: Mapping[str, Remote], settled: Settled) -> Outcome:
    """What became of one call: looked up by id, a create by natural key (semantics 31)."""
    remote, address = by_name.get(intent.remote), parse_address(intent.address)
    if remote is None:
        raise DiagnosticError(_undeclared(intent))
    done, failed = (Outcome(status=status, at=intent.at) for status in ("done", "failed"))
    if intent.verb == "delete":
        return failed if remote.find(address.type, id_=intent.object_id) else done
    if intent.record is None:
        return failed
    found = remote.find(address.type, id_=intent.object_id, like=intent.record.attributes)
    if found is None and intent.verb == "create":
        settled.unseen.add(address)
    if found is None or (intent.verb == "create" and settled.is_anothers(intent, found)):
        return failed
    if intent.verb != "create" and settled.is_unseeable(intent, remote):
        return failed
    if dict(found.attributes) == intent.record.attributes:
        remote.know({f"{address.type}/{found.id}": intent.address})
        return replace(done, record=_as_found(intent.record, found))
    if intent.verb == "create":
        settled.warnings.append(_differs(intent, found.id))
    return failed


def _as_found(record: ResourceRecord, found: LiveObject) -> ResourceRecord:
    applied = attribute_digests(record.attributes)
    return replace(record, id=found.id, applied=applied, private=dict(found.private))


def _undeclared(intent: Intent) -> Diagnostic:
    detail = (
        f"An interrupted run left a call for {intent.address} open on remote.{intent.remote}, which is not declared "
        "any more. Declare it again, so that dmail can ask what became of it."
    )
    return Diagnostic(planning.UNKNOWN_REMOTE, detail)


def _differs(intent: Intent, id_: str) -> Diagnostic:
    detail = (
        f"An interrupted run was about to create {intent.address}. remote.{intent.remote} has an object with its "
        f"natural key, but not with these attributes, so it is not taken for ours. To take it over:\n"
        f"    dmail import '{intent.address}' {id_}"
    )
    return Diagnostic(remotes.INTERRUPTED_OTHERWISE, detail, address=parse_address(intent.address))


def still_standing(snapshot: Snapshot | None) -> list[Diagnostic]:
    """What a plan says of the old halves of interrupted replacements, which are in no change of it."""
    return [
        Diagnostic(
            planning.STILL_STANDING,
            f"{record.address} was replaced, and the run ended before the old object was deleted: {record.id} on "
            f"{record.remote} still stands. The next apply of the whole configuration deletes it.",
            address=record.address,
        )
        for record in (snapshot.deposed if snapshot is not None else ())
    ]
