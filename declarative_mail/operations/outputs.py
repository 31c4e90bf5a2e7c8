"""Outputs: what they are, and what becomes of them in a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from declarative_mail.language.instances import OutputValue
from declarative_mail.language.show import to_json
from declarative_mail.language.values import is_wholly_known
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.planning.change import Action, OutputChange
from declarative_mail.resources.stored import secret_leaf
from declarative_mail.secrets import Secret
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.snapshot import Output, Snapshot


def output_changes(after: Mapping[str, Output], snapshot: Snapshot | None) -> dict[str, OutputChange]:
    """The outputs that differ from those of the state."""
    before = snapshot.outputs if snapshot is not None else {}
    changes = {}
    for name in sorted(before.keys() | after.keys()):
        change = _change(before.get(name), after.get(name))
        if change is not None:
            changes[name] = change
    return changes


def _change(before: Output | None, after: Output | None) -> OutputChange | None:
    if before == after:
        return None
    sensitive = (before is not None and before.sensitive) or (after is not None and after.sensitive)
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return OutputChange(action, before.value if before else None, after.value if after else None, sensitive)


def stored_outputs(evaluated: Evaluated, fingerprints: Fingerprinter) -> dict[str, Output]:
    """All outputs as a state keeps them."""
    return {name: _stored(name, one, fingerprints) for name, one in evaluated.program.outputs.items()}


def settled_outputs(evaluated: Evaluated, snapshot: Snapshot | None, fingerprints: Fingerprinter) -> dict[str, Output]:
    """All outputs whose value is known, and as the state has them those that wait for an apply."""
    before = snapshot.outputs if snapshot is not None else {}
    found = evaluated.program.outputs
    known = {name: _stored(name, one, fingerprints) for name, one in found.items() if is_wholly_known(one.value)}
    return {name: known.get(name) or before[name] for name in found if name in known or name in before}


def _stored(name: str, output: OutputValue, fingerprints: Fingerprinter) -> Output:
    """Of a sensitive value only a fingerprint is kept: a state holds no secret."""
    value: Any = to_json(output.value)
    if not output.sensitive:
        return Output(value=value)
    hidden = Secret(json.dumps(value, sort_keys=True), f"output.{name}")
    return Output(
        value=secret_leaf(source=hidden.source, version=1, fingerprint=fingerprints.of(hidden)), sensitive=True
    )
