"""The digest of a plan.

What ``apply --expect`` compares, the same on every machine for the same changes (semantics 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from declarative_mail.planning.change import Change, OutputChange
from declarative_mail.state.digest import canonical, digest, digest_of
from declarative_mail.state.snapshot import Snapshot


def plan_digest(changes: Iterable[Change], outputs: Mapping[str, OutputChange]) -> str:
    """SHA-256 over address, action, remote, before and after of every effective change, and over the outputs.

    Times, serials, verdicts, versions of the tool and file paths stay out. A secret enters by its source and by
    whether it
    changes, never by its fingerprint, which differs from state to state.
    """
    texts = sorted((str(change.address), _entry_text(change)) for change in changes if change.is_effective)
    written = canonical({name: _output(one) for name, one in outputs.items()})
    return digest_of(b'{"changes":[%b],"outputs":%b}' % (b",".join(text for _, text in texts), written))


def _entry_text(change: Change) -> bytes:
    """The canonical form of an entry. Most objects have no secret: only where one shows is it looked for."""
    text = canonical(_entry(change, change.before, change.after))
    if b'"$secret"' in text:
        return canonical(_entry(change, _shown(change.before, None), _shown(change.after, change.before)))
    return text


def _entry(change: Change, before: Any, after: Any) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "action": change.action.value,
        "remote": change.remote,
        "identity": change.wanted.identity if change.wanted else None,
        "before": before,
        "after": after,
        "importing": change.importing,
        "previous_address": str(change.previous_address) if change.previous_address else None,
    }


def _output(output: OutputChange) -> dict[str, Any]:
    if output.sensitive:
        return {"action": output.action.value, "sensitive": True}
    return {"action": output.action.value, "before": output.before, "after": output.after}


def _shown(value: Any, other: Any) -> Any:
    """The value with each secret as its source and what becomes of it against the same place in `other`."""
    if isinstance(value, dict):
        leaf = value.get("$secret")
        if leaf is not None and len(value) == 1:
            return {"$secret": {"source": leaf["source"], "status": _status(leaf, other)}}
        return {
            name: _shown(item, other.get(name) if isinstance(other, dict) else None) for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        others = list(other) if isinstance(other, list | tuple) else []
        return [_shown(item, others[index] if index < len(others) else None) for index, item in enumerate(value)]
    return value


def _status(leaf: Mapping[str, Any], other: Any) -> str:
    old = other.get("$secret") if isinstance(other, dict) else None
    if old is None:
        return "new"
    return "unchanged" if old["fingerprint"] == leaf["fingerprint"] and old["version"] == leaf["version"] else "changed"


def state_digest(snapshot: Snapshot | None) -> str:
    """The digest of the resources and outputs of a state.

    What a saved plan is bound to (semantics 4), not the serial.
    """
    if snapshot is None:
        return digest(None)
    resources = [record.data for record in snapshot.resources]
    outputs = {name: output.data for name, output in snapshot.outputs.items()}
    return digest({"resources": resources, "outputs": outputs})
