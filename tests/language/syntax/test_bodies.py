"""Files, blocks and arguments: structure, lines, comments, places."""

from __future__ import annotations

import pytest

from declarative_mail.diagnostics import Source
from declarative_mail.language.parse import parse_file
from tests.language.syntax.trees import bare, body, said

X_IS_1 = {"x": ("Attribute", "x", ("Literal", ("int", 1)))}


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n",
        "x = 1",
        "x=1\n",
        "\n\n  x\t=  1  \n\n",
        "x = 1 # comment\n",
        "x = 1 // comment\n",
        "x = 1 /* comment */\n",
        "# comment\nx = 1\n",
        "x /* one */ = /* two */ 1\n",
        "/* one\n   two */ x = 1\n",
        "x = 1 # comment at the very end",
        "x = 1 # ends with ) ] }\n",
        "x = 1\r\n",
        "# one\r\n\r\nx = 1 # two\r\n",
        "\ufeffx = 1\n",
    ],
)
def test_one_argument(text: str) -> None:
    """Space, comments of all three kinds, line ends of both kinds and a byte order mark mean nothing."""
    assert bare(body(text)) == ("Body", X_IS_1, ())


@pytest.mark.parametrize(
    "text",
    [
        "a {\n  x = 1\n}\n",
        "a { x = 1 }\n",
        "a{x=1}\n",
        "a {\n\n\n  x = 1\n\n}\n",
        "a { # comment\n  x = 1\n} # comment\n",
        "a {\r\n  x = 1\r\n}\r\n",
        "a {\n  x = 1 // comment\n  /* comment */\n}",
    ],
)
def test_one_block(text: str) -> None:
    """A block over lines, or on one line with a single argument."""
    assert bare(body(text)) == ("Body", {}, (("Block", "a", (), ("Body", X_IS_1, ())),))


@pytest.mark.parametrize(
    ("head", "labels"),
    [
        ("a", ()),
        ('a "b"', ("b",)),
        ("a b", ("b",)),
        ('a b "c"', ("b", "c")),
        ('a "b c" "d"', ("b c", "d")),
        (r'a "b\"c"', ('b"c',)),
        (r'a "\u00e9"', ("é",)),
        ('a "50%"', ("50%",)),
        ('a "$${b}"', ("${b}",)),
        ("a for in", ("for", "in")),
        ("a true", ("true",)),
        ('a ""', ("",)),
        ("größe länge", ("länge",)),
    ],
)
@pytest.mark.parametrize("end", [" {}\n", " {\n}\n", "{ }\n"])
def test_labels(head: str, labels: tuple[str, ...], end: str) -> None:
    """Labels are names or quoted strings."""
    block = body(head + end).blocks[0]

    assert labels == tuple(label.text for label in block.labels)


def test_words_of_expressions_are_names_in_a_body() -> None:
    """`for`, `in`, `if`, `true` and the like can name arguments and blocks."""
    found = body("for = 1\nin {\n  if = 2\n  null = 3\n}\ntrue = 4\nendif {}\n")

    assert (list(found.attributes), [block.type for block in found.blocks]) == (["for", "true"], ["in", "endif"])
    assert list(found.blocks[0].body.attributes) == ["if", "null"]


def test_order_is_kept() -> None:
    """Blocks of one type are found in the order of the source."""
    found = body("b {}\na {\n x = 1\n}\nb {\n y = 1\n}\n")

    assert [block.type for block in found.blocks] == ["b", "a", "b"]
    assert [list(block.body.attributes) for block in found.blocks_of("b")] == [[], ["y"]]


@pytest.mark.parametrize("text", ["", "\n", "# comment\n", "   ", "/* */", "\ufeff", "\r\n\r\n"])
def test_empty_file(text: str) -> None:
    """Nothing is a file too."""
    assert bare(body(text)) == ("Body", {}, ())


TEXT = (
    '\ufeffgroup "größe" core {\n'
    '  name = "e\u0301" # a\n'
    "  all  = [for x in var.y[0].z : f(x...) if !x]\n"
    "  text = <<-EOT\n    ${a}b\n  EOT\n"
    "}\n"
)


def test_places() -> None:
    """Spans count code points, of this text with its byte order mark, and hold exactly what they name."""
    source = Source("main.hcl", TEXT)
    found, faults = parse_file(source)
    block = found.blocks[0]
    all_ = block.body.attributes["all"]
    loop = all_.expression
    text = block.body.attributes["text"].expression

    assert faults == []
    assert (
        block.type_span.text,
        block.header.text,
        [label.span.text for label in block.labels],
    ) == ("group", 'group "größe" core', ['"größe"', "core"])
    assert TEXT[1:-1] == block.span.text
    assert (block.body.span.text[0], block.body.span.text[-1]) == ("{", "}")
    assert (
        block.body.attributes["name"].name_span.text,
        block.body.attributes["name"].span.text,
        block.body.attributes["name"].expression.value,  # type: ignore[union-attr]
    ) == ("name", 'name = "e\u0301"', "é")
    assert (all_.name_span.text, loop.span.text) == ("all", "[for x in var.y[0].z : f(x...) if !x]")
    assert (
        loop.collection.span.text,  # type: ignore[union-attr]
        loop.collection.name_span.text,  # type: ignore[union-attr]
        loop.result.span.text,  # type: ignore[union-attr]
        loop.result.name_span.text,  # type: ignore[union-attr]
        loop.condition.span.text,  # type: ignore[union-attr]
    ) == ("var.y[0].z", "z", "f(x...)", "f", "!x")
    assert (
        text.span.text,
        [part.span.text or "    " for part in text.parts],  # type: ignore[union-attr]
    ) == ("<<-EOT\n    ${a}b\n  EOT", ["    ", "a", "b\n"])
    assert (block.type_span.line, source.position(0)[0]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 b = 2\n", [("DM1016", "b")]),
        ("a = 1, b = 2\n", [("DM1016", ",")]),
        ("a {} b {}\n", [("DM1016", "b")]),
        ("a {} b = 1\n", [("DM1016", "b")]),
        ("a { b = 1, c = 2 }\n", [("DM1016", ",")]),
        ("a { b = 1\n}\n", [("DM1016", "b")]),
        ("a {\n b = 1 }\n", [("DM1016", "}")]),
        ("a {\n b {} }\n", [("DM1016", "}")]),
        ("a { b {} }\n", [("DM1016", "}")]),
        ("a { b = 1 c = 2 }\n", [("DM1016", "c")]),
        ("a = b = c\n", [("DM1016", "=")]),
        ("a = b {\n}\n", [("DM1016", "{\n}")]),
        ("a\n", [("DM1014", "\n")]),
        ("a : 1\n", [("DM1014", ":")]),
        ('"a" = 1\n', [("DM1014", '"a"')]),
        ("1 = 1\n", [("DM1014", "1")]),
        ("= 1\n", [("DM1014", "=")]),
        ("a.b = 1\n", [("DM1014", ".")]),
        ('a "b" = 1\n', [("DM1015", "=")]),
        ('a "b"\n', [("DM1015", "\n")]),
        ('a "b" 1 {\n}\n', [("DM1015", "1")]),
        ("a\n{\n}\n", [("DM1015", "{\n}")]),
        ("a <<EOT\nx\nEOT\n{\n}\n", [("DM1015", "<<EOT\nx\nEOT"), ("DM1015", "{\n}")]),
        ("a = 1\nb = 2\na = 3\n", [("DM1018", "a")]),
        ("a {\n b = 1\n b = 2\n}\n", [("DM1018", "b")]),
    ],
)
def test_fault_of_a_body(text: str, expected: list[tuple[str, str]]) -> None:
    """What python-hcl2 takes and HCL does not, among others: lines end arguments and blocks."""
    assert expected == said(text)


def test_first_of_two_arguments_of_one_name_holds() -> None:
    """The second is the fault, and shows the first."""
    found, faults = parse_file(Source("main.hcl", "a = 1\na = 2\n"))

    assert bare(found.attributes["a"].expression) == ("Literal", ("int", 1))
    assert [(one.span.text, one.span.start, one.text) for one in faults[0].related] == [("a", 0, "first set here")]
