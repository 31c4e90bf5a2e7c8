"""Connection tests as JUnit XML, which CI systems show: a suite for each server, a case for each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from declarative_mail.rendering.probe_text import blames, checks_of
from declarative_mail.rendering.text import neutralise

Data = Mapping[str, Any]


def junit(tests: Sequence[Data]) -> str:
    """The document.

    Args:
        tests: the JSON form of connection tests (``dmail test --json``).
    """
    root = Element("testsuites", {"name": "dmail test"} | _totals(tests))
    for test in tests:
        suite = SubElement(root, "testsuite", {"name": neutralise(test["address"])} | _totals([test]))
        for stage in _stages(test):
            _case(suite, test, stage)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _totals(tests: Sequence[Data]) -> dict[str, str]:
    stages = [(test, stage) for test in tests for stage in _stages(test)]
    kinds = [_kind(test, stage) for test, stage in stages]
    return {
        "tests": str(len(stages)),
        "failures": str(kinds.count("failure")),
        "errors": "0",
        "skipped": str(kinds.count("skipped")),
        "time": _seconds(sum(stage["ms"] or 0 for _, stage in stages)),
    }


def _stages(test: Data) -> list[Data]:
    """The stages of the conversation and what was looked at beside it."""
    return [*test["stages"], *checks_of(test)]


def _kind(test: Data, stage: Data) -> str:
    """JUnit's word for a verdict. What DNS says of a sender fails no test, and a fallback mends one."""
    if (stage in test["stages"] and blames(test, stage)) or (stage["stage"], stage["verdict"]) == ("receipt", "fail"):
        return "system-out" if test.get("proved_by") else "failure"
    if stage["verdict"] == "fail":
        return "system-out"
    return {"pass": "", "warn": "system-out"}.get(stage["verdict"], "skipped")


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"


def _case(suite: Element, test: Data, stage: Data) -> None:
    case = SubElement(
        suite,
        "testcase",
        {"classname": neutralise(test["address"]), "name": stage["stage"], "time": _seconds(stage["ms"] or 0)},
    )
    words = ("reply", "cause", "remedy", "record", "expected")
    said = "\n".join(neutralise(stage[name]) for name in words if stage.get(name))
    message = {"message": neutralise(str(stage["code"] or stage["verdict"]))}
    kind = _kind(test, stage)
    if kind == "system-out":
        SubElement(case, kind).text = said
    elif kind:
        SubElement(case, kind, message).text = said or None
