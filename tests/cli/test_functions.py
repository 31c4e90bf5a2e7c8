"""``dmail functions``"""

from __future__ import annotations

import json

from click.testing import CliRunner

from declarative_mail.cli.functions import command, function_data, signature
from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.diagnostics.codes.functions import UNKNOWN_FUNCTION
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS, FUNCTIONS


def test_the_list_has_every_function_below_its_category() -> None:
    """One line each, with its help."""
    result = CliRunner().invoke(command, [])
    lines = result.output.splitlines()

    assert result.exit_code == 0
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [
        one.name for one in sorted(CONSOLE_FUNCTIONS.values(), key=lambda one: (one.category, one.name))
    ]
    assert "secret:" in lines
    assert any(line.endswith(FUNCTIONS["env"].help) for line in lines)


def test_one_function_is_shown_with_signature_help_and_example() -> None:
    """What a person needs to write a call."""
    result = CliRunner().invoke(command, ["join"])

    assert result.output == (
        "join(separator: string, lists: list(string)...) -> string\n\n"
        "All elements of lists as one string, with a separator between them.\n\n"
        'Example:\n    join("-", ["foo", "bar", "baz"])\n'
    )


def test_a_return_type_that_depends_on_arguments_is_any() -> None:
    """There is no one type to name."""
    assert signature(FUNCTIONS["merge"]) == "merge(maps: any...) -> any"
    assert function_data(FUNCTIONS["merge"])["returns"] is None


def test_json_has_one_object_a_line() -> None:
    """Whether one is asked for or all."""
    every = CliRunner().invoke(command, ["--json"]).output.splitlines()
    one = json.loads(CliRunner().invoke(command, ["--json", "coalesce"]).output)

    assert {json.loads(line)["name"] for line in every} == set(CONSOLE_FUNCTIONS)
    assert one == {
        "name": "coalesce",
        "category": "collection",
        "signature": "coalesce(vals: any...) -> any",
        "parameters": [],
        "variadic_parameter": {"name": "vals", "type": "any", "nullable": True},
        "returns": None,
        "help": "The first argument that is neither null nor an empty string.",
        "example": 'coalesce("", null, "b")',
    }


def test_an_unknown_name_is_a_diagnostic_with_a_suggestion() -> None:
    """The same code as in a configuration."""
    result = CliRunner().invoke(command, ["uper"])

    assert isinstance(result.exception, DiagnosticError)
    (fault,) = result.exception.diagnostics
    assert (fault.code, fault.help) == (UNKNOWN_FUNCTION, 'did you mean "upper"?')
