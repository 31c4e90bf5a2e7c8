"""Looks for drift: reads the configuration, the state and what exists; can write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from declarative_mail.addresses import AddressError, parse_address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes.configuration import INVALID_ADDRESS
from declarative_mail.language.configuration import AcceptDrift
from declarative_mail.operations.planning import Planned, PlanOptions, make_plan
from declarative_mail.operations.states import OpenState
from declarative_mail.operations.wanted import same_secret
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.change import SecretNumbers, Stored
from declarative_mail.planning.drift import Accepted, ObjectDrift, find_drift


class Drift(Struct, frozen=True):
    """What was found.

    Args:
        objects: one entry for each object that is not as it should be.
        planned: the plan made on the way, with its warnings.
        checked: how many objects were looked at.
    """

    objects: tuple[ObjectDrift, ...]
    planned: Planned
    checked: int

    @property
    def drifted(self) -> tuple[ObjectDrift, ...]:
        """Those that somebody else changed and nobody accepted."""
        return tuple(one for one in self.objects if one.is_drift)

    @property
    def data(self) -> dict[str, Any]:
        """The JSON form: the objects and a summary."""
        secrets = SecretNumbers()
        pending = sum(any(field.side in ("ours", "both") for field in one.fields) for one in self.objects)
        return {
            "objects": [one.data(secrets) for one in self.objects],
            "summary": {
                "type": "summary",
                "checked": self.checked,
                "drifted": len(self.drifted),
                "accepted": sum(any(field.accepted for field in one.fields) for one in self.objects),
                "pending": pending,
                "unknown": sum(any(field.side == "unknown" for field in one.fields) for one in self.objects),
            },
        }


def look_for_drift(workspace: Workspace, options: PlanOptions, state: OpenState) -> Drift:
    """Compare desired, prior and live.

    Raises:
        DiagnosticError: the configuration or the state has faults.
    """
    planned = make_plan(workspace, options, state)
    module = planned.evaluated.loaded.configuration.module
    accepted = [_accepted(one) for one in module.accept_drift]
    covered = {change.address for change in planned.plan.changes}
    records = {address: record for address, record in planned.records.items() if address in covered}
    live: Mapping[Any, Stored | None] = {
        change.address: change.before for change in planned.plan.changes if change.record
    }
    today = workspace.now.date()
    objects = find_drift(
        records,
        planned.wanted,
        live,
        accepted=accepted,
        today=today,
        same=same_secret(planned.evaluated, planned.fingerprints),
    )
    return Drift(tuple(objects), planned, len(records))


def _accepted(block: AcceptDrift) -> Accepted:
    try:
        return Accepted(
            parse_address(block.address), block.attributes, date.fromisoformat(block.until[:10]), block.reason
        )
    except (AddressError, ValueError) as error:
        raise DiagnosticError(Diagnostic(INVALID_ADDRESS, f"{error}.", Label(block.span))) from None
