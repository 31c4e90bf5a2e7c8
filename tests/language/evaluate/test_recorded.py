"""Every recorded expression gives what Terraform gave: the same printed value, or a fault with the same summary."""

from __future__ import annotations

import json

import pytest

from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.language.evaluate import evaluate_expression
from declarative_mail.language.parse import parse_expression, parse_file
from declarative_mail.language.show import show_value
from declarative_mail.language.syntax import Expression
from declarative_mail.language.undeclared import undeclared_references
from tests.language.evaluate.scope import DATA, recorded_scope
from tests.language.record_expressions import read_expressions

TOPICS = sorted(path.stem for path in DATA.glob("*.hcl"))

OUR_SUMMARIES = {
    "Invalid reference": "Reference to an unknown name",
    "Reference to undeclared resource": "Reference to an unknown name",
    'Invalid "path" attribute': "Unsupported attribute",
}
"""Where a summary of ours says more than Terraform's.

Faults of syntax have wordings of their own and are not compared.
"""


def parse(expression: str) -> tuple[Expression | None, list[Diagnostic]]:
    """The tree of an expression; one of several lines is read in a file, as Terraform was asked for it."""
    if "\n" not in expression:
        return parse_expression(Source("<console-input>", expression))
    body, faults = parse_file(Source("expression.tf", f"locals {{\n  expression = {expression}\n}}\n"))
    blocks = [] if faults else list(body.blocks_of("locals"))
    return (blocks[0].body.attributes["expression"].expression if blocks else None), faults


def outcome(expression: str) -> dict[str, str]:
    """What we make of an expression, in the form of a record."""
    tree, faults = parse(expression)
    if tree is not None and not faults:
        faults = list(undeclared_references(tree, recorded_scope()))
    if tree is not None and not faults:
        value, faults = evaluate_expression(tree, recorded_scope())
        if not faults:
            return {"value": show_value(value)}
    return {"error": faults[0].code.summary, "code": faults[0].code.id, "detail": faults[0].detail}


def agrees(record: dict[str, str], ours: dict[str, str]) -> bool:
    """Whether both are the same value, or faults that mean the same."""
    if "value" in record or "value" in ours:
        return record.get("value") == ours.get("value")
    if ours["code"].startswith("DM1") or record["error"] == "Terraform crashes":
        return True
    return OUR_SUMMARIES.get(record["error"], record["error"]) == ours["error"]


@pytest.mark.parametrize("topic", TOPICS)
def test_each_expression_gives_what_terraform_gives(topic: str) -> None:
    """A difference is either a fault of ours or stands in differences.json with its reason."""
    records = json.loads((DATA / f"{topic}.json").read_text(encoding="utf-8"))
    intended = json.loads((DATA / "differences.json").read_text(encoding="utf-8"))

    different = {}
    for expression, record in records.items():
        ours = outcome(expression)
        expected = intended.get(expression, record)
        if not agrees(expected, ours):
            different[expression] = {"terraform": record, "ours": ours}

    assert different == {}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_expression_has_a_record(topic: str) -> None:
    """The inputs and the recorded outcomes belong together: record_expressions.py has been run."""
    records = json.loads((DATA / f"{topic}.json").read_text(encoding="utf-8"))

    assert list(dict.fromkeys(read_expressions(DATA / f"{topic}.hcl"))) == list(records)


def test_intended_differences_are_differences() -> None:
    """A row of differences.json names a recorded expression, differs from Terraform and says why."""
    intended = json.loads((DATA / "differences.json").read_text(encoding="utf-8"))
    records = {}
    for recorded in DATA.glob("*.json"):
        records.update(json.loads(recorded.read_text(encoding="utf-8")))

    for expression, row in intended.items():
        assert row["why"]
        assert not agrees(records[expression], outcome(expression))
