"""Bytes to snapshot and back."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
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

    @pytest.mark.parametrize("path", sorted(ROUNDTRIP.glob("v1-*.json")), ids=lambda path: path.stem)
    def test_the_current_version_is_written_byte_by_byte(self, path: Path) -> None:
        """A change of the format shows here: then it needs a new version, and a new file in the folder."""
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


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from _places(item, (*path, step))


def _with(whole: Any, path: tuple[str | int, ...], value: object) -> Any:
    """A copy of a document with another value at a place."""
    if not path:
        return value
    copy: Any = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[path[0]] = _with(whole[path[0]], path[1:], value)
    return copy


EVERYTHING: dict[str, Any] = json.loads((ROUNDTRIP / "v1-everything.json").read_text())


def _diagnostics(document: object) -> list[Diagnostic]:
    try:
        read_snapshot(json.dumps(document).encode(), name="x.json")
    except DiagnosticError as error:
        return list(error.diagnostics)
    return []


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

    @pytest.mark.parametrize("value", ["hunter2", ["hunter2"], {"x": "hunter2"}], ids=str)
    def test_no_wrong_value_is_shown_wherever_it_stands(self, value: object) -> None:
        """Each place of a state that uses every field, also where there are words to choose from."""
        found = [one for path in _places(EVERYTHING) for one in _diagnostics(_with(EVERYTHING, path, value))]

        assert len(found) > 50
        assert "hunter2" not in str([one.data for one in found])

    def test_each_place_is_one_fault(self) -> None:
        """With its path through lists, records and texts by name, in the order of the fields."""
        bad = json.loads(json.dumps(EVERYTHING))
        bad["outputs"] = {"a": {"value": 1}, "b": {"sensitive": 1}}
        bad["resources"][0] |= {"mode": "manged", "key": 1.5, "dependencies": ["x.y", 3], "applied": {"host": None}}
        del bad["resources"][1]["id"]
        bad["check_results"][0]["stages"] = [{"stage": "tcp", "verdict": "pas", "ms": "5"}]
        bad["pending"][0]["record"]["lifecycle"] = {"prevent_destroy": "yes", "destroy": True}

        causes = {
            one.detail.split(" at ")[-1].split(". ")[0].split(", which")[0]: one.cause for one in _diagnostics(bad)
        }

        assert list(causes.items()) == [
            ("outputs.b.sensitive", "Expected `bool`, got `int`"),
            ("resources[0].mode", "Expected 'managed' or 'data'"),
            ("resources[0].key", "Expected `int | str | null`, got `float`"),
            ("resources[0].applied.host", "Expected `str`, got `null`"),
            ("resources[0].dependencies[1]", "Expected `str`, got `int`"),
            ("resources[1].id", "The field is missing"),
            ("check_results[0].stages[0].verdict", "Expected 'pass' or 'warn' or 'fail' or 'skipped' or 'unknown'"),
            ("check_results[0].stages[0].ms", "Expected `int`, got `str`"),
            ("pending[0].record.lifecycle.prevent_destroy", "Expected `bool`, got `str`"),
            ("x.json holds pending[0].record.lifecycle.destroy", None),
        ]

    @pytest.mark.parametrize("value", ["1", 1.0, True, None])
    def test_what_looks_like_a_whole_number_is_none(self, value: object) -> None:
        """Neither text nor a float nor true: another program that writes states so would write more that is wrong."""
        record = document()["resources"][0] | {"schema_version": value}

        with fails_with(codes.INVALID_FIELD, codes.INVALID_FIELD):
            read_snapshot(json.dumps(document(serial=value, resources=[record])).encode(), name="x.json")

    @pytest.mark.parametrize("end", ["\n", " ", "0"])
    def test_a_lineage_ends_where_it_ends(self, end: str) -> None:
        """A line end behind it counts too."""
        with fails_with(codes.INVALID_FIELD):
            read_snapshot(json.dumps(document(lineage=LINEAGE + end)).encode(), name="x.json")

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
    def test_a_number_that_nothing_could_hold(self, number: str) -> None:
        """It would be lost, or written as something else."""
        data = json.dumps(document(outputs={"x": {"value": "#"}})).replace('"#"', number)

        with fails_with(codes.NOT_JSON):
            read_snapshot(data.encode(), name="x.json")

    def test_the_last_of_a_name_counts(self) -> None:
        """As in every reader of JSON; a fault in what does not count is none."""
        data = json.dumps(document()).replace('"serial": 1', '"serial": "x", "serial": 7')

        assert read_snapshot(data.encode(), name="x.json").serial == 7

    def test_the_fault_in_the_text_has_its_line_and_column(self) -> None:
        """Bytes of another encoding, and what follows the state, too."""
        data = write_snapshot(make_snapshot(make_record("a.b", attributes={"x": "é"})))
        latin = data.replace("é".encode(), b"\xe9")
        line = data[: data.index("é".encode())].count(b"\n") + 1
        cases = {
            latin: f"bytes that are no UTF-8 at line {line} column 15",
            data[:-2] + b"} x": "trailing characters at line",
        }

        for bad, cause in cases.items():
            with fails_with(codes.NOT_JSON) as caught:
                read_snapshot(bad, name="x.json")
            assert str(caught.value.diagnostics[0].cause).startswith(cause)

    def test_a_state_cut_within_a_character_or_a_number_is_truncated(self) -> None:
        """Where it ends is no reason to call it anything else."""
        data = write_snapshot(make_snapshot(make_record("a.b", attributes={"x": "é", "y": 1.5})))

        for end in (data.index("é".encode()) + 1, data.index(b"1.5") + 2):
            with fails_with(codes.TRUNCATED) as caught:
                read_snapshot(data[:end], name="x.json")
            assert "the text ends at line" in str(caught.value.diagnostics[0].cause)

    def test_lists_in_lists_without_end(self) -> None:
        """No state is like that: it is a fault, not a crash."""
        for depth in (250, 5000, 50_000):
            data = json.dumps(document(outputs={"x": {"value": "#"}})).replace('"#"', "[" * depth + "]" * depth)

            with fails_with(codes.NOT_JSON) as caught:
                read_snapshot(data.encode(), name="x.json")
            assert caught.value.diagnostics[0].cause == "lists or objects are nested too deeply"

    def test_an_object_as_deep_as_a_value_may_be(self) -> None:
        """One level more than what the language makes is refused."""
        deep: list[Any] = []
        for _ in range(199):
            deep = [deep]
        fits, too_deep = (make_record("user_group.a", attributes={"x": value}) for value in (deep, [deep]))

        assert read_snapshot(write_snapshot(make_snapshot(fits)), name="x").resources == (fits,)
        with fails_with(codes.NOT_JSON):
            read_snapshot(write_snapshot(make_snapshot(too_deep)), name="x")

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
