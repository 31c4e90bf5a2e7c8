"""The formatter beside recorded results of ``terraform fmt``: `record_format` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.language.format import format_text
from tests.language import record_format
from tests.language.syntax.trees import body, faults, plain
from tests.support.needs import need_program

DATA = Path(__file__).parents[1] / "data" / "format"
DIFFERENCES = "differences"


def cases(*topics: str) -> dict[str, dict[str, Any]]:
    """The recorded cases of some topics, or of all."""
    return {
        f"{path.stem}/{name}": case
        for path in sorted(DATA.glob("*.json"))
        for name, case in json.loads(path.read_text(encoding="utf-8")).items()
        if path.stem in topics or (not topics and path.stem != DIFFERENCES)
    }


CASES = cases()


def test_enough_is_recorded() -> None:
    """At least as many as the issue asks for."""
    assert len(CASES) >= 150


@pytest.mark.parametrize("name", CASES)
def test_result_is_that_of_terraform(name: str) -> None:
    """Byte for byte; what Terraform refuses is left alone, with a diagnostic."""
    text, expected = CASES[name]["input"], CASES[name]["output"]
    result, found = format_text(text, name="main.hcl")

    assert (expected is None) == bool(found)
    assert result == (text if expected is None else expected)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["output"] is not None])
def test_result_is_a_fixed_point_with_the_same_tree(name: str) -> None:
    """Formatting twice is formatting once, and changes no meaning (types of variables are modernised)."""
    result, _ = format_text(CASES[name]["input"])

    assert (result, []) == format_text(result)
    if not name.startswith("rewriting/type-"):
        assert plain(body(CASES[name]["input"])) == plain(body(result))


@pytest.mark.parametrize("name", cases(DIFFERENCES))
def test_where_terraform_breaks_something_it_is_kept(name: str) -> None:
    """Formatting is not Terraform's in a few cases, and is a fixed point with the same tree in these too."""
    case = cases(DIFFERENCES)[name]
    result, found = format_text(case["input"])

    assert found == []
    assert result != case["output"]
    assert (result, []) == format_text(result)
    assert plain(body(case["input"])) == plain(body(result))


@pytest.mark.parametrize("name", [name for name in cases(DIFFERENCES) if "label" in name])
def test_label_that_terraform_loses_is_kept(name: str) -> None:
    """Terraform's formatter drops a label with a dollar or percent sign in it."""
    case = cases(DIFFERENCES)[name]
    result, _ = format_text(case["input"])

    assert len(body(case["output"]).blocks[0].labels) < len(body(result).blocks[0].labels)


def test_nested_interpolation_is_what_terraform_gives_in_the_end() -> None:
    """It would take it a second run."""
    case = cases(DIFFERENCES)["differences/nested-interpolation"]

    assert "a = b\n" == format_text(case["input"])[0] == format_text(case["output"])[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parenthesised-ends", "a = ((b) &&\n(c))\n"),
        ("comment-first", "a = ( #c\nb)\n"),
        ("comment-inside", "a = (b #c\n+ d)\n"),
    ],
)
def test_expression_that_terraform_would_break_gets_parentheses(name: str, expected: str) -> None:
    """Terraform's result is refused by Terraform."""
    case = cases(DIFFERENCES)[f"differences/{name}"]

    assert format_text(case["output"])[1]
    assert format_text(case["input"])[0] == expected


@pytest.mark.parametrize("name", [name for name in cases(DIFFERENCES) if "index" in name or "exponent" in name])
def test_dot_after_a_number_begins_no_fraction(name: str) -> None:
    """Terraform's formatter takes the space away, and reads another number, or two indexes that it refuses."""
    case = cases(DIFFERENCES)[name]
    result, _ = format_text(case["input"])

    assert result == case["input"].replace("=", " = ")
    assert faults(case["output"]) or plain(body(case["output"])) != plain(body(result))


def test_recording_can_be_run_again() -> None:
    """The script gives what is recorded, with the Terraform of this machine."""
    need_program("terraform", package="terraform")
    some = {name.replace("/", "--"): case for name, case in list(CASES.items())[::9]}
    again = record_format.record({name: case["input"] for name, case in some.items()})

    assert {name: case["output"] for name, case in some.items()} == again
