"""Diagnostics as text: the picture, what is hidden, what is wrapped, what is counted."""

from __future__ import annotations

from textwrap import dedent

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.diagnostics import Code, Diagnostic, Label, Source, Span
from declarative_mail.rendering.diagnostics_text import render_diagnostics
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import width_of
from tests.support.canary import secret_value

UNKNOWN = Code("DM2103", "Unknown SMTP server reference")
LITERAL = Code("DM3001", "Secret in clear text", "warning")
NARROW = Terminal(width=80)

RULES = Source(
    "rules.hcl",
    dedent("""\
        # who is told

        notification_rule "prod_failed" {
          pipeline = "deploy-prod"
          server   = smtp_server.primry

          email {
            recipients = ["cto@example.com"]
          }
        }
        """),
)
SERVERS = Source("servers.hcl", 'smtp_server "primary" {\n}\n')


def span(text: str, source: Source = RULES) -> Span:
    """Where a text stands in a source, for the first time."""
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def render(*diagnostics: Diagnostic, terminal: Terminal = NARROW, explain: str | None = None) -> str:
    """The text at 80 columns without colour."""
    return render_diagnostics(diagnostics, terminal=terminal, explain=explain)


def picture(source: Source, *labels: Label, terminal: Terminal = NARROW) -> list[str]:
    """The lines of the picture alone: between the place and the notes."""
    lines = render(Diagnostic(UNKNOWN, "", labels[0], labels[1:]), terminal=terminal).splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip() == "|")
    return lines[first + 1 : -1]


def test_reference_form() -> None:
    """The example of the style guide, to the letter."""
    diagnostic = Diagnostic(
        UNKNOWN,
        'no smtp_server is named "primry"',
        primary=Label(span("smtp_server.primry"), 'no smtp_server is named "primry"'),
        related=(Label(span('notification_rule "prod_failed"'), "in this rule"),),
        address=parse_address("notification_rule.prod_failed"),
        help="did you mean smtp_server.primary, declared at servers.hcl:1:1?",
    )

    assert render(diagnostic, explain="dmail explain-error") == dedent("""\
        error[DM2103]: Unknown SMTP server reference
         --> rules.hcl:5:14, with notification_rule.prod_failed
          |
        3 | notification_rule "prod_failed" {
          | ------------------------------- in this rule
        5 |   server   = smtp_server.primry
          |              ^^^^^^^^^^^^^^^^^^ no smtp_server is named "primry"
          |
          = help: did you mean smtp_server.primary, declared at servers.hcl:1:1?
          = more: dmail explain-error DM2103
        """)


def test_notes_are_wrapped_and_commands_are_not() -> None:
    """Sentences keep to the width; a line that begins with a space can be copied, however long it is."""
    command = "  dmail plan --target 'notification_rule.prod_failed' --exclude 'user_group.oncall[\"core\"]' --verbose"
    diagnostic = Diagnostic(
        UNKNOWN,
        f"The plan would delete every rule of the pipeline, which nobody asked for. Look at it with:\n{command}",
        values={"var.stage": '"prod"'},
        cause="550 5.7.1 not here",
        address=parse_address("notification_rule.prod_failed"),
    )

    assert render(diagnostic) == dedent(f"""\
        error[DM2103]: Unknown SMTP server reference
          with notification_rule.prod_failed
          = note: The plan would delete every rule of the pipeline, which nobody asked
                  for. Look at it with:
                  {command}
          = with: var.stage is "prod"
          = cause: 550 5.7.1 not here
        """)


def test_places_in_another_file_have_a_picture_of_their_own() -> None:
    """The primary file comes first, the other one behind a ``:::``."""
    diagnostic = Diagnostic(
        UNKNOWN,
        "",
        primary=Label(span("smtp_server.primry"), "this one"),
        related=(Label(span('smtp_server "primary"', SERVERS), "declared here"),),
    )

    assert render(diagnostic).splitlines()[2:] == [
        "  |",
        "5 |   server   = smtp_server.primry",
        "  |              ^^^^^^^^^^^^^^^^^^ this one",
        "  |",
        " ::: servers.hcl:1:1",
        "  |",
        '1 | smtp_server "primary" {',
        "  | --------------------- declared here",
        "  |",
    ]


def test_two_places_on_one_line_have_a_row_each() -> None:
    """Neither text overwrites the other."""
    assert picture(
        RULES,
        Label(span("smtp_server.primry"), "not known"),
        Label(span("server   "), "set here"),
    ) == [
        "5 |   server   = smtp_server.primry",
        "  |   --------- set here",
        "  |              ^^^^^^^^^^^^^^^^^^ not known",
    ]


def test_range_over_several_lines_shows_the_first_and_the_last() -> None:
    """The text stands at the end; lines between become dots; a line end at the end counts for nothing."""
    block = Label(span('email {\n    recipients = ["cto@example.com"]\n  }\n'), "this block")
    whole = Label(span(RULES.text[RULES.text.index("notification_rule") :]), "the rule")

    assert picture(RULES, block) == ["7 |   email {", "  |   ^^^^^^^", "9 |   }", "  |   ^ this block"]
    assert picture(RULES, whole) == [
        ' 3 | notification_rule "prod_failed" {',
        "   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "...",
        "10 | }",
        "   | ^ the rule",
    ]


@pytest.mark.parametrize(
    ("line", "marked", "expected"),
    [
        ("\tport = 0", "0", ("1 |     port = 0", "  |            ^")),
        ('name = "株式会社" + x', "x", ('1 | name = "株式会社" + x', "  |                     ^")),
        ('name = "株式会社" + x', "株式", ('1 | name = "株式会社" + x', "  |         ^^^^")),
        ('name = "e\u0301te\u0301" + x', "x", ('1 | name = "e\u0301te\u0301" + x', "  |                ^")),
        ('a = "\x1b[2J" + x', "x", ('1 | a = "\\x1b[2J" + x', "  |                 ^")),
        ('a = "\u202etxt" + y', "y", ('1 | a = "\\u202etxt" + y', "  |                   ^")),
        ('a = "\U000e0041" + x', "x", ('1 | a = "\\U000e0041" + x', "  |                    ^")),
    ],
)
def test_marks_stand_below_what_they_mark(line: str, marked: str, expected: tuple[str, str]) -> None:
    """Tabs, wide and combining characters are counted in columns; what could move the cursor is shown as an escape."""
    source = Source("x.hcl", line)

    assert picture(source, Label(span(marked, source))) == list(expected)


def test_place_at_the_end_of_the_text_has_a_caret() -> None:
    """Where something is missing at the end of a file there is nothing to underline, and still a mark."""
    source = Source("x.hcl", 'smtp_server "a" {')

    assert picture(source, Label(Span(source, 17, 17), "expected a }")) == [
        '1 | smtp_server "a" {',
        "  |                  ^ expected a }",
    ]


def test_text_without_room_stands_below_its_mark() -> None:
    """A long text is wrapped inside the picture, at its mark."""
    text = "a rule names the servers that it may use; it does not name one that another module declares"

    assert picture(RULES, Label(span("pipeline"), text)) == [
        '4 |   pipeline = "deploy-prod"',
        "  |   ^^^^^^^^",
        "  |   a rule names the servers that it may use; it does not name one that",
        "  |   another module declares",
    ]


@pytest.mark.parametrize("terminal", [Terminal(width=width) for width in (40, 80, 100, 132)], ids=lambda one: one.width)
@pytest.mark.parametrize("before", [0, 5, 60, 400])
@pytest.mark.parametrize("after", [0, 400])
def test_long_line_is_cut_around_the_mark(terminal: Terminal, before: int, after: int) -> None:
    """Whatever surrounds it, the marked text is in sight, above its mark, within the width."""
    source = Source("x.hcl", f"{'a' * before}<here>{'b' * after}")
    line, marks = picture(source, Label(span("<here>", source)), terminal=terminal)
    column = marks.index("^")

    assert line[column : column + marks.count("^")] == "<here>"
    assert max(map(width_of, (line, marks))) <= terminal.width
    assert ("aaa..." in line, line.endswith("...")) == (False, after > 0)


def test_secret_is_blank_in_every_excerpt() -> None:
    """A range that one diagnostic calls secret is hidden in the pictures of all others, whatever its length."""
    secret = secret_value()
    source = Source("x.hcl", f'hello = "{secret}" # x\n')
    warning = Diagnostic(LITERAL, "", Label(span(f'"{secret}"', source), "a secret", secret=True))
    other = Diagnostic(UNKNOWN, "", Label(span("# x", source), "a comment"))

    lines = render(warning, other).splitlines()

    assert [line for line in lines if line.startswith("1 |") or "^" in line] == [
        "1 | hello = ******** # x",
        "  |         ^^^^^^^^ a secret",
        "1 | hello = ******** # x",
        "  |                  ^^^ a comment",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'password = "{}',
        'smtp = {{ password = "{}" }}',
        '"client_secret": "{}"',
        'refresh_token="{}" junk',
        'uri = "smtp://user:{}@host"',
        'password = "a\\"b{}"',
        'password = "{}${{var.x}}"',
        'secret "x" {{\n  value = "{}"\n}}',
        'variable "x" {{\n  default = "{}"\n  sensitive = true\n}}',
    ],
)
def test_literal_behind_a_telling_name_is_blank(line: str) -> None:
    """A fault on the line of a password that nothing marked yet does not show the password."""
    secret = secret_value()
    source = Source("x.hcl", line.format(secret))
    shown = render(Diagnostic(UNKNOWN, "", Label(span(secret, source), "unclosed string")))

    assert (secret in shown, "********" in shown, "^^^ unclosed string" in shown) == (False, True, True)


@pytest.mark.parametrize(
    "line", ['password = env("X")', 'value = "shown"', 'password = "${var.x}"', 'token_url = "shown"']
)
def test_what_is_no_secret_is_shown(line: str) -> None:
    """References and ordinary literals stay readable."""
    source = Source("x.hcl", line)

    assert picture(source, Label(Span(source, 0, 1)))[0] == f"1 | {line}"


def test_warnings_of_one_code_are_one() -> None:
    """The first is shown with the places of the others; warnings come before errors; the end counts all."""
    names = ["pipeline", "server", "recipients"]
    warnings = [Diagnostic(LITERAL, f"{name}.", Label(span(name))) for name in reversed(names)]
    error = Diagnostic(UNKNOWN, "An error.")

    assert render(error, *warnings) == dedent("""\
        warning[DM3001]: Secret in clear text
         --> rules.hcl:4:3
          |
        4 |   pipeline = "deploy-prod"
          |   ^^^^^^^^
          |
          = note: pipeline.
          = also: 2 similar warnings: rules.hcl:5:3, rules.hcl:8:5

        error[DM2103]: Unknown SMTP server reference
          = note: An error.

        1 error, 3 warnings
        """)


def test_only_twenty_are_shown() -> None:
    """The rest is counted; errors go before warnings; the same fault found twice is one."""
    source = Source("x.hcl", "x" * 30)
    errors = [Diagnostic(UNKNOWN, "e", Label(Span(source, n, n + 1))) for n in range(23)]
    warnings = [Diagnostic(Code(f"DM300{n}", "w", "warning"), "w") for n in range(2)]
    shown = render(*errors, *errors, *warnings)

    assert (shown.count("error[DM2103]"), shown.count("warning[")) == (20, 0)
    assert shown.splitlines()[-2:] == ["... and 3 more errors and 2 more warnings not shown", "23 errors, 2 warnings"]


def test_order_is_that_of_the_files() -> None:
    """Whatever the order in which faults were found."""
    found = [Diagnostic(UNKNOWN, "", Label(span(name))) for name in ("recipients", "pipeline", "server")]
    shown = render(*found)

    assert [line.split(":")[1] for line in shown.splitlines() if "-->" in line] == ["4", "5", "8"]
    assert render(*reversed(found)) == shown


def test_colour_adds_nothing_but_colour() -> None:
    """Without its escapes the coloured text is the plain one."""
    diagnostic = Diagnostic(
        UNKNOWN, "Why.", Label(span("smtp_server.primry"), "here"), (Label(span("email {\n    rec"), "there"),)
    )
    coloured = render(diagnostic, terminal=Terminal(width=80, colour=True))
    codes = ("1;31", "1", "31", "34", "0")
    plain = coloured
    for code in codes:
        plain = plain.replace(f"\033[{code}m", "")

    assert "\033[1;31merror[DM2103]\033[0m" in coloured
    assert plain == render(diagnostic)


def test_nothing_gives_nothing() -> None:
    """No diagnostics, no text."""
    assert render() == ""
