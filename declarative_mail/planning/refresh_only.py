"""The changes of a plan that only takes what exists into the state.

Each object is compared with what the state says of it, not with what the configuration wants::

    gone ─▶ forget      changed ─▶ refresh      moved here ─▶ no-op with its previous address      else ─▶ no-op
"""

from __future__ import annotations

from declarative_mail.addresses import Address
from declarative_mail.planning.build import Sources, in_order
from declarative_mail.planning.change import Action, Change, Reason
from declarative_mail.planning.diff import changed_paths
from declarative_mail.planning.normalise import respelled, without_left_alone
from declarative_mail.planning.targets import Selection
from declarative_mail.state.snapshot import ResourceRecord

_REASONS = {Action.FORGET: Reason.GONE_THERE, Action.REFRESH: Reason.CHANGED_THERE}


def refresh_changes(sources: Sources, selection: Selection) -> tuple[Change, ...]:
    """One change for each object of the state, in the order shown. No remote has any part in them."""
    managed = {address: one for address, one in sources.records.items() if one.mode == "managed"}
    return in_order(_change(sources, address, one) for address, one in managed.items() if selection.covers(address))


def _change(sources: Sources, address: Address, record: ResourceRecord) -> Change:
    said, exists = record.attributes, sources.live.get(address, record.attributes)
    wanted = sources.wanted.get(address)
    if exists is not None and wanted is not None:
        exists = respelled(said, without_left_alone(exists, wanted), wanted.folded)
    changed = changed_paths(said, exists) if exists is not None else ()
    action = Action.FORGET if exists is None else Action.REFRESH if changed else Action.NO_OP
    return Change(
        address,
        action,
        record.remote,
        said,
        exists,
        reason=_REASONS.get(action),
        changed=changed,
        previous_address=sources.previous.get(address) if exists is not None else None,
        record=record,
        wanted=wanted,
    )
