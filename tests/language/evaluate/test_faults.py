"""Faults of evaluation: where they point, what they suggest, which values they show, and that none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.language.evaluate import Scope, evaluate_expression, values_in_play
from declarative_mail.language.marks import sensitive
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.play import describe
from declarative_mail.language.show import show_value
from declarative_mail.language.types import DYNAMIC, STRING, ListType
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value
from tests.language.evaluate.scope import UNHURRIED, recorded_scope
from tests.language.evaluate.test_conversions import expression

SECRET = "hunter2-in-no-message"


def scope() -> Scope:
    """A scope with a bit of everything, and functions."""
    names: dict[str, Value] = {
        "var": {
            "port": 587,
            "host": "smtp.example.com",
            "secret": sensitive(SECRET, "var.secret"),
            "keys": sensitive(MapValue({SECRET: "x"}, STRING)),
            "secret_number": sensitive(42, "var.secret_number"),
            "later": Unknown(STRING, "var.later"),
        },
        "local": {"server": {"host": "h", "port": 25}, "list": ("a", "b"), "nothing": None, "with_secret": (SECRET,)},
        "smtp_server": {"primary": Marked({"host": "h", "id": Unknown(STRING, "smtp_server.primary.id")},
                                          address=Address("smtp_server", "primary"))},
    }  # fmt: skip
    return Scope.root(names, context=recorded_scope().context)


def faults(text: str) -> list[Diagnostic]:
    """The faults of evaluating a text that parses."""
    return evaluate_expression(expression(text), scope())[1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1 + local.server.prt", "prt"),
        ("local.list[5]", "5"),
        ('local.server["hots"]', '"hots"'),
        ("var.prt", "var.prt"),
        ("1 + nope", "nope"),
        ("local.list + 1", "local.list"),
        ("1 + local.list", "local.list"),
        ("-local.list", "local.list"),
        ("1 + null", "1 + null"),
        ('"a ${local.list} b"', "local.list"),
        ("true ? 1 : local.list", "1 : local.list"),
        ("local.list ? 1 : 2", "local.list"),
        ("[for x in 1 : x]", "1"),
        ("[for x in local.list : x.y]", "y"),
        ("[for x in local.list : x if x]", "x"),
        ("{for x in local.list : 1 => x}", "1"),
        ("{(local.list) = 1}", "(local.list)"),
        ("upper(local.list)", "local.list"),
        ("upper(1, local.list)", "local.list"),
        ("uper(1)", "uper"),
        ("max(local.server...)", "local.server"),
        ("local.nothing.x", "x"),
        ('"%{if local.list}a%{endif}"', "local.list"),
        ('"%{for x in 1}a%{endfor}"', "1"),
    ],
)  # fmt: skip
def test_a_fault_points_at_the_part_that_is_wrong(text: str, place: str) -> None:
    """Not at the whole expression."""
    (fault,) = faults(text)

    assert fault.primary is not None
    assert place == fault.primary.span.text


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("local.server.prt", 'did you mean "port"?'),
        ('local.server["hots"]', 'did you mean "host"?'),
        ("var.prt", 'did you mean "port"?'),
        ("local.srver", 'did you mean "server"?'),
        ("locl.server", 'did you mean "local"?'),
        ("port", "did you mean var.port?"),
        ("uper(1)", 'did you mean "upper"?'),
        ("smtp_server.primary.hst", 'did you mean "host"?'),
        ("smtp_server.primry", 'did you mean "primary"?'),
        ('toset(["a"])[0]', "tolist() gives the elements an order"),
        ("tolist([{a = 1}]).a", "write [0].a or [*].a"),
        ("{local.list = 1}", 'write (local.list) or "local.list"'),
        ('"${local.nothing}!"', "coalesce() can give another value for null"),
        ('"${local.list}!"', "jsonencode() makes a string of any value"),
        ("local.server.zzz", None),
    ],
)  # fmt: skip
def test_a_fault_suggests_what_was_probably_meant(text: str, help_: str | None) -> None:
    """The nearest name, or the way that Terraform users take."""
    (fault,) = faults(text)

    assert help_ == fault.help


def test_a_suggestion_never_shows_a_secret_key() -> None:
    """Neither where the key that is asked for is secret nor where the keys are."""
    for text in (f'var.keys["{SECRET[:-1]}"]', "local.server[var.secret]", f"var.keys.{SECRET[:-1]}"):
        (fault,) = faults(text)

        assert fault.help is None
        assert SECRET not in repr(fault)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("var.host + 1", {"var.host": '"smtp.example.com"'}),
        ("local.list + var.port", {"local.list": "a tuple with 2 elements"}),
        ("local.server.prt", {"local.server": "an object with 2 attributes"}),
        ("local.list[var.port]", {"local.list": "a tuple with 2 elements", "var.port": "587"}),
        ("null + var.port", {"var.port": "587"}),
        ("null + var.secret_number", {"var.secret_number": "a sensitive value"}),
        ("[for x in local.list : x.y]", {"x": '"a"'}),
        ("smtp_server.primary.hst", {"smtp_server.primary": "an object with 2 attributes"}),
        ("local.list[var.later] + local.list", {"local.list": "a tuple with 2 elements"}),
    ],
)
def test_a_fault_shows_the_values_in_play(text: str, values: dict[str, str]) -> None:
    """Those of the references in the part at fault, followed as far as they lead; the tables above them are none."""
    fault = faults(text)[0]

    assert values == dict(fault.values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (Null(STRING), "null"),
        (True, "true"),
        (3, "3"),
        ("a\nb", '"a\\nb"'),
        ("x" * 100, "a string of 100 characters"),
        ((), "a tuple with no elements"),
        ({"a": 1}, "an object with 1 attribute"),
        (ListValue(("a",), STRING), "a list of string with 1 element"),
        (SetValue((), ListType(STRING)), "a set of list of string with no elements"),
        (MapValue({"a": "b", "c": "d"}, STRING), "a map of string with 2 elements"),
        (Unknown(STRING), "a string, known only after apply"),
        (Unknown(DYNAMIC), "a value, known only after apply"),
        (sensitive("x"), "a sensitive value"),
        ((1, {"a": sensitive("x")}), "a sensitive value"),
        (Marked({}, address=Address("user_group", "ops")), "an object with no attributes"),
    ],
)
def test_a_value_in_a_few_words(value: Value, text: str) -> None:
    """Small ones in full, large ones by type and size, sensitive ones not at all."""
    assert text == describe(value)


def test_a_text_with_the_name_of_a_secret_is_not_shown() -> None:
    """It may be one that nobody marked."""
    names: dict[str, Value] = {"local": {"api_key": SECRET, "key_count": 3}}
    shown = values_in_play(expression("local.api_key + local.key_count"), Scope.root(names, functions={}))

    assert shown == {"local.api_key": "a string that is not shown", "local.key_count": "3"}


def test_values_in_play_are_few_and_each_once() -> None:
    """A condition over many references does not fill the screen."""
    names = {"var": {f"v{number}": number for number in range(20)}}
    text = " + ".join(f"var.v{number} + var.v{number}" for number in range(20))

    assert len(values_in_play(expression(text), Scope.root(names, functions={}))) == 6  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("[var.a, var.b, 1]", ["var.a", "var.b"]),
        ("{a = var.a, b = local.b}", ["var.a", "local.b"]),
        ("var.a + var.b * var.c", ["var.a", "var.b", "var.c"]),
        ('"${var.a} ${var.b}"', ["var.a", "var.b"]),
        ("max(var.a, var.b)", ["var.a", "var.b"]),
        ("var.a[var.b]", ["var.a", "var.b"]),
        ("[[var.a], {b = [var.b]}]", ["var.a", "var.b"]),
        ("local.list[*].x", ["x"]),
    ],
)
def test_faults_of_parts_side_by_side_come_together(text: str, places: list[str]) -> None:
    """One run shows all of them; the same fault for each element of a list only once."""
    assert places == [one.primary.span.text for one in faults(text) if one.primary]


def test_an_expression_with_a_fault_is_unknown() -> None:
    """So that what depends on it can be checked all the same."""
    value, found = evaluate_expression(expression("1 + var.nope"), scope())

    assert Unknown(DYNAMIC) == value
    assert found


ATTEMPTS = [
    "var.secret + 1",
    "var.secret.x",
    "var.secret[0]",
    "!var.secret",
    "var.secret ? 1 : 2",
    "[for x in var.secret : x]",
    "{for x in [var.secret] : null => x}",
    "max(var.secret)",
    "tonumber(var.secret)",
    "tobool(var.secret)",
    "var.keys + 1",
    "local.list[var.secret]",
    '"${var.keys}!"',
    "{for k, v in {a = var.secret, b = var.secret} : v => k}",
    "jsondecode(var.secret)",
    "var.secret...",
    "upper(var.keys)",
    "cidrhost(var.secret, 1)",
    "{for x in [var.secret, var.secret] : x => 1}",
    'regex("[", var.secret)',
    "parseint(var.secret, 10)",
]


def test_no_fault_quotes_a_sensitive_value() -> None:
    """Whatever is done with it: in no part of the record."""
    for text in ATTEMPTS:
        tree, syntax_faults = parse_expression(Source("test", text))
        found = syntax_faults if tree is None else evaluate_expression(tree, scope())[1]

        assert found, text
        assert SECRET not in repr([(one.detail, one.help, one.values, one.cause, one.data) for one in found]), text


WORDS = """
var.port local.list local.server var.secret var.later null true 1 "a" [ ] { } ( ) , : = => ? + - * / % == < && || ! .
[*] .* ... for in if x upper try can merge ${ " %{endif} 0.5 é
"""
TOKENS = st.sampled_from([*WORDS.split(), "%{if true}", "<<EOT\n", "\n", "EOT\n"])


@settings(UNHURRIED, max_examples=300)
@given(st.lists(TOKENS, max_size=25))
def test_evaluation_never_raises_whatever_the_text_is(tokens: list[str]) -> None:
    """Text that parses gives a value that can be shown, or diagnostics."""
    for text in (" ".join(tokens), "".join(tokens)):
        tree, found = parse_expression(Source("test", text))
        if tree is None or found:
            continue
        value, found = evaluate_expression(tree, scope())

        assert found or isinstance(show_value(value), str)
        assert SECRET not in show_value(value)
