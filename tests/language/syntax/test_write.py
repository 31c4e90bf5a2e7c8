"""Trees as text in canonical style."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from declarative_mail.language import syntax
from declarative_mail.language.format import format_text
from declarative_mail.language.syntax import Attribute, Block, Body, Label
from declarative_mail.language.write import (
    NOWHERE,
    attribute,
    expression_of,
    traversal,
    write_body,
    write_expression,
)
from declarative_mail.language.write import block as made_block
from tests.language.syntax.trees import bare, body, expression


def block(type_: str, *labels: str, blocks: tuple[Block, ...] = (), **arguments: Any) -> Block:
    """A block from plain values and expressions."""
    found = {
        name: Attribute(name, NOWHERE, value if hasattr(value, "span") else expression_of(value), NOWHERE)
        for name, value in arguments.items()
    }
    inner = Body(found, blocks, NOWHERE)
    return Block(type_, NOWHERE, tuple(Label(label, NOWHERE) for label in labels), inner, NOWHERE, NOWHERE)


def test_configuration_reads_as_if_a_person_had_written_it() -> None:
    """Arguments aligned, then blocks, with an empty line before each."""
    reference = syntax.GetAttr(syntax.Variable("user_group", NOWHERE), "core", NOWHERE, NOWHERE)
    groups = syntax.Tuple((reference,), NOWHERE)
    made = Body(
        {},
        (
            block("user_group", "core", name="Core", members=["ann@example.com", "bob@example.com"], enabled=True),
            block(
                "notification_rule",
                "failed",
                pipeline="deploy",
                tags={"team": "core", "cost center": 7},
                blocks=(block("event", type="PipelineFailed"), block("email", user_groups=groups), block("none")),
            ),
        ),
        NOWHERE,
    )

    assert write_body(made) == (
        'user_group "core" {\n'
        '  name    = "Core"\n'
        '  members = ["ann@example.com", "bob@example.com"]\n'
        "  enabled = true\n"
        "}\n"
        "\n"
        'notification_rule "failed" {\n'
        '  pipeline = "deploy"\n'
        "  tags = {\n"
        '    team          = "core"\n'
        '    "cost center" = 7\n'
        "  }\n"
        "\n"
        "  event {\n"
        '    type = "PipelineFailed"\n'
        "  }\n"
        "\n"
        "  email {\n"
        "    user_groups = [user_group.core]\n"
        "  }\n"
        "\n"
        "  none {}\n"
        "}\n"
    )


def test_empty_body_is_an_empty_text() -> None:
    """No line at all."""
    assert write_body(Body({}, (), NOWHERE)) == ""


def test_text_of_several_lines_is_a_heredoc() -> None:
    """Where a heredoc can say it; what looks like a template in it is escaped."""
    text = 'Dear ${name},\n\n  100% "sure" \\n\n'
    made = write_body(Body({"a": Attribute("a", NOWHERE, expression_of(text), NOWHERE)}, (), NOWHERE))

    assert made == 'a = <<EOT\nDear $${name},\n\n  100% "sure" \\n\nEOT\n'
    assert text == body(made).attributes["a"].expression.value  # type: ignore[union-attr]


def test_function_of_a_text_of_several_lines_takes_a_heredoc() -> None:
    """As the only argument of an argument's value; anywhere else it stands in quotes."""
    call = syntax.Call("chomp", NOWHERE, (expression_of("a\n${b}\n"),), expand=False, span=NOWHERE)
    two = syntax.Call("max", NOWHERE, (call, call), expand=False, span=NOWHERE)
    made = write_body(Body({"a": attribute("a", call), "bb": attribute("bb", two)}, (), NOWHERE))

    assert made == ('a = chomp(<<EOT\na\n$${b}\nEOT\n)\nbb = max(chomp("a\\n$${b}\\n"), chomp("a\\n$${b}\\n"))\n')
    assert (made, []) == format_text(made)
    assert bare(call) == bare(body(made).attributes["a"].expression)


def test_references_and_blocks_are_made_of_names() -> None:
    """What programs write most."""
    made = made_block("import", [], {"to": traversal("user_group", "a", key="b c"), "id": expression_of("1")})

    assert write_body(Body({}, (made,), NOWHERE)) == 'import {\n  to = user_group.a["b c"]\n  id = "1"\n}\n'
    assert write_expression(traversal("var", "a", key=0)) == "var.a[0]"


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "one line\n",
        "a\nEOT\nb\n",
        "a\n  EOT  \nb\n",
        "a\r\nb\r\n",
        "a\x00\nb\n",
        "a$\n{b}\nc\n",
        "a\n\u2028b\n",
        "a$\nb\n",
        "\n\n\n",
        "e\u0301\nb\nc\n",
    ],
)
def test_any_text_comes_back(text: str) -> None:
    """As a heredoc or in quotes."""
    from unicodedata import normalize

    made = write_body(Body({"a": Attribute("a", NOWHERE, expression_of(text), NOWHERE)}, (), NOWHERE))

    assert normalize("NFC", text) == body(made).attributes["a"].expression.value  # type: ignore[union-attr]
    assert (made, []) == format_text(made)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (17, "17"),
        (Decimal("1.5"), "1.5"),
        (10**30, "1" + "0" * 30),
        ('a ${b} %{c} "d" \\ \t', '"a $${b} %%{c} \\"d\\" \\\\ \\t"'),
        ("\x00\u200b\U000e0001", '"\\u0000\\u200b\\U000e0001"'),
        ([], "[]"),
        ([1, "a"], '[1, "a"]'),
        ({}, "{}"),
        ({"a": {"for": None}, "b c": [1]}, '{\n  a = {\n    "for" = null\n  }\n  "b c" = [1]\n}'),
        (["x" * 60, "y" * 60], '[\n  "' + "x" * 60 + '",\n  "' + "y" * 60 + '",\n]'),
    ],
)
def test_plain_values(value: Any, text: str) -> None:
    """Literals, lists, objects."""
    assert text == write_expression(expression_of(value))


@pytest.mark.parametrize(
    "text",
    [
        "a.b[0].c",
        'a["x"]',
        "a[*].b[0].c",
        "a[*].b[*].c",
        "a.*.b[0]",
        "a.*.b.0[1]",
        "a.* [1]",
        "a.*.b[*].c",
        "-a",
        "!!a",
        "a + b * c",
        "(a + b) * c",
        "a - (b - c)",
        "a ? b : c ? d : e",
        "(a ? b : c) ? d : e",
        "f(a, b...)",
        "provider::x::f(a)",
        "[for a in b : c if d]",
        "{ for k, v in b : k => v... if d }",
        '"x${a}y"',
        '"${a}${b}"',
        '"x${"y"}z"',
        '"${"x"}"',
        '"a\\u0024${b}"',
        '"a\\u0025%{if b}c%{endif}"',
        '"%{if a}b%{else}c%{endif}"',
        '"%{if a}%{endif}"',
        '"%{for k, v in a}${v}%{endfor}"',
        '"${a ? "x" : "y"}z"',
        '"x ${"${a}"}"',
        "5.foo",
        '"a".b',
        "f().a",
        "(a).b",
    ],
)
def test_text_in_canonical_style_comes_back_as_it_is(text: str) -> None:
    """parse, write: the text again."""
    from declarative_mail.diagnostics import Source
    from declarative_mail.language.parse import parse_expression

    node, _ = parse_expression(Source("test", f"[{text}]"))

    assert node is not None
    assert f"[{text}]" == write_expression(node)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (
            syntax.Binary(
                "*", syntax.Binary("+", expression_of(1), expression_of(2), NOWHERE), expression_of(3), NOWHERE
            ),
            "(1 + 2) * 3",
        ),
        (
            syntax.Binary(
                "-", expression_of(1), syntax.Binary("-", expression_of(2), expression_of(3), NOWHERE), NOWHERE
            ),
            "1 - (2 - 3)",
        ),
        (syntax.Unary("-", syntax.Binary("+", expression_of(1), expression_of(2), NOWHERE), NOWHERE), "-(1 + 2)"),
        (syntax.Index(syntax.Unary("-", expression_of(1), NOWHERE), expression_of(0), NOWHERE), "(-1)[0]"),
        (syntax.Object(((syntax.Variable("a", NOWHERE), expression_of(1)),), NOWHERE), "{\n  (a) = 1\n}"),
    ],
)
def test_tree_that_was_made_gets_the_parentheses_that_it_needs(node: Any, text: str) -> None:
    """What a program builds without thinking of precedence means what it built."""
    assert text == write_expression(node)
    assert bare(expression(write_expression(node))) is not None
