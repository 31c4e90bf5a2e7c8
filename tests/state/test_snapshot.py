"""The records of a state."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from msgspec import ValidationError

from declarative_mail.addresses import parse_address
from declarative_mail.records import replace
from declarative_mail.state.snapshot import Lifecycle, Output, ResourceRecord, Snapshot
from tests.state.builders import LINEAGE, make_record, make_snapshot
from tests.support.generated import schema

SCHEMA = Path(__file__).parents[2] / "schemas" / "state.schema.json"


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "user_group.ops",
            'user_group.team["core"]',
            "user_group.team[3]",
            'module.eu["a"].module.x.notification_rule.failed[0]',
            "data.user_group.owners",
        ],
    )
    def test_a_record_knows_its_address(self, text: str) -> None:
        """Every form of address survives being taken apart into a record."""
        assert parse_address(text) == make_record(text).address

    def test_a_record_can_be_put_elsewhere(self) -> None:
        """`at` changes the address and nothing else."""
        record = make_record('module.eu.user_group.team["core"]', id="42")
        moved = record.at(parse_address("user_group.ops[1]"))

        assert str(moved.address) == "user_group.ops[1]"
        assert record == moved.at(record.address)

    def test_resources_are_sorted_as_addresses_are(self) -> None:
        """Integers by value, the root before modules, and deposed objects behind their successors."""
        deposed = make_record("user_group.team[2]", deposed="a1")
        snapshot = make_snapshot("module.a.user_group.x", "user_group.team[10]", deposed, "user_group.team[2]")

        assert [(str(one.address), one.deposed) for one in snapshot.resources] == [
            ("user_group.team[2]", None),
            ("user_group.team[2]", "a1"),
            ("user_group.team[10]", None),
            ("module.a.user_group.x", None),
        ]

    def test_a_deposed_object_has_no_address_of_its_own(self) -> None:
        """The index holds the successor, and the deposed ones stand apart."""
        deposed = make_record("user_group.a", deposed="a1", id="old")
        snapshot = make_snapshot(make_record("user_group.a", id="new"), deposed)

        assert snapshot.by_address[parse_address("user_group.a")].id == "new"
        assert (deposed,) == snapshot.deposed


class TestChanges:
    def test_a_copy_does_not_remember_what_was_derived(self) -> None:
        """The index of a changed state is that of the changed state."""
        before = make_snapshot("user_group.a")
        assert len(before.by_address) == 1

        after = before.with_resources([*before.resources, make_record("user_group.b")])

        assert {"user_group.a", "user_group.b"} == {str(address) for address in after.by_address}

    def test_what_is_derived_is_computed_once(self) -> None:
        """A plan asks for an address many times; a changed copy has its own."""
        record = make_record("user_group.a")
        renamed = replace(record, name="b")

        assert record.address is record.address
        assert make_record("user_group.b").address == renamed.address

    def test_a_copy_takes_no_field_that_does_not_exist(self) -> None:
        """A typing mistake in an update is an error, not a field that is lost."""
        with pytest.raises(TypeError):
            replace(make_snapshot(), seriall=3)  # type: ignore[call-arg]

    def test_records_do_not_change(self) -> None:
        """Assigning to a field fails."""
        with pytest.raises(AttributeError):
            make_snapshot().serial = 9  # type: ignore[misc]

    def test_a_deep_copy_shares_nothing(self) -> None:
        """What is in a deep copy can be changed without touching the original."""
        record = make_record("smtp_server.a", attributes={"host": "a"})
        copy = deepcopy(record)
        copy.attributes["host"] = "changed"

        assert record.attributes["host"] == "a"


class TestData:
    """The JSON form with all fields: what commands show, and what the digest of a state is made of."""

    def test_nothing_is_left_out(self) -> None:
        """Other than in the file, where a default goes without saying."""
        data = make_record('module.m[0].user_group.a["x"]').data

        assert set(ResourceRecord.__struct_fields__) == data.keys()
        assert data["lifecycle"] == {"prevent_destroy": False, "create_before_destroy": False}
        assert data["module"] == [{"name": "m", "key": 0}]

    def test_records_within_are_data_too(self) -> None:
        """Those in lists and those by name."""
        data = make_snapshot("user_group.a", outputs={"x": Output(value={"y": [1]})}).data

        assert data["outputs"] == {"x": {"value": {"y": [1]}, "sensitive": False, "type": None}}
        assert data["resources"][0]["name"] == "a"


def test_a_lifecycle_that_says_nothing_is_the_default() -> None:
    """Only that very object is left out of the file."""
    assert make_record("a.b").lifecycle is make_record("a.b", lifecycle=Lifecycle(prevent_destroy=False)).lifecycle


class TestSchema:
    def test_the_published_schema_is_current(self) -> None:
        """`schemas/state.schema.json` is what the records say."""
        assert schema(Snapshot, "The state of dmail") == SCHEMA.read_text(encoding="utf-8")

    def test_every_field_that_needs_words_has_some(self) -> None:
        """A reader of the schema learns what a field of a resource means without the code."""
        document = json.loads(SCHEMA.read_text(encoding="utf-8"))
        fields = document["$defs"]["ResourceRecord"]["properties"]

        assert {"mode", "type", "lifecycle"} == {name for name, one in fields.items() if "description" not in one}

    def test_a_lineage_is_a_uuid(self) -> None:
        """Anything else is refused, so that two states are not of one lineage by accident."""
        with pytest.raises(ValidationError):
            Snapshot.empty(lineage="mine", tool_version="0.1.0")

        assert Snapshot.empty(lineage=LINEAGE, tool_version="0.1.0").lineage == LINEAGE
