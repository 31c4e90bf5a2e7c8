"""What a saved plan is bound to: the digest of the state that it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from declarative_mail.planning.digest import state_digest
from declarative_mail.records import replace
from declarative_mail.state.codec import read_snapshot
from declarative_mail.state.snapshot import Output
from tests.state.builders import make_record, make_snapshot

STATES = Path(__file__).parents[1] / "state" / "data" / "roundtrip"
RECORDED = {
    "v1-before-private": "sha256:5e0d1c4756565a4ea43cac8a9e87b4d1b2c1089f7bbfe25b0ba977322b9409e6",
    "v1-empty": "sha256:1fc83ef5b3ba512072c6008a5063c2a40523bba7ea68a38f1636d557c6c119a8",
    "v1-everything": "sha256:2a58c26ed552cb2fe372e59187d32eba68426d4d984f24bfb23351a6a8deeb48",
    "v1-varied-1": "sha256:f42d013a2f02a3015ebe3237737c4d687ff1ed188697d5455953b81189a370ef",
    "v1-varied-2": "sha256:cccab74a5e280ee2cb7a935196515a5677487ba074b85166cbcf5d700f8e711f",
    "v1-varied-3": "sha256:f378d2948501744628f7133b70f85cd88cd5306a88c3779705311d1e4ec81f74",
    "v1-varied-4": "sha256:573528b427dbe37cb671ee03c5a5b6ea042a71019a57ad5cf101f65fe9e930a1",
}
"""Recorded with version 0.1.0. Another digest makes every plan that was saved before look out of date."""


@pytest.mark.parametrize("name", RECORDED)
def test_saved_plans_stay_bound_to_their_states(name: str) -> None:
    """The digest of a state does not depend on the version of the program."""
    snapshot = read_snapshot((STATES / f"{name}.json").read_bytes(), name=name)

    assert RECORDED[name] == state_digest(snapshot)


def test_no_state_has_a_digest_too() -> None:
    """A plan may be made before anything exists."""
    assert state_digest(None) == "sha256:74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b"


def test_objects_and_outputs_count_and_nothing_else() -> None:
    """A serial or a verdict that changed meanwhile does not spoil a plan."""
    snapshot = make_snapshot("user_group.a")
    digest = state_digest(snapshot)

    assert digest == state_digest(replace(snapshot, serial=9, tool_version="9"))
    assert digest != state_digest(replace(snapshot, outputs={"x": Output(value=1)}))
    assert digest != state_digest(snapshot.with_resources([*snapshot.resources, make_record("user_group.b")]))
