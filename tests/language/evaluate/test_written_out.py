"""What is written out is read off: the evaluator would find the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.evaluate import evaluate_expression, references
from declarative_mail.language.memory import LARGE
from declarative_mail.language.written_out import is_written_out, read_off
from tests.language.evaluate.scope import recorded_scope
from tests.language.evaluate.test_conversions import expression

LITERALS = st.sampled_from(["null", "true", "1", "-1", "2.5", '"a"', '"é"', '""'])
KEYS = st.sampled_from(["a", "b", '"b"', '"two words"', "1", "true", "null"])
LISTS = st.lists(LITERALS, max_size=5).map(lambda items: f"[{', '.join(items)}]")
OBJECTS = st.lists(st.tuples(KEYS, LITERALS), max_size=5).map(
    lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items) + "}"
)


@given(LITERALS | LISTS | OBJECTS)
def test_it_is_what_the_evaluator_finds(text: str) -> None:
    """The types and the order of keys too; the last of two equal keys counts."""
    tree = expression(text)
    value = read_off(tree)

    if value is not None:
        found, faults = evaluate_expression(tree, recorded_scope())
        assert (repr(value), faults) == (repr(found), [])


@given(LITERALS | LISTS | OBJECTS)
def test_it_refers_to_nothing(text: str) -> None:
    """Negative numbers are an operation, and then it is not written out."""
    assert is_written_out(expression(text)) == ("-1" not in text)
    assert references(expression(text)) == []


@pytest.mark.parametrize("text", ['["a", 1, null]', "[]", "{}", '{ a = 1, "b" = true }'])
def test_lists_and_objects_of_literals_are_read_off(text: str) -> None:
    """As most of what is declared is written."""
    assert read_off(expression(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "[var.a]",
        "[[1]]",
        "{ a = var.a }",
        "{ a = [] }",
        "{ (var.a) = 1 }",
        "{ 1 = 2 }",
        '"${var.a}"',
        "1",
        json.dumps(["a"] * LARGE),
    ],
)
def test_anything_else_is_for_the_evaluator(text: str) -> None:
    """References, what is deeper or large, and keys that are made a text first."""
    assert read_off(expression(text)) is None


@pytest.mark.parametrize(
    "text", ["[1, var.a]", "{ a = var.a }", "{ (var.a) = 1 }", "[[var.a]]", "{ a = { b = var.a } }"]
)
def test_a_reference_is_never_missed(text: str) -> None:
    """Wherever it stands among literals."""
    assert not is_written_out(expression(text))
    assert [one.text for one in references(expression(text))] == ["var.a"]
