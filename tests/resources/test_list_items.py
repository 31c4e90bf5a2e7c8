from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.diagnostics import Source, Span
from declarative_mail.resources.list_items import item_span


def found(text: str, index: int) -> str:
    """The text of an item, or the whole text where it was not found."""
    return item_span(Span(Source("x", text), 0, len(text)), index).text


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('["a", "b"]', ['"a"', '"b"']),
        ('[ "a" ]', ['"a"']),
        ('[\n  "a", # not, this\n  "b", // nor, this\n  /* nor, "x", */ "c",\n]', ['"a"', '"b"', '"c"']),
        ('["a,]", "\\"]", var.x]', ['"a,]"', '"\\"]"', "var.x"]),
        ('["${f("]", 1)},", "b"]', ['"${f("]", 1)},"', '"b"']),
        ('["%{ if x }]%{ endif }", "b"]', ['"%{ if x }]%{ endif }"', '"b"']),
        ('["$${not", "b"]', ['"$${not"', '"b"']),
        ("[f(a, b), { c = [1, 2] }, x[0]]", ["f(a, b)", "{ c = [1, 2] }", "x[0]"]),
        ("[a ? b : c, d / e]", ["a ? b : c", "d / e"]),
    ],
)
def test_items(text: str, items: list[str]) -> None:
    """Each item is found, whatever commas and brackets stand in strings, comments and calls."""
    assert items == [found(text, index) for index in range(len(items))]


@pytest.mark.parametrize(
    "text",
    ["[for x in y : x]", "var.list", "concat([1], [2])", "[<<EOT\na, b\nEOT\n, 2]", "[1, 2", "[1] + [2]", "[]", ""],
)
def test_no_items(text: str) -> None:
    """Where a list is not written out, the fault is shown at the whole expression."""
    assert text == found(text, 0)


@settings(deadline=None)
@given(st.text(alphabet='[]{}(),"$%#/*\\ \nab', max_size=40), st.integers(0, 3))
def test_never_leaves_the_expression(text: str, index: int) -> None:
    """Whatever the text is, an item is a part of it."""
    span = item_span(Span(Source("x", text), 0, len(text)), index)

    assert 0 <= span.start <= span.end <= len(text)
