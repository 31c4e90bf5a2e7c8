"""Strings, heredocs and templates: escapes, strip markers, indentation, normalisation."""

from __future__ import annotations

import pytest

from tests.language.syntax.trees import Bare, expression, said, template, value

A, B = ("Variable", "a"), ("Variable", "b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('""', ""),
        ('"x"', "x"),
        (r'"\n\r\t\"\\"', '\n\r\t"\\'),
        (r'"\u00e9\U0001F600"', "é😀"),
        ('"$${a} %%{b}"', "${a} %{b}"),
        ('"$$${a}"', "$${a}"),
        ('"$ % $$ %% $a %b"', "$ % $$ %% $a %b"),
        ('"100%"', "100%"),
        ('"a$"', "a$"),
        ('"# no comment // here"', "# no comment // here"),
        ('"e\u0301"', "é"),
        (r'"e\u0301"', "é"),
        ('"\u1112\u1161\u11ab"', "\ud55c"),
    ],
)
def test_quoted_string(text: str, expected: str) -> None:
    """Escapes are resolved, in one pass, and the value is in normalisation form C."""
    assert expected == value(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<EOT\nx\n  y\nEOT", "x\n  y\n"),
        ("<<EOT\nEOT", ""),
        ("<<EOT\n\nEOT", "\n"),
        ("<<E\nx\nE", "x\n"),
        ("<<größe\nx\ngröße", "x\n"),
        ("<<EOT\nx\n    EOT", "x\n"),
        ("<<EOT\nx EOT\nEOTx\nEOT", "x EOT\nEOTx\n"),
        ('<<EOT\n\\n "x" # y\nEOT', '\\n "x" # y\n'),
        ("<<EOT\n$${a} %%{b}\nEOT", "${a} %{b}\n"),
        ("<<EOT\n$ %\n$\nEOT", "$ %\n$\n"),
        ("<<-EOT\n    x\n      y\n    EOT", "x\n  y\n"),
        ("<<-EOT\n    x\n  y\nEOT", "  x\ny\n"),
        ("<<-EOT\n    x\n\n   \n    y\nEOT", "x\n\n   \ny\n"),
        ("<<-EOT\n\tx\n\t\ty\nEOT", "x\n\ty\n"),
        ("<<-EOT\n  \u00a0x\n   y\nEOT", "x\ny\n"),
        ("<<EOT\r\nx\r\ny\r\nEOT", "x\r\ny\r\n"),
        ("<<-EOT\r\n  x\r\n  EOT", "x\r\n"),
        ("<<EOT\ne\u0301\nEOT", "é\n"),
    ],
)
def test_heredoc(text: str, expected: str) -> None:
    """A heredoc is the text of its lines; the indented kind loses what all its lines begin with."""
    assert expected == value(text)


def lit(text: str) -> Bare:
    """A literal part."""
    return ("Literal", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"${a}"', (A,)),
        ('"x${a}y"', (lit("x"), A, lit("y"))),
        ('"${a}${b}"', (A, B)),
        ('"${~ a ~}"', (A,)),
        ('"x ${~ a ~} y"', (lit("x"), A, lit("y"))),
        ('"x ${~ a } y"', (lit("x"), A, lit(" y"))),
        ('"x ${ a ~} y"', (lit("x "), A, lit("y"))),
        (r'"x\n ${~ a ~} \ty"', (lit("x"), A, lit("y"))),
        ('" ${~ a}"', (lit(""), A)),
        ('"${\n  a\n}"', (A,)),
        ('"${ { a = 1 }.a }"', (("GetAttr", ("Object", ((lit("a"), ("Literal", ("int", 1))),)), "a"),)),
        ('"${"${a}"}"', (("Template", (A,)),)),
        ('"x${"y${a}z"}"', (lit("x"), ("Template", (lit("y"), A, lit("z"))))),
        ('"$${${a}}"', (lit("${"), A, lit("}"))),
        (r'"\u0024${a}"', (lit("$"), A)),
    ],
)
def test_interpolation(text: str, expected: Bare) -> None:
    """Interpolations with and without strip markers, which python-hcl2 has not; nested and over lines."""
    assert ("Template", expected) == expression(text)


EMPTY = lit("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%{ if a }x%{ endif }", (("TemplateIf", A, lit("x"), EMPTY),)),
        ("%{ if a }x%{ else }y%{ endif }", (("TemplateIf", A, lit("x"), lit("y")),)),
        ("%{ if a }%{ else }%{ endif }", (("TemplateIf", A, EMPTY, EMPTY),)),
        ("%{ if a }${b}%{ endif }", (("TemplateIf", A, ("Template", (B,)), EMPTY),)),
        ("%{~ if a ~} x %{~ else ~} y %{~ endif ~} z", (("TemplateIf", A, lit("x"), lit("y")), lit("z"))),
        ("x %{~ if a ~} y %{ endif }", (lit("x"), ("TemplateIf", A, lit("y "), EMPTY))),
        ("%{ for a in b }x%{ endfor }", (("TemplateFor", ("NoneType", None), "a", B, lit("x")),)),
        ("%{ for k, a in b }${a}%{ endfor }", (("TemplateFor", "k", "a", B, ("Template", (A,))),)),
        ("%{~ for a in b ~}\n", (("TemplateFor", ("NoneType", None), "a", B, EMPTY),)),
        (
            "%{ for a in b }%{ if a }x%{ endif }%{ endfor }",
            (("TemplateFor", ("NoneType", None), "a", B, ("Template", (("TemplateIf", A, lit("x"), EMPTY),))),),
        ),
        ("%{if a}x%{endif}", (("TemplateIf", A, lit("x"), EMPTY),)),
    ],
)
def test_directive(text: str, expected: Bare) -> None:
    """Directives, in a quoted string as in a template; python-hcl2 takes no strip marker in quotes."""
    whole = text if "endfor" in text or "endif" in text else f"{text}%{{ endfor }}"

    assert ("Template", expected) == template(whole)
    assert ("Template", expected) == expression(f'"{whole}"'.replace("\n", "\\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<EOT\nx ${a} y\nEOT", (lit("x "), A, lit(" y\n"))),
        ("<<EOT\n${a}\nEOT", (A, lit("\n"))),
        ("<<-EOT\n  x ${a}\n    y\n  EOT", (lit("x "), A, lit("\n  y\n"))),
        ("<<-EOT\n  ${a}\n  x\nEOT", (EMPTY, A, lit("\nx\n"))),
        ("<<-EOT\n${a}\n  x\nEOT", (A, lit("\n  x\n"))),
        (
            "<<EOT\n%{ if a ~}\nx\n%{ endif ~}\ny\nEOT",
            (("TemplateIf", A, lit("x\n"), EMPTY), lit("y\n")),
        ),
        ("<<EOT\n${~ a ~}\n  x\nEOT", (A, lit("  x\n"))),
        ("<<EOT\n${f(<<B\nx\nB\n)}\nEOT", (("Call", "f", (lit("x\n"),), ("bool", False)), lit("\n"))),
        ('<<EOT\n${"}"}\nEOT', (lit("}"), lit("\n"))),
    ],
)
def test_heredoc_template(text: str, expected: Bare) -> None:
    """A heredoc is a template too. A strip marker reaches to the end of its line at most, as in Terraform."""
    from tests.language.syntax.trees import bare, body

    assert ("Template", expected) == bare(body(f"a = {text}\n").attributes["a"].expression)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("Literal", "")),
        ("x\ny", ("Literal", "x\ny")),
        ('"quotes" and \\n', ("Literal", '"quotes" and \\n')),
        ("$", ("Literal", "$")),
        ("$${a}", ("Literal", "${a}")),
        ("x${a}\n", ("Template", (lit("x"), A, lit("\n")))),
        ("${a}", ("Template", (A,))),
        ("EOT\n", ("Literal", "EOT\n")),
    ],
)
def test_bare_template(text: str, expected: Bare) -> None:
    """The text of a file as a template: no quotes, no backslash escapes."""
    assert expected == template(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = "x\n', [("DM1007", '"x')]),
        ('a = "x\\\n', [("DM1007", '"x\\')]),
        ('a = "${b"\n', [("DM1010", '${b"')]),
        ('a = "${"${b"\n', [("DM1010", '${b"')]),
        ('a = <<EOT\nx ${"y\nz\nEOT\nb = 1 2\n', [("DM1010", '${"y'), ("DM1016", "2")]),
        ('a = "${b["c\nd = 1 2\n', [("DM1010", '${b["c'), ("DM1016", "2")]),
        ("a = <<EOT\nx\n", [("DM1008", "<<EOT")]),
        ("a = <<EOT\nx\nEOT", [("DM1008", "<<EOT")]),
        (r'a = "\q"' + "\n", [("DM1011", r"\q")]),
        (r'a = "\u12x"' + "\n", [("DM1011", r"\u12")]),
        (r'a = "\U00110000"' + "\n", [("DM1011", r"\U00110000")]),
        (r'a = "\ud800x ${b}"' + "\n", [("DM1011", r"\ud800")]),
        ('a = "%{ if b }x"\n', [("DM1019", "%{ if b }")]),
        ('a = "x%{ endif }"\n', [("DM1019", "%{ endif }")]),
        ('a = "%{ if b }%{ endfor }"\n', [("DM1019", "%{ endfor }")]),
        ('a = "%{ if b }%{ else }%{ else }%{ endif }"\n', [("DM1019", "%{ else }"), ("DM1019", "%{ endif }")]),
        ('a = "%{ for b in c }%{ else }%{ endfor }"\n', [("DM1019", "%{ else }"), ("DM1019", "%{ endfor }")]),
        ('a = "%{ iff b }"\n', [("DM1019", "iff")]),
        ('a = "%{ }"\n', [("DM1019", "%{")]),
        ('a = "%{ if b c }%{ endif }"\n', [("DM1013", "c")]),
        ('a = "%{ for b }%{ endfor }"\n', [("DM1020", "}")]),
        ('a = "${}"\n', [("DM1013", "}")]),
        ('a = "${b c}"\n', [("DM1013", "c")]),
        ("a = <<EOT\nx\ry\nEOT\n", [("DM1004", "\r")]),
        ('a "x${b}" {\n}\n', [("DM1015", '"x${b}"')]),
    ],
)
def test_fault_in_a_string(text: str, expected: list[tuple[str, str]]) -> None:
    """Each fault has its code and points at its place."""
    assert expected == said(text)


def test_unclosed_string_in_a_bare_template_is_told_once() -> None:
    """There is nothing around the template that reading could fall back to."""
    from declarative_mail.diagnostics import Source
    from declarative_mail.language.parse import parse_template

    _, found = parse_template(Source("test", 'x ${f("y\nz\n'))

    assert [(fault.code.id, fault.primary.span.text) for fault in found if fault.primary] == [("DM1010", '${f("y')]


def test_directive_that_is_nearly_right_is_suggested() -> None:
    """Did you mean."""
    from tests.language.syntax.trees import faults

    assert faults('a = "%{ endfi }"\n')[0].help == 'did you mean "endif"?'
