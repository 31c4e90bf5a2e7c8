"""One expression at a time: the answer as text and as a line of JSON, what is unfinished, what could come next."""

from __future__ import annotations

import json

import pytest

from declarative_mail.language.answers import answer, completions, is_unfinished
from declarative_mail.language.evaluate import Scope
from declarative_mail.language.marks import sensitive
from declarative_mail.language.types import STRING, object_type
from declarative_mail.language.values import MapValue, Unknown
from tests.language.evaluate.scope import recorded_scope


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 1", {"value": 2}),
        ("null", {"value": None}),
        ('"é"', {"value": "é"}),
        ("[1, {a = true}]", {"value": [1, {"a": True}]}),
        ('toset(["b", "a"])', {"value": ["a", "b"]}),
        ("0.1 + 0.2", {"value": 0.3}),
        ("1/0", {"value": "+Inf"}),
        ("type([1])", {"value": "tuple([\n    number,\n])"}),
        ("local.unknown_string", {"unknown": True}),
        ('["a", local.unknown_string]', {"unknown": True}),
        ("var.secret", {"value": "(sensitive value)", "sensitive": True}),
        ("local.mixed", {"value": {"public": "p", "private": "(sensitive value)"}, "sensitive": True}),
        ("[1, var.secret_list]", {"value": [1, "(sensitive value)"], "sensitive": True}),
        ("tolist(local.mixed_list)", {"value": ["p", "(sensitive value)"], "sensitive": True}),
        ("tomap({a = var.secret})", {"value": {"a": "(sensitive value)"}, "sensitive": True}),
        ("[var.secret, local.unknown_string]", {"unknown": True}),
    ],
)
def test_the_json_line_of_a_value(text: str, expected: object) -> None:
    """A value as a whole, or that it is not known, or that it may not be shown."""
    assert expected == json.loads(answer(text, recorded_scope()).json_line)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("1 +", "Invalid expression"),
        ("", "Invalid expression"),
        ("   ", "Invalid expression"),
        ("# only a comment", "Invalid expression"),
        ("var.nope", "Reference to undeclared input variable"),
        ("true ? 1 : var.nope", "Reference to undeclared input variable"),
        ("nope.x", "Reference to an unknown name"),
        ("1 + []", "Invalid operand"),
        ("uper(1)", "Call to unknown function"),
        ("[1, 2", "Unclosed bracket"),
    ],
)
def test_the_json_line_of_a_fault(text: str, summary: str) -> None:
    """The summary of the first fault, the details of all."""
    line = json.loads(answer(text, recorded_scope()).json_line)

    assert {"error", "detail"} == set(line)
    assert summary == line["error"]
    assert line["detail"]


def test_a_line_of_json_is_one_line() -> None:
    """Whatever is in the value or in the fault."""
    for text in ('"a\\nb\\u2028c"', "[var.nope, var.nix]", "local.text"):
        assert "\n" not in answer(text, recorded_scope()).json_line


def test_every_digit_of_a_number_is_in_the_line() -> None:
    """A float would lose most of them."""
    assert "0.33333333333333333333333333333333333333" in answer("1/3", recorded_scope()).json_line


def test_the_text_of_a_type_has_no_quotes() -> None:
    """As Terraform prints it; any other text has."""
    assert answer('type("a")', recorded_scope()).text == "string"
    assert answer('"string"', recorded_scope()).text == '"string"'


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("1", False),
        ("1 +", False),
        ("[1,", True),
        ("{\n  a = 1", True),
        ("(1", True),
        ("f(", True),
        ("<<EOT\nx", True),
        ("<<EOT\nx\nEOT", False),
        ("[<<EOT\nx\nEOT", True),
        ("/* x", True),
        ('"a', False),
        ("1]", False),
        ("[1]", False),
    ],
)
def test_what_goes_on_in_the_next_line(text: str, *, unfinished: bool) -> None:
    """An open bracket, heredoc or comment does; an open string cannot."""
    assert unfinished is is_unfinished(text)


SCOPE = Scope.root(
    {
        "var": {"region": "eu", "retries": 3, "secret": sensitive(MapValue({"hidden": "x"}, STRING))},
        "local": {"server": {"host": "h", "port": 25}, "map": MapValue({"one": "1", "a b": "2"}, STRING), "text": "x"},
        "smtp_server": {"a": Unknown(object_type({"id": STRING, "host": STRING}))},
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("va", ["values(", "var"]),
        ("var.re", ["var.region", "var.retries"]),
        ("var.x", []),
        ("local.server.", ["local.server.host", "local.server.port"]),
        ("local.map.", ["local.map.one"]),
        ("local.text.", []),
        ("var.secret.", []),
        ("smtp_server.a.", ["smtp_server.a.host", "smtp_server.a.id"]),
        ("nope.", []),
        ("var.nope.", []),
        ("cidrs", ["cidrsubnet(", "cidrsubnets("]),
    ],
)
def test_completions(text: str, expected: list[str]) -> None:
    """Names, attributes and functions that begin so; no key of a sensitive map."""
    assert expected == completions(text, SCOPE)
