"""What JSON makes of values. How the console prints them is checked by the recorded expressions."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from declarative_mail.addresses import Address
from declarative_mail.language.marks import sensitive
from declarative_mail.language.numeric import INFINITY, divide
from declarative_mail.language.show import json_text, show_value, to_json
from declarative_mail.language.types import DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type, object_type
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (Null(STRING), None),
        (True, True),
        (1, 1),
        (Decimal("0.1"), 0.1),
        (INFINITY, "+Inf"),
        ("é", "é"),
        ((1, "a"), [1, "a"]),
        ({"a": {"b": ()}}, {"a": {"b": []}}),
        (ListValue(("a",), STRING), ["a"]),
        (SetValue(("a",), STRING), ["a"]),
        (MapValue({"a": 1}, NUMBER), {"a": 1}),
        (Marked({"a": 1}, address=Address("user_group", "ops")), {"a": 1}),
        (Unknown(STRING, "smtp_server.a.id"), {"$unknown": "smtp_server.a.id"}),
        ((sensitive("hunter2", "env:X"),), [{"$secret": "env:X"}]),
        (sensitive((1, 2)), {"$secret": ""}),
    ],
)
def test_json_has_no_types_and_no_secrets(value: Value, expected: object) -> None:
    """Lists, sets and tuples are arrays; what has no value to show says which it is."""
    assert expected == to_json(value)
    assert expected == json.loads(json_text(value))


def test_a_json_text_has_every_digit() -> None:
    """A float would lose most of a third; a large number stays whole; quotes and other scripts are as JSON has them."""
    assert json_text(divide(1, 3)).startswith("0.3333333333333333333333333333333333333333")
    assert json_text({"big": 10**400}) == '{"big":' + "1" + "0" * 400 + "}"
    assert json_text(('say "hi"', "é")) == '["say \\"hi\\"","é"]'


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (DYNAMIC, "null"),
        (STRING, "tostring(null)"),
        (NUMBER, "tonumber(null)"),
        (ListType(STRING), "tolist(null) /* of string */"),
        (SetType(ListType(NUMBER)), "toset(null) /* of list of number */"),
        (MapType(DYNAMIC), "tomap(null) /* of dynamic */"),
        (object_type({}), "null /* object */"),
    ],
)
def test_a_null_shows_its_type(type_: Type, expected: str) -> None:
    """As the conversion that would make it, or as a comment."""
    assert expected == show_value(Null(type_))


def test_a_secret_is_not_shown_at_any_depth() -> None:
    """In words in its place; of an unknown secret it is said that it is unknown, as Terraform does."""
    value: Value = {"a": (sensitive("hunter2"),), "b": sensitive(Unknown(STRING)), "c": sensitive({"d": "hunter2"})}

    shown = show_value(value)
    assert "hunter2" not in shown
    assert shown.count("(sensitive value)") == 2
    assert shown.count("(known after apply)") == 1


def test_the_object_of_a_resource_shows_its_attributes() -> None:
    """Its address is no secret and no part of it."""
    assert show_value(Marked({"name": "ops"}, address=Address("user_group", "ops"))) == '{\n  "name" = "ops"\n}'
