"""Connection tests as JUnit XML, which CI systems show as test results: a suite for each server, a case for each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from declarative_mail.rendering.text import neutralise

Data = Mapping[str, Any]


def junit(tests: Sequence[Data]) -> str:
    """The document.

    Args:
        tests: the JSON form of connection tests (``dmail test --json``).
    """
    root = Element(
        "testsuites", _totals([stage for test in tests for stage in test["stages"]]) | {"name": "dmail test"}
    )
    for test in tests:
        suite = SubElement(root, "testsuite", {"name": neutralise(test["address"])} | _totals(test["stages"]))
        for stage in test["stages"]:
            _case(suite, test["address"], stage, ok=test["ok"])
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _totals(stages: Sequence[Data]) -> dict[str, str]:
    return {
        "tests": str(len(stages)),
        "failures": str(sum(stage["verdict"] == "fail" for stage in stages)),
        "errors": "0",
        "skipped": str(sum(stage["verdict"] in {"skipped", "unknown"} for stage in stages)),
        "time": _seconds(sum(stage["ms"] or 0 for stage in stages)),
    }


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"


def _case(suite: Element, address: str, stage: Data, *, ok: bool) -> None:
    """One stage. A server that did not pass because a required stage is unknown has a failure there too."""
    case = SubElement(
        suite,
        "testcase",
        {"classname": neutralise(address), "name": stage["stage"], "time": _seconds(stage["ms"] or 0)},
    )
    said = "\n".join(neutralise(stage[name]) for name in ("reply", "cause", "remedy") if stage.get(name))
    message = {"message": neutralise(str(stage["code"] or stage["verdict"]))}
    match stage["verdict"]:
        case "fail":
            SubElement(case, "failure", message).text = said
        case "skipped" | "unknown":
            SubElement(case, "skipped", message)
        case "warn":
            SubElement(case, "system-out").text = said
