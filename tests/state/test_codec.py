"""Bytes to snapshot and back."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state import codec
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.snapshot import Intent, Outcome
from tests.state.builders import LINEAGE, fails_with, make_record, make_snapshot
from tests.state.test_snapshot import SCHEMA

ROUNDTRIP = Path(__file__).parent / "data" / "roundtrip"
OLD_STATES = sorted(ROUNDTRIP.glob("*.json"))


def document(**fields: Any) -> dict[str, Any]:
    """The JSON form of a small state with changed fields."""
    small: dict[str, Any] = json.loads(write_snapshot(make_snapshot("user_group.a")))
    return small | fields


class TestRoundTrip:
    @pytest.mark.parametrize("path", OLD_STATES, ids=lambda path: path.stem)
    def test_every_state_ever_written_is_read(self, path: Path) -> None:
        """States of all versions stay readable; what is written now reads the same."""
        snapshot = read_snapshot(path.read_bytes(), name=path.name)
        again = read_snapshot(write_snapshot(snapshot), name="again")

        assert snapshot == again

    @pytest.mark.parametrize("path", OLD_STATES, ids=lambda path: path.stem)
    def test_what_is_written_fits_the_schema(self, path: Path) -> None:
        """The published schema describes the bytes."""
        written = json.loads(write_snapshot(read_snapshot(path.read_bytes(), name=path.name)))

        Draft202012Validator(json.loads(SCHEMA.read_text())).validate(written)

    def test_the_current_version_is_written_byte_by_byte(self) -> None:
        """A change of the format shows here: then it needs a new version, and a new file in the folder."""
        path = ROUNDTRIP / "v1-everything.json"

        assert path.read_bytes() == write_snapshot(read_snapshot(path.read_bytes(), name=path.name))

    def test_the_sample_uses_every_field(self) -> None:
        """Else the test above would miss a change."""
        everything = json.loads((ROUNDTRIP / "v1-everything.json").read_text())
        schema = json.loads(SCHEMA.read_text())

        assert schema["properties"].keys() == everything.keys()
        for name, sample in (
            ("ResourceRecord", everything["resources"][0]),
            ("Intent", everything["pending"][0]),
            ("CheckResult", everything["check_results"][0]),
            ("Stage", everything["check_results"][0]["stages"][0]),
        ):
            missing = schema["$defs"][name]["properties"].keys() - sample.keys()
            assert missing <= {"kind", "messages"}, name

    def test_what_has_its_default_is_left_out(self) -> None:
        """A record reads as little as it says; nulls inside attributes are values and stay."""
        written = document()["resources"][0]
        null = json.loads(write_snapshot(make_snapshot(make_record("a.b", attributes={"x": None}))))

        assert {"mode", "type", "name", "remote", "id", "schema_version", "attributes", "applied"} == written.keys()
        assert null["resources"][0]["attributes"] == {"x": None}

    def test_big_numbers_survive(self) -> None:
        """An integer beyond a double comes back as it was."""
        snapshot = make_snapshot(make_record("a.b", attributes={"x": 10**30, "y": 0.1}))

        assert read_snapshot(write_snapshot(snapshot), name="x").resources[0].attributes == {"x": 10**30, "y": 0.1}

    def test_an_intent_carries_the_object_that_was_made(self) -> None:
        """A finished call whose state was never written is found again in the section of pending calls."""
        done = Outcome(status="done", at="2026-01-01T00:00:00Z", record=make_record("user_group.b", id="42"))
        intent = Intent(id="1", address="user_group.b", verb="create", remote="local", at=done.at, outcome=done)
        read = read_snapshot(write_snapshot(make_snapshot(pending=(intent,))), name="x")

        assert (intent,) == read.pending


class TestFaults:
    @pytest.mark.parametrize("cut", [0, 1, 10, 200, -3])
    def test_a_truncated_state(self, cut: int) -> None:
        """A file that ends anywhere is told from one that is not JSON."""
        data = write_snapshot(make_snapshot("user_group.a"))[:cut]

        with fails_with(codes.TRUNCATED):
            read_snapshot(data, name="dmail.state.json")

    @pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04", b"password = hunter2", b"{]", b'{"version": 01}'])
    def test_what_is_not_json(self, data: bytes) -> None:
        """The fault says where, and never shows the text: it may be anybody's secret."""
        with fails_with(codes.NOT_JSON) as caught:
            read_snapshot(data, name="x.json")

        assert "hunter2" not in str(caught.value)
        assert "line 1" in str(caught.value.diagnostics[0].cause)

    @pytest.mark.parametrize(
        "data", [b"[]", b"null", b"{}", b'{"version":"1","lineage":""}', b'{"version":0,"lineage":""}']
    )
    def test_json_that_is_no_state(self, data: bytes) -> None:
        """A version and a lineage make a state."""
        with fails_with(codes.NOT_A_STATE):
            read_snapshot(data, name="x.json")

    def test_a_state_of_terraform(self) -> None:
        """It is named as such, and not called a newer version of ours."""
        data = json.dumps({"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": LINEAGE})

        with fails_with(codes.NOT_A_STATE) as caught:
            read_snapshot(data.encode(), name="terraform.tfstate")
        assert "Terraform" in str(caught.value)

    def test_a_newer_version(self) -> None:
        """It is refused by its number, whatever else it holds."""
        with fails_with(codes.TOO_NEW) as caught:
            read_snapshot(json.dumps(document(version=7, future={})).encode(), name="x.json")

        assert "version 7" in str(caught.value)

    def test_unknown_fields_are_all_named(self) -> None:
        """They would be lost with the next write; the nearest known name is offered."""
        bad = document(serail=3)
        bad["resources"][0]["atributes"] = {}

        with fails_with(codes.UNKNOWN_FIELD, codes.UNKNOWN_FIELD) as caught:
            read_snapshot(json.dumps(bad).encode(), name="x.json")
        helps = {one.help for one in caught.value.diagnostics}
        assert {'did you mean "serial"?', 'did you mean "attributes"?'} == helps
        assert "resources[0].atributes" in str(caught.value)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("serial", "5"), ("serial", -1), ("serial", 1.5), ("lineage", "x"), ("resources", {}), ("resources", [{}])],
    )
    def test_wrong_values(self, field: str, value: object) -> None:
        """A value of another kind is not bent into shape."""
        with fails_with(*[codes.INVALID_FIELD] * (7 if value == [{}] else 1)):
            read_snapshot(json.dumps(document(**{field: value})).encode(), name="x.json")

    def test_a_wrong_value_is_not_shown(self) -> None:
        """Where a state was mangled, what stands there may be a secret."""
        bad = document(serial="hunter2")

        with fails_with(codes.INVALID_FIELD) as caught:
            read_snapshot(json.dumps(bad).encode(), name="x.json")
        assert "hunter2" not in str([one.data for one in caught.value.diagnostics])

    def test_many_faults_are_cut_off(self) -> None:
        """Ten are enough to see that the file is broken."""
        with fails_with(*[codes.INVALID_FIELD] * 10):
            read_snapshot(json.dumps(document(resources=[{}] * 50)).encode(), name="x.json")

    def test_an_object_twice(self) -> None:
        """Both are named by their address: the index could only keep one of them."""
        record = document()["resources"][0]
        deposed = record | {"deposed": "x"}

        with fails_with(codes.DUPLICATE_OBJECT) as caught:
            read_snapshot(json.dumps(document(resources=[record, deposed, record])).encode(), name="x.json")
        assert str(caught.value.diagnostics[0].address) == "user_group.a"


class TestUpgrades:
    def test_older_versions_are_brought_up_step_by_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With two newer formats, a state of the first passes through both steps in their order."""
        monkeypatch.setattr(codec, "VERSION", 3)
        steps = {
            1: lambda old: old | {"version": 2, "tool_version": old["tool_version"] + "-two"},
            2: lambda old: old | {"version": 1, "tool_version": old["tool_version"] + "-three", "renamed": None},
        }
        older = document(future=1)

        def drop(old: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in steps[2](old).items() if name not in {"renamed", "future"}}

        found = read_snapshot(json.dumps(older).encode(), name="x", upgrades={1: steps[1], 2: drop})

        assert found.tool_version == "0.1.0-two-three"

    def test_faults_after_an_upgrade_are_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An old file can be broken too."""
        monkeypatch.setattr(codec, "VERSION", 2)

        with fails_with(codes.INVALID_FIELD):
            read_snapshot(json.dumps(document(serial="x")).encode(), name="x", upgrades={1: lambda old: old})


def test_reading_leaves_the_collector_as_it_was() -> None:
    """It is paused while a state is read, also where reading fails."""
    assert gc.isenabled()
    with fails_with(codes.NOT_JSON):
        read_snapshot(b"nonsense", name="x")

    assert gc.isenabled()
