"""Syntax faults in words: what is expected, what stands there, and where; several at once."""

from __future__ import annotations

import pytest

from declarative_mail.language.parse_faults import MAX_FAULTS
from tests.language.syntax.trees import faults, said


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("a =\n", "DM1013", "\n", "Expected a value after `=`, found the end of the line."),
        ("a = \r\n", "DM1013", "\r", "Expected a value after `=`, found the end of the line."),
        ("a = ==\n", "DM1013", "==", "Expected a value after `=`, found `==`."),
        ("a = 1 +\n", "DM1013", "\n", "Expected a value after `+`, found the end of the line."),
        ("a = !\n", "DM1013", "\n", "Expected a value after `!`, found the end of the line."),
        ("a = b ? c\n", "DM1013", "\n", "Expected `:` and the value for the other case after the value"),
        ("a = b.\n", "DM1013", "\n", "Expected the name of an attribute after the dot"),
        ("a = b.1.2\n", "DM1013", "1.2", "Write them in brackets: [1][2]."),
        ("a = b.*.c.*.d\n", "DM1013", ".*", "Write the full form"),
        ("a = b::c\n", "DM1013", "b::c", "call it, with its arguments in parentheses"),
        ("b::c = 1\n", "DM1013", "b::c", "`b::c` is the name of a function"),
        ("b:: c {\n}\n", "DM1013", "b:: c", "`b:: c` is the name of a function"),
        ('a "b" c::d {\n}\n', "DM1013", "c::d", "`c::d` is the name of a function"),
        ("a = b.c::d\n", "DM1013", "c::d", "`c::d` is the name of a function"),
        ("a = {b::c = 1}\n", "DM1013", "b::c", "`b::c` is the name of a function"),
        ("a = [for b::c in d : 1]\n", "DM1013", "b::c", "`b::c` is the name of a function"),
        ("a = [1 2]\n", "DM1017", "2", "Expected a comma or `]` after the value, found `2`."),
        ('a = ["b" "c"]\n', "DM1017", '"c"', "Expected a comma or `]` after the value, found a string."),
        ("a = [,]\n", "DM1013", ",", "Expected a value before this comma."),
        ("a = {b = 1 c = 2}\n", "DM1017", "c", "Expected a comma, a line break or `}` after the value, found `c`."),
        ("a = {b = 1,, c = 2}\n", "DM1013", ",", "Expected a value before this comma."),
        ("a = {\nb = 1\n, c = 2}\n", "DM1013", ",", "Expected a value before this comma."),
        ("a = {b}\n", "DM1013", "}", "Expected `=` and a value after the key"),
        ("a = {b 1}\n", "DM1013", "1", "Expected `=` and a value after the key, found `1`."),
        ("a = {b = }\n", "DM1013", "}", "Expected a value after `=`"),
        ("a = f(1 2)\n", "DM1013", "2", "Expected a comma or `)` after the value, found `2`."),
        ("a = b[1 2]\n", "DM1013", "2", "Expected `]` after the value, found `2`."),
        ("a = (1 2)\n", "DM1013", "2", "found `2`."),
        ("a = ()\n", "DM1013", ")", "Expected a value"),
        ("a = [for]\n", "DM1020", "]", "Expected a name for the element in hand after `for`, found `]`."),
        ("a = [for b]\n", "DM1020", "]", "Expected `in` and what to go through"),
        ("a = [for b in]\n", "DM1020", "]", "Expected a value after `in`, found `]`."),
        ("a = [for b in c]\n", "DM1020", "]", "Expected `:` and the result"),
        ("a = [for b in c :]\n", "DM1020", "]", "Expected a value after `:`"),
        ("a = {for b in c : d}\n", "DM1020", "}", "Expected `=>` and a value"),
        ("a = [for b in c : d => b]\n", "DM1020", "=>", "A list is built here"),
        ("a = [for b in c : d...]\n", "DM1020", "...", "Grouping with `...` is for objects only"),
        ("a = [for b in c : d if]\n", "DM1020", "]", "Expected a value after `if`"),
        ("a = {for = 1}\n", "DM1020", "=", "Expected a name for the element in hand after `for`"),
        ("a = 1.2.3\n", "DM1012", "1.2.3", "at most one point"),
        ("a = 1e999999999\n", "DM1012", "1e999999999", "an exponent"),
        ("a = 'b'\n", "DM1004", "'b'", 'Strings are in double quotes (").'),
        ("a = `b`\n", "DM1004", "`b`", "heredoc"),
        ("a = 1;\n", "DM1004", ";", "Arguments are separated by line breaks"),
        ("a = b & c\n", "DM1004", "&", "`&&`"),
        ("a = b | c\n", "DM1004", "|", "`||`"),
        ("a = b ^ c\n", "DM1004", "^", "`pow`"),
        ("a = ~b\n", "DM1004", "~", "`!` negates"),
        ("a = \x00\n", "DM1004", "\x00", "U+0000"),
        ("a = 1\rb = 2\n", "DM1004", "\r", "U+000D"),
        ("a = \ufeff1\n", "DM1004", "\ufeff", "U+FEFF"),
        ("a = 1 /* b\n", "DM1009", "/*", "`*/`"),
        ("a = ]\n", "DM1006", "]", "No bracket is open that `]` could close."),
        ("}\n", "DM1006", "}", "No bracket is open that `}` could close."),
        ('a = "${b~}" ~}\n', "DM1006", "~}", "No bracket is open"),
        ("a = { b = 1 ~}\n", "DM1006", "~}", "ends a template sequence only"),
    ],
)
def test_fault_in_words(text: str, code: str, place: str, words: str) -> None:
    """One fault: its code, the text it points at, and what it says."""
    first = faults(text)[0]

    assert first.primary is not None
    assert (code, place) == (first.code.id, first.primary.span.text)
    assert words in first.detail


@pytest.mark.parametrize(
    ("text", "opener", "related"),
    [
        ("a {\n  b = 1\n", 2, None),
        ("a = [1,\n", 4, None),
        ("a = f(1,\n", 5, None),
        ("a = b[\n", 5, None),
        ("a = (1\n", 4, None),
        ("a {\n  b = [1\n}\n", 10, "}"),
        ("a = [f(1]\n", 6, "]"),
        ("a = {b = (1}\n", 9, "}"),
        ("a {\n  b {\n    c = 1\n}\nd {\n}\n", 8, "}"),
        ("a {\n  b = {\n    c = 1\n}\nd {\n}\n", 10, "}"),
    ],
)
def test_unclosed_bracket(text: str, opener: int, related: str | None) -> None:
    """It points at the bracket that is not closed, and at what closes something else in its place."""
    found = faults(text)

    assert found[0].primary is not None
    assert ("DM1005", opener) == (found[0].code.id, found[0].primary.span.start)
    assert [related] * bool(related) == [label.span.text for label in found[0].related]


def test_several_faults_are_told_at_once() -> None:
    """One in an argument, one in a nested list, one in a block after those; what is right beside them is read."""
    text = 'a = 1 1\nb {\n  c = [1 1]\n  d = 2\n  e = "${f g}"\n}\nh {\n  i =\n}\nj = 3\n'

    assert [place for _, place in said(text)] == ["1", "1", "g", "\n"]


def test_what_is_right_beside_a_fault_is_read() -> None:
    """The tree has it."""
    from declarative_mail.diagnostics import Source
    from declarative_mail.language.parse import parse_file

    body, found = parse_file(Source("main.hcl", "a = 1\nb = = 2\nc = 3\nd {\n  e = 4\n  f = \n}\n"))

    assert len(found) == 2
    assert (
        list(body.attributes),
        [one.type for one in body.blocks],
        list(body.blocks[0].body.attributes),
    ) == (["a", "c"], ["d"], ["e"])


def test_reading_goes_on_after_an_unclosed_heredoc() -> None:
    """At the next line that looks like a block."""
    assert [place for _, place in said('a = <<EOT\nx\ny = y\nb "c" {\n  d = 1 2\n}\n')] == ["<<EOT", "2"]


def test_reading_goes_on_after_an_unclosed_string() -> None:
    """On the next line."""
    assert [place for _, place in said('a = "b\nc = 1 2\n')] == ['"b', "2"]


def test_faults_are_told_up_to_a_number() -> None:
    """What comes after so many is as a rule a consequence."""
    assert len(faults("a = = 1\n" * 100)) == MAX_FAULTS
    assert len(faults("a = 1\n" * 100)) == MAX_FAULTS


@pytest.mark.parametrize(
    "text",
    [
        'password = "hunter2" x\n',
        'password = "hunter2\n',
        'a = { client_secret = "hunter2" x }\n',
        '  "api_key" : "hunter2" x\n',
        'TOKEN = "hunter2" "\n',
    ],
)
def test_line_of_a_secret_is_blanked_in_every_excerpt(text: str) -> None:
    """A fault on the line of a password must not show the password."""
    found = faults(text)

    assert found
    hidden = [label for fault in found for label in fault.related if label.secret]
    assert all(any("hunter2" in label.span.text for label in fault.related if label.secret) for fault in found), hidden
    assert not [fault.detail for fault in found if "hunter2" in fault.detail]


def test_long_names_are_cut_in_messages() -> None:
    """A message stays readable."""
    assert len(faults("x" * 10_000 + "\n")[0].detail) < 400
