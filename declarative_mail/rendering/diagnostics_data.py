"""Diagnostics for other programs: the annotations of GitHub's runners, and SARIF 2.1.0. (JSON is `Diagnostic.data`.)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.rendering.text import neutralise


def github_annotations(diagnostics: Iterable[Diagnostic]) -> str:
    """Workflow commands: GitHub shows each at its line in the changed files of a pull request."""
    return "".join(f"{_annotation(one)}\n" for one in diagnostics)


def _annotation(one: Diagnostic) -> str:
    message = "\n".join(part for part in (_sentence(one), one.help) if part)
    properties = _place(one.primary.span if one.primary else None) | {"title": f"{one.code.id}: {one.code.summary}"}
    listed = ",".join(f"{name}={_escaped(str(value), also=',:')}" for name, value in properties.items())
    return f"::{one.severity} {listed}::{_escaped(neutralise(message))}"


def _place(span: Span | None) -> dict[str, object]:
    if span is None:
        return {}
    (line, column), (end_line, end_column) = span.source.position(span.start), span.source.position(span.end)
    place: dict[str, object] = {"file": span.source.name, "line": line, "endLine": end_line}
    # the runner refuses columns of a range over several lines
    return place | ({"col": column, "endColumn": end_column} if line == end_line else {})


def _escaped(text: str, *, also: str = "") -> str:
    """The runner ends a command at a line end and a property at a comma; it decodes these escapes."""
    return "".join(f"%{ord(one):02X}" if one in f"%\r\n{also}" else one for one in text)


def _sentence(one: Diagnostic) -> str:
    label = one.primary.text if one.primary else ""
    return "\n".join(dict.fromkeys(part for part in (label, one.detail, one.cause or "") if part))


def sarif(diagnostics: Sequence[Diagnostic], *, version: str) -> dict[str, Any]:
    """A document of one SARIF run, as code scanning services read it.

    Args:
        diagnostics: the results, in this order.
        version: that of this program.
    """
    codes = {one.code.id: one.code for one in diagnostics}
    rules = [
        {
            "id": code.id,
            "shortDescription": {"text": code.summary},
            "defaultConfiguration": {"level": code.severity},
        }
        for code in sorted(codes.values(), key=lambda code: code.id)
    ]
    driver = {"name": "dmail", "semanticVersion": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one) for one in diagnostics],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _result(one: Diagnostic) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code.id,
        "level": one.severity,
        "message": {"text": "\n".join(part for part in (_sentence(one) or one.code.summary, one.help) if part)},
    }
    if one.primary:
        logical = {"logicalLocations": [{"fullyQualifiedName": str(one.address)}]} if one.address else {}
        result["locations"] = [_location(one.primary) | logical]
    if one.related:
        result["relatedLocations"] = [
            _location(label) | {"id": number, "message": {"text": label.text}}
            for number, label in enumerate(one.related, start=1)
        ]
    return result


def _location(label: Label) -> dict[str, Any]:
    span = label.span
    (line, column), (end_line, end_column) = span.source.position(span.start), span.source.position(span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(span.source.name)}, "region": region}}
