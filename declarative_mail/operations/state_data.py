"""The JSON form of a state as commands show it: that of the file, each object with its address."""

from __future__ import annotations

from typing import Any

from declarative_mail.records import replace
from declarative_mail.state.snapshot import ResourceRecord, Snapshot


def record_data(record: ResourceRecord) -> dict[str, Any]:
    """One object, as ``state show --json`` gives it."""
    shown = {name: value for name, value in record.data.items() if name != "applied"}
    return {"address": str(record.address), **shown}


def state_data(snapshot: Snapshot | None) -> dict[str, Any]:
    """A whole state, as ``show --json`` gives it; empty where there is none."""
    if snapshot is None:
        return {"resources": [], "outputs": {}, "check_results": []}
    rest = {name: value for name, value in replace(snapshot, resources=()).data.items() if name != "resources"}
    return {**rest, "resources": [record_data(record) for record in snapshot.resources]}
