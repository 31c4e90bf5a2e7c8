"""Makes of a state that is whole what a run leaves that was killed at a certain call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.project import Project

AT = "2026-01-02T03:04:05Z"


def state_of(project: Project) -> dict[str, Any]:
    """The state file."""
    return project.state


def record_at(state: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The record of an object."""
    found = [one for one in state["resources"] if f"{one['type']}.{one['name']}" == address and "deposed" not in one]
    assert len(found) == 1
    return dict(found[0])


def intent(record: Mapping[str, Any], verb: str, *, after: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A call whose outcome nobody saw.

    Args:
        record: of the object, as it was before an update or delete, as it is after a create.
        verb: of the call.
        after: the attributes that an update was to change.
    """
    address = f"{record['type']}.{record['name']}"
    noted: dict[str, Any] = {"id": f"{verb}-{address}", "address": address, "verb": verb, "remote": record["remote"]}
    if verb != "create":
        noted["object_id"] = record["id"]
    if verb != "delete":
        attributes = {**record["attributes"], **(after or {})}
        noted["record"] = {**record, "attributes": attributes, "applied": {}, "id": noted.get("object_id", "")}
    return {**noted, "at": AT}


def leave_open(project: Project, verb: str, address: str, *, after: Mapping[str, Any] | None = None) -> None:
    """Turn the state into one whose last run was killed at a call, before it saw the answer.

    A create takes the record with it: the run did not know the object yet.
    """

    def change(state: dict[str, Any]) -> None:
        record = record_at(state, address)
        state.setdefault("pending", []).append(intent(record, verb, after=after))
        if verb == "create":
            state["resources"] = [one for one in state["resources"] if one["id"] != record["id"]]

    project.edit_state(change)


def write_journal(project: Project, lineage: str, *lines: Mapping[str, Any]) -> Path:
    """What a run that was killed leaves beside the state."""
    path = project.path / "dmail.state.json.journal"
    head = {"version": 1, "lineage": lineage}
    path.write_text("".join(json.dumps(line) + "\n" for line in (head, *lines)), encoding="utf-8")
    return path
