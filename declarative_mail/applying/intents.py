"""What is noted of a call, before it is made and after."""

from __future__ import annotations

from secrets import token_hex

from declarative_mail.applying.records import describe
from declarative_mail.applying.run import Call, Ended
from declarative_mail.planning.change import Action
from declarative_mail.state.snapshot import Intent, Outcome


def intent_of(call: Call, at: str) -> Intent:
    """What is noted of a call before it is made.

    Args:
        call: the call.
        at: the time, RFC 3339 in UTC.
    """
    operation, record = call.operation, None
    if operation.after is not None and call.change.wanted is not None:
        after = dict(operation.after)
        record = describe(call.change.wanted, id_=operation.id or "", attributes=after, is_applied=False)
    return Intent(
        id=token_hex(8),
        address=str(operation.address),
        verb=operation.verb,
        remote=call.remote,
        object_id=operation.id,
        deposed=token_hex(4) if _leaves_another(call) else None,
        document_key=call.document,
        record=record,
        at=at,
    )


def _leaves_another(call: Call) -> bool:
    """Whether a create is half of a replacement: until the other half is done, the old object stands beside it."""
    change = call.change
    if call.operation.verb != "create" or change.action is not Action.REPLACE or change.record is None:
        return False
    return change.record.remote != "local"


def outcome_of(ended: Ended, at: str) -> Outcome | None:
    """What is noted of a call after it was made; None where nobody knows whether the remote did it."""
    fault = ended.written.fault
    if fault is None or ended.record is not None:
        return Outcome(status="done", at=at, record=ended.record)
    return None if ended.written.in_doubt else Outcome(status="failed", at=at, error=fault.code.id)
