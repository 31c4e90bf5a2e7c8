"""The record of a saved plan."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import asdict

from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.operations.planning import PlanOptions
from declarative_mail.planning.change import Action, Change, OutputChange, Plan
from declarative_mail.planning.plan_file import PlanFile, plan_file, read_plan_file
from declarative_mail.records import replace
from declarative_mail.secrets import Secret
from declarative_mail.state.json_text import json_text
from declarative_mail.state.snapshot import Fingerprints
from tests.planning.records import wanted
from tests.state.builders import fails_with, make_snapshot
from tests.support.canary import secret_value

TESTS: tuple[dict[str, Any], ...] = ({"address": "smtp_server.a", "stages": ({"stage": "tcp", "details": (1, 2)},)},)


def _saved(**fields: Any) -> PlanFile:
    """A plan with tuples wherever records have some."""
    one = wanted("user_group.a")
    change = Change(one.address, Action.CREATE, "local", None, {"name": "é", "list": ({"x": (1, 1e22)},)}, wanted=one)
    outputs = {"o": OutputChange(Action.CREATE, None, (1, ("x",)), sensitive=False)}
    plan = Plan((change,), outputs, make_snapshot(), "sha256:b", "sha256:c", connection_tests=TESTS)
    given: dict[str, Any] = {
        "created": "2026-01-02T03:04:05Z",
        "options": asdict(PlanOptions(targets=("user_group.a",))),
        "variables": {"v": (1, 2)},
    }
    return plan_file(plan, **(given | fields), allowed=("empty",), tests=TESTS)


def test_it_is_read_as_it_was_written() -> None:
    """Whatever was a tuple is a list from the start: JSON has no other arrays."""
    saved = replace(_saved(), fingerprint=Fingerprints(algorithm="scrypt"))
    text = json_text(saved, defaults=True)

    assert read_plan_file(text, "x") == saved
    assert saved.plan["changes"][0]["after"] == {"name": "é", "list": [{"x": [1, 1e22]}]}
    assert saved.plan["connection_tests"] == list(saved.tests)


def test_nothing_is_left_out_of_it() -> None:
    """Other than of a state: every field is there, those of the records in it too."""
    written = json.loads(json_text(replace(_saved(), fingerprint=Fingerprints(algorithm="scrypt")), defaults=True))

    assert list(PlanFile.__struct_fields__) == list(written)
    assert written["fingerprint"] == {"algorithm": "scrypt", "salt": None, "key_check": None}


@pytest.mark.parametrize("field", ["options", "variables"])
def test_no_secret_is_in_it(field: str) -> None:
    """One that is put there by mistake is refused, and not shown."""
    saved = _saved(**{field: {"x": [Secret(secret_value())]}})

    with pytest.raises(TypeError) as caught:
        json_text(saved, defaults=True)
    assert secret_value() not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"version": True}, {"version": 1.0}, {"created": 1}, {"allowed": {}}, {"tests": [1]}, {"more": 1}],
    ids=str,
)
def test_what_is_no_plan_is_refused(change: dict[str, Any]) -> None:
    """Of a newer version, with fields of other types, or with fields that are not known here."""
    data = json.loads(json_text(_saved(), defaults=True)) | change

    with fails_with(codes.PLAN_UNREADABLE):
        read_plan_file(json.dumps(data).encode(), "x")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'"\xff"', b"[" * 5000, b"[]"])
def test_what_is_not_even_json_is_refused(data: bytes) -> None:
    """Text of another encoding and lists without end, too."""
    with fails_with(codes.PLAN_UNREADABLE):
        read_plan_file(data, "x")
