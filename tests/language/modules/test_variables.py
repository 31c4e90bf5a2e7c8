"""Values for variables: where they come from, which one counts, what they are converted to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.project import Project

REGION = 'variable "region" {\n  default = "default"\n}\noutput "v" {\n  value = var.region\n}\n'


def _value(project: Project, *arguments: str) -> Any:
    result = project.json("plan", *arguments)
    assert result.code == 0, result.out
    (change,) = result.of_type("output_change")
    return change["after"]


def test_later_sources_win(project: Project) -> None:
    """Environment, dmail.hclvars, *.auto.hclvars by name, then the options in their order: Terraform's order."""
    project.write(REGION)
    assert _value(project) == "default"
    project.environment["DMAIL_VAR_region"] = "environment"
    assert _value(project) == "environment"
    project.write('region = "file"', "dmail.hclvars")
    assert _value(project) == "file"
    project.write('region = "b"', "b.auto.hclvars")
    project.write('region = "a"', "a.auto.hclvars")
    assert _value(project) == "b"
    project.write('region = "named"', "named.hclvars")
    assert _value(project, "--var-file", "named.hclvars") == "named"
    assert _value(project, "--var", "region=option", "--var-file", "named.hclvars") == "named"
    assert _value(project, "--var-file", "named.hclvars", "--var", "region=option") == "option"
    assert _value(project, "--var", "region=one", "--var", "region=two") == "two"


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("string", "true", "true"),
        ("string", '["a"]', '["a"]'),
        ("number", "587", 587),
        ("bool", "true", True),
        ("any", "587", "587"),
        ("list(string)", '["a", 1]', ["a", "1"]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(number)", '{ a = "1" }', {"a": 1}),
        ("object({ a = string, b = optional(number, 5) })", '{ a = 1, c = "dropped" }', {"a": "1", "b": 5}),
        ("tuple([string, bool])", '["a", "true"]', ["a", True]),
        ("list(string)", "null", None),
    ],
)
def test_text_of_an_option_by_type(project: Project, type_: str, text: str, expected: object) -> None:
    """Texts, numbers and bools are taken as they are; collections are written as expressions (Terraform's rule)."""
    project.write(f'variable "v" {{\n  type = {type_}\n}}\noutput "v" {{\n  value = [var.v]\n}}\n')

    assert _value(project, "--var", f"v={text}") == [expected]


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("number", "many"),
        ("bool", "perhaps"),
        ("list(string)", "a"),
        ("list(string)", "[1"),
        ("object({ a = string })", "{}"),
    ],
)
def test_value_that_does_not_fit(project: Project, type_: str, text: str) -> None:
    """A diagnostic each time, with the place in the option."""
    project.write(f'variable "v" {{\n  type = {type_}\n}}\n')

    result = project.json("plan", "--var", f"v={text}")
    assert result.code == 1
    assert result.of_type("diagnostic")[0]["range"]["file"] == "--var v"


def test_missing_value_is_an_error_for_plan_and_not_for_validate(project: Project) -> None:
    """The message lists the ways to give one."""
    project.write('variable "region" {}\noutput "v" {\n  value = upper(var.region)\n}\n')

    assert project.json("plan").codes == ["DM2330"]
    assert "--var 'region=" in project.run("plan").err
    assert project.run("validate").code == 0


@pytest.mark.parametrize(("nullable", "expected"), [("true", None), ("false", "default")])
def test_null_is_a_value_unless_it_is_not(project: Project, nullable: str, expected: str | None) -> None:
    """``nullable = false`` puts the default in its place."""
    project.write(
        f'variable "v" {{\n  default = "default"\n  nullable = {nullable}\n}}\noutput "v" {{\n  value = [var.v]\n}}\n'
    )
    project.write("v = null", "dmail.hclvars")

    assert _value(project) == [expected]


def test_null_without_a_default_to_take_its_place(project: Project) -> None:
    """There is nothing else."""
    project.write('variable "v" {\n  nullable = false\n}\n')
    project.write("v = null", "dmail.hclvars")

    assert project.json("plan").codes == ["DM2333"]


def test_sensitive_value_is_shown_nowhere(project: Project) -> None:
    """Not in an output, not in a fault about it."""
    project.write('variable "v" {\n  type = number\n  sensitive = true\n}\noutput "v" {\n  value = var.v\n}\n')
    wrong = project.run("plan", "--var", "v=canary-4321")
    right = project.run("plan", "--var", "v=94321")

    assert (wrong.code, "canary-4321" in wrong.out + wrong.err) == (1, False)
    assert (right.code, "94321" in right.out + right.err, "DM2360" in right.err) == (1, False, True)


def test_undeclared_values(project: Project) -> None:
    """Silent from the environment, a warning in a file, an error as an option (Terraform's rule)."""
    project.write(REGION)
    project.environment["DMAIL_VAR_regoin"] = "x"
    assert project.json("plan").codes == []
    project.write('regoin = "x"', "dmail.hclvars")
    warned = project.json("plan")
    refused = project.json("plan", "--var", "regoin=x")

    assert (warned.code, warned.codes) == (0, ["DM2331"])
    assert (refused.code, sorted(refused.codes)) == (1, ["DM2331", "DM2332"])
    assert warned.of_type("diagnostic")[0]["help"] == 'did you mean "region"?'


@pytest.mark.parametrize("text", ["region", "=x", "--var-file"])
def test_options_without_a_value(project: Project, text: str) -> None:
    """A name, an equals sign and a value."""
    project.write(REGION)
    arguments = ("--var-file", "missing.hclvars") if text == "--var-file" else ("--var", text)

    assert project.json("plan", *arguments).codes == ["DM2391" if text == "--var-file" else "DM2333"]


def test_variables_file_holds_values_only(project: Project) -> None:
    """Neither blocks nor references."""
    project.write(REGION)
    project.write('variable "x" {}\n', "a.auto.hclvars")
    project.write("region = var.other\n", "b.auto.hclvars")
    result = project.json("plan")

    assert result.code == 1
    assert "DM2301" in result.codes
    assert len(result.codes) == 2


def test_default_that_does_not_fit(project: Project) -> None:
    """Found by validate."""
    project.write('variable "v" {\n  type    = list(string)\n  default = "a"\n}\n')

    assert project.json("validate").codes == ["DM2334"]
