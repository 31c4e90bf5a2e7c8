"""Objects that an older or a newer program wrote: brought into today's form, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.resources.schema import Schema, resource_schema
from declarative_mail.state import upgrading
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.digest import attribute_digests, short_digest
from declarative_mail.state.upgrading import in_todays_form
from tests.state.builders import fails_with, make_record, make_snapshot


def _split(old: dict[str, Any]) -> dict[str, Any]:
    """An upgrade that takes an attribute apart, as a type would that is modelled anew."""
    return {"name": old["label"], "members": sorted(old["people"]), "description": old["description"]}


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Schema:
    """A program that knows one version more of user groups."""
    schema = replace(resource_schema("user_group"), upgrades=(_split,), schema_version=2)

    def known(type_: str) -> Schema:
        return schema if type_ == "user_group" else resource_schema(type_)

    monkeypatch.setattr(upgrading, "resource_schema", known)
    return schema


OLD = {"label": "ops", "people": ["b@example.com", "a@example.com"], "description": "x"}
NEW = {"name": "ops", "members": ["a@example.com", "b@example.com"], "description": "x"}


@pytest.mark.usefixtures("newer")
def test_objects_of_an_older_program_are_brought_up() -> None:
    """Their attributes have today's names, and count as applied as they are; other types are left alone."""
    before = make_snapshot(make_record("user_group.a", attributes=OLD), "email_task.b")
    after = in_todays_form(read_snapshot(write_snapshot(before), name="x"), "x")

    group = after.resources[1] if after.resources[0].type == "email_task" else after.resources[0]
    assert (group.attributes, group.schema_version) == (NEW, 2)
    assert group.applied == attribute_digests(NEW)
    assert make_record("email_task.b") in after.resources


@pytest.mark.usefixtures("newer")
def test_what_had_drifted_is_no_less_so() -> None:
    """The digest of what was applied stays where the object was another one, and an import has none."""
    applied = attribute_digests(OLD | {"description": "as it was applied"})
    drifted = make_record("user_group.a", attributes=OLD, applied=applied)
    imported = make_record("user_group.b", attributes=OLD, applied={})

    one, other = in_todays_form(make_snapshot(drifted, imported), "x").resources

    assert one.applied == attribute_digests(NEW) | {"description": short_digest("as it was applied")}
    assert (other.attributes, other.applied) == (NEW, {})


def test_state_of_today_is_given_back() -> None:
    """Nothing is made anew where there is nothing to do."""
    snapshot = make_snapshot("user_group.a", "email_task.b")

    assert in_todays_form(snapshot, "x") is snapshot


def test_objects_of_a_newer_program_are_all_named() -> None:
    """What they hold may mean something else by now."""
    records = [make_record(address, schema_version=9) for address in ("user_group.a", "email_task.b")]

    with fails_with(codes.TOO_NEW, codes.TOO_NEW) as caught:
        in_todays_form(make_snapshot(*records, "user_group.c"), "dmail.state.json")
    assert {str(one.address) for one in caught.value.diagnostics} == {"user_group.a", "email_task.b"}
